"""What an agent does with a call: sit down, be shown the caller, end it by hand, finish the work after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from liandong.cases.operations import note_shown_to_agent
from liandong.cases.queries import case_for, cases_of_caller
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.intake_channels.hotline.events import (
    AfterCallWorkEnded,
    CallEndedHere,
    CallerRevealed,
    CallerShown,
    SeatChanged,
)
from liandong.intake_channels.hotline.models import Call, Seat, Showing
from liandong.intake_channels.hotline.queries.calls import THE_CALL, THE_SEAT, call_of, number_of
from liandong.intake_channels.hotline.rules.calls import CallState
from liandong.intake_channels.hotline.rules.seats import EXTENSION, ExtensionUnclear, SeatTaken
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

if TYPE_CHECKING:
    from liandong.cases.models import Case

TAKE_CALLS = "hotline.take_calls"
REVEAL_CALLER = "hotline.reveal_caller"
SHOWN_FOR = marked("来电弹屏")


@dataclass(frozen=True, slots=True)
class Caller:
    """What an agent is shown of a call: the number and its cases while it goes on, nothing of either afterwards."""

    call: Call
    number: str = ""
    cases: Sequence[Case] = field(default=())

    @property
    def goes_on(self) -> bool:
        """Whether the caller is still on the line."""
        return self.call.state != CallState.ENDED


@transaction.atomic
def take_seat(district: str, *, extension: str, actor: Actor, at: datetime) -> Seat:
    """签入: calls that ring at this extension are this person's from now on. Whoever sits elsewhere leaves there.

    :raises Forbidden: the actor takes no calls in this district
    :raises ExtensionUnclear: it is no extension
    :raises SeatTaken: somebody else sits there
    """
    require(actor, TAKE_CALLS, Thing(area=district))
    wanted = extension.strip()
    if not EXTENSION.fullmatch(wanted):
        raise ExtensionUnclear(extension=wanted[:20])
    Seat.objects.filter(account=actor.user_id or 0).exclude(district=district, extension=wanted).delete()
    given = {"account_id": actor.user_id, "since_at": at}
    seat, is_new = Seat.objects.get_or_create(district=district, extension=wanted, defaults=given)
    if seat.account_id != actor.user_id:
        raise SeatTaken(extension=wanted, who=seat.account.name)
    if is_new:
        # A call may be ringing there already: until now at nobody's.
        ringing = Call.objects.exclude(state=CallState.ENDED).filter(district=district, extension=wanted)
        ringing.filter(agent__isnull=True).update(agent=actor.user_id)
        record(SeatChanged(wanted, actor.key), about=_seats(district), actor=actor.key, at=at)
    return seat


@transaction.atomic
def leave_seat(district: str, *, actor: Actor, at: datetime, extension: str = "") -> None:
    """签出; a supervisor frees the `extension` of somebody who forgot to.

    :raises Forbidden: the actor may not free another's
    :raises NotFound: nobody sits there
    """
    seats = Seat.objects.select_for_update().filter(district=district)
    seat = seats.filter(extension=extension).first() if extension else seats.filter(account=actor.user_id or 0).first()
    if seat is None:
        raise NotFound(what=THE_SEAT)
    if seat.account_id != actor.user_id:
        require(actor, "hotline.free_seat", Thing(area=district))
    seat.delete()
    record(SeatChanged(seat.extension), about=_seats(district), actor=actor.key, at=at)


@transaction.atomic
def show_caller(call: int, *, actor: Actor, at: datetime) -> Caller:
    """Show whoever answers a call its number and cases, during the call only, on the record (`CASE.md` §7).

    Once the call has ended there is no number and no case to see, whoever asks.

    :raises Forbidden: the actor takes no calls
    :raises NotFound: the call is another's, or over for this person
    """
    row = call_of(actor, call)
    require(actor, TAKE_CALLS, Thing(area=row.district))
    if row.state == CallState.ENDED:
        return Caller(row)
    number = number_of(row)
    cases = cases_of_caller(actor, number, at=at)
    _showing, is_first = Showing.objects.get_or_create(call=row, account_id=actor.user_id, defaults={"at": at})
    if is_first:
        record(CallerShown(SHOWN_FOR), about=_subject(row), actor=actor.key, at=at)
        note_shown_to_agent(cases, purpose=SHOWN_FOR, actor=actor, at=at)
    return Caller(row, number, cases)


@transaction.atomic
def end_call(call: int, *, actor: Actor, at: datetime) -> Call:
    """The agent says that the call is over: for an exchange that never told. What it tells later changes nothing.

    :raises NotFound: the call is another's
    """
    row = _locked(actor, call)
    if row.state != CallState.ENDED:
        row.state, row.ended_at, row.ended_by = CallState.ENDED.value, max(at, row.answered_at or row.rang_at), "agent"
        row.save(update_fields=["state", "ended_at", "ended_by"])
        record(CallEndedHere("agent"), about=_subject(row), actor=actor.key, at=at)
    return row


@transaction.atomic
def finish_after_call_work(call: int, *, actor: Actor, at: datetime) -> Call:
    """The agent is ready for the next call.

    :raises NotFound: the call is another's, or its work is done
    """
    row = _locked(actor, call)
    if row.ended_at is not None and row.answered_at is not None:
        row.wrapped_at, row.wrapped_by = max(at, row.ended_at), "agent"
        row.save(update_fields=["wrapped_at", "wrapped_by"])
        record(AfterCallWorkEnded("agent"), about=_subject(row), actor=actor.key, at=at)
    return row


@transaction.atomic
def note_case_of_call(call: int, *, number: str, actor: Actor, at: datetime) -> None:
    """Write on a call which case was written during it; with it the hand-overs of the call that have none yet.

    :raises NotFound: the call is another's, or there is no such case for this actor
    """
    row = _locked(actor, call)
    case_for(actor, number)
    row.case = number
    row.save(update_fields=["case"])
    for hand_over in row.hand_overs.filter(case=""):
        hand_over.case = number
        hand_over.save(update_fields=["case"])


@transaction.atomic
def reveal_caller(call: int, *, purpose: str, actor: Actor, at: datetime) -> str:
    """The number of a call that was given up, to call it back, for a stated purpose and on the record.

    :raises Forbidden: the actor may not
    :raises ReasonNeeded: no purpose was stated
    :raises NotFound: there is no such call, or it was answered: then the case says whom to call
    """
    said = remark(purpose, longest=200)
    row = Call.objects.select_for_update().filter(pk=call, state=CallState.ENDED, answered_at__isnull=True).first()
    if row is None or not actor.may(TAKE_CALLS, Thing(area=row.district)):
        raise NotFound(what=THE_CALL)
    require(actor, REVEAL_CALLER, Thing(area=row.district))
    if not said:
        raise ReasonNeeded(step=marked("查看来电号码"))
    record(CallerRevealed(said), about=_subject(row), actor=actor.key, at=at)
    return number_of(row)


def _locked(actor: Actor, pk: int) -> Call:
    row = call_of(actor, pk)
    return Call.objects.select_for_update().get(pk=row.pk)


def _subject(call: Call) -> Subject:
    return Subject("call", call.pk, area=call.district, hearers=(f"person/{call.agent_id}",) if call.agent_id else ())


def _seats(district: str) -> Subject:
    return Subject("hotline", int(district), area=district)
