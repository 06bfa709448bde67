"""The small district with an account that is told of what happens, and receivers that misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.exchange.followers import follow_for_webhooks
from liandong.exchange.models import Delivery, Webhook
from liandong.exchange.operations import MadeWebhook, make_webhook
from liandong.exchange.sending import Courier
from liandong.timeline.models import Entry
from tests.exchange.receivers import Receiver, running_receiver
from tests.world import World


@dataclass
class Exchange:
    """Short words for what goes out."""

    world: World
    receiver: Receiver
    read: set[int] = field(default_factory=set)

    def make(self, **details: Any) -> MadeWebhook:
        """Let the service account be told at the receiver's address."""
        details = {"label": "区城运平台", "actor": self.world.actor("integrator"), "at": self.world.at, **details}
        return make_webhook(details.pop("url", f"{self.receiver.address}/hook"), **details)

    def follow(self) -> list[Delivery]:
        """Let the follower read what happened since, and return what it wrote."""
        before = set(Delivery.objects.values_list("pk", flat=True))
        entries = [entry for entry in Entry.objects.order_by("id") if entry.pk not in self.read]
        self.read |= {entry.pk for entry in entries}
        follow_for_webhooks(entries, self.world.later(seconds=1))
        return list(Delivery.objects.exclude(pk__in=before).order_by("id"))

    def send(self, *, turns: int = 1, **gap: float) -> None:
        """Let a courier take its turns after so much time."""
        at = self.world.later(**(gap or {"seconds": 1}))
        courier = Courier(clock=lambda: at, stop=threading.Event(), draw=lambda: 0.5)
        for _turn in range(turns):
            courier.run_once()

    def states(self, webhook: Webhook) -> list[str]:
        """The states of all deliveries of a webhook, in order."""
        return list(Delivery.objects.filter(webhook=webhook).order_by("id").values_list("state", flat=True))

    def told(self, **details: Any) -> Case:
        """A reported case of which the follower has told the webhooks."""
        case = self.world.report(**details)
        self.follow()
        return case


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a socket."""
    with running_receiver() as running:
        yield running


@pytest.fixture
def exchange(world: World, receiver: Receiver, settings: Settings) -> Exchange:
    """The district and its receiver, which is allowed though it is inside the house and not encrypted."""
    settings.LIANDONG_WEBHOOK_ORIGINS = [receiver.address]
    settings.LIANDONG_WEBHOOK_SECONDS = 0.5
    found = Exchange(world, receiver)
    found.read = set(Entry.objects.values_list("pk", flat=True))
    return found
