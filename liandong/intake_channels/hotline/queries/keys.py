"""The secrets with which telephone systems sign, by district: from the settings, or the demo's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from django.conf import settings

from liandong.areas.queries import UnknownDistrict, district_map


def secrets_of(district: str) -> tuple[str, ...]:
    """The secrets one of which must have made a signature; none where no telephone system is connected.

    A demo district without a setting has the installation's own, with which the simulator signs.
    """
    given = _settings(settings.LIANDONG_CALL_SECRETS).get(district)
    if isinstance(given, str):
        return (given,) if given else ()
    if isinstance(given, list):
        return tuple(secret for secret in given if isinstance(secret, str) and secret)
    try:
        is_demo = district_map(district).district.is_demo
    except UnknownDistrict:
        return ()
    return (settings.LIANDONG_CALL_DEMO_SECRET,) if is_demo else ()


@cache
def _settings(text: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(text)
    return found
