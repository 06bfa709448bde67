"""Taking what came: each message once, whatever is sent how often and in which order; every arrival is accounted for.

An arrival is a row with exactly one fate, written in the transaction of its effect. What is about an order that has
not come waits for it, sealed; a refused one may be replayed once the reason is mended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import structlog
from django.db import IntegrityError, transaction

from liandong.cases.operations import AlreadyReported
from liandong.intake_channels import figures
from liandong.intake_channels.contract import Channel, Matter, Message, Result
from liandong.intake_channels.models import Arrival, Nonce
from liandong.intake_channels.operations.effects import OrderNotYetHere, effect_of
from liandong.intake_channels.queries import counted, number_of_order, waiting_for
from liandong.intake_channels.rules.persons import PersonRecord
from liandong.intake_channels.rules.signing import NonceUsed
from liandong.intake_channels.rules.words import Fate, Kind
from liandong.intake_channels.sealing import digest_of, sealed_message, unsealed_message
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.rules.wording import without_numbers
from liandong.people.access import Actor, require
from liandong.people.rules.scope import Thing
from liandong.web.refusals import explain

_CLAIM: Final = "a_message_is_taken_once"
LONGEST_VALUE: Final = 80
_SAID_LATER: Final = frozenset({"place", "email"})
log = structlog.get_logger("liandong.channels")


class DifferentUnderSameId(Refusal):
    """Another content under a number that was taken: which one holds, only its sender can say."""

    status = 409
    says = marked("编号“%(id)s”已用于另一内容的消息。")
    remedy = marked("更正工单请用 change 类消息并给出新的消息编号；同一消息重发时内容须不变。")


class TakenByAnotherDistrict(Refusal):
    """An order that another district of this installation has."""

    status = 409
    says = marked("编号“%(id)s”的工单已由另一区登记。")
    remedy = marked("请核对该工单应发往哪个区。")


@dataclass(frozen=True, slots=True)
class Lane:
    """Whose channel it is, who acts for it, and now."""

    channel: Channel
    district: str
    actor: Actor
    at: datetime


class _TakenAlready(Exception):
    """The same message counts already; carries our number of its case."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(number)


@transaction.atomic
def use_nonce(nonce: str, *, lane: str, actor: Actor, at: datetime) -> None:
    """Note that a signature was used.

    :raises NonceUsed: it was used before
    """
    require(actor, "channels.take", Thing(lane[:6]))
    _, is_new = Nonce.objects.get_or_create(lane=lane, nonce=nonce, defaults={"used_at": at})
    if not is_new:
        raise NonceUsed


@transaction.atomic
def take_message(message: Message, *, channel: Channel, district: str, actor: Actor, at: datetime) -> Result:
    """Take one message, and after an order whatever waited for it. What is refused is refused in the result.

    :raises Forbidden: the actor may not take messages there
    """
    require(actor, "channels.take", Thing(district))
    lane = Lane(channel, district, actor, at)
    arrival = Arrival(
        district=district,
        channel=channel.code,
        kind=message.kind or "",
        outside_id=message.id,
        order=message.order,
        revision=message.revision,
        claimed_at=message.claimed_at,
        received_at=at,
        ref=uuid4(),
    )
    result = settle_arrival(arrival, message, lane)
    if result.fate is Fate.TAKEN and message.kind is Kind.ORDER:
        take_waiting_for(message.order, lane)
    return result


@transaction.atomic
def refuse_body(refusal: Refusal, *, channel: Channel, district: str, actor: Actor, at: datetime) -> Result:
    """Account for a body of which nothing could be read. Nothing of it is kept: it must be sent again.

    :raises Forbidden: the actor may not take messages there
    """
    require(actor, "channels.take", Thing(district))
    message = Message(None, "", "", fault=refusal)
    return take_message(message, channel=channel, district=district, actor=actor, at=at)


def settle_arrival(arrival: Arrival, message: Message, lane: Lane) -> Result:
    """Give an arrival its fate, with its effect; the caller's transaction holds both."""
    arrival.digest = b"" if message.fault else _digest(message)
    arrival.why, arrival.values, arrival.sealed = "", {}, None
    arrival.settled_at = lane.at
    try:
        with transaction.atomic():
            _claim(arrival, message)
            arrival.number = effect_of(message, lane.channel, district=lane.district, actor=lane.actor, at=lane.at)
            arrival.fate = Fate.TAKEN.value
            arrival.save()
    except _TakenAlready as already:
        return _settled(arrival, Fate.DUPLICATE, number=already.number)
    except IntegrityError as error:
        if _CLAIM not in str(error):
            raise
        # Another process took the same message between our look and our write: its transaction has ended by now.
        return settle_arrival(arrival, message, lane)
    except OrderNotYetHere as refusal:
        return _kept(arrival, message, Fate.WAITING, refusal)
    except Refusal as refusal:
        return _kept(arrival, message, Fate.REFUSED, refusal)
    return _counted(arrival, Fate.TAKEN)


