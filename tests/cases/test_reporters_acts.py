"""The reporter's own acts: 催办, 补充, 撤诉, 评价, 申诉. By themselves, or by an operator who hears them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from liandong.cases.changes.closing import ReopeningTooLate
from liandong.cases.changes.levels import AlreadyAsked, NothingAsked
from liandong.cases.changes.reporters import AlreadyRated, AlreadyWithdrawn, RatingOutOfRange
from liandong.cases.models import Application, Case
from liandong.cases.queries import notes_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import clock, last_entry, ready, running, take, told
from tests.cases.paths.words import B002
from tests.world import MRS_CHEN, World

DAY = timedelta(days=1)


def _again_closed(world: World, case: Case) -> Case:
    for step, by in (("receive", "bureau002"), ("hand_in", "bureau002"), ("check", "verifier"), ("close", "operator")):
        case = take(world, step, case, by)
    return case


@pytest.mark.parametrize("step", ["urge", "add_note", "withdraw"])
def test_whoever_reported_acts_themselves_and_a_stranger_does_not(world: World, step: str) -> None:
    case = world.report(by="grid001", channel="staff")
    with pytest.raises(NotFound):
        take(world, step, case, "grid009")
    assert last_entry(take(world, step, case, "grid001")).actor == "user/grid001"


def test_the_handler_does_not_speak_for_the_reporter(world: World) -> None:
    case = world.received()
    for step in ("urge", "add_note", "withdraw"):
        with pytest.raises(Forbidden):
            take(world, step, case, "bureau002")


def test_urging_is_counted_and_moves_nothing(world: World) -> None:
    case = world.received()
    due = clock(case, "handle").due_at
    take(world, "urge", case, "operator")
    case = take(world, "urge", case, "operator", note="孩子都没法走路，电话13812345678")
    assert (case.urges, case.stage, clock(case, "handle").due_at) == (2, "received", due)
    assert [(note.kind, note.text, note.is_reporters) for note in notes_of(case)] == [
        ("urge", "孩子都没法走路，电话［电话］", True)
    ]
    assert told(last_entry(case)) == {"times": 2, "version": case.version}


def test_a_note_stands_beside_the_case_and_its_hash_in_the_record(world: World) -> None:
    case = take(world, "add_note", world.received(), "operator", reason="身份证31010119800101123X的人倒的")
    note = notes_of(case).get()
    assert "31010119800101123X" not in note.text
    assert told(last_entry(case))["text_sha256"] == hashlib.sha256(note.text.encode()).hexdigest()
    assert note.text not in str(last_entry(case).data)
    with pytest.raises(ReasonNeeded):
        take(world, "add_note", case, "operator", reason=" ")


def test_before_anybody_was_sent_a_withdrawal_ends_the_case(world: World) -> None:
    case = take(world, "withdraw", world.filed(), "operator", note="已自行解决")
    case.refresh_from_db()
    assert (case.stage, case.ended_at, case.withdrawn_at) == ("withdrawn", world.at, world.at)
    assert running(case) == set()
    assert "goes_on" not in told(last_entry(case)) or told(last_entry(case))["goes_on"] is False


def test_later_the_work_goes_on_and_the_reporter_is_not_called(world: World) -> None:
    case = take(world, "withdraw", world.received(identity="named", contact=MRS_CHEN), "operator")
    assert (case.stage, case.unit) == ("received", B002)
    case = take(world, "hand_in", case, "bureau002")
    assert running(case) == {"check"}
    take(world, "check", case, "verifier")
    assert take(world, "close", case, "operator").stage == "closed"


def test_withdrawn_after_the_hand_in_a_check_stands_in_for_the_call(world: World) -> None:
    case = world.handled(identity="named", contact=MRS_CHEN)
    assert "call_back" in running(case)
    case = take(world, "withdraw", case, "operator")
    assert running(case) == {"check"}
    with pytest.raises(AlreadyWithdrawn):
        take(world, "withdraw", case, "operator")


def test_a_closing_is_rated_once_from_one_to_five(world: World) -> None:
    case = world.closed()
    for rating in (0, 6, -1):
        with pytest.raises(RatingOutOfRange):
            take(world, "rate", case, "operator", rating=rating)
    case = take(world, "rate", case, "operator", rating=2, note="拖太久")
    assert (case.rating, case.stage) == (2, "closed")
    assert told(last_entry(case)) == {"rating": 2, "words": "拖太久", "version": case.version}
    with pytest.raises(AlreadyRated):
        take(world, "rate", case, "operator")


def test_the_first_dispute_reopens_with_a_new_clock_and_may_be_rated_anew(world: World) -> None:
    case = take(world, "rate", world.closed(), "operator")
    first = clock(case, "handle")
    case = take(world, "dispute", case, "operator")
    assert (case.stage, case.unit, case.disputes, case.reopenings) == ("dispatched", B002, 1, 1)
    assert (case.rating, case.closing, clock(case, "handle").pk != first.pk) == (None, "", True)
    assert take(world, "rate", _again_closed(world, case), "operator").rating == 4


def test_the_second_dispute_waits_for_the_supervisor(world: World) -> None:
    case = ready(world, Stage.CLOSED, "refuse_dispute")
    assert (case.stage, case.disputes, case.asks) == ("closed", 2, ["appeal"])
    with pytest.raises(AlreadyAsked):
        take(world, "dispute", case, "operator")
    case = take(world, "refuse_dispute", case, "supervisor")
    assert (case.stage, case.asks) == ("closed", [])
    assert Application.objects.get(case=case).state == "refused"
    with pytest.raises(NothingAsked):
        take(world, "refuse_dispute", case, "supervisor")


def test_reopening_grants_what_was_disputed(world: World) -> None:
    case = take(world, "reopen", ready(world, Stage.CLOSED, "refuse_dispute"), "supervisor")
    assert (case.stage, case.asks) == ("dispatched", [])
    assert Application.objects.get(case=case).state == "granted"


def test_after_its_window_nothing_is_disputed(world: World) -> None:
    case = world.closed()
    world.later(days=31)
    with pytest.raises(ReopeningTooLate):
        take(world, "dispute", case, "operator")


def test_disputing_and_refusing_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "dispute", world.closed(), "operator", reason="")
    with pytest.raises(ReasonNeeded):
        take(world, "refuse_dispute", ready(world, Stage.CLOSED, "refuse_dispute"), "supervisor", reason="")


@pytest.mark.parametrize("by", ["operator", "lin", "verifier"])
def test_only_a_supervisor_refuses_a_dispute(world: World, by: str) -> None:
    case = ready(world, Stage.CLOSED, "refuse_dispute")
    with pytest.raises(Forbidden):
        take(world, "refuse_dispute", case, by)
