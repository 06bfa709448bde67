"""Areas as shapes: what the geometry of a map works on, read from GeoJSON and measured in metres. No database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final, cast

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from liandong.kernel.refusal import Refusal, marked

MOST_CORNERS: Final = 20_000
"""More corners than this no drawn border has."""

NOISE_M2: Final = 1.0
"""Surfaces below this are the rounding of coordinates, not something anybody drew."""

NARROW_M: Final = 1.0
"""What is narrower than this on the mean is a sliver between two borders meant to be one."""

_SAME = 3e-7
"""Three centimetres in degrees: what writing an outline in another datum and reading it again may move it."""

_WHERE = re.compile(r"\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)\]")


class NotAnOutline(Refusal):
    """A geometry that cannot bound an area."""

    status = 422
    says = marked("这不是一个区域轮廓：%(what)s。")
    remedy = marked("请给出 GeoJSON 的 Polygon 或 MultiPolygon，坐标为经纬度，顶点不超过 20,000 个。")


class NotALine(Refusal):
    """A geometry that cannot cut an area."""

    status = 422
    says = marked("这不是一条可用的线：%(what)s。")
    remedy = marked("请画一条至少有两个点的线，并让它穿过要分割的区域。")


class OpenRing(Refusal):
    """A ring that does not end where it began."""

    status = 422
    says = marked("轮廓没有闭合：起点（%(start)s）与终点（%(end)s）不同。")
    remedy = marked("请让每个环的最后一点与第一点相同。")


class SelfCrossing(Refusal):
    """An outline that crosses itself, or whose holes lie outside it."""

    status = 422
    says = marked("轮廓在（%(where)s）处自相交，或内外环错位。")
    remedy = marked("请把该处的顶点移开，使边界不与自身交叉。")


@dataclass(frozen=True, slots=True)
class Shape:
    """An area with its outline in WGS-84 degrees, None where nobody has drawn it yet; `lon`, `lat` is its seat."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str = ""
    outline: BaseGeometry | None = None
    lon: float | None = None
    lat: float | None = None
    kind: str = ""
    households: int = 0
    approximate: bool = False


class Plane:
    """Metres around a latitude: a degree is as long everywhere as it is there (equirectangular projection).

    Within a district, some fifty kilometres, surfaces are right to about half a percent.
    """

    def __init__(self, lat: float) -> None:
        # Series of the WGS-84 ellipsoid, right to centimetres.
        self.per_lon = 111_412.84 * cos(radians(lat)) - 93.5 * cos(radians(3 * lat))
        self.per_lat = 111_132.954 - 559.822 * cos(radians(2 * lat)) + 1.175 * cos(radians(4 * lat))

    @classmethod
    def around(cls, outlines: Iterable[BaseGeometry | None]) -> Plane:
        """The plane at the middle of all that is drawn."""
        drawn = [outline for outline in outlines if outline is not None]
        bounds = shapely.total_bounds(drawn) if drawn else (0.0, 0.0, 0.0, 0.0)
        return cls(float(bounds[1] + bounds[3]) / 2)

    def surface(self, geometry: BaseGeometry) -> float:
        """Its surface in m²."""
        return float(geometry.area) * self.per_lon * self.per_lat

    def width(self, geometry: BaseGeometry) -> float:
        """How wide it is on the mean, in metres: its surface over half its border."""
        around = float(self.flat(geometry).length)
        return 2 * self.surface(geometry) / around if around else 0.0

    def flat(self, geometry: BaseGeometry) -> BaseGeometry:
        """It in metres."""
        return shapely.transform(geometry, lambda corners: corners * (self.per_lon, self.per_lat))

    def degrees(self, metres: float) -> float:
        """About as many degrees as `metres`, whichever way."""
        return metres / self.per_lat


