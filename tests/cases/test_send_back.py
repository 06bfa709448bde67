"""返工: not really solved."""

from __future__ import annotations

import pytest

from liandong.cases.models import Assignment
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running
from tests.world import World


def test_the_same_unit_gets_it_again_on_the_same_clock(world: World) -> None:
    case = world.handled()
    before = clock(case, "handle")
    world.do("check_case", case, "verifier", ok=False)
    world.do("send_back_case", case, "verifier", reason="仍有积水")
    case.refresh_from_db()
    handle = clock(case, "handle")
    assert (case.stage, case.unit, case.reworks, case.check_result) == ("dispatched", "310198-B002", 1, "")
    assert running(case) == {"handle", "receive", "hop"}
    assert (handle.pk, handle.started_at, handle.amount) == (before.pk, before.started_at, before.amount)
    assert handle.due_at - before.due_at == world.at - before.stopped_at
    assert handle.moved_seconds == 120
    assert last_entry(case).data["moved_seconds"] == 120


def test_the_earlier_assignment_ends_and_a_new_one_begins(world: World) -> None:
    case = world.handled()
    world.do("send_back_case", case, "verifier", reason="仍有积水")
    first, second = Assignment.objects.filter(case=case).order_by("id")
    assert (first.ended_at, second.sent_at, second.ended_at) == (world.at, world.at, None)


def test_sending_back_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("send_back_case", world.handled(), "verifier", reason="")


def test_the_dispatcher_does_not_send_back(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("send_back_case", world.handled(), "lin", reason="仍有积水")


def test_a_closed_case_is_reopened_not_sent_back(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("send_back_case", world.closed(), "verifier", reason="仍有积水")


def test_a_second_rework_goes_through_and_counts(world: World) -> None:
    case = world.handled()
    for times in (1, 2):
        world.do("send_back_case", case, "operator", reason="仍有积水")
        case.refresh_from_db()
        assert case.reworks == times
        world.do("receive_case", case, "bureau002")
        world.do("hand_in_case", case, "bureau002", result="再次清理")
    assert Assignment.objects.filter(case=case).count() == 3
