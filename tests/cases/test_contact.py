"""先行联系: calling the reporter before going."""

from __future__ import annotations

import pytest

from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, told
from tests.world import MRS_CHEN, World

NAMED = {"identity": "named", "contact": MRS_CHEN}


def test_a_reached_reporter_stops_the_clock_and_the_stage_stays(world: World) -> None:
    case = world.received(**NAMED)
    since = case.stage_since
    world.do("contact_reporter", case, "bureau002", reached=True, outcome="约定下午三点，电话13912345678")
    case.refresh_from_db()
    assert (case.stage, case.stage_since) == ("received", since)
    assert clock(case, "contact").stopped_by == "contact"
    assert last_entry(case).data["outcome"] == "约定下午三点，电话［电话］"


def test_a_call_that_nobody_answers_is_recorded_and_the_clock_runs_on(world: World) -> None:
    case = world.dispatched(**NAMED)
    world.do("contact_reporter", case, "bureau002", reached=False)
    case.refresh_from_db()
    assert "contact" in running(case)
    assert told(last_entry(case)) == {"reached": False, "version": case.version}


def test_the_handler_has_twenty_four_natural_hours(world: World) -> None:
    case = world.dispatched(**NAMED)
    row = clock(case, "contact")
    assert (row.amount, row.unit) == (24, "natural_hour")
    assert (row.due_at - row.started_at).total_seconds() == 24 * 3600


def test_the_operator_does_not_make_the_handlers_call(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("contact_reporter", world.dispatched(), "operator", reached=True)


def test_after_handing_in_it_is_too_late_to_call_first(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("contact_reporter", world.handled(), "bureau002", reached=True)