def outline_from(geometry: Any) -> BaseGeometry:
    """The polygon of a GeoJSON geometry.

    :raises NotAnOutline: it is no Polygon or MultiPolygon, or its coordinates are none
    :raises OpenRing: a ring is not closed
    :raises SelfCrossing: a ring crosses itself or another
    """
    match geometry:
        case {"type": "Polygon", "coordinates": list() as rings}:
            polygons = [rings]
        case {"type": "MultiPolygon", "coordinates": list() as polygons}:
            pass
        case _:
            what = geometry.get("type") if isinstance(geometry, Mapping) else ""
            raise NotAnOutline(what=str(what or marked("没有几何图形"))[:40])
    corners = 0
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise NotAnOutline(what=marked("没有环"))
        corners += sum(_check_ring(ring) for ring in polygon)
    if not 0 < corners <= MOST_CORNERS:
        raise NotAnOutline(what=marked("顶点过多或没有顶点"))
    flat = [[[point[:2] for point in ring] for ring in polygon] for polygon in polygons]
    return check(shape({"type": "MultiPolygon", "coordinates": flat} if len(flat) > 1 else
                       {"type": "Polygon", "coordinates": flat[0]}))  # fmt: skip


def check(outline: BaseGeometry) -> BaseGeometry:
    """Return the outline when it is a good one.

    :raises SelfCrossing: it crosses itself
    """
    if not outline.is_valid:
        raise SelfCrossing(where=place_of(crossing_of(outline)))
    return outline


def crossing_of(outline: BaseGeometry) -> BaseGeometry:
    """The point where an outline that is not good crosses itself."""
    found = _WHERE.search(shapely.is_valid_reason(outline))
    return shapely.Point(float(found[1]), float(found[2])) if found else shapely.Point(outline.bounds[:2])


def line_from(geometry: Any) -> BaseGeometry:
    """The line of a GeoJSON LineString.

    :raises NotALine: it is none, or all its points are one
    """
    match geometry:
        case {"type": "LineString", "coordinates": list() as points} if 2 <= len(points) <= MOST_CORNERS:
            if not all(map(_is_position, points)):
                raise NotALine(what=marked("坐标不是经纬度"))
            line = shapely.LineString([point[:2] for point in points])
            if line.length:
                return line
    raise NotALine(what=marked("至少要有两个不同的点"))


def geometry_of(outline: BaseGeometry) -> dict[str, Any]:
    """The GeoJSON geometry of an outline, in plain lists."""
    found: dict[str, Any] = mapping(outline)
    return {"type": found["type"], "coordinates": _listed(found["coordinates"])}


def polygons_of(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The polygons in whatever an overlay left, without its lines and points."""
    parts: Iterable[BaseGeometry] = getattr(geometry, "geoms", (geometry,))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def whole_of(polygons: Sequence[BaseGeometry]) -> BaseGeometry:
    """One geometry of one polygon or more."""
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(cast(list[shapely.Polygon], list(polygons)))


def is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two outlines are one, but for the rounding of a file it went through."""
    return bool(shapely.hausdorff_distance(one.boundary, other.boundary) < _SAME)


def seat_of(outline: BaseGeometry) -> tuple[float, float]:
    """A point to stand for an area: its middle when that lies within, else one that does."""
    middle = outline.centroid
    point = middle if outline.contains(middle) else outline.representative_point()
    return round(float(point.x), 6), round(float(point.y), 6)


def place_of(point: BaseGeometry) -> str:
    """A point as a person reads it."""
    corner = shapely.get_coordinates(point)[0]
    return f"{corner[0]:.6f}, {corner[1]:.6f}"


def _check_ring(ring: Any) -> int:
    """How many corners a ring has.

    :raises NotAnOutline, OpenRing: it is none
    """
    if not isinstance(ring, list) or len(ring) < 4 or not all(map(_is_position, ring)):
        raise NotAnOutline(what=marked("环至少要有四个经纬度坐标"))
    if ring[0][:2] != ring[-1][:2]:
        raise OpenRing(start=_said(ring[0]), end=_said(ring[-1]))
    return len(ring)


def _is_position(point: Any) -> bool:
    if not isinstance(point, list | tuple) or len(point) < 2:
        return False
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in point[:2]):
        return False
    # What is no number at all compares as false.
    return bool(abs(point[0]) <= 180 and abs(point[1]) <= 90)


def _said(point: Any) -> str:
    return f"{point[0]}, {point[1]}"


def _listed(coordinates: Any) -> Any:
    return [_listed(part) for part in coordinates] if isinstance(coordinates, list | tuple) else coordinates
