"""What lies under the demo's areas: a river, canals and a lake, parks, streets, landmarks. All of it invented.

Streets are lines of one warped grid, so they meet as streets do. Each road and lane of `demo_places` runs through the
very point that stands for it: whoever looks for the road of an address finds it drawn there. Lengths are kilometres
east and north of the district's centre; what is returned is WGS-84, clipped to the district, rounded to 0.1 m.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import shapely
from shapely import LineString, Point, Polygon
from shapely.affinity import rotate, scale, translate
from shapely.geometry.base import BaseGeometry

from liandong.demo import words
from liandong.demo.geography import Geography, degrees_of, kilometres_of
from liandong.demo.places import PlaceRow
from liandong.demo.streets import Street, streets

Feature = dict[str, Any]

_SHOWN = ("school", "hospital", "market", "mall", "station", "bridge")
"""Landmarks that become names on the map; parks are green, roads are lines."""
_RIVER = ("青龙江", "Qinglong River")
_LAKE = ("临湖", "Linhu Lake")
_HILL = ("云台山森林公园", "Yuntai Hill Forest Park")
_BELT = ("滨江绿带", "Riverside Green")
_RIVER_HALF_KM, _BELT_HALF_KM = 0.14, 0.24
_BELT_REACH_KM = 5.2
_CANALS = (
    ("东泾", "Dong Canal", "north", 5.3), ("柳泾", "Liu Canal", "north", 9.1), ("芦泾", "Lu Canal", "north", -7.9),
    ("西泾", "Xi Canal", "north", -4.3), ("南泾", "Nan Canal", "north", 1.3), ("石桥港", "Shiqiao Creek", "east", -6.6),
    ("双溪", "Shuang Creek", "east", 3.2), ("北塘", "Bei Creek", "east", 7.2), ("金塘", "Jin Creek", "east", 0.9),
)  # fmt: skip
"""Name, which way it runs, and how far from the centre it passes."""


def demo_basemap(geography: Geography, places: Sequence[PlaceRow], *, seed: int) -> dict[str, object]:
    """The basemap as a GeoJSON collection; the same for the same map, places and seed."""
    random = Random(seed)  # noqa: S311 - scenery, not secrets
    district = shapely.transform(geography.polygons[words.DISTRICT_CODE], kilometres_of)
    shapely.prepare(district)
    lake = _blob(2.6, 6.3, 0.75, random, stretch=1.5)
    features = [
        *_water(district, lake, random),
        *_green(district, places, lake, random),
        *(_road(street, district, lake) for street in streets(places, district, random)),
        *(_landmark(place) for place in places if place.kind in _SHOWN),
    ]
    return {"type": "FeatureCollection", "features": [feature for feature in features if feature]}


def _river() -> LineString:
    """The middle of the river, from the north-west to the south-east, winding."""
    easts = (step / 5 - 17 for step in range(171))
    waves = ((east, 1.9 * math.sin(east / 3.3) + 0.3 * math.sin(east / 1.35)) for east in easts)
    return _round((east, wave - 0.7 * (0.55 * east - 0.25) - 1.1) for east, wave in waves)


def _water(district: Polygon, lake: Polygon, random: Random) -> Iterator[Feature | None]:
    river = _river().buffer(_RIVER_HALF_KM, quad_segs=4)
    yield _feature(river, district, kind="water", name=_RIVER)
    yield _feature(lake, district, kind="water", name=_LAKE)
    for name, name_en, way, across in _CANALS:
        waves = [(random.uniform(0.1, 0.4), random.uniform(1.6, 4.5), random.uniform(0, math.tau)) for _ in range(3)]
        line = []
        for step in range(-64, 65):
            along = step / 4
            aside = across + sum(height * math.sin(along / length + phase) for height, length, phase in waves)
            line.append((aside, along) if way == "north" else (along, aside))
        yield _feature(_round(line), district, kind="water", name=(name, name_en))


def _green(district: Polygon, places: Sequence[PlaceRow], lake: Polygon, random: Random) -> Iterator[Feature | None]:
    river = _river()
    banks = river.buffer(_BELT_HALF_KM, quad_segs=4).intersection(Point(0, -1).buffer(_BELT_REACH_KM, quad_segs=8))
    yield _feature(banks.difference(river.buffer(_RIVER_HALF_KM, quad_segs=4)), district, kind="green", name=_BELT)
    yield _feature(_blob(-7.6, 7.6, 1.15, random, stretch=1.4), district, kind="green", name=_HILL)
    for place in places:
        if place.kind == "park":
            east, north = _kilometres(place)
            park: BaseGeometry = _blob(east, north, random.uniform(0.16, 0.34), random, stretch=random.uniform(1, 1.5))
            park = park.difference(river.buffer(_RIVER_HALF_KM, quad_segs=4)).difference(lake)
            yield _feature(park, district, kind="green", name=(place.name, place.name_en))


def _road(street: Street, district: Polygon, lake: Polygon) -> Feature | None:
    """A street; those that nobody names end at the lake and the river, the others cross by dam and bridge."""
    name = (street.name, street.name_en)
    ground: BaseGeometry = (
        district if street.name else district.difference(lake).difference(_river().buffer(_RIVER_HALF_KM))
    )
    return _feature(_round(street.line), ground, kind="road", name=name, road_class=street.road_class)


def _landmark(place: PlaceRow) -> Feature:
    point = {"type": "Point", "coordinates": [place.lon, place.lat]}
    properties = {"kind": "place", "name": place.name, "name_en": place.name_en}
    return {"type": "Feature", "properties": properties, "geometry": point}


def _feature(
    drawn: BaseGeometry, district: BaseGeometry, *, kind: str, name: tuple[str, str], road_class: str = ""
) -> Feature | None:
    """What of a shape lies in the district, in degrees; nothing where nothing does."""
    clipped = shapely.intersection(drawn, district)
    if isinstance(drawn, LineString) and not isinstance(clipped, LineString):
        clipped = shapely.line_merge(clipped)
    if clipped.is_empty or not (clipped.area or clipped.length):
        return None
    placed = shapely.transform(clipped, degrees_of)
    properties = {"kind": kind, "class": road_class, "name": name[0], "name_en": name[1]}
    return {
        "type": "Feature",
        "properties": {key: value for key, value in properties.items() if value},
        "geometry": {
            "type": placed.geom_type,
            "coordinates": _rounded(shapely.geometry.mapping(placed)["coordinates"]),
        },
    }


def _blob(east: float, north: float, radius: float, random: Random, *, stretch: float) -> Polygon:
    """A rounded shape, longer than wide by `stretch`, as lakes and parks are."""
    ripples = [(random.uniform(0.04, 0.12), wave, random.uniform(0, math.tau)) for wave in (2, 3, 5)]
    ring = []
    for step in range(28):
        angle = math.tau * step / 28
        reach = radius * (1 + sum(height * math.sin(wave * angle + phase) for height, wave, phase in ripples))
        ring.append((reach * math.cos(angle), reach * math.sin(angle)))
    turned = rotate(scale(Polygon(ring), xfact=stretch), random.uniform(-35, 35))
    return translate(turned, east, north)


def _round(points: Iterable[tuple[float, float]]) -> LineString:
    """A line through points with the corners that lie on a straight stretch left out."""
    line = LineString(list(points))
    return LineString([*_apart(line.simplify(0.004).coords)])


def _apart(points: Iterable[Sequence[float]]) -> Iterator[Sequence[float]]:
    rows = list(points)
    yield rows[0]
    yield from (after for before, after in pairwise(rows) if tuple(before) != tuple(after))


def _kilometres(place: PlaceRow) -> tuple[float, float]:
    found = shapely.transform(Point(place.lon, place.lat), kilometres_of)
    return found.x, found.y


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float | int):
        return round(coordinates, 6)
    return [_rounded(part) for part in coordinates]
