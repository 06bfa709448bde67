"""Having deliveries sent again: one, or all since an instant; and a trial."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from liandong.exchange.events import DeliveriesReplayed
from liandong.exchange.models import Delivery, Webhook
from liandong.exchange.operations.webhooks import WebhookStands, locked, tell
from liandong.exchange.queries import delivery_of
from liandong.exchange.rules.pushing import PING
from liandong.exchange.rules.words import Standing, State
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor

MOST_AT_ONCE: Final = 10_000


class TooMuchToReplay(Refusal):
    """More deliveries than one replay takes."""

    status = 422
    says = marked("从该时刻起有 %(count)s 次投递，一次最多重投 %(most)s 次。")
    remedy = marked("请从较晚的时刻起重投，或分次进行。")


@transaction.atomic
def replay_deliveries(webhook: int, *, since: datetime, actor: Actor, at: datetime) -> int:
    """Send again whatever happened since an instant, delivered or not, held or failed; return how much that is.

    A receiver knows a delivery it had before by its `webhook-id`.

    :raises NotFound: it is not the actor's to keep
    :raises WebhookStands: it is paused or stopped
    :raises TooMuchToReplay: that would be too much at once
    """
    row = _on(webhook, actor=actor)
    again = Delivery.objects.filter(webhook=row, happened_at__gte=since)
    count = again.count()
    if count > MOST_AT_ONCE:
        raise TooMuchToReplay(count=count, most=MOST_AT_ONCE)
    again.update(state=State.WAITING, next_at=at, attempts=0, why="", ended_at=None)
    tell(row, DeliveriesReplayed(row.label, count, since.isoformat()), actor=actor, at=at)
    return count


@transaction.atomic
def replay_delivery(webhook: int, *, delivery: int, actor: Actor, at: datetime) -> Delivery:
    """Send one delivery again.

    :raises NotFound: the webhook is not the actor's to keep, or has no such delivery
    :raises WebhookStands: it is paused or stopped
    """
    row = _on(webhook, actor=actor)
    found = delivery_of(row, delivery)
    found.state, found.next_at, found.attempts, found.why, found.ended_at = State.WAITING, at, 0, "", None
    found.save(update_fields=["state", "next_at", "attempts", "why", "ended_at"])
    tell(row, DeliveriesReplayed(row.label, 1), actor=actor, at=at)
    return found


@transaction.atomic
def ping_webhook(webhook: int, *, actor: Actor, at: datetime) -> Delivery:
    """Send a trial: nothing has happened, and the receiver is to say that it understands us.

    :raises NotFound: it is not the actor's to keep
    :raises WebhookStands: it is paused or stopped
    """
    row = _on(webhook, actor=actor)
    return Delivery.objects.create(
        webhook=row, event=PING, happened_at=at, queued_at=at, state=State.WAITING, next_at=at
    )


def _on(webhook: int, *, actor: Actor) -> Webhook:
    row = locked(webhook, actor=actor)
    if row.standing != Standing.ON:
        raise WebhookStands(label=row.label)
    return row
