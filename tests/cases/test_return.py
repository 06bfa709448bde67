"""退单: not ours, and whose it is."""

from __future__ import annotations

import pytest

from liandong.cases.models import Assignment
from liandong.cases.queries import permitted_cases, steps_open_to
from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.verification import HandDownBinds, ReturnTooLate, RulingBinds
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, shanghai, take, told, town_holds
from tests.cases.paths.words import B001, B002, D02, T01
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
    assert told(last_entry(case)) == {
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
    world.do("return_case", case, "bureau002", reason="非本单位职责")
    world.do("dispatch_case", case, "lin")
    world.do("return_case", case, "bureau002", reason="非本单位职责")
    for _ in range(2):
        with pytest.raises(RulingBinds):
            world.do("return_case", case, "bureau002", reason="非本单位职责")
        case.refresh_from_db()
        if case.awaits_ruling:
            world.do("arbitrate_case", case, "supervisor", to="310198-B002", reason="属其职责")


def test_the_centre_does_not_return_for_the_unit(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("return_case", world.dispatched(), "supervisor", reason="派错了")


def test_who_is_on_the_scene_returns_nothing(world: World) -> None:
    case = world.received()
    world.do("arrive_at_case", case, "bureau002")
    with pytest.raises(IllegalStep):
        world.do("return_case", case, "bureau002", reason="非本单位职责")


def test_what_was_handed_down_goes_back_up_its_line_and_is_no_return_of_the_case(world: World) -> None:
    case = take(world, "return", town_holds(world, Stage.DISPATCHED), "bureau002", proposed_unit=B001)
    assert (case.stage, case.unit, case.involved, case.returns) == ("received", T01, [], 0)
    assert running(case) == {"hop", "arrive", "handle"}
    assert (last_entry(case).event, told(last_entry(case))) == (
        "CaseReturnedUp",
        {
            "before": B002,
            "unit": T01,
            "reason": "不属于本单位职责",
            "proposed_unit": B001,
            "times": 1,
            "version": case.version,
        },
    )


def test_two_returns_in_a_line_and_one_of_the_town_leave_nothing_to_rule_on(world: World) -> None:
    case = town_holds(world, Stage.DISPATCHED)
    take(world, "return", case, "bureau002")
    take(world, "hand_down", case, "town01", to=B001)
    take(world, "return", case, "bureau001")
    case = take(world, "return", case, "town01")
    assert (case.stage, case.returns, case.awaits_ruling) == ("filed", 1, False)
    take(world, "dispatch", case, "lin", to=D02)
    case = take(world, "return", case, "department02")
    assert (case.returns, case.awaits_ruling, case.unit) == (2, True, T01), "首接负责: the town had it first"


def test_what_a_town_hands_down_after_two_returns_stays_with_whom_it_chose(world: World) -> None:
    case = town_holds(world, Stage.DISPATCHED)
    take(world, "return", case, "bureau002")
    take(world, "hand_down", case, "town01", to=B001)
    take(world, "return", case, "bureau001")
    case = take(world, "hand_down", case, "town01", to=B001)
    bureau = world.actor("bureau001")
    assert "return" not in {step.code for step in steps_open_to(bureau, case)}
    with pytest.raises(HandDownBinds):
        take(world, "return", case, "bureau001")
    assert take(world, "take_back", case, "town01").unit == T01


def test_whom_a_town_ordered_after_the_ruling_may_return_it_to_the_town_alone(world: World) -> None:
    case = world.dispatched()
    take(world, "return", case, "bureau002")
    take(world, "dispatch", case, "lin")
    take(world, "return", case, "bureau002")
    take(world, "arbitrate", case, "supervisor", to=T01)
    case = take(world, "receive", case, "town01")
    assert "return" not in {step.code for step in steps_open_to(world.actor("town01"), case)}
    case = take(world, "hand_down", case, "town01")
    assert "return" in {step.code for step in steps_open_to(world.actor("bureau002"), case)}
    case = take(world, "return", case, "bureau002")
    assert (case.unit, case.returns, case.is_ruled) == (T01, 2, True)
    with pytest.raises(RulingBinds):
        take(world, "return", case, "town01")
