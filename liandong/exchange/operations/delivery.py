"""From what happened to the receiver: queued by the follower, claimed by a sender, settled by the answer.

At least once: what was sent and not answered is sent again under the same `webhook-id`. A sender that dies leaves a
lease that runs out; nothing else is lost with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from liandong.exchange import figures
from liandong.exchange.events import WebhookStopped
from liandong.exchange.models import Attempt, Delivery, Webhook
from liandong.exchange.operations.webhooks import target_host, tell
from liandong.exchange.queries import webhooks_to_serve
from liandong.exchange.rules.progress import Outcome, is_to_stop, next_try, rest_until
from liandong.exchange.rules.words import WHY_WORDS, Standing, State, Why
from liandong.exchange.telling import tell_keepers
from liandong.people.access import platform


@dataclass(frozen=True, slots=True)
class Claim:
    """A webhook somebody sends to now, until when nobody else does."""

    webhook: int
    until: datetime


def queue_deliveries(deliveries: Iterable[Delivery], *, at: datetime) -> int:
    """Write deliveries in the transaction of the follower; those that are known already are left as they are."""
    rows = list(deliveries)
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    figures.QUEUED.inc(len(rows))
    return len(rows)


@transaction.atomic
def claim_webhook(*, at: datetime) -> Claim | None:
    """Take the webhook that has waited longest; nothing where nothing is due. Nobody else sends to it meanwhile."""
    row = webhooks_to_serve(at=at).select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    claim = Claim(row.pk, at + _lease())
    row.lease_until, row.served_at = claim.until, at
    row.save(update_fields=["lease_until", "served_at"])
    return claim


def renew_claim(claim: Claim, *, at: datetime) -> Claim | None:
    """Keep a webhook for one more sending; nothing where the lease was over and somebody else has it."""
    again = Claim(claim.webhook, at + _lease())
    mine = Webhook.objects.filter(pk=claim.webhook, lease_until=claim.until)
    return again if mine.update(lease_until=again.until) else None


def release_webhook(claim: Claim, *, at: datetime) -> None:
    """Let others send to it again."""
    Webhook.objects.filter(pk=claim.webhook, lease_until=claim.until).update(lease_until=None)


@transaction.atomic
def withhold_delivery(delivery: int, *, why: Why, at: datetime) -> None:
    """Send nothing, because the subscriber may not know of it: nothing left us."""
    row = Delivery.objects.select_for_update().filter(pk=delivery, state=State.WAITING).first()
    if row is not None:
        row.state, row.why, row.ended_at, row.next_at = State.WITHHELD, why, at, None
        row.save(update_fields=["state", "why", "ended_at", "next_at"])
        figures.SETTLED.labels(State.WITHHELD).inc()


@transaction.atomic
def settle_delivery(delivery: int, *, outcome: Outcome, drawn: float, at: datetime) -> None:
    """Write down what came of an attempt, and what follows from it for the delivery and its webhook.

    `drawn`, from 0 to 1, spreads the times of further attempts.
    """
    row = Delivery.objects.filter(pk=delivery).first()
    if row is None:
        return  # The webhook was removed meanwhile.
    webhook = Webhook.objects.select_for_update().filter(pk=row.webhook_id).first()
    row = Delivery.objects.select_for_update().filter(pk=delivery).first()
    if webhook is None or row is None:
        return
    Attempt.objects.create(
        delivery=row, at=at, took_ms=outcome.took_ms, status=outcome.status, why=outcome.why, detail=outcome.detail
    )
    if outcome.is_taken:
        _taken(row, webhook, at=at)
    else:
        _not_taken(row, webhook, outcome, drawn=drawn, at=at)


def forget_old_deliveries(*, at: datetime) -> int:
    """Forget deliveries and their attempts after `LIANDONG_WEBHOOK_DAYS`; return how many."""
    old = at - timedelta(days=settings.LIANDONG_WEBHOOK_DAYS)
    _all, by_model = Delivery.objects.filter(queued_at__lt=old).delete()
    Webhook.objects.filter(former_until_at__lt=at).update(former_secret=None, former_until_at=None)
    return by_model.get("exchange.Delivery", 0)


def _taken(row: Delivery, webhook: Webhook, *, at: datetime) -> None:
    if row.state in (State.WAITING, State.FAILED):
        row.state, row.why, row.ended_at, row.next_at = State.DELIVERED, Why.NONE, at, None
        row.attempts += 1
        row.save(update_fields=["state", "why", "ended_at", "next_at", "attempts"])
        figures.SETTLED.labels(State.DELIVERED).inc()
    webhook.failures, webhook.failing_since, webhook.rest_until, webhook.taken_at = 0, None, None, at
    webhook.save(update_fields=["failures", "failing_since", "rest_until", "taken_at"])


def _not_taken(row: Delivery, webhook: Webhook, outcome: Outcome, *, drawn: float, at: datetime) -> None:
    if row.state == State.WAITING:
        row.attempts += 1
        row.why = outcome.why
        row.next_at = next_try(row.attempts, at=at, drawn=drawn, wait_seconds=outcome.wait_seconds)
        if row.next_at is None:
            row.state, row.ended_at = State.FAILED, at
            figures.SETTLED.labels(State.FAILED).inc()
        row.save(update_fields=["attempts", "why", "next_at", "state", "ended_at"])
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or at
    webhook.rest_until = rest_until(webhook.failures, at=at, drawn=drawn, wait_seconds=outcome.wait_seconds)
    webhook.save(update_fields=["failures", "failing_since", "rest_until"])
    since, failures = webhook.failing_since, webhook.failures
    if webhook.standing == Standing.ON and is_to_stop(outcome, failing_since=since, failures=failures, at=at):
        _stop(webhook, outcome.why, at=at)


def _stop(webhook: Webhook, why: Why, *, at: datetime) -> None:
    """Send to it no more, hold what waits, and tell those who keep webhooks."""
    webhook.standing, webhook.stopped_at, webhook.stopped_why = Standing.STOPPED, at, why
    webhook.save(update_fields=["standing", "stopped_at", "stopped_why"])
    Delivery.objects.filter(webhook=webhook, state=State.WAITING).update(state=State.HELD, next_at=None)
    event = WebhookStopped(webhook.label, target_host(webhook.url), why.value, webhook.failures)
    tell(webhook, event, actor=platform("webhooks"), at=at)
    tell_keepers(webhook, WHY_WORDS[why], at=at)


def _lease() -> timedelta:
    """For how long a webhook belongs to who claimed it: longer than one sending may take, said anew with each."""
    return timedelta(seconds=3 * settings.LIANDONG_WEBHOOK_SECONDS + 1)
