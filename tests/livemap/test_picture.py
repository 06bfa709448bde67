"""What the map shows to whom: the counted and the single cases agree with the lists, for everybody and every filter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from liandong.cases.queries import CaseFilter, permitted_cases
from liandong.kernel.cells import Box, parent_of
from liandong.livemap.operations import merge_counts
from liandong.livemap.queries import clusters, points, shares
from liandong.livemap.rules.fineness import fineness_at
from tests.world import GRID_9, World

pytestmark = pytest.mark.django_db

WORLD: Box = (-180, -85, 180, 85)
NEAR: Box = (121.40, 31.00, 121.42, 31.02)
PEOPLE = ("operator", "supervisor", "lin", "town01", "town02", "bureau002", "grid001", "mediator", "admin")
FILTERS = (
    CaseFilter(),
    CaseFilter(is_open=True),
    CaseFilter(is_open=False),
    CaseFilter(is_late=True),
    CaseFilter(is_late=False),
    CaseFilter(stages=("dispatched", "closed")),
    CaseFilter(area_prefix="310198001"),
    CaseFilter(area_prefix="310198001001001", is_open=True),
    CaseFilter(is_placed=False),
    CaseFilter(class_prefix="M06"),
    CaseFilter(unit="310198-B002"),
    CaseFilter(text="垃圾", is_open=True),
)


@pytest.fixture
def town(world: World) -> World:
    """Cases of every kind: open and ended, here and there, of one's own, about one's own unit, without a point."""
    for step in range(3):
        world.report(lon=121.405 + step / 500)
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    world.report(lon=GRID_9[0], lat=GRID_9[1], about_unit="310198-T01")
    world.report(about_unit="310198-T01")
    world.report("grid001", lon=GRID_9[0], lat=GRID_9[1], channel="grid")
    world.report(lon=None, lat=None, area="310198001")
    world.dispatched()
    world.dispatched(lon=GRID_9[0], lat=GRID_9[1])
    world.closed()
    return world


@pytest.mark.parametrize("account", PEOPLE)
def test_the_map_counts_what_the_lists_hold(town: World, account: str) -> None:
    actor = town.actor(account)
    for box, zoom in product((WORLD, NEAR), (5, 12, 13, 15, 16, 19)):
        for asked in FILTERS:
            listed = asked.apply(permitted_cases(actor)).filter(lon__isnull=False)
            if box is NEAR:
                west, south, east, north = box
                listed = listed.filter(lon__range=(west, east), lat__range=(south, north))
            fineness = fineness_at(zoom, box)
            truth = Counter(parent_of(case.cell, fineness) for case in listed if case.cell is not None)
            found = {one.cell: one.cases for one in clusters(asked, actor, box=box, zoom=zoom)}
            if box is NEAR:  # a bubble stands in the middle of its cases, which may lie outside the box together
                assert found.keys() <= truth.keys()
                assert all(found[cell] >= truth[cell] for cell in found)
            else:
                assert found == truth, (account, asked)
                late = listed.filter(ended_at__isnull=True, late_since__isnull=False).count()
                assert sum(one.late for one in clusters(asked, actor, box=box, zoom=zoom)) == late


@pytest.mark.parametrize("account", PEOPLE)
def test_areas_are_coloured_by_what_the_lists_hold(town: World, account: str) -> None:
    actor = town.actor(account)
    for asked in FILTERS:
        truth = Counter(case.area[:9] for case in asked.apply(permitted_cases(actor)) if len(case.area) >= 9)
        assert {one.area: one.cases for one in shares(asked, actor, level="town")} == truth, (account, asked)


def test_counts_are_the_same_once_merged(town: World) -> None:
    actor = town.actor("operator")
    before = clusters(CaseFilter(), actor, box=WORLD, zoom=13)
    merge_counts(at=town.at)
    assert clusters(CaseFilter(), actor, box=WORLD, zoom=13) == before


@pytest.mark.parametrize("account", PEOPLE)
def test_single_cases_are_those_of_the_list_newest_first(town: World, account: str) -> None:
    actor = town.actor(account)
    for asked in FILTERS:
        listed = asked.apply(permitted_cases(actor)).filter(lon__isnull=False).order_by("-reported_at", "-id")
        shown = points(asked, actor, box=WORLD)
        assert [case.number for case in shown] == [case.number for case in listed]
        assert [case.number for case in points(asked, actor, box=WORLD, most=1)] == [case.number for case in listed[:1]]


def test_what_was_drawn_on_the_map_narrows_the_list(town: World) -> None:
    actor = town.actor("operator")
    square = ((121.40, 31.0), (121.42, 31.0), (121.42, 31.02), (121.40, 31.02))
    within = CaseFilter(shape=square).apply(permitted_cases(actor))
    everything = permitted_cases(actor).filter(lon__isnull=False)
    assert {case.pk for case in within} == {case.pk for case in everything if case.lon and case.lon < 121.42}
    assert not replace(CaseFilter(), shape=square[:3]).apply(permitted_cases(actor)).filter(lon=GRID_9[0]).exists()


def test_a_box_around_the_world_at_street_zoom_is_drawn_coarsely() -> None:
    assert fineness_at(19, WORLD) < fineness_at(19, NEAR)
    assert fineness_at(19, (121.4, 31.0, 121.4, 31.0)) == 12
