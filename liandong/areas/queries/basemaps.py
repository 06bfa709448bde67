"""The basemap of a district: its rows, and the body a browser is sent, ready in memory per edition and language."""

from __future__ import annotations

from typing import Any

import orjson

from liandong.areas.models import BasemapFeature
from liandong.areas.queries.maps import edition_of
from liandong.areas.rules.basemap import BasemapRow
from liandong.web.kept_bodies import KeptBody, kept_body
from liandong.web.names import name_of, reads_english
from liandong.web.remembered import Remembered


def basemap_of(district: str) -> list[BasemapRow]:
    """The basemap in the order in which it was given."""
    columns = ("kind", "road_class", "name", "name_en", "geometry")
    rows = BasemapFeature.objects.filter(district=district).order_by("pk").values_list(*columns)
    return [BasemapRow(*row) for row in rows]


def basemap_body(district: str) -> KeptBody:
    """The basemap for a browser, its names in the reader's language; properties `kind`, `class` of roads, `name`.

    :raises UnknownDistrict: the district is not loaded
    """
    return _bodies.get((district, reads_english()))


def _read(key: tuple[str, bool]) -> KeptBody:
    features = [
        {"type": "Feature", "geometry": row.geometry, "properties": _properties(row)} for row in basemap_of(key[0])
    ]
    return kept_body(orjson.dumps({"type": "FeatureCollection", "features": features}))


def _properties(row: BasemapRow) -> dict[str, Any]:
    told = {"kind": row.kind, "class": row.road_class, "name": name_of(row)}
    return {key: value for key, value in told.items() if value}


_bodies: Remembered[tuple[str, bool], KeptBody] = Remembered(_read, lambda key: edition_of(key[0]))


def forget_basemaps() -> None:
    """Drop what is remembered of every basemap: for those who have just loaded one."""
    _bodies.forget()
