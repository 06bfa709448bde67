"""结案: verified, and closed by the level that runs the case."""

from __future__ import annotations

import pytest

from liandong.cases.changes.closing import UnknownClosing
from liandong.cases.changes.verifying import OwnWork
from liandong.cases.models import Assignment, Case
from liandong.cases.rules.verification import NotReadyForSpecialClosing, Unverified
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden, platform
from tests.cases.paths import last_entry, running, take, told
from tests.world import World


def test_a_checked_case_closes_normally_at_the_level_that_solved_it(world: World) -> None:
    case = world.checked()
    world.do("close_case", case, "operator")
    case.refresh_from_db()
    assert (case.stage, case.closing, case.solved_level, case.ended_at) == ("closed", "normal", "town", world.at)
    assert (running(case), case.due_at, case.late_since) == (set(), None, None)
    assert Assignment.objects.get(case=case).ended_at == world.at
    assert told(last_entry(case)) == {"closing": "normal", "level": "town", "version": case.version}


def test_nothing_closes_unverified(world: World) -> None:
    with pytest.raises(Unverified):
        world.do("close_case", world.handled(), "operator")


def test_a_failed_check_does_not_close(world: World) -> None:
    case = world.handled()
    world.do("check_case", case, "verifier", ok=False)
    with pytest.raises(Unverified):
        world.do("close_case", case, "operator")


def test_a_case_handed_in_past_its_due_time_closes_late(world: World) -> None:
    case = world.received()
    world.later(days=30)
    world.do("hand_in_case", case, "bureau002", result="已清运")
    world.do("check_case", case, "verifier", ok=True)
    assert world.do("close_case", case, "operator").closing == "late"


def test_nobody_closes_what_they_handled(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    for step in ("accept", "file"):
        take(world, step, case, "town01")
    take(world, "dispatch", case, "town01", to="310198-T01")
    for step in ("receive", "hand_in"):
        take(world, step, case, "town01")
    take(world, "check", case, "verifier")
    with pytest.raises(OwnWork):
        take(world, "close", case, "town01")


def test_what_the_centre_runs_is_closed_only_by_the_centre(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("close_case", world.checked(), "town01")


def test_what_the_town_runs_is_closed_by_the_town(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    for step, by in (
        ("accept", "town01"),
        ("file", "town01"),
        ("dispatch", "town01"),
        ("receive", "bureau002"),
        ("hand_in", "bureau002"),
        ("check", "town01"),
    ):
        take(world, step, case, by)
    with pytest.raises(Forbidden):
        world.do("close_case", case, "operator")
    assert world.do("close_case", case, "town01").stage == "closed"


def _reworked(world: World, times: int) -> Case:
    case = world.handled()
    for _rework in range(times):
        take(world, "send_back", case, "operator")
        take(world, "receive", case, "bureau002")
        take(world, "hand_in", case, "bureau002")
    return case


def test_special_closing_is_the_supervisors_after_two_reworks(world: World) -> None:
    case = _reworked(world, 2)
    with pytest.raises(Forbidden):
        world.do("close_case", case, "operator", closing="special", reason="客观条件所限")
    world.do("close_case", case, "supervisor", closing="special", reason="客观条件所限")
    case.refresh_from_db()
    assert (case.closing, last_entry(case).data["reason"]) == ("special", "客观条件所限")


def test_special_closing_before_the_second_rework_is_refused(world: World) -> None:
    with pytest.raises(NotReadyForSpecialClosing):
        world.do("close_case", _reworked(world, 1), "supervisor", closing="special", reason="客观条件所限")


@pytest.mark.parametrize("closing", ["special", "error"])
def test_an_unusual_closing_must_say_why(world: World, closing: str) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("close_case", world.checked(), "supervisor", closing=closing)


def test_a_mistaken_case_closes_as_an_error_with_a_reason(world: World) -> None:
    assert world.do("close_case", world.checked(), "operator", closing="error", reason="重复").closing == "error"


def test_a_replay_closes_duplicates_as_special_without_reworks(world: World) -> None:
    case = take(world, "close", world.handled(), platform("replay"), closing="special", reason="重复")
    assert case.closing == "special"


@pytest.mark.parametrize("closing", ["normal", "late", "whatever"])
def test_normal_and_late_are_found_not_chosen(world: World, closing: str) -> None:
    with pytest.raises(UnknownClosing):
        world.do("close_case", world.checked(), "operator", closing=closing, reason="因为")


def test_an_unhandled_case_is_not_closed(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("close_case", world.received(), "operator")
