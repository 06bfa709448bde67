"""到场: the handler is at the place."""

from __future__ import annotations

import math

import pytest

from liandong.cases.changes.intake import MixedCoordinates
from liandong.cases.models import Assignment
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running
from tests.world import World


def test_arriving_stops_the_clock_and_keeps_time_and_place(world: World) -> None:
    case = world.received()
    world.do("arrive_at_case", case, "bureau002", lon=121.4051, lat=31.0101)
    case.refresh_from_db()
    assert case.stage == "on_scene"
    assert running(case) == {"handle", "hop"}
    assert clock(case, "arrive").stopped_at == world.at
    row = Assignment.objects.get(case=case)
    assert (row.arrived_at, row.arrived_lon, row.arrived_lat) == (world.at, 121.4051, 31.0101)
    assert last_entry(case).data["lon"] == 121.4051


def test_a_phone_without_a_position_may_arrive(world: World) -> None:
    assert world.do("arrive_at_case", world.received(), "bureau002").stage == "on_scene"


@pytest.mark.parametrize(("lon", "lat"), [(121.4, None), (None, 31.0), (math.nan, 31.0), (121.4, math.inf)])
def test_half_a_position_or_none_that_is_a_number_is_refused(
    world: World, lon: float | None, lat: float | None
) -> None:
    with pytest.raises(MixedCoordinates):
        world.do("arrive_at_case", world.received(), "bureau002", lon=lon, lat=lat)


def test_the_town_does_not_arrive_for_its_bureau(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("arrive_at_case", world.received(), "town01")


def test_a_case_is_received_before_anybody_arrives(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("arrive_at_case", world.dispatched(), "bureau002")
