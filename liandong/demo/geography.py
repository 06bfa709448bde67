"""The map of the demo district, made from a seed: one district, 13 towns, 516 communities, 706 grids.

Grids come first: cells around scattered seeds, cut out of one network of lines, so that neighbours share every
vertex. Communities are unions of grids, towns of communities, the district of towns: the levels tile each other
exactly, without gap or overlap. Left out: real boundaries, roads as lines, anything that reads a file.
Coordinates are WGS-84 degrees, rounded to six decimals (0.1 m).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Point, Polygon
from shapely.ops import polygonize

from liandong.areas.rules.folder import AreaRow
from liandong.demo import words

Vertex = tuple[float, float]
CENTRE = (121.4, 31.04)
COMMUNITIES = 516
GRIDS = sum(town.grids for town in words.TOWNS)

_PRECISION = 1e-6
_KM_PER_DEGREE = 111.32
_RADIUS_KM = (13.6, 10.4)
_OUTLINE_VERTICES = 48
_RELAXATIONS = 3
_LARGEST_COMMUNITY = 3
# Inside this distance of the centre people live in estates, beyond it in villages.
_URBAN_RADIUS_KM = 6.5
_HOUSEHOLDS = {"urban": (500, 55), "rural": (300, 40)}
_COMMUNITY_ENDINGS = {"urban": ("居委会", "Residents' Committee"), "rural": ("村", "Village")}
_LEVELS = {6: "district", 9: "town", 12: "community"}
_ORDINALS = ("一", "二", "三")


class ScatteredArea(ValueError):
    """Areas that should join into one polygon lie apart."""


@dataclass(frozen=True, slots=True)
class Geography:
    """All areas, parents before children, with the polygon of each by code."""

    areas: tuple[AreaRow, ...]
    polygons: dict[str, Polygon]

    def level(self, level: str) -> tuple[AreaRow, ...]:
        """The areas of one level, ordered by code."""
        return tuple(area for area in self.areas if area.level == level)

    def geojson(self) -> dict[str, object]:
        """Every polygon as a GeoJSON FeatureCollection (RFC 7946), shells counter-clockwise."""
        return {"type": "FeatureCollection", "features": [self._feature(area) for area in self.areas]}

    def _feature(self, area: AreaRow) -> dict[str, object]:
        ring = shapely.orient_polygons(self.polygons[area.code]).exterior.coords
        return {
            "type": "Feature",
            "properties": {"code": area.code, "level": area.level, "name": area.name},
            "geometry": {"type": "Polygon", "coordinates": [[[x, y] for x, y in ring]]},
        }


@dataclass(frozen=True, slots=True)
class _Grid:
    town: int
    polygon: Polygon
    kind: str
    households: int


def demo_geography(*, seed: int) -> Geography:
    """The whole district; the same seed gives the same map."""
    random = Random(seed)  # noqa: S311 - scenery, not secrets
    grids = _grids(random)
    neighbours = _neighbours([grid.polygon for grid in grids])
    members = _communities(grids, neighbours)
    return _named(grids, members, random)


def kilometres_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees as kilometres east and north of the district's centre; flat, which is right enough for scenery."""
    per_degree = (_KM_PER_DEGREE * math.cos(math.radians(CENTRE[1])), _KM_PER_DEGREE)
    moved: NDArray[np.float64] = (points - np.array(CENTRE)) * np.array(per_degree)
    return moved


def degrees_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres east and north of the district's centre as degrees."""
    per_degree = (_KM_PER_DEGREE * math.cos(math.radians(CENTRE[1])), _KM_PER_DEGREE)
    moved: NDArray[np.float64] = points / np.array(per_degree) + np.array(CENTRE)
    return moved


def _grids(random: Random) -> list[_Grid]:
    outline = _outline(random)
    seats = [Point(*_degrees(town.east, town.north)) for town in words.TOWNS]
    territories = _cells(seats, outline)
    seeds: list[Point] = []
    town_of: list[int] = []
    for index, (town, territory) in enumerate(zip(words.TOWNS, territories, strict=True)):
        seeds += _scattered(territory, town.grids, random)
        town_of += [index] * town.grids
    return [_grid(town, polygon, random) for town, polygon in zip(town_of, _cells(seeds, outline), strict=True)]


