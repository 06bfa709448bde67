"""上报协调: the town asks the district, which accepts, declines, or says nothing, which is acceptance (兜底)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.changes.levels import AlreadyAsked, NothingAsked, OnlyTownsAsk
from liandong.cases.models import Application, Case
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import assignments_of, trace_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden, platform
from tests.cases.paths import clock, last_entry, running, take, told, town_holds
from tests.cases.paths.words import B002, D02, T01
from tests.world import World

SWEEP = platform("sweep")
HOUR = timedelta(hours=1)


def _asked(world: World, stage: Stage = Stage.RECEIVED) -> Case:
    return take(world, "request_coordination", town_holds(world, stage), "town01")


def test_the_question_waits_four_working_hours_and_nothing_else_changes(world: World) -> None:
    case = _asked(world)
    assert (case.stage, case.unit, case.coordination, case.asks) == ("received", T01, "asked", ["coordination"])
    assert clock(case, "coordination").due_at == world.at + 5.5 * HOUR, "four hours and the break at noon"
    assert "hop" in running(case)
    assert told(last_entry(case)) == {"unit": T01, "reason": "须区级部门牵头", "version": case.version}


def test_accepted_the_district_runs_it_and_the_town_assists(world: World) -> None:
    case = _asked(world)
    handle, hop = clock(case, "handle"), clock(case, "hop")
    case = take(world, "accept_coordination", case, "lin", note="区里牵头")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.assisting, case.run_by) == ("filed", "", [T01], "district")
    assert (case.coordination, case.asks) == ("accepted", [])
    hop.refresh_from_db()
    assert (hop.stopped_at, hop.stopped_by) == (world.at, "accept_coordination")
    assert (clock(case, "handle").pk, clock(case, "handle").due_at) == (handle.pk, handle.due_at)
    assert running(case) == {"dispatch", "arrive", "handle", "hop"}
    answered = Application.objects.get(case=case)
    assert (answered.state, answered.answered_by, answered.answer) == ("granted", "user/lin", "区里牵头")


def test_the_towns_part_and_the_new_leads_are_finished_apart(world: World) -> None:
    case = take(world, "accept_coordination", _asked(world), "lin")
    take(world, "dispatch", case, "lin", to=D02)
    take(world, "receive", case, "department02")
    assert take(world, "hand_in", case, "town01").stage == "received"
    assert take(world, "hand_in", case, "department02").stage == "handled"
    take(world, "check", case, "verifier")
    assert take(world, "close", case, "operator").solved_level == "district"


def test_declined_the_town_goes_on_with_its_own_hop(world: World) -> None:
    case = _asked(world)
    hop = clock(case, "hop")
    case = take(world, "decline_coordination", case, "lin")
    assert (case.stage, case.unit, case.coordination, case.asks) == ("received", T01, "declined", [])
    now = clock(case, "hop")
    assert (now.pk, now.stopped_at, now.due_at) == (hop.pk, None, hop.due_at)
    assert "coordination" not in running(case)
    assert take(world, "request_coordination", case, "town01").coordination == "asked"


def test_silence_is_acceptance_once(world: World) -> None:
    case = _asked(world)
    due_at = clock(case, "coordination").due_at
    mark_overdue(actor=SWEEP, at=due_at)
    case.refresh_from_db()
    assert case.coordination == "asked"
    for _ in range(2):
        mark_overdue(actor=SWEEP, at=due_at + timedelta(seconds=1))
    case.refresh_from_db()
    assert (case.stage, case.coordination, case.run_by, case.assisting) == ("filed", "accepted", "district", [T01])
    accepted = [entry for entry in trace_of(case) if entry.event == "CoordinationAccepted"]
    assert [entry.data["by_silence"] for entry in accepted] == [True]


def test_handed_down_meanwhile_the_whole_line_ends_with_acceptance(world: World) -> None:
    case = take(world, "hand_down", _asked(world), "town01")
    case = take(world, "accept_coordination", case, "lin")
    assert (case.stage, case.unit, case.assisting, case.involved) == ("filed", "", [T01], [T01])
    assert [row.ended_by for row in assignments_of(case).filter(unit=B002)] == ["accept_coordination"]


@pytest.mark.parametrize("step", ["take_back", "return", "hand_in"])
def test_what_ends_the_towns_hold_ends_its_question(world: World, step: str) -> None:
    case = _asked(world)
    case = take(world, step, case, "lin" if step == "take_back" else "town01")
    assert (case.asks, case.coordination) == ([], "")
    assert "coordination" not in running(case)
    world.later(days=20)
    mark_overdue(actor=SWEEP, at=world.at)
    case.refresh_from_db()
    assert case.coordination == ""


def test_only_a_town_asks(world: World) -> None:
    case = world.dispatched(to=D02)
    take(world, "receive", case, "department02")
    with pytest.raises(OnlyTownsAsk):
        take(world, "request_coordination", case)


def test_it_is_asked_once_at_a_time(world: World) -> None:
    with pytest.raises(AlreadyAsked):
        take(world, "request_coordination", _asked(world), "town01")


@pytest.mark.parametrize("step", ["accept_coordination", "decline_coordination"])
def test_nothing_is_answered_that_nobody_asked(world: World, step: str) -> None:
    with pytest.raises(NothingAsked):
        take(world, step, town_holds(world, Stage.RECEIVED), "lin")


@pytest.mark.parametrize("step", ["accept_coordination", "decline_coordination"])
def test_the_town_does_not_answer_itself(world: World, step: str) -> None:
    with pytest.raises(Forbidden):
        take(world, step, _asked(world), "town01")


def test_asking_and_declining_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "request_coordination", town_holds(world, Stage.RECEIVED), "town01", reason="")
    with pytest.raises(ReasonNeeded):
        take(world, "decline_coordination", _asked(world), "lin", reason="")
