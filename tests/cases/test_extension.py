"""延期: asked before due, twice at most, each no longer than the limit itself; decided by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.changes.allowing import ExtensionTooLong, NoMoreExtensions, OwnRequest, TooLateToExtend
from liandong.cases.changes.levels import AlreadyAsked, NothingAsked
from liandong.cases.models import Application, Case, ClockMove
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, take, told, with_photos
from tests.cases.paths.words import B001, B002, D03
from tests.world import World


def _clinic(world: World) -> Case:
    """Bureau 1 has 168 natural hours."""
    case = take(world, "dispatch", world.filed(class_code="A0203"), "lin", to=B001)
    return take(world, "receive", case, "bureau001")


def test_granted_the_deadline_moves_by_just_so_much_on_the_record(world: World) -> None:
    case = _clinic(world)
    before, hop = clock(case, "handle"), clock(case, "hop")
    take(world, "request_extension", case, "bureau001", amount="24")
    case = take(world, "grant_extension", case, "supervisor", note="同意")
    after = clock(case, "handle")
    assert (after.pk, after.due_at - before.due_at) == (before.pk, timedelta(hours=24))
    assert clock(case, "hop").due_at - hop.due_at == timedelta(hours=24)
    assert (case.extensions, case.asks) == (1, [])
    assert set(ClockMove.objects.filter(case=case).values_list("by", "amount", "unit")) == {
        ("grant_extension", 24, "natural_hour")
    }
    assert told(last_entry(case)) == {
        "unit": B001,
        "before": before.due_at.isoformat(),
        "after": after.due_at.isoformat(),
        "times": 1,
        "note": "同意",
        "version": case.version,
    }


def test_refused_nothing_moves_and_it_may_be_asked_again(world: World) -> None:
    case = _clinic(world)
    before = clock(case, "handle").due_at
    take(world, "request_extension", case, "bureau001")
    case = take(world, "refuse_extension", case, "supervisor")
    assert (clock(case, "handle").due_at, case.extensions, case.asks) == (before, 0, [])
    assert Application.objects.get(case=case).answer == "备件已到"
    assert take(world, "request_extension", case, "bureau001").asks == ["extension"]


def test_a_third_extension_is_refused(world: World) -> None:
    case = _clinic(world)
    for _ in range(2):
        take(world, "request_extension", case, "bureau001", amount="168")
        take(world, "grant_extension", case, "supervisor")
    with pytest.raises(NoMoreExtensions):
        take(world, "request_extension", case, "bureau001")


@pytest.mark.parametrize("amount", ["0", "-1", "168.01", "NaN", "Infinity", "很多", ""])
def test_no_more_than_the_limit_itself_and_more_than_nothing(world: World, amount: str) -> None:
    with pytest.raises(ExtensionTooLong):
        take(world, "request_extension", _clinic(world), "bureau001", amount=amount)


def test_it_is_asked_before_it_is_due(world: World) -> None:
    case = _clinic(world)
    world.at = clock(case, "handle").due_at - timedelta(minutes=1)
    assert take(world, "request_extension", case, "bureau001").asks == ["extension"]
    late = _clinic(world)
    world.at = clock(late, "handle").due_at
    with pytest.raises(TooLateToExtend):
        take(world, "request_extension", late, "bureau001")


def test_one_question_at_a_time_and_none_left_after_the_hand_in(world: World) -> None:
    case = take(world, "request_extension", _clinic(world), "bureau001")
    with pytest.raises(AlreadyAsked):
        take(world, "request_extension", case, "bureau001")
    with_photos(world, case, "bureau001")
    case = take(world, "hand_in", case, "bureau001")
    assert case.asks == []
    assert Application.objects.get(case=case).state == "lapsed"
    with pytest.raises(IllegalStep):
        take(world, "grant_extension", case, "supervisor")


@pytest.mark.parametrize("step", ["grant_extension", "refuse_extension"])
def test_nothing_is_answered_that_nobody_asked(world: World, step: str) -> None:
    with pytest.raises(NothingAsked):
        take(world, step, world.received(), "supervisor")


@pytest.mark.parametrize("step", ["grant_extension", "refuse_extension"])
def test_a_town_does_not_decide_on_its_own_request(world: World, step: str) -> None:
    case = world.report(by="grid001", channel="staff")
    for code in ("accept", "file"):
        take(world, code, case, "town01")
    take(world, "dispatch", case, "town01", to="310198-T01")
    take(world, "receive", case, "town01")
    take(world, "request_extension", case, "town01")
    with pytest.raises(OwnRequest):
        take(world, step, case, "town01")
    assert take(world, step, case, "supervisor").asks == []


def test_an_assistant_asks_for_no_time(world: World) -> None:
    case = take(world, "dispatch", world.filed(), "lin", to=B002, assisting=(D03,))
    take(world, "receive", case, "department03")
    with pytest.raises(IllegalStep):
        take(world, "request_extension", case, "department03")


def test_both_sides_say_why(world: World) -> None:
    case = _clinic(world)
    with pytest.raises(ReasonNeeded):
        take(world, "request_extension", case, "bureau001", reason="")
    take(world, "request_extension", case, "bureau001")
    with pytest.raises(ReasonNeeded):
        take(world, "refuse_extension", case, "supervisor", reason="")


@pytest.mark.parametrize("by", ["lin", "operator", "bureau002"])
def test_the_supervisor_decides(world: World, by: str) -> None:
    case = take(world, "request_extension", world.received(), "bureau002")
    assert Stage(case.stage) is Stage.RECEIVED
    with pytest.raises(Forbidden):
        take(world, "grant_extension", case, by)
