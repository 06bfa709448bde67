"""作废: any open case, by the supervisor, with a reason."""

from __future__ import annotations

import pytest

from liandong.cases.queries import assignments_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry, ready, running, take, told
from tests.cases.paths.words import B002
from tests.world import World


def test_a_void_case_has_ended_with_everything_that_ran(world: World) -> None:
    case = take(world, "void", world.received(), "supervisor", reason="重复登记，电话13812345678")
    case.refresh_from_db()
    assert (case.stage, case.ended_at, case.due_at, case.unit) == ("void", world.at, None, B002)
    assert running(case) == set()
    assert assignments_of(case).get().ended_by == "void"
    assert told(last_entry(case)) == {"reason": "重复登记，电话［电话］", "version": case.version}


def test_a_resting_case_may_be_void_and_rests_no_more(world: World) -> None:
    case = take(world, "suspend", world.received(), "supervisor")
    case = take(world, "void", case, "supervisor")
    assert (case.stage, case.suspended_at, case.wake_on) == ("void", None, None)


def test_what_was_asked_lapses(world: World) -> None:
    case = take(world, "void", ready(world, Stage.RECEIVED, "grant_extension"), "supervisor")
    assert case.asks == []
    assert case.applications.get().state == "lapsed"


def test_what_has_ended_stays_as_it_ended(world: World) -> None:
    with pytest.raises(IllegalStep):
        take(world, "void", world.closed(), "supervisor")


def test_it_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "void", world.report(), "supervisor", reason="")


@pytest.mark.parametrize("by", ["operator", "lin", "verifier"])
def test_nobody_else_makes_a_case_void(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        take(world, "void", world.report(), by)
