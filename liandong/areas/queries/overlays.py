"""Named questions about the road and patrol grids that lie over the areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db.models import Q, QuerySet
from shapely.geometry import shape

from liandong.areas.geojson import datum_of, written
from liandong.areas.models import Overlay, OverlayLayer
from liandong.areas.queries.maps import edition_of
from liandong.kernel.cells import Box
from liandong.web.remembered import Remembered


@dataclass(frozen=True, slots=True)
class OverlayFacts:
    """A road or patrol grid; `geometry` is a GeoJSON polygon in WGS-84."""

    id: int
    layer: str
    code: str
    name: str
    name_en: str
    area: str
    geometry: dict[str, Any]
    since_on: date
    until_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.since_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class _Laid:
    """All overlays of a district, past and to come, with a tree of their outlines."""

    overlays: tuple[OverlayFacts, ...]
    tree: shapely.STRtree


def overlays_of(district: str, *, layer: str = "", day: date) -> list[OverlayFacts]:
    """The overlays in force on a day, of one layer or of both, by code."""
    return [
        overlay for overlay in _laid.get(district).overlays if layer in ("", overlay.layer) and overlay.holds_on(day)
    ]


def overlays_at(district: str, *, lon: float, lat: float, day: date) -> list[OverlayFacts]:
    """The overlays in force on a day that a point lies in, by layer and code. On a border it lies in both."""
    laid = _laid.get(district)
    hits = laid.tree.query(shapely.Point(lon, lat), predicate="intersects")
    return [overlay for number in sorted(hits) if (overlay := laid.overlays[number]).holds_on(day)]


def overlays_in(district: str, box: Box, *, layer: str, day: date) -> list[OverlayFacts]:
    """The overlays of a layer in force on a day that a box touches, by code."""
    laid = _laid.get(district)
    hits = (laid.overlays[number] for number in sorted(laid.tree.query(shapely.box(*box), predicate="intersects")))
    return [overlay for overlay in hits if overlay.layer == layer and overlay.holds_on(day)]


def overlay_word(layer: str) -> str:
    """What a layer is called in the reader's language."""
    return str(dict(OverlayLayer.choices).get(layer, layer))


def overlays_between(district: str, layer: str, code: str, *, since_on: date) -> QuerySet[Overlay]:
    """Overlays of that code that are still in force on or after a day."""
    return standing_overlays(district, since_on=since_on).filter(layer=layer, code=code)


def standing_overlays(district: str, *, since_on: date) -> QuerySet[Overlay]:
    """Overlays that are still in force on or after a day, the earliest first."""
    open_then = Q(until_on__isnull=True) | Q(until_on__gte=since_on)
    return Overlay.objects.filter(open_then, district=district).order_by("since_on", "id")


def export_overlays(district: str, *, layer: str = "", day: date, datum: str = "WGS-84") -> dict[str, Any]:
    """The overlays of a day as a GeoJSON collection, of one layer or of both.

    :raises UnknownDatum: there is no such datum
    """
    found = datum_of(datum)
    features = [
        {
            "type": "Feature",
            "properties": {
                "layer": overlay.layer,
                "code": overlay.code,
                "name": overlay.name,
                "name_en": overlay.name_en,
                "area": overlay.area,
                "since_on": overlay.since_on.isoformat(),
                "until_on": overlay.until_on.isoformat() if overlay.until_on else None,
            },
            "geometry": written(shape(overlay.geometry), found),
        }
        for overlay in overlays_of(district, layer=layer, day=day)
    ]
    return {"type": "FeatureCollection", "datum": found.value, "features": features}


def _read(district: str) -> _Laid:
    columns = ("id", "layer", "code", "name", "name_en", "area", "outline", "since_on", "until_on")
    rows = Overlay.objects.filter(district=district).order_by("layer", "code", "since_on", "id")
    overlays = tuple(OverlayFacts(*row) for row in rows.values_list(*columns))
    return _Laid(overlays, shapely.STRtree([shape(overlay.geometry) for overlay in overlays]))


_laid: Remembered[str, _Laid] = Remembered(_read, edition_of)


def forget_overlays() -> None:
    """Drop what is remembered of overlays: for those who have just laid one."""
    _laid.forget()
