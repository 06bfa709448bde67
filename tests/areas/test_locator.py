"""Point → area: the raster, the tree and the plain question to every polygon give one answer."""

from __future__ import annotations

import math
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import shapely
from shapely.geometry import mapping

from liandong.areas.locator import Drawn, Locator, Locators
from liandong.areas.outlines import outlines_for
from liandong.areas.queries import district_map
from liandong.areas.rules.folder import AreaRow
from tests.world import DISTRICT, GRID_1, GRID_9, MONDAY_MORNING, World

TODAY = MONDAY_MORNING.date()
PARENT = shapely.Polygon([(0, 0), (10, 0), (10, 6), (6, 6), (6, 3), (4, 3), (4, 6), (0, 6)])


def _cells(count: int, seed: int) -> dict[str, shapely.Geometry]:
    """Nearest-seat cells of random seats inside a crooked parent."""
    dice = random.Random(seed)
    rows = [AreaRow("310198", "", "district", "", "", "", 0, 5.0, 3.0)]
    while len(rows) <= count:
        lon, lat = dice.uniform(0, 10), dice.uniform(0, 6)
        if PARENT.contains(shapely.Point(lon, lat)):
            rows.append(AreaRow(f"310198{len(rows):03}", "310198", "town", "", "", "", 0, lon, lat))
    drawn = outlines_for(rows, {"310198": mapping(PARENT)})
    return {code: shapely.geometry.shape(outline) for code, (outline, _near) in drawn.items() if code != "310198"}


def _locator(shapes: dict[str, shapely.Geometry]) -> Locator:
    return Locator(Drawn(code, mapping(polygon)) for code, polygon in shapes.items())


def test_raster_and_tree_agree_on_twenty_thousand_points_borders_and_corners_included() -> None:
    shapes = _cells(40, seed=1)
    locator = _locator(shapes)
    dice = random.Random(2)
    points = [(dice.uniform(-0.5, 10.5), dice.uniform(-0.5, 6.5)) for _ in range(17_000)]
    for polygon in shapes.values():
        corners = list(polygon.exterior.coords)
        points += corners
        points += [tuple(polygon.exterior.interpolate(dice.random(), normalized=True).coords[0]) for _ in range(60)]
        points += [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(corners, corners[1:], strict=False)]
    many = locator.locate_many([lon for lon, _lat in points], [lat for _lon, lat in points])
    assert len(points) > 19_500
    for (lon, lat), found in zip(points, many, strict=True):
        assert found == locator.locate(lon, lat) == locator._by_tree(lon, lat), (lon, lat)
    assert set(many) == {*shapes, None}


def test_the_tree_agrees_with_asking_every_polygon_and_borders_belong_to_the_smaller_code() -> None:
    shapes = _cells(12, seed=3)
    locator = _locator(shapes)
    dice = random.Random(4)
    for _ in range(1_000):
        lon, lat = dice.uniform(-1, 11), dice.uniform(-1, 7)
        holding = sorted(code for code, polygon in shapes.items() if polygon.intersects(shapely.Point(lon, lat)))
        assert locator.locate(lon, lat) == (holding[0] if holding else None)


def test_a_point_on_a_common_border_belongs_to_the_smaller_code(world: World) -> None:
    locate = district_map(DISTRICT).locator_on(TODAY).locate
    assert locate(121.41, 31.01) == "310198001001001"
    assert locate(121.44, 31.02) == "310198001001004"
    assert locate(121.4, 31.0) == "310198001001001"
    assert locate(121.48, 31.04) == "310198002002004"


def test_grids_are_found_rather_than_the_towns_around_them(world: World) -> None:
    locate = district_map(DISTRICT).locator_on(TODAY).locate
    assert (locate(*GRID_1), locate(*GRID_9)) == ("310198001001001", "310198002001001")


@pytest.mark.parametrize("point", [(0.0, 0.0), (121.5, 31.0), (-200.0, 95.0), (1e308, 0.0), (121.399999, 31.01)])
def test_outside_there_is_no_area(world: World, point: tuple[float, float]) -> None:
    locator = district_map(DISTRICT).locator_on(TODAY)
    assert locator.locate(*point) is None
    assert locator.locate_many([point[0]], [point[1]]) == [None]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_lies_nowhere(world: World, bad: float) -> None:
    locator = district_map(DISTRICT).locator_on(TODAY)
    assert locator.locate(bad, 31.01) is None
    assert locator.locate(121.4, bad) is None
    assert locator.locate_many([bad, 121.405], [31.01, 31.01]) == [None, "310198001001001"]


def test_a_district_without_outlines_locates_nothing_and_breaks_nothing() -> None:
    locator = Locator([])
    assert locator.locate(0.5, 0.5) is None
    assert locator.locate_many([0.5], [0.5]) == [None]
    assert locator.locate_many([], []) == []


def test_a_hole_in_an_area_is_outside_it() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    locator = _locator({"310198001": ring})
    assert (locator.locate(1, 1), locator.locate(4.5, 4.5)) == ("310198001", None)


def test_between_two_changes_one_locator_serves_all_days_and_a_few_are_kept() -> None:
    built: list[date] = []

    def read(day: date) -> list[Drawn]:
        built.append(day)
        return [Drawn("310198001", mapping(shapely.box(0, 0, 1, 1)))]

    changes = [date(2026, month, 1) for month in range(1, 8)]
    locators = Locators(changes, read)
    assert locators.since(date(2025, 12, 31)) == date.min
    assert locators.since(date(2026, 2, 1)) == locators.since(date(2026, 2, 28)) == date(2026, 2, 1)
    assert locators.on(date(2026, 2, 1)) is locators.on(date(2026, 2, 28))
    assert len(built) == 1
    for change in changes:
        locators.on(change)
    assert len(built) == 7
    locators.on(changes[-1])
    locators.on(changes[0])
    assert len(built) == 8


def test_threads_that_ask_for_one_day_at_once_build_one_locator() -> None:
    built: list[date] = []

    def read(day: date) -> list[Drawn]:
        built.append(day)
        return [Drawn(code, mapping(polygon)) for code, polygon in _cells(40, seed=1).items()]

    locators = Locators([date(2026, 1, 1)], read)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _turn: id(locators.on(TODAY)), range(32)))
    assert (len(built), len(found)) == (1, 1)
