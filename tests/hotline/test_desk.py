"""来电弹屏: the number and its cases during the call only, to whoever answers it, on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.models import Case
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.sealing import Contact
from liandong.intake_channels.hotline.models import Call, Seat
from liandong.intake_channels.hotline.operations import (
    end_call,
    finish_after_call_work,
    leave_seat,
    note_case_of_call,
    reveal_caller,
    show_caller,
    take_seat,
)
from liandong.intake_channels.hotline.queries import call_at_hand, number_for_case
from liandong.intake_channels.hotline.rules.seats import ExtensionUnclear, SeatTaken
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.queries import trace
from tests.hotline.exchange import MRS_CHENS_PHONE, Line, call_named
from tests.world import DISTRICT, MRS_CHEN, World


def _of_mrs_chen(world: World, **more: object) -> Case:
    return world.report(identity="named", contact=MRS_CHEN, **more)


def test_the_agent_is_shown_the_number_with_its_open_cases_and_those_of_ninety_days(line: Line, world: World) -> None:
    old_and_closed = world.do("answer_case", _of_mrs_chen(world), "operator", answer="已告知")
    old_and_open = _of_mrs_chen(world)
    world.later(days=91)
    lately_closed = world.do("answer_case", _of_mrs_chen(world), "operator", answer="已告知")
    somebody_elses = world.report(identity="named", contact=Contact("李先生", "13900000001"))
    line.pass_by(days=91, hours=1)
    line.tell("ringing")
    shown = show_caller(call_named().pk, actor=world.actor("operator"), at=line.at)
    assert shown.number == MRS_CHENS_PHONE
    assert [case.number for case in shown.cases] == [old_and_open.number, lately_closed.number]
    assert old_and_closed.number not in {case.number for case in shown.cases}
    assert somebody_elses.number not in {case.number for case in shown.cases}


def test_when_the_call_has_ended_there_is_neither_number_nor_case(line: Line, world: World) -> None:
    _of_mrs_chen(world)
    line.tell("answered")
    operator = world.actor("operator")
    assert show_caller(call_named().pk, actor=operator, at=line.at).cases
    line.pass_by(seconds=60)
    line.tell("ended")
    after = show_caller(call_named().pk, actor=operator, at=line.at)
    assert (after.goes_on, after.number, after.cases) == (False, "", ())


def test_showing_is_recorded_once_for_each_person_and_no_entry_of_a_case_names_the_call(
    line: Line, world: World
) -> None:
    case = _of_mrs_chen(world)
    line.tell("answered")
    for _time in range(3):
        show_caller(call_named().pk, actor=world.actor("operator"), at=line.at)
    shown = [entry for entry in trace("call", call_named().pk) if entry.event == "CallerShown"]
    found = [entry for entry in trace("case", case.pk) if entry.event == "CaseFoundByPhone"]
    assert (len(shown), len(found)) == (1, 1)
    assert {name for name in found[0].data if name != "version"} == {"purpose"}
    assert found[0].data["purpose"] == "来电弹屏"
    case.refresh_from_db()
    assert found[0].data["version"] == case.version


@pytest.mark.parametrize("other", ["supervisor", "lin", "town01", "department01"])
def test_nobody_but_its_agent_sees_a_call(other: str, line: Line, world: World) -> None:
    line.tell("answered")
    with pytest.raises(NotFound):
        show_caller(call_named().pk, actor=world.actor(other), at=line.at)
    assert call_at_hand(world.actor(other)) is None


def test_after_call_work_lasts_until_the_agent_says_so_or_the_next_call(line: Line, world: World) -> None:
    operator = world.actor("operator")
    line.tell("answered")
    line.pass_by(seconds=30)
    line.tell("ended")
    first = call_named()
    at_hand = call_at_hand(operator)
    assert at_hand is not None
    assert at_hand.pk == first.pk
    line.pass_by(seconds=20)
    finish_after_call_work(first.pk, actor=operator, at=line.at)
    first.refresh_from_db()
    assert (first.wrapped_by, first.wrapped_at) == ("agent", line.at)
    assert call_at_hand(operator) is None
    line.tell("answered", call="c2")
    line.pass_by(seconds=30)
    line.tell("ended", call="c2")
    line.pass_by(seconds=5)
    line.tell("ringing", call="c3")
    assert call_named("c2").wrapped_by == "next_call"
    at_hand = call_at_hand(operator)
    assert at_hand is not None
    assert at_hand.exchange_id == "c3"


def test_an_agent_ends_a_call_of_which_the_exchange_told_no_end(line: Line, world: World) -> None:
    operator = world.actor("operator")
    line.tell("answered")
    line.pass_by(seconds=30)
    end_call(call_named().pk, actor=operator, at=line.at)
    assert not show_caller(call_named().pk, actor=operator, at=line.at).goes_on
    line.pass_by(seconds=5)
    line.tell("ended")
    assert (call_named().state, call_named().ended_by) == ("ended", "agent")
    assert line.tell("held", status=409)["title"] == "call_has_ended"


def test_the_number_is_for_the_case_until_the_work_is_done(line: Line, world: World) -> None:
    operator = world.actor("operator")
    case = world.report()
    line.tell("answered")
    line.pass_by(seconds=30)
    line.tell("ended")
    call = call_named()
    assert number_for_case(operator, call.pk) == MRS_CHENS_PHONE
    note_case_of_call(call.pk, number=case.number, actor=operator, at=line.at)
    assert call_named().case == case.number
    finish_after_call_work(call.pk, actor=operator, at=line.at)
    with pytest.raises(NotFound):
        number_for_case(operator, call.pk)


def test_a_call_nobody_answered_may_be_called_back_for_a_purpose_on_the_record(line: Line, world: World) -> None:
    line.tell("ringing")
    line.pass_by(seconds=40)
    line.tell("ended")
    call, supervisor = call_named(), world.actor("supervisor")
    with pytest.raises(ReasonNeeded):
        reveal_caller(call.pk, purpose=" ", actor=supervisor, at=line.at)
    assert reveal_caller(call.pk, purpose="回拨未接来电", actor=supervisor, at=line.at) == MRS_CHENS_PHONE
    last = list(trace("call", call.pk))[-1]
    assert (last.event, last.data["purpose"]) == ("CallerRevealed", "回拨未接来电")
    with pytest.raises(NotFound):
        reveal_caller(call.pk, purpose="看看", actor=world.actor("town01"), at=line.at)


def test_the_number_of_an_answered_call_is_revealed_to_nobody(line: Line, world: World) -> None:
    line.tell("answered")
    line.pass_by(seconds=40)
    line.tell("ended")
    with pytest.raises(NotFound):
        reveal_caller(call_named().pk, purpose="看看", actor=world.actor("supervisor"), at=line.at)


def test_one_person_sits_at_one_extension_and_a_supervisor_frees_it(line: Line, world: World) -> None:
    operator, supervisor, at = world.actor("operator"), world.actor("supervisor"), world.at
    with pytest.raises(SeatTaken, match="欧阳静"):
        take_seat(DISTRICT, extension="8001", actor=supervisor, at=at)
    take_seat(DISTRICT, extension="8002", actor=operator, at=at)
    assert list(Seat.objects.values_list("extension", flat=True)) == ["8002"]
    take_seat(DISTRICT, extension="8001", actor=supervisor, at=at)
    with pytest.raises(Forbidden):
        leave_seat(DISTRICT, extension="8001", actor=operator, at=at)
    leave_seat(DISTRICT, extension="8002", actor=supervisor, at=at)
    leave_seat(DISTRICT, actor=supervisor, at=at)
    with pytest.raises(NotFound):
        leave_seat(DISTRICT, actor=supervisor, at=at)
    assert not Seat.objects.exists()


@pytest.mark.parametrize("extension", ["", "<b>", "80 01", "1" * 21])
def test_what_is_no_extension_seats_nobody(extension: str, line: Line, world: World) -> None:
    with pytest.raises(ExtensionUnclear):
        take_seat(DISTRICT, extension=extension, actor=world.actor("operator"), at=world.at)
    with pytest.raises(Forbidden):
        take_seat(DISTRICT, extension="8005", actor=world.actor("lin"), at=world.at)


def test_a_call_goes_on_for_its_agent_though_an_older_one_is_on_hold(line: Line, world: World) -> None:
    line.tell("answered", call="c1")
    line.pass_by(seconds=10)
    line.tell("held", call="c1")
    line.pass_by(seconds=5)
    line.tell("ringing", call="c2")
    at_hand = call_at_hand(world.actor("operator"))
    assert at_hand is not None
    assert at_hand.exchange_id == "c2"
    assert Call.objects.filter(state="held").count() == 1
    assert line.at - call_named("c1").rang_at == timedelta(seconds=15)
