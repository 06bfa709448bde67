"""The streets of the demo district: lines of one warped grid, each named road through the point that stands for it.

A street keeps one coordinate of the grid and runs along the other. Main roads are named roads chosen so that they lie
evenly apart; every other named road runs from one main road to the next or the one after, so that its ends meet
something. Between them, where people live close together, lie streets without a name. Lengths are kilometres.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import shapely
from shapely import Point, Polygon

from liandong.demo.geography import kilometres_of
from liandong.demo.places import PlaceRow

Pair = tuple[float, float]

_TURN = math.radians(8)
_REACH_KM = 16.5
_APART_KM = 1.75
_URBAN_KM = 5.6
_BLOCK_KM = 0.56
_STEP_KM = 0.22
_LANE_KM = 0.16
_KEPT = 0.72
"""The share of unnamed stretches that are there: no district is a chessboard."""
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Street:
    """A street as a line of kilometres east and north of the centre; without a name where nobody names it."""

    name: str
    name_en: str
    road_class: str
    line: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A named road with its point on the grid; `along` is which coordinate of it the road keeps, 0 or 1."""

    place: PlaceRow
    at: Pair
    along: int


def streets(places: Sequence[PlaceRow], district: Polygon, random: Random) -> Iterator[Street]:
    """Every street, main roads last, so that they are drawn over the others."""
    roads = [(place, _on_grid(_kilometres(place))) for place in places if place.kind == "road"]
    lanes = [(place, _on_grid(_kilometres(place))) for place in places if place.kind == "lane"]
    mains = [_mains(roads[family::2], family) for family in (0, 1)]
    chosen = {spot.place.name for spots in mains for spot in spots}
    stops = tuple(sorted(spot.at[family] for spot in spots) for family, spots in enumerate(mains))
    yield from _unnamed((stops[0], stops[1]), district, random)
    for place, at in lanes:
        family = random.randrange(2)
        yield _street(place, "minor", family, at[family], at[1 - family] - _LANE_KM, at[1 - family] + _LANE_KM)
    for place, at in roads:
        if place.name not in chosen:
            family = random.randrange(2)
            start, end = _between(stops[1 - family], at[1 - family], random)
            yield _street(place, "minor", family, at[family], start, end)
    for family, spots in enumerate(mains):
        for spot in spots:
            yield _street(spot.place, "major", family, spot.at[family], -_REACH_KM, _REACH_KM)


def _mains(roads: Sequence[tuple[PlaceRow, Pair]], family: int) -> list[_Spot]:
    """Named roads that lie far enough from each other to be the main roads of one direction."""
    found: list[_Spot] = []
    for place, at in sorted(roads, key=lambda road: road[1][family]):
        if not found or at[family] - found[-1].at[family] >= _APART_KM:
            found.append(_Spot(place, at, family))
    return found


def _between(stops: Sequence[float], at: float, random: Random) -> Pair:
    """From the main road before a point to the one after it, now and then one further."""
    after = bisect(stops, at)
    start = stops[max(0, after - 1 - (random.random() < 0.25))] if after else at - _APART_KM / 2
    last = min(len(stops) - 1, after + (random.random() < 0.25))
    end = stops[last] if after < len(stops) else at + _APART_KM / 2
    return start, end


def _unnamed(stops: tuple[Sequence[float], Sequence[float]], district: Polygon, random: Random) -> Iterator[Street]:
    """Streets between the main roads where people live close together; some stretches are missing."""
    for family in (0, 1):
        for first, second in zip(stops[family], stops[family][1:], strict=False):
            count = round((second - first) / _BLOCK_KM)
            for number in range(1, count):
                keeps = first + (second - first) * number / count + random.uniform(-0.05, 0.05)
                for start, end in zip(stops[1 - family], stops[1 - family][1:], strict=False):
                    middle = _off_grid(_pair(family, keeps, (start + end) / 2))
                    is_there = math.hypot(*middle) < _URBAN_KM and district.contains(Point(middle))
                    if random.random() < _KEPT and is_there:
                        yield Street("", "", "minor", _line(family, keeps, start, end))


def _street(place: PlaceRow, road_class: str, family: int, keeps: float, start: float, end: float) -> Street:
    return Street(place.name, place.name_en, road_class, _line(family, keeps, start, end))


def _line(family: int, keeps: float, start: float, end: float) -> tuple[Pair, ...]:
    steps = max(2, math.ceil((end - start) / _STEP_KM))
    runs = (start + (end - start) * step / steps for step in range(steps + 1))
    return tuple(_off_grid(_pair(family, keeps, run)) for run in runs)


def _pair(family: int, keeps: float, run: float) -> Pair:
    return (keeps, run) if family == 0 else (run, keeps)


def _off_grid(at: Pair) -> Pair:
    """Where a point of the grid lies: the grid bends gently, as roads follow old rivers and fields."""
    u, v = at
    bent_u = u + 0.55 * math.sin(v / 3.1 + 0.4) + 0.16 * math.sin(v / 1.2 + u / 4)
    bent_v = v + 0.5 * math.sin(u / 3.7 - 0.8) + 0.14 * math.sin(u / 1.4 - v / 5)
    return (
        bent_u * math.cos(_TURN) - bent_v * math.sin(_TURN),
        bent_u * math.sin(_TURN) + bent_v * math.cos(_TURN),
    )


def _on_grid(place: Pair) -> Pair:
    """The point of the grid that lies there, by guessing and correcting the miss."""
    u, v = place
    for _ in range(_ROUNDS):
        east, north = _off_grid((u, v))
        miss_east, miss_north = place[0] - east, place[1] - north
        u += miss_east * math.cos(_TURN) + miss_north * math.sin(_TURN)
        v += -miss_east * math.sin(_TURN) + miss_north * math.cos(_TURN)
    return u, v


def _kilometres(place: PlaceRow) -> Pair:
    found = shapely.transform(Point(place.lon, place.lat), kilometres_of)
    return found.x, found.y
