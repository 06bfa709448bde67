"""Named questions about channels. What pages show comes through `arrivals_seen` and `departures_seen`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Rows
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, F, Max, Model, QuerySet

from liandong.areas.queries import district_codes
from liandong.cases.queries import permitted_cases
from liandong.intake_channels.contract import Channel, channels
from liandong.intake_channels.models import COUNTS, Arrival, BulkFile, Departure, Mailbox, Mapping
from liandong.intake_channels.rules.words import Fate, Kind
from liandong.intake_channels.tables import shipped_tables
from liandong.intake_channels.ways import Way, way_of
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.rules.words import State
from liandong.people.access import Actor, NotFound, platform
from liandong.people.rules.scope import Reach, Thing

LATE = timedelta(hours=1)
TROUBLED = (State.FAILED, State.UNKNOWN)
THE_MESSAGE_THAT_CAME = marked("这条来文")
THE_MESSAGE_TO_GO = marked("这条去文")
THE_FILE = marked("这个文件")

Row = TypeVar("Row", bound=Model)


class ChannelUnknown(Refusal):
    """An address of a channel or district that is not served here, or not opened."""

    status = 404
    says = marked("本平台没有开通这个渠道。")
    remedy = marked("请核对地址中的区划代码与渠道代码，或请管理员配置密钥。")


def channel_named(code: str) -> Channel:
    """The channel of that code.

    :raises ChannelUnknown: there is none
    """
    found = channels().get(code)
    if found is None:
        raise ChannelUnknown
    return found


def tables_of(district: str, channel: str) -> dict[tuple[str, str], str]:
    """What the codes of a channel are in a district: (table, theirs) → ours; the product's, the district's on top."""
    shipped = {(table, theirs): ours for (code, table, theirs), ours in shipped_tables().items() if code == channel}
    own = Mapping.objects.filter(district=district, channel=channel).values_list("table", "theirs", "ours")
    return {**shipped, **{(table, theirs): ours for table, theirs, ours in own}}


def own_rows(district: str, channel: str) -> QuerySet[Mapping]:
    """The rows of a district's own tables for a channel."""
    return Mapping.objects.filter(district=district, channel=channel).order_by("table", "theirs")


def counted(district: str, channel: str, kind: Kind, outside_id: str) -> Arrival | None:
    """The arrival under which a message was taken, or waits."""
    return Arrival.objects.filter(
        COUNTS, district=district, channel=channel, kind=kind, outside_id=outside_id
    ).first()  # fmt: skip


def number_of_order(district: str, channel: str, order: str) -> str:
    """Our number for an order that was taken; empty where it has not come."""
    newest = orders_taken(district, channel, order).first()
    if newest:
        return newest.number
    known = permitted_cases(platform("channels")).filter(district=district, channel=channel, external_id=order)
    return known.values_list("number", flat=True).first() or ""


def orders_taken(district: str, channel: str, order: str) -> QuerySet[Arrival]:
    """The orders taken under one number, the newest first: more than one only where orders recur."""
    taken = Arrival.objects.filter(district=district, channel=channel, order=order, kind=Kind.ORDER, fate=Fate.TAKEN)
    return taken.order_by("-id")


def open_case_of_order(district: str, channel: str, order: str, *, since: datetime) -> str:
    """Our number of the open case that an order which recurs was raised for since; empty where there is none."""
    newest = orders_taken(district, channel, order).filter(received_at__gte=since).first()
    open_cases = permitted_cases(platform("channels")).filter(ended_at__isnull=True)
    return newest.number if newest and open_cases.filter(number=newest.number).exists() else ""


def counted_orders(district: str, channel: str, ids: Sequence[str]) -> dict[str, str]:
    """Which orders were taken, or wait: their number → our number."""
    came = Arrival.objects.filter(COUNTS, district=district, channel=channel, kind=Kind.ORDER, outside_id__in=ids)
    return dict(came.values_list("outside_id", "number"))


def bulk_files_of(actor: Actor) -> QuerySet[BulkFile]:
    """The files of matters a person uploaded, the newest first, without what is in them."""
    return BulkFile.objects.filter(made_by=actor.key).defer("sealed").order_by("-id")


def bulk_file_of(actor: Actor, pk: int) -> BulkFile:
    """One of them.

    :raises NotFound: there is none of theirs
    """
    found = BulkFile.objects.filter(made_by=actor.key, pk=pk).first()
    if found is None:
        raise NotFound(what=THE_FILE)
    return found


def mailbox_of(district: str) -> Mailbox | None:
    """How far a district's mailbox was read; nothing where it never was."""
    return Mailbox.objects.filter(district=district).first()


