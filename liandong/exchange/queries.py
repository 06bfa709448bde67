"""Named questions about webhooks, deliveries and the limits of keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liandong.cases import events as case_events
from liandong.exchange.models import Attempt, Delivery, KeyRate, Webhook
from liandong.exchange.rules.pushing import NEVER_PUSHED
from liandong.exchange.rules.words import Standing, State
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound, roles
from liandong.people.rules.scope import Reach

THE_WEBHOOK: Final = marked("这个推送")
THE_DELIVERY: Final = marked("这次投递")
SUBSCRIBE: Final = "exchange.subscribe"
KEEP: Final = "exchange.keep_webhooks"
SEE: Final = "exchange.see_webhooks"
_NOT_OF_A_CASE: Final = (
    *("CasesExported", "PhoneSearched", "FilterSaved", "FilterRemoved", "BatchAsked", "CatalogueLoaded"),
    *("RepliesOffered", "ReplyTaken", "ReplyTemplateWritten", "ReplyTemplateRetired"),
)


@cache
def events_to_push() -> tuple[str, ...]:
    """The names of everything that may happen to a case and be told, in the order of the alphabet."""
    names = [name for name, kind in vars(case_events).items() if isinstance(kind, type) and is_dataclass(kind)]
    of_cases = [name for name in names if not name.startswith(("Matrix", "Problem")) and name not in _NOT_OF_A_CASE]
    return tuple(sorted(name for name in of_cases if name not in NEVER_PUSHED))


def roles_that(act: str) -> list[str]:
    """The roles whose holders may do `act` somewhere."""
    return [code for code, role in roles().items() if any(given == act for given, _reach in role.acts)]


def webhooks_of(account: int) -> QuerySet[Webhook]:
    """The webhooks of an account, in the order of their making."""
    return Webhook.objects.filter(account=account).order_by("id")


def webhooks_seen(actor: Actor, act: str = SEE) -> QuerySet[Webhook]:
    """The webhooks an actor may look after: those of the districts in which they may do `act`, and their own."""
    seen = Q(account=actor.user_id or -1) if actor.may(SUBSCRIBE) else Q(pk__in=[])
    for ground in actor.scope(act).grounds:
        if ground.reach is Reach.EVERYWHERE:
            return Webhook.objects.all()
        if ground.reach is Reach.AREA:
            # Whoever looks after a town looks after no webhook: it tells of the whole district.
            seen |= Q(district=ground.value) if len(ground.value) == 6 else Q(pk__in=[])
    return Webhook.objects.filter(seen)


def webhook_for(actor: Actor, pk: int, act: str = SEE) -> Webhook:
    """One of them.

    :raises NotFound: there is none, or not for this actor
    """
    found = webhooks_seen(actor, act).filter(pk=pk).select_related("account").first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_WEBHOOK)
    return found


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """What was to be told to a webhook, the latest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-id")


def delivery_of(webhook: Webhook, pk: int) -> Delivery:
    """One of them.

    :raises NotFound: it has no such delivery
    """
    found = deliveries_of(webhook).filter(pk=pk).select_related("webhook").first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_DELIVERY)
    return found


def attempts_of(delivery: Delivery) -> QuerySet[Attempt]:
    """Each time a delivery was sent, the latest first."""
    return Attempt.objects.filter(delivery=delivery).order_by("-id")


def counts_of(webhooks: QuerySet[Webhook]) -> dict[int, dict[str, int]]:
    """How many deliveries of each of these webhooks are in each state: one statement."""
    found: dict[int, dict[str, int]] = {}
    rows = Delivery.objects.filter(webhook__in=webhooks.values("pk").order_by()).values_list("webhook", "state")
    for webhook, state, count in rows.annotate(count=Count("pk")).order_by():
        found.setdefault(webhook, {})[state] = count
    return found


def webhooks_to_serve(*, at: datetime) -> QuerySet[Webhook]:
    """Webhooks for which something is due, that nobody sends to and that need no rest; the longest unserved first."""
    due = Delivery.objects.filter(webhook=OuterRef("pk"), state=State.WAITING, next_at__lte=at)
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    rested = Q(rest_until__isnull=True) | Q(rest_until__lte=at)
    rows = Webhook.objects.filter(free, rested, Exists(due), standing=Standing.ON)
    return rows.order_by("served_at", "id")


def due_deliveries(webhook: int, *, at: datetime, limit: int) -> list[Delivery]:
    """What is due to a webhook, the longest due first."""
    waiting = Delivery.objects.filter(webhook=webhook, state=State.WAITING, next_at__lte=at)
    return list(waiting.select_related("webhook", "webhook__account").order_by("next_at", "id")[:limit])


def rate_of(key: int) -> int | None:
    """How many calls a key of its own may make in a minute; nothing for as many as all others."""
    return KeyRate.objects.filter(pk=key).values_list("per_minute", flat=True).first()


def rates_of(keys: Iterable[int]) -> dict[int, int]:
    """How many calls each of these keys may make in a minute, where that is a number of its own."""
    return dict(KeyRate.objects.filter(pk__in=list(keys)).values_list("pk", "per_minute"))