def take_waiting_for(order: str, lane: Lane) -> int:
    """Take what waited for an order, in the order in which it came; return how many were taken."""
    taken = 0
    for arrival in waiting_for(lane.district, lane.channel.code, order).select_for_update(skip_locked=True):
        message = kept_message(arrival, lane.channel)
        if message is not None:
            arrival.attempts += 1
            taken += settle_arrival(arrival, message, lane).fate is Fate.TAKEN
    return taken


def kept_message(arrival: Arrival, channel: Channel) -> Message | None:
    """The message an arrival was, where it is still kept."""
    raw = unsealed_message(bytes(arrival.sealed), ref=arrival.ref) if arrival.sealed else None
    return channel.reread(raw) if raw is not None else None


def _claim(arrival: Arrival, message: Message) -> None:
    """Return when nothing under this number counts yet.

    :raises Refusal: the message's own fault, or something else has its number
    """
    if message.fault is not None:
        raise message.fault
    assert message.kind is not None
    known = counted(arrival.district, arrival.channel, message.kind, message.id)
    if known is None or known.pk == arrival.pk:
        return
    if bytes(known.digest) != arrival.digest:
        raise DifferentUnderSameId(id=message.id)
    raise _TakenAlready(known.number)


def _kept(arrival: Arrival, message: Message, fate: Fate, refusal: Refusal) -> Result:
    """Account for what was not taken: with its content only where trying again can help."""
    if isinstance(refusal, AlreadyReported):
        number = number_of_order(arrival.district, arrival.channel, message.id)
        if number:
            return _settled(arrival, Fate.DUPLICATE, number=number)
        refusal = TakenByAnotherDistrict(id=message.id)
    if isinstance(refusal, PersonRecord):
        arrival.outside_id, arrival.order, arrival.claimed_at, arrival.revision = "", "", None, 0
    elif message.fault is None and message.raw:
        arrival.sealed = sealed_message(message.raw, ref=arrival.ref)
    arrival.why, arrival.values = refusal.code, storable_values(refusal)
    return _settled(arrival, fate, refusal=refusal)


def _settled(arrival: Arrival, fate: Fate, *, number: str = "", refusal: Refusal | None = None) -> Result:
    arrival.fate, arrival.number = fate.value, number
    if fate is Fate.WAITING:
        arrival.settled_at = None
    arrival.save()
    return _counted(arrival, fate, refusal)


def _counted(arrival: Arrival, fate: Fate, refusal: Refusal | None = None) -> Result:
    figures.ARRIVALS.labels(arrival.channel, fate.value).inc()
    if refusal is not None:
        log.info("message not taken", channel=arrival.channel, kind=arrival.kind, fate=fate.value, why=refusal.code)
    return Result(
        kind=Kind(arrival.kind) if arrival.kind else None,
        id=arrival.outside_id,
        fate=fate,
        number=arrival.number,
        code=refusal.code if refusal else "",
        says=explain(refusal).says if refusal else "",
        refusal=refusal,
    )


def _digest(message: Message) -> bytes:
    """What tells two messages under one number apart: all that they say, but not when they were sent."""
    said: Sequence[Any] = (
        message.kind,
        message.order,
        message.revision,
        message.text,
        _said_of(message.matter) if message.matter else None,
        [(file.name, hashlib.sha256(file.content).hexdigest()) for file in message.files],
    )
    return digest_of(json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass"))


def _said_of(matter: Matter) -> dict[str, Any]:
    """All that a matter says; what came to be said later only where it is, or nothing sent before would be known."""
    return {name: value for name, value in asdict(matter).items() if value or name not in _SAID_LATER}


def storable_values(refusal: Refusal) -> dict[str, str]:
    """The values of a refusal as they may be kept: short, and without personal numbers."""
    return {name: without_numbers(str(value))[:LONGEST_VALUE] for name, value in refusal.values.items()}
