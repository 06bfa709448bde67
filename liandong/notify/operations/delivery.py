"""From the outbox to the gateway and back: claim, hand over, settle; receipts; what a dead sender left behind.

Three commits around every sending. Before the first nothing was sent; between the second and the third it may have
been, and then nobody sends it again who does not know better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.module_loading import import_string

from liandong.notify.channels import Parcel, Transport
from liandong.notify.models import Attempt, Message
from liandong.notify.operations.settling import add_parts, lock_ids, move
from liandong.notify.rules.progress import (
    STALE,
    News,
    Outcome,
    after_receipt,
    after_sending,
    next_ask,
    next_try,
)
from liandong.notify.rules.wording import storable, without_numbers
from liandong.notify.rules.words import Channel, State, Why
from liandong.people.contacts import contact_of, mobile
from liandong.people.queries import unit_named

LEASE: Final = timedelta(minutes=2)
"""For how long a message belongs to who claimed it: several times as long as any gateway is given."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message somebody is about to send, as its attempt of that number."""

    message: int
    number: int


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a message goes, why nowhere, and words that stand in no row, such as a one-time code: by placeholder."""

    address: str
    why: Why
    secrets: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def claim_messages(transport: str, *, at: datetime, limit: int = 10) -> list[Claim]:
    """Take messages that are due, the urgent first; nobody else takes them until the lease is over."""
    due = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(transport=transport, state=State.QUEUED, next_at__lte=at)
        .order_by("-is_urgent", "next_at", "id")[:limit]
    )
    claims = []
    for message in due:
        if at - message.since_at > STALE:
            move(message, State.FAILED, Why.TOO_OLD, at=at)
            continue
        message.state, message.lease_until = State.SENDING, at + LEASE
        message.attempts += 1
        message.save(update_fields=["state", "lease_until", "attempts"])
        claims.append(Claim(message.pk, message.attempts))
    return claims


@transaction.atomic
def hand_over(claim: Claim, *, at: datetime) -> Parcel | None:
    """Note that it leaves us now, and return it with its address, which stands nowhere else; nothing: it does not.

    From this commit on it counts as possibly sent.
    """
    message = Message.objects.select_for_update().filter(pk=claim.message, state=State.SENDING).first()
    if message is None or message.attempts != claim.number or (message.lease_until or at) <= at:
        return None
    letter = _letter_of(message)
    if not letter.address:
        move(message, State.NOT_SENT, letter.why, at=at)
        return None
    message.lease_until = at + LEASE
    message.save(update_fields=["lease_until"])
    Attempt.objects.create(message=message, number=claim.number, transport=message.transport, began_at=at)
    body = message.body
    for name, word in letter.secrets.items():
        body = body.replace(f"{{{name}}}", word)
    return Parcel(str(message.ref), letter.address, message.subject, body, message.pk & 0xFFFF)


@transaction.atomic
def settle(claim: Claim, *, outcome: Outcome, transport: Transport, at: datetime) -> None:
    """Write down what the gateway answered, or that it did not."""
    outcome = _judged(outcome, transport)
    ids = tuple(storable(given)[:120] for given in outcome.ids)
    lock_ids(transport.name, ids)
    message = Message.objects.select_for_update().get(pk=claim.message)
    detail = without_numbers(outcome.detail)[:200]
    Attempt.objects.filter(message=message, number=claim.number).update(
        ended_at=at, news=outcome.news, why=outcome.why, detail=detail
    )
    if message.state != State.SENDING or message.attempts != claim.number:
        # A receipt was quicker, or our lease was over: only what is certain counts now.
        move(message, after_receipt(State(message.state), outcome.news), outcome.why, detail=detail, at=at)
    else:
        _move_on(message, outcome, detail, transport, at=at)
    if outcome.news in (News.ACCEPTED, News.DELIVERED):
        add_parts(message, transport.name, ids, at=at)


@transaction.atomic
def take_up_abandoned(transport: Transport, *, at: datetime) -> int:
    """Settle what a sender left behind whose lease is over: never handed over waits again, else it is unknown."""
    left = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(transport=transport.name, state=State.SENDING, lease_until__lte=at)
        .order_by("id")[:500]
    )
    count = 0
    for message in left:
        begun = Attempt.objects.filter(message=message, number=message.attempts)
        if not begun.exists():
            message.attempts -= 1
            move(message, State.QUEUED, Why.NONE, next_at=at, at=at)
        else:
            begun.update(ended_at=at, news=News.UNKNOWN, why=Why.BROKEN_OFF)
            outcome = _judged(Outcome(News.UNKNOWN, Why.BROKEN_OFF), transport)
            _move_on(message, outcome, "", transport, at=at)
        count += 1
    return count


@transaction.atomic
def questions_due(transport: str, *, at: datetime, limit: int = 10) -> list[tuple[int, str]]:
    """Messages whose gateway is to be asked about them now: (message, our reference). The next question is set."""
    due = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(transport=transport, state=State.UNKNOWN, next_at__lte=at)
        .order_by("next_at", "id")[:limit]
    )
    asked = []
    for message in due:
        message.asked += 1
        message.next_at = next_ask(message.asked, at=at)
        message.save(update_fields=["asked", "next_at"])
        asked.append((message.pk, str(message.ref)))
    return asked


@transaction.atomic
def settle_question(message_id: int, *, outcome: Outcome, transport: str, at: datetime) -> None:
    """Write down what a gateway said about a message nobody knew the fate of."""
    ids = tuple(storable(given)[:120] for given in outcome.ids)
    lock_ids(transport, ids)
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state != State.UNKNOWN:
        return
    if outcome.news is News.LATER:
        move(message, State.QUEUED, Why.NEVER_ARRIVED, next_at=at, at=at)
        return
    move(message, after_receipt(State.UNKNOWN, outcome.news), outcome.why, at=at)
    add_parts(message, transport, ids, at=at)


@transaction.atomic
def readdress_stranded(transports: dict[str, Channel], *, at: datetime) -> int:
    """Give messages that wait for a way out that is no longer configured another one, or say that there is none."""
    stranded = Message.objects.select_for_update(skip_locked=True).filter(state=State.QUEUED)
    count = 0
    for message in stranded.exclude(transport__in=transports):
        other = next((name for name, channel in transports.items() if channel == message.channel), "")
        message.transport = other
        message.save(update_fields=["transport"])
        if not other:
            move(message, State.NOT_SENT, Why.NOT_CONFIGURED, at=at)
        count += 1
    return count


def _judged(outcome: Outcome, transport: Transport) -> Outcome:
    """A gateway that recognises our reference may be sent the same again: then the unknown is tried once more."""
    if outcome.news is News.UNKNOWN and transport.knows_ref:
        return Outcome(News.LATER, outcome.why, detail=outcome.detail)
    return outcome


def _move_on(message: Message, outcome: Outcome, detail: str, transport: Transport, *, at: datetime) -> None:
    state, why, next_at = after_sending(outcome.news), outcome.why, None
    if state is State.QUEUED:
        next_at = next_try(message.attempts - message.earlier_attempts, at=at)
        if next_at is None:
            state, why = State.FAILED, Why.GAVE_UP
    elif state is State.UNKNOWN and transport.can_ask:
        next_at = next_ask(message.asked, at=at)
    move(message, state, why, detail=detail, next_at=next_at, at=at)


def _letter_of(message: Message) -> Letter:
    """Where a message goes and what it says besides its words, as whoever knows of what it is about tells now."""
    opened_by = settings.LIANDONG_LETTERS.get(message.about)
    if opened_by is None:
        return Letter(*_address_of(message))
    open_letter: Callable[[int], tuple[str, Mapping[str, str]]] = import_string(opened_by)
    phone, secrets = open_letter(message.about_id)
    return Letter(mobile(phone), Why.NO_ADDRESS, secrets)


def _address_of(message: Message) -> tuple[str, Why]:
    if message.to == "group":
        return message.unit, Why.NO_ADDRESS
    if message.to == "unit":
        unit = unit_named(message.unit)
        return mobile(unit.phone) if unit else "", Why.NO_ADDRESS
    if message.to == "reporter":
        told_by: Callable[[int], tuple[str, str, bool]] = import_string(settings.LIANDONG_REPORTERS_CONTACT)
        phone, email, is_known = told_by(message.about_id)
        address = email if message.channel == Channel.EMAIL else mobile(phone)
        return address, Why.NO_ADDRESS if is_known else Why.ANONYMISED
    if not get_user_model().objects.filter(pk=message.person_id or 0, is_active=True).exists():
        return "", Why.NO_ADDRESS
    contact = contact_of(message.person_id or 0)
    return (contact.email if message.channel == Channel.EMAIL else contact.phone), Why.NO_ADDRESS
