"""收回: to whoever handed it down, or by the dispatcher to be sent anew."""

from __future__ import annotations

import pytest

from liandong.cases.changes.handling import RulingAwaited
from liandong.cases.changes.levels import NothingToTakeBack
from liandong.cases.models import Case
from liandong.cases.queries import assignments_of, steps_open_to
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, take, told, town_holds, twice_returned
from tests.cases.paths.words import B002, T01
from tests.world import World


def test_the_town_takes_back_what_it_handed_down(world: World) -> None:
    case = town_holds(world, Stage.DISPATCHED)
    handle = clock(case, "handle")
    take(world, "take_back", case, "town01")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.involved, case.returns) == ("received", T01, [], 0)
    assert (clock(case, "handle").pk, clock(case, "handle").due_at) == (handle.pk, handle.due_at)
    lower = assignments_of(case).get(unit=B002)
    assert (lower.ended_at, lower.ended_by) == (world.at, "take_back")
    assert running(case) == {"hop", "arrive", "handle"}
    assert told(last_entry(case)) == {"before": B002, "reason": "派错了单位", "unit": T01, "version": case.version}


def test_a_request_of_the_town_still_waits_after_it_took_the_case_back(world: World) -> None:
    case = take(world, "request_coordination", town_holds(world, Stage.RECEIVED), "town01")
    take(world, "hand_down", case, "town01")
    take(world, "take_back", case, "town01")
    case.refresh_from_db()
    assert (case.asks, case.coordination) == (["coordination"], "asked")
    assert "coordination" in running(case)


def test_the_dispatcher_takes_it_back_to_be_sent_anew(world: World) -> None:
    case = world.received()
    before = {kind: (clock(case, kind).pk, clock(case, kind).due_at) for kind in ("arrive", "handle")}
    take(world, "take_back", case, "lin")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.returns) == ("filed", "", 0)
    assert running(case) == {"dispatch", "arrive", "handle"}
    take(world, "dispatch", case, "lin")
    assert {kind: (clock(case, kind).pk, clock(case, kind).due_at) for kind in before} == before


def test_an_assisting_town_takes_back_its_own_part_and_the_lead_notices_nothing(world: World) -> None:
    case = world.filed()
    take(world, "dispatch", case, "lin", to="310198-D02", assisting=(T01,))
    take(world, "receive", case, "town01")
    case = take(world, "hand_down", case, "town01")
    assert (case.stage, case.unit, case.assisting) == ("dispatched", "310198-D02", [T01, B002])
    case = take(world, "take_back", case, "town01")
    assert (case.stage, case.unit, case.assisting) == ("dispatched", "310198-D02", [T01])


def test_there_must_be_something_to_take_back(world: World) -> None:
    with pytest.raises(NothingToTakeBack):
        take(world, "take_back", town_holds(world, Stage.RECEIVED), "town01")


def test_a_twice_returned_case_awaits_its_ruling(world: World) -> None:
    with pytest.raises(RulingAwaited):
        take(world, "take_back", twice_returned(world, Stage.RECEIVED), "lin")


def test_it_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "take_back", world.received(), "lin", reason="")


def test_the_unit_below_takes_nothing_back(world: World) -> None:
    with pytest.raises(Forbidden):
        take(world, "take_back", town_holds(world, Stage.DISPATCHED), "bureau002")


def _offered(world: World, case: Case, by: str) -> bool:
    case.refresh_from_db()
    return "take_back" in {step.code for step in steps_open_to(world.actor(by), case)}


def test_it_is_offered_to_whoever_handed_it_down_and_to_who_dispatches(world: World) -> None:
    held, down = town_holds(world, Stage.RECEIVED), town_holds(world, Stage.DISPATCHED)
    for case, by, is_offered in (
        (held, "town01", False),
        (held, "lin", True),
        (held, "supervisor", True),
        (down, "town01", True),
        (down, "lin", True),
        (down, "bureau002", False),
    ):
        assert _offered(world, case, by) is is_offered, (case.unit, by)


def test_it_is_offered_to_an_assistant_for_its_own_part_alone(world: World) -> None:
    case = world.filed()
    take(world, "dispatch", case, "lin", to=T01, assisting=("310198-D02",))
    take(world, "receive", case, "town01")
    case = take(world, "hand_down", case, "town01")
    assert _offered(world, case, "town01")
    assert not _offered(world, case, "department02")


def test_what_awaits_a_ruling_is_taken_back_by_nobody_but_within_a_line(world: World) -> None:
    case = twice_returned(world, Stage.RECEIVED)
    assert not any(_offered(world, case, by) for by in ("lin", "supervisor", "town01"))
    take(world, "hand_down", case, "town01")
    assert _offered(world, case, "town01")
    assert not _offered(world, case, "lin")


def test_it_is_offered_no_more_once_the_unit_below_has_handed_in(world: World) -> None:
    case = world.filed()
    take(world, "dispatch", case, "lin", to="310198-D02", assisting=(T01,))
    take(world, "receive", case, "town01")
    take(world, "hand_down", case, "town01")
    take(world, "receive", case, "bureau002")
    take(world, "hand_in", case, "bureau002")
    assert not _offered(world, case, "town01")
