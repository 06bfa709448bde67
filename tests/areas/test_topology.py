"""The report finds each kind of fault where it is, with its surface, and nothing on a clean map."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely.geometry import shape

from liandong.areas.queries import topology_of
from liandong.areas.shapes import Plane, Shape
from liandong.areas.topology import FAULT_WORDS, Fault, FaultKind, faults_of
from liandong.demo.geography import demo_geography
from tests.areas.drawings import COMMUNITY, SIDE, code, grid, small_map, square
from tests.world import DISTRICT, World

METRE = SIDE / 955


def _with(*changed: Shape) -> list[Shape]:
    return list({**small_map(), **{area.code: area for area in changed}}.values())


def _only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, faults
    return faults[0]


def test_a_clean_map_has_no_faults() -> None:
    assert faults_of(list(small_map(4, 3).values())) == []


def test_grids_that_cover_the_same_ground_overlap() -> None:
    fault = _only(faults_of(_with(grid(1, 0, 0, 1.2))))
    assert (fault.kind, fault.areas, fault.is_error) == (FaultKind.OVERLAP, (code(1), code(2)), True)
    assert fault.surface_m2 == pytest.approx(Plane(31.005).surface(square(0, 0, 0.2)), rel=1e-3)
    assert shape(fault.geometry).within(square(1, 0).buffer(1e-9))


def test_ground_between_grids_is_a_gap_and_only_warned_of() -> None:
    fault = _only(faults_of(_with(grid(2, 1.5, 0, 0.5))))
    assert (fault.kind, fault.areas, fault.is_error) == (FaultKind.GAP, (COMMUNITY,), False)


@pytest.mark.parametrize("wide", [1 - 0.5 * METRE / SIDE, 1 + 0.5 * METRE / SIDE])
def test_half_a_metre_between_borders_or_over_them_is_a_sliver(wide: float) -> None:
    fault = _only(faults_of(_with(grid(1, 0, 0, wide))))
    assert (fault.kind, fault.is_error) == (FaultKind.SLIVER, False)
    assert 300 < fault.surface_m2 < 800


def test_a_grid_that_reaches_out_of_its_community_is_an_error() -> None:
    fault = _only(faults_of(_with(grid(4, 3, 0, 1.1))))
    assert (fault.kind, fault.areas, fault.is_error) == (FaultKind.OUTSIDE_PARENT, (code(4), COMMUNITY), True)


def test_an_outline_that_crosses_itself_is_told_with_the_place() -> None:
    bow_tie = shapely.Polygon([(121.4, 31), (121.41, 31.01), (121.41, 31), (121.4, 31.01)])
    found = faults_of(_with(replace(grid(1, 0, 0), outline=bow_tie)))
    assert [fault.kind for fault in found] == [FaultKind.SELF_CROSSING, FaultKind.GAP]
    assert found[0].geometry == {"type": "Point", "coordinates": [121.405, 31.005]}


def test_seats_on_a_border_and_outside_are_told_apart() -> None:
    on = replace(grid(1, 0, 0), lon=121.41)
    outside = replace(grid(2, 1, 0), lon=121.45)
    assert {(fault.kind, fault.areas) for fault in faults_of(_with(on, outside))} == {
        (FaultKind.SEAT_ON_BORDER, (code(1),)),
        (FaultKind.SEAT_OUTSIDE, (code(2),)),
    }


def test_a_code_that_stands_twice_is_an_error() -> None:
    areas = [*small_map().values(), grid(1, 8, 8)]
    assert FaultKind.DUPLICATE_CODE in {fault.kind for fault in faults_of(areas) if fault.is_error}


def test_a_report_about_some_areas_leaves_the_faults_of_others_out() -> None:
    areas = _with(grid(1, 0, 0, 1.2), grid(4, 3, 0, 1.1))
    assert [fault.kind for fault in faults_of(areas, about={code(4)})] == [FaultKind.OUTSIDE_PARENT]
    assert [fault.kind for fault in faults_of(areas, about={code(2)})] == [FaultKind.OVERLAP]
    assert faults_of(areas, about={code(3)}) == []


def test_a_map_of_which_little_is_drawn_is_reported_on_too() -> None:
    assert faults_of([]) == []
    undrawn = Shape(code(1), COMMUNITY, "grid", "1", lon=121.4, lat=31.0)
    assert faults_of([undrawn]) == []


def test_every_kind_of_fault_has_a_word() -> None:
    assert set(FAULT_WORDS) == set(FaultKind)
    assert all(Fault(kind, (), 0.0, {}).word for kind in FaultKind)


def test_the_demo_district_of_706_grids_has_no_faults() -> None:
    areas = []
    for feature in demo_geography(seed=7).geojson()["features"]:
        own = feature["properties"]["code"]
        level = {6: "district", 9: "town", 12: "community", 15: "grid"}[len(own)]
        areas.append(Shape(own, own[:-3] if len(own) > 6 else "", level, own, "", shape(feature["geometry"])))
    assert sum(area.level == "grid" for area in areas) == 706
    assert faults_of(areas) == []


def test_the_map_of_a_day_is_reported_on_from_the_database(world: World) -> None:
    assert topology_of(DISTRICT, world.at.date()) == []
