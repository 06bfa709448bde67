"""退单: not ours, and whose it is."""

from __future__ import annotations

import pytest

from liandong.cases.models import Assignment
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.verification import ReturnTooLate, RulingBinds
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, shanghai
from tests.world import World


def test_a_returned_case_waits_for_dispatch_again(world: World) -> None:
    case = world.received()
    world.do("return_case", case, "bureau002", reason="属计生办职责", proposed_unit="310198-B001")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.assisting, case.returns) == ("filed", "", [], 1)
    assert case.first_unit == "310198-B002"
    assert running(case) == {"dispatch", "arrive", "handle"}
    assert clock(case, "dispatch").started_at == world.at
    ended = Assignment.objects.get(case=case)
    assert (ended.returned_at, ended.ended_at) == (world.at, world.at)
    assert last_entry(case).data == {
        "unit": "310198-B002",
        "reason": "属计生办职责",
        "proposed_unit": "310198-B001",
        "times": 1,
        "version": 6,
    }


def test_the_unit_that_returned_it_hears_so_but_no_longer_sees_it(world: World) -> None:
    case = world.dispatched()
    world.do("return_case", case, "bureau002", reason="非本单位职责")
    assert "310198-B002" in last_entry(case).hearers
    assert not permitted_cases(world.actor("bureau002")).filter(pk=case.pk).exists()


def test_a_return_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("return_case", world.dispatched(), "bureau002", reason="")


def test_the_proposed_unit_must_exist(world: World) -> None:
    with pytest.raises(UnknownUnit):
        world.do("return_case", world.dispatched(), "bureau002", reason="非本单位职责", proposed_unit="310198-X1")


def test_four_working_hours_after_receipt_the_case_counts_as_received_for_good(world: World) -> None:
    case = world.received()
    received = Assignment.objects.get(case=case).received_at
    assert received == shanghai("2026-03-02 09:34")
    world.at = shanghai("2026-03-02 15:03")  # do() adds a minute: 15:04 is exactly four working hours later
    assert world.do("return_case", case, "bureau002", reason="非本单位职责").stage == "filed"

    other = world.received()
    world.later(hours=30)
    with pytest.raises(ReturnTooLate) as refusal:
        world.do("return_case", other, "bureau002", reason="非本单位职责")
    assert "2026-03-03" in str(refusal.value)


def test_an_urgent_case_may_be_returned_within_one_hour(world: World) -> None:
    case = world.received(urgency="urgent")
    world.later(minutes=60)
    with pytest.raises(ReturnTooLate):
        world.do("return_case", case, "bureau002", reason="非本单位职责")


def test_after_the_supervisors_ruling_there_is_no_third_return(world: World) -> None:
    case = world.dispatched()
    for dispatcher in ("lin", "supervisor"):
        world.do("return_case", case, "bureau002", reason="非本单位职责")
        world.do("dispatch_case", case, dispatcher)
    with pytest.raises(RulingBinds):
        world.do("return_case", case, "bureau002", reason="非本单位职责")


def test_the_centre_does_not_return_for_the_unit(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("return_case", world.dispatched(), "supervisor", reason="派错了")


def test_who_is_on_the_scene_returns_nothing(world: World) -> None:
    case = world.received()
    world.do("arrive_at_case", case, "bureau002")
    with pytest.raises(IllegalStep):
        world.do("return_case", case, "bureau002", reason="非本单位职责")
