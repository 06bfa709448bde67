"""What people do about channels: replay what was refused, say what a code means, have a message sent again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import remark, storable
from liandong.intake_channels.contract import Result
from liandong.intake_channels.events import DepartureRetried, MappingSet, MappingsLoaded, MessageReplayed
from liandong.intake_channels.models import Arrival, Departure, Mapping
from liandong.intake_channels.operations.delivery import set_back
from liandong.intake_channels.operations.taking import Lane, kept_message, settle_arrival, take_waiting_for
from liandong.intake_channels.queries import arrival_seen, channel_named, departure_seen
from liandong.intake_channels.rules.words import Fate, Kind, Table
from liandong.intake_channels.tables import LONGEST_OURS, LONGEST_THEIRS, NOTHING, Rows, point_in
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.rules.words import State
from liandong.people.access import Actor, platform, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

MOST_AT_ONCE: Final = 500
"""So many are replayed by one press of a key; pressing again goes on with the next."""


class NotToBeReplayed(Refusal):
    """A message that was not refused, or of which nothing is kept."""

    status = 409
    says = marked("这条来文不在“已拒收”状态，或其内容没有保存，不能重放。")
    remedy = marked("请对方更正后重发；重发不会造成重复登记。")


class MappingUnusable(Refusal):
    """A row of a table that leads nowhere."""

    status = 422
    says = marked("“%(ours)s”不是本区的%(table)s。")
    remedy = marked("请填写本区目录、区划或机构中现有的代码；“-”表示不指定。")


class ReasonToSendAgain(Refusal):
    """Sending again without saying why."""

    status = 422
    says = marked("重发去文需要说明理由。")
    remedy = marked("请写一句为什么重发。")


class NotToBeSentAgain(Refusal):
    """A message that is on its way or has arrived."""

    status = 409
    says = marked("这条去文不在失败或结果不明的状态，不能重发。")
    remedy = marked("请刷新页面查看现在的状态。")


class MayBeThereAlready(Refusal):
    """A message that the other platform may have."""

    status = 409
    says = marked("对方可能已经收到这条去文，重发后对方可能登记两次。")
    remedy = marked("请先与对方核实；确要重发，请勾选“可能重复，仍要重发”。")


@dataclass(frozen=True, slots=True)
class Tally:
    """How a replay of many went, and how many are still refused after it."""

    tried: int = 0
    taken: int = 0
    duplicate: int = 0
    waiting: int = 0
    refused: int = 0


@transaction.atomic
def replay_message(arrival: int, *, actor: Actor, at: datetime) -> Result:
    """Take a refused message once more, as if it came now.

    :raises NotFound, Forbidden: it is not the actor's to look after
    :raises NotToBeReplayed: it was not refused, or is not kept
    """
    found = arrival_seen(actor, arrival)
    require(actor, "channels.keep", Thing(found.district))
    found = Arrival.objects.select_for_update().get(pk=found.pk)
    channel = channel_named(found.channel)
    message = kept_message(found, channel) if found.fate == Fate.REFUSED else None
    if message is None:
        raise NotToBeReplayed
    lane, before = Lane(channel, found.district, platform(channel.code), at), found.why
    found.attempts += 1
    result = settle_arrival(found, message, lane)
    if result.fate is Fate.TAKEN and message.kind is Kind.ORDER:
        take_waiting_for(message.order, lane)
    event = MessageReplayed(channel.code, found.kind, before, result.fate, result.code)
    record(event, about=Subject("arrival", found.pk, area=found.district), actor=actor.key, at=at)
    return result


def replay_refused(channel: str, *, district: str, actor: Actor, at: datetime) -> Tally:
    """Replay the refused messages of a channel that are kept, the oldest first, each in a transaction of its own.

    :raises ChannelUnknown: there is no such channel
    :raises Forbidden: the actor does not look after it
    """
    require(actor, "channels.keep", Thing(district))
    channel_named(channel)
    kept = Arrival.objects.filter(district=district, channel=channel, fate=Fate.REFUSED, sealed__isnull=False)
    counts = dict.fromkeys(Fate, 0)
    chosen = list(kept.order_by("attempts", "id").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for pk in chosen:
        try:
            counts[replay_message(pk, actor=actor, at=at).fate] += 1
        except NotToBeReplayed:
            continue  # Somebody else replayed it since, and has counted it.
    return Tally(len(chosen), *(counts[fate] for fate in (Fate.TAKEN, Fate.DUPLICATE, Fate.WAITING, Fate.REFUSED)))


@transaction.atomic
def set_mapping(theirs: str, *, table: str, ours: str, channel: str, district: str, actor: Actor, at: datetime) -> None:
    """Say what a code of a channel is here; an empty `ours` drops the district's own row.

    :raises Forbidden: the actor does not look after the channel
    :raises ChannelUnknown: there is no such channel
    :raises MappingUnusable: it leads to nothing of ours
    """
    require(actor, "channels.keep", Thing(district))
    channel_named(channel)
    theirs, ours = storable(theirs).strip()[:LONGEST_THEIRS], storable(ours).strip()[:LONGEST_OURS]
    _refuse_unusable(theirs, table, ours, district=district)
    rows = Mapping.objects.select_for_update().filter(
        district=district, channel=channel, table=table, theirs=theirs
    )  # fmt: skip
    before = rows.values_list("ours", flat=True).first() or ""
    if before == ours:
        return
    if ours:
        Mapping.objects.update_or_create(
            district=district, channel=channel, table=table, theirs=theirs,
            defaults={"ours": ours, "is_loaded": False},
        )  # fmt: skip
    else:
        rows.delete()
    about = Subject("mapping", int(district), area=district)
    record(MappingSet(channel, table, theirs, ours, before), about=about, actor=actor.key, at=at)


@transaction.atomic
def load_mappings(district: str, rows: Rows, *, actor: Actor, at: datetime) -> None:
    """Load or refresh a district's own tables. What somebody set at a desk stays until the files say something else.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    loaded = {
        (row.channel, row.table, row.theirs): row
        for row in Mapping.objects.select_for_update().filter(district=district)
    }
    changed = 0
    for (channel, table, theirs), ours in rows.items():
        row = loaded.get((channel, table, theirs))
        if row is not None and row.ours == ours:
            continue
        Mapping.objects.update_or_create(
            district=district, channel=channel, table=table, theirs=theirs,
            defaults={"ours": ours, "is_loaded": True},
        )  # fmt: skip
        changed += 1
    for key, row in loaded.items():
        if row.is_loaded and key not in rows:
            row.delete()
            changed += 1
    if changed:
        about = Subject("mapping", int(district), area=district)
        record(MappingsLoaded(len(rows), changed), about=about, actor=actor.key, at=at)


