"""The outlines of a district as every map draws them, ready in memory per edition, day and language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import orjson

from liandong.areas.queries.maps import area_outlines, district_map, edition_of
from liandong.web.kept_bodies import KeptBody, kept_body
from liandong.web.names import name_of, reads_english
from liandong.web.remembered import Remembered

LEVELS: Final = ("town", "community", "grid")


def outlines_body(district: str, *, level: str, at: datetime) -> KeptBody:
    """The areas of one level for a browser, towns where there is no such level; properties `code`, `name`.

    :raises UnknownDistrict: the district is not loaded
    """
    book = district_map(district)
    since = book.locators.since(book.day_of(at))
    return _bodies.get((district, level if level in LEVELS else LEVELS[0], reads_english(), since))


def _read(key: tuple[str, str, bool, date]) -> KeptBody:
    district, level, _english, day = key
    features = [
        {"type": "Feature", "geometry": area.geometry, "properties": {"code": area.code, "name": name_of(area)}}
        for area in area_outlines(district, level=level, day=day)
    ]
    return kept_body(orjson.dumps({"type": "FeatureCollection", "features": features}))


_bodies: Remembered[tuple[str, str, bool, date], KeptBody] = Remembered(_read, lambda key: edition_of(key[0]))
