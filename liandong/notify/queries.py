"""Named questions about messages: one's inbox, wordings, what was sent at which cost, what failed and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from liandong.areas.queries import district_map
from liandong.kernel.refusal import marked
from liandong.notify.models import Choice, Message, Quiet, Tariff, Template
from liandong.notify.rules.quiet import QuietHours
from liandong.notify.rules.wording import ANY, Wording
from liandong.notify.rules.words import Channel, Kind, State
from liandong.notify.standards import Key, shipped
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Reach

__all__ = ["Message", "Template"]

THE_MESSAGE = marked("这条消息")
TROUBLED = (State.FAILED, State.UNKNOWN, State.NOT_SENT)
BASE_LANGUAGE = "zh-hans"


def inbox_of(person: int) -> QuerySet[Message]:
    """The messages in somebody's inbox, latest first."""
    return Message.objects.filter(person=person, channel=Channel.IN_APP).order_by("-id")


def unread_count(person: int) -> int:
    """How many of them were not opened yet."""
    return Message.objects.filter(person=person, channel=Channel.IN_APP, read_at__isnull=True).count()


def wordings_of(district: str) -> dict[Key, Wording]:
    """The wordings in force in a district: its own newest versions, the product's where it has none."""
    newest = (
        Template.objects.filter(district=district)
        .order_by("notice", "channel", "language", "-version")
        .distinct("notice", "channel", "language")
    )
    own = {(row.notice, row.channel, row.language): Wording(row.subject, row.body) for row in newest}
    return {**shipped().wordings, **own}


def wording_for(
    wordings: Mapping[Key, Wording], notice: str, *, channel: Channel, language: str
) -> tuple[Wording, str] | None:
    """The wording for a channel and a language, and the language it is in: the nearest there is."""
    for spoken in dict.fromkeys((language, BASE_LANGUAGE)):
        for way in (channel.value, ANY):
            found = wordings.get((notice, way, spoken))
            if found is not None:
                return found, spoken
    return None


def versions_of(district: str, key: Key) -> QuerySet[Template]:
    """Every version of one wording of a district, newest first."""
    notice, channel, language = key
    rows = Template.objects.filter(district=district, notice=notice, channel=channel, language=language)
    return rows.order_by("-version")


def next_version(district: str, key: Key) -> int:
    """The number the next version of a wording gets."""
    return (versions_of(district, key).aggregate(last=Max("version"))["last"] or 0) + 1


def tariffs_of(district: str) -> dict[Channel, Decimal]:
    """What a segment costs, by channel."""
    own = Tariff.objects.filter(district=district).values_list("channel", "per_segment")
    return {**shipped().tariffs, **{Channel(channel): cost for channel, cost in own}}


def choices_of(people: Collection[int]) -> dict[int, dict[tuple[Kind, Channel], bool]]:
    """What each of these people added and dropped."""
    found: dict[int, dict[tuple[Kind, Channel], bool]] = {person: {} for person in people}
    rows = Choice.objects.filter(person__in=people).values_list("person", "kind", "channel", "is_on")
    for person, kind, channel, is_on in rows:
        found[person][Kind(kind), Channel(channel)] = is_on
    return found


def quiet_hours_of(people: Collection[int]) -> dict[int, QuietHours]:
    """The quiet hours that people set for themselves."""
    rows = Quiet.objects.filter(person__in=people).values_list("person", "since", "until")
    return {person: QuietHours(since, until) for person, since, until in rows}


def quiet_hours_in(district: str) -> dict[str, QuietHours]:
    """The quiet hours of a district's units by code, the district's own under nothing."""
    rows = Quiet.objects.filter(district=district).values_list("unit", "since", "until")
    return {**shipped().quiet, **{unit: QuietHours(since, until) for unit, since, until in rows}}


def messages_seen(actor: Actor, act: str = "notify.see_delivery") -> QuerySet[Message]:
    """The messages whose sending `actor` may look after."""
    seen = Q(pk__in=[])
    for ground in actor.scope(act).grounds:
        if ground.reach is Reach.EVERYWHERE:
            return Message.objects.all()
        if ground.reach is Reach.AREA:
            seen |= Q(area__startswith=ground.value)
    return Message.objects.filter(seen)


def message_seen(actor: Actor, pk: int) -> Message:
    """One of them.

    :raises NotFound: there is none, or not for this actor
    """
    message = messages_seen(actor).filter(pk=pk).select_related("person").first()
    if message is None:
        raise NotFound(what=THE_MESSAGE)
    return message


@dataclass(frozen=True, slots=True)
class DayLine:
    """What was sent by one channel on one day."""

    day: object
    channel: Channel
    total: int
    delivered: int
    sent: int
    waiting: int
    failed: int
    unknown: int
    not_sent: int
    segments: int
    cost: Decimal


def days_of(messages: QuerySet[Message], *, district: str, since: datetime) -> list[DayLine]:
    """Counts and cost by day of the district and channel, latest day first."""
    zone = district_map(district).calendar.zone
    rows = (
        messages.filter(district=district, queued_at__gte=since)
        .annotate(day=TruncDate("queued_at", tzinfo=zone))
        .values("day", "channel")
        .annotate(
            total=Count("pk"),
            delivered=Count("pk", filter=Q(state=State.DELIVERED)),
            sent=Count("pk", filter=Q(state=State.SENT)),
            waiting=Count("pk", filter=Q(state__in=[State.QUEUED, State.SENDING])),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            unknown=Count("pk", filter=Q(state=State.UNKNOWN)),
            not_sent=Count("pk", filter=Q(state=State.NOT_SENT)),
            segments=Sum("segments", filter=Q(cost__gt=0), default=0),
            cost=Sum("cost"),
        )
        .order_by("-day", "channel")
    )
    return [_day_line(row) for row in rows]


def reasons_of(messages: QuerySet[Message], *, district: str, since: datetime) -> list[tuple[Channel, State, str, int]]:
    """Why messages did not arrive: channel, state, reason, how many; the most frequent first."""
    rows = (
        messages.filter(district=district, queued_at__gte=since, state__in=TROUBLED)
        .values_list("channel", "state", "why")
        .annotate(count=Count("pk"))
        .order_by("-count", "channel", "why")
    )
    return [(Channel(channel), State(state), why, count) for channel, state, why, count in rows]


def _day_line(row: Any) -> DayLine:
    return DayLine(**{**row, "channel": Channel(row["channel"])})