def _grid(town: int, polygon: Polygon, random: Random) -> _Grid:
    kind = "urban" if _distance_km(polygon.centroid) < _URBAN_RADIUS_KM else "rural"
    mean, spread = _HOUSEHOLDS[kind]
    households = round(min(max(random.gauss(mean, spread), mean - 2 * spread), mean + 2 * spread))
    return _Grid(town=town, polygon=polygon, kind=kind, households=households)


def _outline(random: Random) -> Polygon:
    ripples = [(random.uniform(0.02, 0.07), wave, random.uniform(0, math.tau)) for wave in (2, 3, 5, 8)]
    vertices = []
    for step in range(_OUTLINE_VERTICES):
        angle = math.tau * step / _OUTLINE_VERTICES
        stretch = 1 + sum(height * math.sin(wave * angle + phase) for height, wave, phase in ripples)
        stretch += random.uniform(-0.02, 0.02)
        east, north = _RADIUS_KM[0] * stretch * math.cos(angle), _RADIUS_KM[1] * stretch * math.sin(angle)
        vertices.append(_degrees(east, north))
    return Polygon(vertices)


def _scattered(territory: Polygon, count: int, random: Random) -> list[Point]:
    west, south, east, north = territory.bounds
    points: list[Point] = []
    while len(points) < count:
        point = Point(random.uniform(west, east), random.uniform(south, north))
        if territory.contains(point):
            points.append(point)
    for _ in range(_RELAXATIONS):
        points = [cell.representative_point() for cell in _cells(points, territory)]
    return points


def _cells(seeds: Sequence[Point], outline: Polygon) -> list[Polygon]:
    """The cell of each seed within the outline; cells share all their vertices.

    The lines are noded once for all cells. Cutting cell by cell would round the same crossing twice.
    """
    lines = shapely.voronoi_polygons(MultiPoint(list(seeds)), extend_to=outline, only_edges=True)
    network = shapely.union_all([shapely.intersection(lines, outline), outline.exterior], grid_size=_PRECISION)
    faces = [face for face in polygonize(shapely.get_parts(network)) if outline.covers(face.representative_point())]
    return _one_face_each([_rounded(face) for face in faces], seeds)


def _one_face_each(faces: list[Polygon], seeds: Sequence[Point]) -> list[Polygon]:
    tree = shapely.STRtree(faces)
    cells = [faces[int(tree.nearest(seed))] for seed in seeds]
    owners = {cell.wkb: index for index, cell in enumerate(cells)}
    # A bay in the outline can cut a piece off a cell: it goes to the neighbour with the longest common border.
    for piece in (face for face in faces if face.wkb not in owners):
        index = max(range(len(cells)), key=lambda other: piece.intersection(cells[other]).length)
        cells[index] = _merged([cells[index], piece])
    return cells


def _neighbours(polygons: Sequence[Polygon]) -> list[set[int]]:
    owners: dict[frozenset[tuple[float, ...]], int] = {}
    neighbours: list[set[int]] = [set() for _ in polygons]
    for index, polygon in enumerate(polygons):
        for start, end in pairwise(polygon.exterior.coords):
            other = owners.setdefault(frozenset((start, end)), index)
            if other != index:
                neighbours[index].add(other)
                neighbours[other].add(index)
    return neighbours


def _communities(grids: Sequence[_Grid], neighbours: Sequence[set[int]]) -> list[list[int]]:
    """Merge neighbouring grids of one town, fewest households first, until 516 communities remain."""
    groups: dict[int, list[int]] = {index: [index] for index in range(len(grids))}
    group_of = list(range(len(grids)))
    pairs = sorted(
        (grids[first].households + grids[second].households, first, second)
        for first in range(len(grids))
        for second in neighbours[first]
        if first < second and grids[first].town == grids[second].town and grids[first].kind == grids[second].kind
    )
    for _, first, second in _spread(pairs):
        kept, taken = group_of[first], group_of[second]
        if len(groups) == COMMUNITIES:
            break
        if kept == taken or len(groups[kept]) + len(groups[taken]) > _LARGEST_COMMUNITY:
            continue
        for index in groups.pop(taken):
            groups[kept].append(index)
            group_of[index] = kept
    return list(groups.values())


