"""Taking what a telephone system tells of a call: each thing once, in whatever order, and whoever it concerns hears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from liandong.cases.sealing import digits, sealed_text
from liandong.intake_channels.hotline.events import CallMoved
from liandong.intake_channels.hotline.models import Call, CallEvent, RefusedEvents, Seat
from liandong.intake_channels.hotline.queries.calls import binding_of
from liandong.intake_channels.hotline.rules.calls import CallState, Course, Kind, Telling, course_of, placed
from liandong.intake_channels.hotline.rules.contract import CallEventChanged, CallHasEnded, GivenEvent, lane_of
from liandong.intake_channels.operations import use_nonce
from liandong.people.access import platform
from liandong.timeline.operations import Subject, record

EXCHANGE: Final = "platform/exchange"
"""Who tells of calls."""

_CHANGED: Final = (
    *("state", "extension", "agent", "rang_at", "answered_at", "ended_at", "ended_by"),
    *("called", "heard_at", "wrapped_key", "sealed"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: not `is_new` when it was known; `unknown_agent` is an extension nobody sits at."""

    call: int
    state: str
    is_new: bool
    unknown_agent: str = ""


@transaction.atomic
def take_call_event(district: str, *, event: GivenEvent, nonce: str, shift: timedelta, at: datetime) -> Taken:
    """Take one event of a call. Its signature was checked; `shift` is how far our clock is ahead of the exchange's.

    :raises NonceUsed: the very request was taken before
    :raises CallEventChanged: the event was told before with other content
    :raises CallHasEnded: it is said to have happened after the end of the call
    """
    use_nonce(nonce, lane=lane_of(district), actor=platform("exchange"), at=at)
    return _take(district, event, shift=shift, at=at)


def count_refused_event(district: str, *, code: str, at: datetime) -> None:
    """Count that an event was refused, by hour and name: nothing of what it held."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    row, _created = RefusedEvents.objects.get_or_create(
        district=district, hour=hour, code=code[:40], defaults={"count": 0}
    )
    RefusedEvents.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _take(district: str, event: GivenEvent, *, shift: timedelta, at: datetime) -> Taken:
    call = _locked(district, event, shift=shift, at=at)
    telling = event.telling
    known = CallEvent.objects.filter(call=call, event_id=telling.event_id).first()
    if known is not None:
        if _telling_of(known) != telling:
            raise CallEventChanged(event=telling.event_id)
        return Taken(call.pk, call.state, is_new=False, unknown_agent=_stranger(call))
    told = [_telling_of(row) for row in CallEvent.objects.filter(call=call)]
    ended_at = min((one.at for one in told if one.kind is Kind.ENDED), default=None)
    was_ended_here = call.ended_by not in ("", "exchange")
    is_after = ended_at is not None and telling.at > ended_at
    if telling.kind is not Kind.ENDED and (is_after or was_ended_here):
        raise CallHasEnded
    _keep(call, telling, at=at)
    before = call.agent_id
    if not was_ended_here:
        _move(call, placed(course_of([*told, telling]), timedelta(milliseconds=call.shift_ms)))
    _seal_number(call, event.caller)
    call.called, call.heard_at = call.called or event.called, at
    call.save(update_fields=_CHANGED)
    _end_earlier_work(call, at=at)
    moved = CallMoved(telling.kind, telling.lands_at, not _stranger(call))
    hearers = tuple(f"person/{one}" for one in sorted({one for one in (before, call.agent_id) if one}))
    record(moved, about=Subject("call", call.pk, area=district, hearers=hearers), actor=EXCHANGE, at=at)
    return Taken(call.pk, call.state, is_new=True, unknown_agent=_stranger(call))


def _locked(district: str, event: GivenEvent, *, shift: timedelta, at: datetime) -> Call:
    """The call of that name, made where it is not known yet, locked."""
    milliseconds = round(shift.total_seconds() * 1000)
    _row, _created = Call.objects.get_or_create(
        district=district,
        exchange_id=event.call_id,
        defaults={
            "state": CallState.RINGING,
            "rang_at": event.telling.at + timedelta(milliseconds=milliseconds),
            "heard_at": at,
            "shift_ms": milliseconds,
        },
    )
    return Call.objects.select_for_update().get(district=district, exchange_id=event.call_id)


def _move(call: Call, course: Course) -> None:
    """Let the call be where its course says, and with whoever sits there."""
    call.state, call.rang_at = course.state.value, course.rang_at
    call.answered_at, call.ended_at = course.answered_at, course.ended_at
    call.ended_by = "exchange" if course.ended_at else ""
    if course.extension != call.extension or call.agent_id is None:
        seat = Seat.objects.filter(district=call.district, extension=course.extension).first()
        call.extension, call.agent_id = course.extension, seat.account_id if seat else None


def _keep(call: Call, telling: Telling, *, at: datetime) -> None:
    CallEvent.objects.create(
        call=call,
        event_id=telling.event_id,
        kind=telling.kind,
        at=telling.at,
        extension=telling.agent,
        to=telling.to,
        received_at=at,
    )


def _seal_number(call: Call, caller: str) -> None:
    """Keep the number sealed, where it is one and was not told before."""
    if call.sealed is None and digits(caller):
        call.wrapped_key, call.sealed = sealed_text(caller, binding=binding_of(call.pk))


def _end_earlier_work(call: Call, *, at: datetime) -> None:
    """Whoever gets a call is done with the one before: after-call work ends with the next call."""
    if call.agent_id is None or call.state == CallState.ENDED:
        return
    earlier = Call.objects.filter(agent=call.agent_id, state=CallState.ENDED, answered_at__isnull=False)
    earlier.filter(wrapped_at__isnull=True, ended_at__lte=at).update(wrapped_at=at, wrapped_by="next_call")


def _stranger(call: Call) -> str:
    return call.extension if call.extension and call.agent_id is None else ""


def _telling_of(row: CallEvent) -> Telling:
    return Telling(Kind(row.kind), row.at, row.extension, row.to, row.event_id)