def waiting_for(district: str, channel: str, order: str) -> QuerySet[Arrival]:
    """What waits for an order, in the order in which it came."""
    return Arrival.objects.filter(
        district=district, channel=channel, order=order, fate=Fate.WAITING
    ).order_by("id")  # fmt: skip


def newest_revision(district: str, channel: str, order: str) -> int:
    """The highest revision of an order whose change was taken; 0 where none was."""
    taken = Arrival.objects.filter(
        district=district, channel=channel, order=order, kind=Kind.CHANGE, fate=Fate.TAKEN
    ).aggregate(newest=Max("revision"))  # fmt: skip
    return taken["newest"] or 0


@dataclass(frozen=True, slots=True)
class Health:
    """How a channel of a district does: today's counts by fate, and what needs somebody."""

    channel: Channel
    way: Way
    last_at: datetime | None
    taken: int
    duplicate: int
    refused: int
    waiting: int
    late: int
    all_refused: int
    all_waiting: int
    to_send: int
    troubled: int
    sent: int


def health_of(district: str, *, since: datetime) -> list[Health]:
    """The health of every channel in a district; counts are of what came since, `all_…` of any time."""
    arrivals, departures = Arrival.objects.filter(district=district), Departure.objects.filter(district=district)
    fresh = arrivals.filter(received_at__gte=since)
    today = _counts(fresh, "fate")
    late = _counts(fresh.filter(fate=Fate.TAKEN, received_at__gt=F("claimed_at") + LATE), "fate")
    held = _counts(arrivals.filter(fate__in=[Fate.REFUSED, Fate.WAITING]), "fate")
    going = _counts(departures.filter(state__in=[State.QUEUED, State.SENDING, *TROUBLED]), "state")
    sent = _counts(departures.filter(since_at__gte=since, state=State.SENT), "state")
    return [
        Health(
            channel=channel,
            way=way_of(district, code),
            last_at=_last_at(arrivals, code),
            taken=today[code, Fate.TAKEN],
            duplicate=today[code, Fate.DUPLICATE],
            refused=today[code, Fate.REFUSED],
            waiting=today[code, Fate.WAITING],
            late=late[code, Fate.TAKEN],
            all_refused=held[code, Fate.REFUSED],
            all_waiting=held[code, Fate.WAITING],
            to_send=going[code, State.QUEUED] + going[code, State.SENDING],
            troubled=going[code, State.FAILED] + going[code, State.UNKNOWN],
            sent=sent[code, State.SENT],
        )
        for code, channel in channels().items()
    ]


def _counts(rows: QuerySet[Any], by: str) -> Counter[tuple[str, str]]:
    grouped = rows.values_list("channel", by).annotate(count=Count("pk")).order_by()
    return Counter({(channel, value): count for channel, value, count in grouped})


def _last_at(arrivals: QuerySet[Arrival], channel: str) -> datetime | None:
    latest = arrivals.filter(channel=channel).order_by("-received_at", "-id")
    return latest.values_list("received_at", flat=True).first()


def may_see_lane(actor: Actor, district: str, act: str = "channels.see") -> bool:
    """Whether `actor` looks after the channels of a district."""
    return district in district_codes() and actor.may(act, Thing(district))


def arrivals_seen(actor: Actor, act: str = "channels.see") -> QuerySet[Arrival]:
    """The messages that came which `actor` may look after."""
    return _of_scope(Arrival.objects.all(), actor, act)


def departures_seen(actor: Actor, act: str = "channels.see") -> QuerySet[Departure]:
    """The messages to go which `actor` may look after."""
    return _of_scope(Departure.objects.all(), actor, act)


def arrival_seen(actor: Actor, pk: int) -> Arrival:
    """One of them.

    :raises NotFound: there is none, or not for this actor
    """
    found = arrivals_seen(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=THE_MESSAGE_THAT_CAME)
    return found


def departure_seen(actor: Actor, pk: int) -> Departure:
    """One of them.

    :raises NotFound: there is none, or not for this actor
    """
    found = departures_seen(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=THE_MESSAGE_TO_GO)
    return found


def account_of(district: str, channel: str, *, since: datetime) -> Rows[str, int]:
    """How many messages came since, by fate: their sum is what was sent and reached us."""
    rows = Arrival.objects.filter(district=district, channel=channel, received_at__gte=since)
    return dict(rows.values_list("fate").annotate(count=Count("pk")).order_by())


def _of_scope(rows: QuerySet[Row], actor: Actor, act: str) -> QuerySet[Row]:
    """Channels are a district's: only who reaches the whole of it looks after them."""
    scope = actor.scope(act)
    if any(ground.reach is Reach.EVERYWHERE for ground in scope.grounds):
        return rows
    whole = [ground.value for ground in scope.grounds if ground.reach is Reach.AREA and len(ground.value) == 6]
    return rows.filter(district__in=whole)