@transaction.atomic
def retry_departure(departure: int, *, reason: str, may_double: bool = False, actor: Actor, at: datetime) -> Departure:
    """Have a message sent again that failed or of which nobody knows.

    :raises NotFound, Forbidden: it is not the actor's to look after
    :raises ReasonToSendAgain, NotToBeSentAgain, MayBeThereAlready: it cannot be sent again like this
    """
    found = departure_seen(actor, departure)
    require(actor, "channels.keep", Thing(found.district))
    found = Departure.objects.select_for_update().get(pk=found.pk)
    said = remark(reason, longest=200)
    if not said:
        raise ReasonToSendAgain
    if found.state not in (State.FAILED, State.UNKNOWN):
        raise NotToBeSentAgain
    if found.state == State.UNKNOWN and not may_double:
        raise MayBeThereAlready
    event = DepartureRetried(found.channel, found.tell, found.state, said)
    set_back(found, at=at)
    record(event, about=Subject("departure", found.pk, area=found.area), actor=actor.key, at=at)
    return found


def _refuse_unusable(theirs: str, table: str, ours: str, *, district: str) -> None:
    book = rulebook_for(district)
    known = {
        Table.CLASSES.value: {code for code, kind in book.classes.items() if kind.is_leaf},
        Table.AREAS.value: set(book.map.areas),
        Table.UNITS.value: set(book.units),
        Table.WORDS.value: None,
        Table.PLACES.value: {ours} if point_in(ours) else set(book.map.areas),
    }
    if table not in known or not theirs:
        raise MappingUnusable(ours=theirs or ours, table=table)
    codes = known[table]
    if ours and ours != NOTHING and codes is not None and ours not in codes:
        raise MappingUnusable(ours=ours, table=table)
