"""Small maps and the steps that change them, for tests."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from liandong.areas.shapes import Shape, geometry_of

TOWN = "310198001"
COMMUNITY = "310198001001"
WEST, SOUTH, SIDE = 121.4, 31.0, 0.01


def square(column: float, row: float, wide: float = 1, high: float = 1) -> BaseGeometry:
    """A rectangle of the raster, a side about a kilometre."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.box(west, south, west + wide * SIDE, south + high * SIDE)


def drawn(column: float, row: float, wide: float = 1, high: float = 1) -> dict[str, Any]:
    """The same as GeoJSON."""
    return geometry_of(square(column, row, wide, high))


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """A line through points of the raster, as GeoJSON."""
    return {"type": "LineString", "coordinates": [[WEST + x * SIDE, SOUTH + y * SIDE] for x, y in points]}


def grid(number: int, column: float, row: float, wide: float = 1, high: float = 1) -> Shape:
    """Grid `number` of the community, with its seat in the middle and 500 households."""
    outline = square(column, row, wide, high)
    middle = outline.centroid
    code = f"{COMMUNITY}{number:03}"
    return Shape(code, COMMUNITY, "grid", f"{number}号", f"Grid {number}", outline, middle.x, middle.y, "urban", 500)


def small_map(columns: int = 4, rows: int = 1) -> dict[str, Shape]:
    """A town with one community of `columns` × `rows` grids, numbered along the rows."""
    around = square(0, 0, columns, rows)
    areas = [
        Shape(TOWN, "310198", "town", "东桥街道", "Dongqiao", around),
        Shape(COMMUNITY, TOWN, "community", "一居", "Community 1", around),
        *(grid(1 + row * columns + column, column, row) for row in range(rows) for column in range(columns)),
    ]
    return {area.code: area for area in areas}


def code(number: int) -> str:
    """The code of grid `number`."""
    return f"{COMMUNITY}{number:03}"


def split(area: str, *points: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A step that splits an area."""
    return {"do": "split", "area": area, "line": line(*points), **more}


def merge(*areas: str, name: str = "合并网格") -> dict[str, Any]:
    """A step that merges areas."""
    return {"do": "merge", "areas": list(areas), "name": name}


def reshape(area: str, outline: dict[str, Any], *, neighbours: bool = True) -> dict[str, Any]:
    """A step that draws an area anew."""
    return {"do": "reshape", "area": area, "outline": outline, "neighbours": neighbours}
