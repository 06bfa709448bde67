"""Outlines where the data gives only seats: each area gets the part of its parent that lies nearest to its seat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from liandong.areas.rules.folder import AreaRow

Outlines = dict[str, tuple[dict[str, Any], bool]]
"""Area code → (GeoJSON geometry in WGS-84, whether it is only approximate)."""


def outlines_for(areas: Sequence[AreaRow], drawn: Mapping[str, dict[str, Any]]) -> Outlines:
    """Return every outline that is drawn, and cells around the seats of siblings that are not.

    Cells are made only where a parent has an outline and none of its children does.
    """
    outlines: Outlines = {code: (geometry, False) for code, geometry in drawn.items()}
    children: dict[str, list[AreaRow]] = defaultdict(list)
    for row in areas:
        children[row.parent].append(row)
    for row in sorted(areas, key=lambda row: len(row.code)):
        below = [child for child in children[row.code] if child.lon is not None and child.lat is not None]
        if row.code in outlines and below and not any(child.code in drawn for child in children[row.code]):
            outlines.update(_cells(shape(outlines[row.code][0]), below))
    return outlines


def _cells(parent: BaseGeometry, seats: Sequence[AreaRow]) -> Outlines:
    distinct = {(row.lon, row.lat): row for row in seats if row.lon is not None and row.lat is not None}
    points = [shapely.Point(lon, lat) for lon, lat in distinct]
    if len(points) == 1:
        return {seats[0].code: (mapping(parent), True)}
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=parent, ordered=True)
    cells: Outlines = {}
    for cell, row in zip(diagram.geoms, distinct.values(), strict=True):
        clipped = shapely.intersection(cell, parent)
        if not clipped.is_empty and clipped.area:
            cells[row.code] = (mapping(clipped), True)
    return cells
