"""Roads and landmarks of the demo district, so that an address typed by an operator finds a point.

A road is one point on it; `basemap` draws it through there.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from liandong.areas.rules.folder import AreaRow
from liandong.demo import words
from liandong.demo.geography import Geography


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A road or landmark; ``area`` is the code of the grid it lies in, the point is WGS-84 degrees."""

    name: str
    name_en: str
    kind: str
    lon: float
    lat: float
    area: str


@dataclass(frozen=True, slots=True)
class _Sort:
    """A sort of place: how many each town has, and what follows the stem of its name."""

    kind: str
    count: int
    ending: str
    ending_en: str


_SORTS = (
    _Sort("road", 11, "路", "Road"),
    _Sort("lane", 3, "弄", "Lane"),
    _Sort("school", 2, "小学", "Primary School"),
    _Sort("school", 1, "中学", "Middle School"),
    _Sort("hospital", 1, "医院", "Hospital"),
    _Sort("market", 1, "菜市场", "Produce Market"),
    _Sort("park", 1, "公园", "Park"),
    _Sort("mall", 1, "商业广场", "Shopping Plaza"),
    _Sort("station", 1, "地铁站", "Metro Station"),
    _Sort("bridge", 1, "大桥", "Bridge"),
)
# How far from the seat of its grid towards a corner a place may lie; the cells are convex enough for this.
_STRAY = 0.5


def demo_places(geography: Geography, *, seed: int) -> tuple[PlaceRow, ...]:
    """About three hundred places, the same for the same map and seed."""
    random = Random(seed)  # noqa: S311 - scenery, not secrets
    stems = {sort.kind: words.road_stems(random) for sort in _SORTS}
    return tuple(
        _place(sort, stems[sort.kind].pop(), random.choice(_grids_of(geography, town)), geography, random)
        for town in geography.level("town")
        for sort in _SORTS
        for _ in range(sort.count)
    )


def _grids_of(geography: Geography, town: AreaRow) -> list[AreaRow]:
    return [grid for grid in geography.level("grid") if grid.code.startswith(town.code)]


def _place(sort: _Sort, stem: words.PlaceName, grid: AreaRow, geography: Geography, random: Random) -> PlaceRow:
    corner = random.choice(geography.polygons[grid.code].exterior.coords[:-1])
    stray = random.uniform(0, _STRAY)
    lon, lat = grid.lon or 0.0, grid.lat or 0.0
    return PlaceRow(
        name=stem.name + sort.ending,
        name_en=f"{stem.name_en} {sort.ending_en}",
        kind=sort.kind,
        lon=round(lon + stray * (corner[0] - lon), 6),
        lat=round(lat + stray * (corner[1] - lat), 6),
        area=grid.code,
    )
