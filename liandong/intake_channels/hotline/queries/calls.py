"""Calls: what somebody has to do with just now, and how the telephone system is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, QuerySet

from liandong.cases.sealing import masked, unsealed_text
from liandong.intake_channels.hotline.models import AT_HAND, Call, CallEvent, RefusedEvents, Seat
from liandong.intake_channels.hotline.rules.calls import CallState
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound

THE_CALL = marked("这个来电")
THE_SEAT = marked("这个分机")
LATELY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ExchangeHealth:
    """How the telephone system of a district has been doing lately."""

    heard_at: datetime | None
    drift_seconds: float
    refused: dict[str, int]
    unknown: dict[str, int]


def call_at_hand(actor: Actor) -> Call | None:
    """The call somebody has to do with: one that goes on before one whose after-call work is not ended."""
    if actor.user_id is None:
        return None
    calls = Call.objects.filter(AT_HAND, agent=actor.user_id).order_by("-rang_at", "-pk")
    return min(calls, key=lambda call: call.state == CallState.ENDED, default=None)


def call_of(actor: Actor, pk: int) -> Call:
    """A call this person has to do with.

    :raises NotFound: there is no such call, it is another's, or it is over for them
    """
    call = Call.objects.filter(AT_HAND, pk=pk, agent=actor.user_id or 0).first()
    if call is None:
        raise NotFound(what=THE_CALL)
    return call


def number_of(call: Call) -> str:
    """The caller's number, unsealed; empty when it was withheld or has been forgotten."""
    if call.wrapped_key is None or call.sealed is None:
        return ""
    return unsealed_text(bytes(call.wrapped_key), bytes(call.sealed), binding=binding_of(call.pk))


def number_for_case(actor: Actor, pk: int) -> str:
    """The number of one's own call, for the case that is written of it: during the call and the work after it.

    :raises NotFound: the call is another's, or its work is done
    """
    return number_of(call_of(actor, pk))


def masked_number_of(call: Call) -> str:
    """The caller's number as everybody but its agent sees it: 138****5678."""
    return masked(number_of(call))


def binding_of(pk: int) -> bytes:
    """What the seal of a call is bound to."""
    return b"call/%d" % pk


def given_up_calls(district: str, *, since: datetime) -> QuerySet[Call]:
    """Calls nobody answered, the latest first: somebody may want to call back."""
    ended = Call.objects.filter(district=district, state=CallState.ENDED, answered_at__isnull=True)
    return ended.filter(rang_at__gte=since).order_by("-rang_at", "-pk")


def seats_of(district: str) -> QuerySet[Seat]:
    """Who sits at which extension."""
    return Seat.objects.filter(district=district).select_related("account").order_by("extension")


def seat_of(actor: Actor) -> Seat | None:
    """Where somebody sits."""
    return Seat.objects.filter(account=actor.user_id or 0).first()


def health_of(district: str, *, at: datetime) -> ExchangeHealth:
    """When the exchange was heard last, how far its clock is off, what was refused, and extensions nobody sits at."""
    since = at - LATELY
    heard = CallEvent.objects.filter(call__district=district, received_at__gte=since).aggregate(last=Max("received_at"))
    newest = Call.objects.filter(district=district).order_by("-rang_at", "-pk").first()
    refused: dict[str, int] = {}
    for code, count in RefusedEvents.objects.filter(district=district, hour__gte=since).values_list("code", "count"):
        refused[code] = refused.get(code, 0) + count
    unknown: dict[str, int] = {}
    strangers = Call.objects.filter(district=district, agent__isnull=True, rang_at__gte=since).exclude(extension="")
    for extension in strangers.values_list("extension", flat=True):
        unknown[extension] = unknown.get(extension, 0) + 1
    drift = newest.shift_ms / 1000 if newest else 0.0
    return ExchangeHealth(heard["last"], drift, refused, dict(sorted(unknown.items())))
