"""The follower: reads what happened to cases and writes a delivery for every webhook that is to be told.

What its account could not see at the instant of reading is not written; what it may not see at the instant of sending
is not sent. What happened before a webhook was made is not told to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from liandong.cases.queries import permitted_cases
from liandong.exchange.models import Delivery, Webhook
from liandong.exchange.operations import queue_deliveries
from liandong.exchange.queries import events_to_push
from liandong.exchange.rules.pushing import is_asked_for
from liandong.exchange.rules.words import Kind, Standing, State
from liandong.people.access import Actor, actor_for, platform
from liandong.people.rules.hearing import may_hear
from liandong.timeline.followers import Follower
from liandong.timeline.queries import Entry

STOPPED_FOR_GOOD: Final = timedelta(days=30)
"""For a webhook that was stopped so long ago nothing more is held."""


def follow_for_webhooks(entries: Sequence[Entry], at: datetime) -> None:
    """Write what these entries tell to whom."""
    of_cases = [entry for entry in entries if entry.about == "case" and entry.event in events_to_push()]
    if not of_cases:
        return
    known = Webhook.objects.filter(account__is_active=True).select_related("account").order_by("id")
    webhooks = [row for row in known if row.stopped_at is None or at - row.stopped_at < STOPPED_FOR_GOOD]
    if not webhooks:
        return
    actors = {row.account_id: actor_for(row.account, at=at) for row in webhooks}
    told = [(row, entry) for row in webhooks for entry in of_cases if _is_for(row, entry, actors[row.account_id])]
    if told:
        queue_deliveries(_rows(told, at=at), at=at)


def _is_for(webhook: Webhook, entry: Entry, actor: Actor) -> bool:
    is_open311 = webhook.kind == Kind.OPEN311
    if entry.at < webhook.made_at or not entry.area.startswith(webhook.area or webhook.district):
        return False
    if webhook.unit and webhook.unit not in entry.hearers:
        return False
    if is_open311 and f"person/{webhook.account_id}" not in entry.hearers:
        return False
    if not is_asked_for(entry.event, events=webhook.events, is_open311=is_open311):
        return False
    return may_hear(actor.scope("cases.view"), area=entry.area, hearers=entry.hearers)


def _rows(told: Sequence[tuple[Webhook, Entry]], *, at: datetime) -> Iterator[Delivery]:
    numbers: Mapping[int, str] = dict(
        permitted_cases(platform("webhooks"))
        .filter(pk__in={entry.about_id for _row, entry in told})
        .values_list("pk", "number")
    )
    for webhook, entry in told:
        is_on = webhook.standing == Standing.ON
        yield Delivery(
            webhook=webhook,
            entry=entry.pk,
            event=entry.event,
            number=numbers.get(entry.about_id, ""),
            happened_at=entry.at,
            queued_at=at,
            state=State.WAITING if is_on else State.HELD,
            next_at=at if is_on else None,
        )


FOLLOW_WEBHOOKS: Final = Follower("webhooks", follow_for_webhooks, batch=2000)
