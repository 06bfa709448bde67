"""Moving a message to a state, with what follows from it: its cost, the parts a gateway named, another channel."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import structlog
from django.db import connection, transaction

from liandong.notify import figures
from liandong.notify.channels import Report, transport_of
from liandong.notify.models import Message, Part, Receipt
from liandong.notify.queries import tariffs_of
from liandong.notify.rules.progress import FALLBACK, News, after_receipt, of_parts
from liandong.notify.rules.wording import segments, storable, without_numbers
from liandong.notify.rules.words import Channel, State, Why

_CHARGED = (State.SENT, State.DELIVERED)
_OVER = (State.DELIVERED, State.FAILED, State.NOT_SENT)
_log = structlog.get_logger("liandong.notify")


def move(
    message: Message, state: State, why: Why, *, at: datetime, detail: str = "", next_at: datetime | None = None
) -> None:
    """Put a locked message into a state, in the caller's transaction. The state it is in already changes nothing."""
    before = message.state
    if state == before and state is not State.QUEUED:
        return
    message.state, message.why, message.detail, message.next_at = state, why, detail, next_at
    message.lease_until = None
    if state in _CHARGED and message.sent_at is None:
        message.sent_at = at
        tariff = tariffs_of(message.district).get(Channel(message.channel))
        message.cost = tariff * message.segments if tariff else 0
    message.ended_at = at if state in _OVER else None
    message.save()
    figures.SENT.labels(message.channel, state).inc()
    if state is State.FAILED:
        _fall_back(message, at=at)


def lock_ids(transport: str, ids: Sequence[str]) -> None:
    """Let nobody else write about these names of a gateway until the transaction ends, neither receipt nor answer."""
    with connection.cursor() as cursor:
        for given in sorted(ids):
            digest = hashlib.sha256(f"{transport}/{given}".encode()).digest()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


def add_parts(message: Message, transport: str, ids: Sequence[str], *, at: datetime) -> None:
    """Note what the gateway calls it, and apply the receipts that came before. `lock_ids` was called."""
    for given in ids:
        part, is_new = Part.objects.get_or_create(transport=transport, gateway_id=given, defaults={"message": message})
        if not is_new and part.message_id != message.pk:
            _log.warning("gateway gave one name twice", transport=transport)
            return
    early = Receipt.objects.filter(transport=transport, gateway_id__in=list(ids), is_applied=False).order_by("id")
    for receipt in early:
        _apply(message, receipt, at=at)


@transaction.atomic
def take_report(report: Report, *, transport: str, at: datetime) -> bool:
    """Write down a receipt and what follows from it; whether it was news.

    It may come again, come before we know the gateway's name of the message, or contradict an earlier one.
    """
    report = replace(report, gateway_id=storable(report.gateway_id)[:120])
    lock_ids(transport, [report.gateway_id])
    receipt, is_new = Receipt.objects.get_or_create(
        transport=transport,
        gateway_id=report.gateway_id,
        news=report.news,
        defaults={"detail": without_numbers(report.detail)[:200], "at": at},
    )
    if not is_new and receipt.is_applied:
        figures.RECEIPTS.labels(transport, "again").inc()
        return False
    message = _meant_by(report, transport)
    if message is None:
        figures.RECEIPTS.labels(transport, "early").inc()
        return is_new
    Part.objects.get_or_create(
        transport=transport, gateway_id=report.gateway_id, defaults={"message": message}
    )  # fmt: skip
    _apply(message, receipt, at=at)
    figures.RECEIPTS.labels(transport, "applied").inc()
    return True


def _meant_by(report: Report, transport: str) -> Message | None:
    """The message a receipt is about, locked: by the gateway's name of it, else by ours."""
    messages = Message.objects.select_for_update(of=("self",))
    part = Part.objects.filter(transport=transport, gateway_id=report.gateway_id).first()
    if part is not None:
        return messages.get(pk=part.message_id)
    if report.ref:
        return messages.filter(transport=transport, ref=report.ref).first()
    if report.mark is None:
        return None
    # Sixteen bits say who it is only among the few of which nobody knows.
    lost = messages.filter(transport=transport, state__in=[State.UNKNOWN, State.SENDING], segments=1)
    found = [message for message in lost.order_by("id") if message.pk & 0xFFFF == report.mark]
    return found[0] if len(found) == 1 else None


def _apply(message: Message, receipt: Receipt, *, at: datetime) -> None:
    receipt.is_applied = True
    receipt.save(update_fields=["is_applied"])
    Part.objects.filter(transport=receipt.transport, gateway_id=receipt.gateway_id).update(news=receipt.news)
    news = News(receipt.news)
    if news is not News.ACCEPTED:
        parts = Part.objects.filter(message=message).values_list("news", flat=True)
        together = of_parts(tuple(News(part) if part else None for part in parts))
        if together is None:
            return
        news = together
    state = after_receipt(State(message.state), news)
    why = Why.REPORTED_FAILED if state is State.FAILED else Why.NONE
    move(message, state, why, detail=receipt.detail if state is State.FAILED else "", at=at)


def _fall_back(message: Message, *, at: datetime) -> None:
    """Reach a person by another channel where one failed, unless they are told by that one anyway."""
    channel = FALLBACK.get(Channel(message.channel))
    if channel is None or message.to != "person" or message.instead_of_id is not None:
        return
    cause = f"{message.cause.rpartition('/')[0]}/{channel}"
    transport = transport_of(channel)
    if not transport or Message.objects.filter(cause=cause).exists():
        return
    copied = ("district", "area", "notice", "audience", "to", "person_id", "unit", "about", "about_id", "about_name",
              "language", "subject", "body", "is_urgent")  # fmt: skip
    Message.objects.create(
        **{name: getattr(message, name) for name in copied},
        cause=cause,
        ref=uuid4(),
        channel=channel,
        transport=transport,
        segments=segments(message.body) if channel is Channel.SMS else 1,
        state=State.QUEUED,
        queued_at=at,
        since_at=at,
        next_at=at,
        instead_of=message,
    )
