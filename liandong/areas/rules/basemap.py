"""What a feature of the basemap is: roads, water, green and place names under the areas, as a folder gives them.

Nothing is decided by it: no case is found, sent or counted by a road of the basemap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class BasemapKind(StrEnum):
    """What a feature is, in the order in which they are drawn."""

    WATER = "water"
    GREEN = "green"
    ROAD = "road"
    PLACE = "place"


class RoadClass(StrEnum):
    """How far from above a road is still shown."""

    MAJOR = "major"
    MINOR = "minor"


SURFACES: Final = ("Polygon", "MultiPolygon")
LINES: Final = ("LineString", "MultiLineString")
GEOMETRIES: Final[Mapping[BasemapKind, tuple[str, ...]]] = {
    BasemapKind.WATER: (*SURFACES, *LINES),
    BasemapKind.GREEN: SURFACES,
    BasemapKind.ROAD: LINES,
    BasemapKind.PLACE: ("Point",),
}
"""Which GeoJSON geometries a kind may have."""

LONGEST_NAME: Final = 80
LONGEST_NAME_EN: Final = 120


@dataclass(frozen=True, slots=True)
class BasemapRow:
    """One feature; `road_class` is empty but for roads, `geometry` is GeoJSON in WGS-84."""

    kind: str
    road_class: str
    name: str
    name_en: str
    geometry: dict[str, Any]
