"""The lanes that are open: which district speaks with which platform, under which keys, and where it is reached.

One setting, a JSON object by lane: `{"310198/city_12345": {"keys": ["…"], "url": "…", "ask_url": "…", "out_key": ""}}`.
Without `keys` nothing comes in, without `url` nothing goes out; what is to go out waits. Secrets stand in the
environment only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from liandong.notify.channels import Misconfigured


@dataclass(frozen=True, slots=True)
class Way:
    """One district's way to and from one platform. Two `keys` while they are being changed; the first signs out."""

    district: str
    channel: str
    keys: tuple[str, ...] = ()
    url: str = ""
    ask_url: str = ""
    out_key: str = ""

    @property
    def lane(self) -> str:
        """What a signature is bound to."""
        return f"{self.district}/{self.channel}"

    @property
    def signs_with(self) -> str:
        """The key of what goes out."""
        return self.out_key or (self.keys[0] if self.keys else "")


def ways() -> Mapping[str, Way]:
    """The configured ways by lane.

    :raises Misconfigured: the setting cannot be read
    """
    return _read(settings.LIANDONG_CHANNEL_WAYS)


def way_of(district: str, channel: str) -> Way:
    """The way of a district and channel; a closed one where none is configured."""
    return ways().get(f"{district}/{channel}") or Way(district, channel)


@cache
def _read(text: str) -> Mapping[str, Way]:
    try:
        rows = json.loads(text)
        return {lane: _way(lane, row) for lane, row in rows.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise Misconfigured(f"LIANDONG_CHANNEL_WAYS: {type(error).__name__}") from None


def _way(lane: str, row: Mapping[str, Any]) -> Way:
    district, slash, channel = lane.partition("/")
    unknown = row.keys() - {"keys", "url", "ask_url", "out_key"}
    texts = [row.get(name, "") for name in ("url", "ask_url", "out_key")]
    keys = row.get("keys", [])
    if not slash or unknown or not isinstance(keys, list) or not all(isinstance(one, str) for one in (*keys, *texts)):
        raise ValueError(lane)
    return Way(district, channel, tuple(keys), *texts)