def _spread(pairs: list[tuple[int, int, int]]) -> Iterable[tuple[int, int, int]]:
    # Every seventh pair in turn, so that towns and villages alike get communities of several grids.
    for offset in range(7):
        yield from pairs[offset::7]


def _named(grids: Sequence[_Grid], members: list[list[int]], random: Random) -> Geography:
    rows: list[AreaRow] = []
    polygons: dict[str, Polygon] = {}
    stems = {"urban": words.urban_stems(random), "rural": words.rural_stems(random)}
    for town_index, town in enumerate(words.TOWNS):
        town_code = f"{words.DISTRICT_CODE}{town_index + 1:03d}"
        groups = [[grids[index] for index in group] for group in members if grids[group[0]].town == town_index]
        below: list[AreaRow] = []
        for number, group in enumerate(sorted(groups, key=lambda one: _reading_order(one[0])), start=1):
            below += _community(f"{town_code}{number:03d}", stems[group[0].kind].pop(), group, polygons)
        polygons[town_code] = _merged([polygons[row.code] for row in below if row.level == "community"])
        rows.append(_row(town_code, words.PlaceName(town.name, town.name_en), town.kind, below, polygons))
        rows += below
    code = words.DISTRICT_CODE
    polygons[code] = _merged([polygons[row.code] for row in rows if row.level == "town"])
    named = words.PlaceName(words.DISTRICT_NAME, words.DISTRICT_NAME_EN)
    return Geography(areas=(_row(code, named, "urban", rows, polygons), *rows), polygons=polygons)


def _community(code: str, stem: words.PlaceName, grids: list[_Grid], polygons: dict[str, Polygon]) -> list[AreaRow]:
    rows = []
    for number, grid in enumerate(sorted(grids, key=_reading_order), start=1):
        grid_code = f"{code}{number:03d}"
        polygons[grid_code] = grid.polygon
        name, name_en = f"{stem.name}第{_ORDINALS[number - 1]}网格", f"{stem.name_en} Grid {number}"
        seat = _seat(grid.polygon)
        rows.append(AreaRow(grid_code, code, "grid", name, name_en, grid.kind, grid.households, *seat))
    polygons[code] = _merged([grid.polygon for grid in grids])
    kind = grids[0].kind
    ending, ending_en = _COMMUNITY_ENDINGS[kind]
    named = words.PlaceName(stem.name + ending, f"{stem.name_en} {ending_en}")
    return [_row(code, named, kind, rows, polygons), *rows]


def _row(code: str, named: words.PlaceName, kind: str, below: list[AreaRow], polygons: dict[str, Polygon]) -> AreaRow:
    level, parent = _LEVELS[len(code)], code[:-3] if len(code) > len(words.DISTRICT_CODE) else ""
    households = sum(row.households for row in below if row.level == "grid")
    return AreaRow(code, parent, level, named.name, named.name_en, kind, households, *_seat(polygons[code]))


def _reading_order(grid: _Grid) -> tuple[int, float]:
    # Row by row from the north, each from west to east, in bands of about one kilometre.
    centre = grid.polygon.centroid
    return (-round(centre.y * 100), centre.x)


def _merged(polygons: Sequence[Polygon]) -> Polygon:
    merged = shapely.coverage_union_all(list(polygons))
    if not isinstance(merged, Polygon):
        raise ScatteredArea(f"{len(polygons)} areas do not join into one")
    return merged


def _seat(polygon: Polygon) -> Vertex:
    point = polygon.representative_point()
    return (round(point.x, 6), round(point.y, 6))


def _rounded(polygon: Polygon) -> Polygon:
    return Polygon([(round(x, 6), round(y, 6)) for x, y in polygon.exterior.coords])


def _degrees(east_km: float, north_km: float) -> Vertex:
    lon, lat = CENTRE
    return (
        lon + east_km / (_KM_PER_DEGREE * math.cos(math.radians(lat))),
        lat + north_km / _KM_PER_DEGREE,
    )


def _distance_km(point: Point) -> float:
    east = (point.x - CENTRE[0]) * _KM_PER_DEGREE * math.cos(math.radians(CENTRE[1]))
    return math.hypot(east, (point.y - CENTRE[1]) * _KM_PER_DEGREE)
