"""The demo's basemap: the same each time, within the district, and with the streets that addresses name."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import shapely
from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from liandong.areas.basemap_files import read_basemap
from liandong.areas.rules.basemap import BasemapRow
from liandong.demo.basemap import demo_basemap
from liandong.demo.geography import CENTRE, Geography, demo_geography, kilometres_of
from liandong.demo.places import PlaceRow, demo_places

SEED = 7


@pytest.fixture(scope="module")
def geography() -> Geography:
    return demo_geography(seed=SEED)


@pytest.fixture(scope="module")
def places(geography: Geography) -> tuple[PlaceRow, ...]:
    return demo_places(geography, seed=SEED)


@pytest.fixture(scope="module")
def rows(
    geography: Geography, places: tuple[PlaceRow, ...], tmp_path_factory: pytest.TempPathFactory
) -> list[BasemapRow]:
    """The basemap as the loader of any district reads it."""
    folder: Path = tmp_path_factory.mktemp("demo")
    content = json.dumps(demo_basemap(geography, places, seed=SEED), ensure_ascii=False)
    (folder / "basemap.geojson").write_text(content, encoding="utf-8")
    faults: list[str] = []
    found = read_basemap(folder, centre=CENTRE, move=lambda lon, lat: (lon, lat), faults=faults)
    assert faults == []
    assert len(content) < 300_000
    return found


def _drawn(row: BasemapRow) -> BaseGeometry:
    return shapely.transform(shape(row.geometry), kilometres_of)


def test_the_same_seed_draws_the_same_basemap(geography: Geography, places: tuple[PlaceRow, ...]) -> None:
    assert demo_basemap(geography, places, seed=SEED) == demo_basemap(geography, places, seed=SEED)
    assert demo_basemap(geography, places, seed=8) != demo_basemap(geography, places, seed=SEED)


def test_there_are_roads_of_both_classes_water_green_and_names(rows: list[BasemapRow]) -> None:
    counts = Counter((row.kind, row.road_class) for row in rows)
    assert counts["road", "major"] >= 15
    assert counts["road", "minor"] > 150
    assert counts["water", ""] >= 10
    assert counts["green", ""] >= 13
    assert counts["place", ""] > 80
    assert all(row.name_en for row in rows if row.name)


def test_nothing_lies_outside_the_district(rows: list[BasemapRow], geography: Geography) -> None:
    district = geography.polygons["310199"].buffer(1e-5)
    assert [row.name for row in rows if not district.covers(shape(row.geometry))] == []


def test_every_road_of_an_address_runs_through_the_point_that_stands_for_it(
    rows: list[BasemapRow], places: tuple[PlaceRow, ...]
) -> None:
    roads = {row.name: _drawn(row) for row in rows if row.kind == "road" and row.name}
    for place in places:
        if place.kind in ("road", "lane"):
            point = shapely.transform(Point(place.lon, place.lat), kilometres_of)
            assert roads[place.name].distance(point) < 0.02, place.name
