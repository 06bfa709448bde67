"""重开: the problem is back."""

from __future__ import annotations

import pytest

from liandong.cases.changes.closing import ReopeningTooLate
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running
from tests.world import World


def test_a_reopened_case_is_with_its_unit_again_on_a_new_clock(world: World) -> None:
    case = world.closed()
    world.do("reopen_case", case, "operator", reason="第二天又堆满")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.reopenings, case.closing) == ("dispatched", "310198-B002", 1, "")
    assert (case.ended_at, case.check_result, case.handled_by, case.solved_level) == (None, "", "", "")
    assert running(case) == {"receive", "hop", "handle"}
    assert clock(case, "handle").started_at == world.at
    assert last_entry(case).data["reason"] == "第二天又堆满"


def test_thirty_days_later_to_the_second_is_still_in_time(world: World) -> None:
    case = world.closed()
    world.later(days=30, minutes=-1)
    assert world.do("reopen_case", case, "operator", reason="又出现").stage == "dispatched"


def test_after_thirty_days_a_new_case_is_wanted(world: World) -> None:
    case = world.closed()
    world.later(days=30)
    with pytest.raises(ReopeningTooLate):
        world.do("reopen_case", case, "operator", reason="又出现")


def test_reopening_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("reopen_case", world.closed(), "operator", reason="")


def test_the_handler_does_not_reopen(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("reopen_case", world.closed(), "bureau002", reason="又出现")


def test_an_open_case_cannot_be_reopened(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("reopen_case", world.checked(), "operator", reason="又出现")


def test_a_reopened_case_can_be_solved_and_closed_again(world: World) -> None:
    case = world.closed()
    world.do("reopen_case", case, "operator", reason="又出现")
    world.do("receive_case", case, "bureau002")
    world.do("hand_in_case", case, "bureau002", result="再次清理")
    world.do("check_case", case, "verifier", ok=True)
    assert world.do("close_case", case, "operator").closing == "normal"
