"""The people and places of the demo, read once: who acts for a unit, where a point lies, which road is near."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random

import shapely
from shapely.geometry import shape

from liandong.areas.queries import AreaFacts, area_outlines, places_of
from liandong.cases.rulebook import Rulebook
from liandong.people.access import Actor
from liandong.people.queries import posts_in
from liandong.people.rules.scope import PostHeld

_HANDLERS = ("town", "department", "bureau", "station", "grid", "patrol")
_HOT = 0.04
"""Share of grids that are hot spots."""

_HOT_FACTOR = 7.0
_NEAR_ROADS = 3
_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A point, the grid it lies in, and the street as people would say it."""

    lon: float
    lat: float
    grid: AreaFacts
    address: str
    spoken: str


class Cast:
    """Everybody with a post, by role and by unit."""

    def __init__(self, district: str) -> None:
        self.by_role: dict[str, Actor] = {}
        self.by_unit: dict[str, Actor] = {}
        held: dict[int, list[PostHeld]] = {}
        people: dict[int, tuple[str, str]] = {}
        columns = ("user_id", "user__username", "user__name", "unit_id", "role", "area", "title")
        people_in_posts = posts_in(district).values_list(*columns, "force", "unit__force")
        for user, account, name, unit, role, area, title, own, of_unit in people_in_posts:
            held.setdefault(user, []).append(PostHeld(unit, role, area, title, unit, own or of_unit))
            people[user] = (account, name)
        for user, posts in held.items():
            account, name = people[user]
            actor = Actor(f"user/{account}", user, name, tuple(posts))
            for post in posts:
                self.by_role.setdefault(post.role, actor)
                if post.role in _HANDLERS:
                    self.by_unit.setdefault(post.unit, actor)


class Ground:
    """The grids of the district on a day with their outlines, hot spots and nearest roads."""

    def __init__(self, book: Rulebook, random: Random, *, day: date) -> None:
        self._book = book
        outlines = area_outlines(book.map.district.code, level="grid", day=day)
        self._locator = book.map.locator_on(day)
        self._grids = [book.map.areas[outline.code] for outline in outlines]
        self._corners = [shapely.get_coordinates(shape(outline.geometry)).tolist() for outline in outlines]
        weights = (
            (grid.households or 300) * (_HOT_FACTOR if random.random() < _HOT else random.uniform(0.4, 1.6))
            for grid in self._grids
        )
        self._weights = list(accumulate(weights))
        self._roads = self._near_roads()

    def spot(self, random: Random) -> Spot:
        """A point somewhere in the district, more often where many live and where trouble repeats."""
        number = bisect(self._weights, random.random() * self._weights[-1])
        grid, corners = self._grids[number], self._corners[number]
        lon, lat = self._point(grid, corners, random)
        road = random.choice(self._roads[number])
        spoken = f"{road}{random.randrange(1, 900)}号"
        community = self._book.map.areas[grid.parent].name
        town = self._book.map.areas[grid.code[:9]].name
        return Spot(lon, lat, grid, f"{town}{community}{spoken}", f"{community}{spoken}")

    def _point(self, grid: AreaFacts, corners: list[list[float]], random: Random) -> tuple[float, float]:
        """A point between the seat and a corner that the grid really holds; the seat itself if none is found."""
        seat = (grid.lon or 0.0, grid.lat or 0.0)
        for _attempt in range(4):
            first, second = random.choice(corners), random.choice(corners)
            share, stray = random.random(), random.random() * 0.9
            lon = round(seat[0] + stray * (first[0] + share * (second[0] - first[0]) - seat[0]), 6)
            lat = round(seat[1] + stray * (first[1] + share * (second[1] - first[1]) - seat[1]), 6)
            if self._locator.locate(lon, lat) == grid.code:
                return lon, lat
        return seat

    def _near_roads(self) -> list[tuple[str, ...]]:
        roads: dict[str, list[tuple[float, float, str]]] = {}
        places = places_of(self._book.map.district.code)[:_PLACES]
        for name, kind, lon, lat, area in places.values_list("name", "kind", "lon", "lat", "area"):
            if kind in ("road", "lane"):
                roads.setdefault(area[:9], []).append((lon, lat, name))
        return [self._nearest(grid, roads.get(grid.code[:9], [])) for grid in self._grids]

    def _nearest(self, grid: AreaFacts, roads: list[tuple[float, float, str]]) -> tuple[str, ...]:
        lon, lat = grid.lon or 0.0, grid.lat or 0.0
        near = sorted(roads, key=lambda road: (road[0] - lon) ** 2 + (road[1] - lat) ** 2)
        return tuple(name for _lon, _lat, name in near[:_NEAR_ROADS]) or (self._book.map.areas[grid.parent].name,)
