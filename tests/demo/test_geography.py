"""The demo district's map: right numbers, codes that nest, and levels that tile each other exactly."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import shapely
from shapely import Point

from liandong.demo.geography import Geography, demo_geography
from liandong.demo.places import demo_places
from liandong.kernel.area_codes import level_of, parent_of

SEEDS = (7, 2026)


@pytest.fixture(scope="module", params=SEEDS)
def geography(request: pytest.FixtureRequest) -> Geography:
    return demo_geography(seed=request.param)


def test_the_district_has_13_towns_516_communities_and_706_grids(geography: Geography) -> None:
    counts = Counter(area.level for area in geography.areas)
    assert counts == {"district": 1, "town": 13, "community": 516, "grid": 706}


def test_codes_are_unique_nest_and_match_their_level(geography: Geography) -> None:
    codes = {area.code for area in geography.areas}
    assert len(codes) == len(geography.areas)
    for area in geography.areas:
        assert level_of(area.code) == area.level
        assert (parent_of(area.code) or "") == area.parent
        assert not area.parent or area.parent in codes


def test_parents_come_before_their_children(geography: Geography) -> None:
    seen = {""}
    for area in geography.areas:
        assert area.parent in seen
        seen.add(area.code)


def test_names_are_unique_within_a_level_in_both_languages(geography: Geography) -> None:
    for level in ("town", "community", "grid"):
        areas = geography.level(level)
        assert len({area.name for area in areas}) == len(areas)
        assert all(area.name_en.isascii() for area in areas)


@pytest.mark.parametrize("level", ["town", "community", "grid"])
def test_the_areas_of_a_level_leave_no_gap_and_do_not_overlap(geography: Geography, level: str) -> None:
    polygons = [geography.polygons[area.code] for area in geography.level(level)]
    district = geography.polygons["310199"]
    assert shapely.coverage_is_valid(polygons)
    assert shapely.coverage_union_all(polygons).equals(district)
    assert sum(polygon.area for polygon in polygons) == pytest.approx(district.area, rel=1e-12)


def test_every_area_is_the_union_of_its_children(geography: Geography) -> None:
    for level in ("district", "town", "community"):
        for area in geography.level(level):
            children = [geography.polygons[child.code] for child in geography.areas if child.parent == area.code]
            assert shapely.coverage_union_all(children).equals(geography.polygons[area.code])


def test_polygons_are_valid_without_holes_and_rounded_to_six_decimals(geography: Geography) -> None:
    for polygon in geography.polygons.values():
        assert polygon.is_valid
        assert not polygon.interiors
        assert all(round(value, 6) == value for vertex in polygon.exterior.coords for value in vertex)


def test_every_seat_lies_inside_its_area(geography: Geography) -> None:
    for area in geography.areas:
        assert geography.polygons[area.code].contains(Point(area.lon, area.lat))


def test_the_district_lies_where_the_demo_expects_it(geography: Geography) -> None:
    west, south, east, north = geography.polygons["310199"].bounds
    assert 121.2 < west < east < 121.6
    assert 30.9 < south < north < 31.2


def test_households_are_about_500_in_urban_and_300_in_rural_grids_and_add_up(geography: Geography) -> None:
    for kind, households in (("urban", 500), ("rural", 300)):
        grids = [grid.households for grid in geography.level("grid") if grid.kind == kind]
        assert len(grids) > 200
        assert sum(grids) / len(grids) == pytest.approx(households, rel=0.05)
    for area in geography.areas:
        below = [grid.households for grid in geography.level("grid") if grid.code.startswith(area.code)]
        assert area.households == sum(below)


def test_the_geojson_holds_every_area_once_with_closed_rings(geography: Geography) -> None:
    features = json.loads(json.dumps(geography.geojson()))["features"]
    assert [feature["properties"]["code"] for feature in features] == [area.code for area in geography.areas]
    for feature in features:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert shapely.LinearRing(ring).is_ccw


def test_the_same_seed_gives_the_same_map_and_another_seed_another() -> None:
    assert demo_geography(seed=7).geojson() == demo_geography(seed=7).geojson()
    assert demo_geography(seed=7).geojson() != demo_geography(seed=8).geojson()


def test_every_place_lies_in_its_grid_under_a_name_of_its_own(geography: Geography) -> None:
    places = demo_places(geography, seed=7)
    assert len(places) > 250
    assert len({place.name for place in places}) == len(places)
    for place in places:
        assert geography.polygons[place.area].contains(Point(place.lon, place.lat))
