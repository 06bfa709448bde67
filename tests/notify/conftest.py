"""The small district with people who can be reached, ways out that are configured, and gateways that misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.cases.notices.following import FOLLOW_NOTICES
from liandong.notify.channels import Parcel, Report, Transport
from liandong.notify.models import Message
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel
from liandong.notify.sending import Sender
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.people.operations import set_contact
from liandong.timeline.models import Entry
from tests.notify.gateways import Gateway, running_gateway
from tests.world import World


@dataclass
class Post:
    """Short words for what happens to messages."""

    world: World
    read: set[int] = field(default_factory=set)

    def reach(self, account: str, *, phone: str = "", email: str = "") -> User:
        """Let somebody say where they are reached."""
        user = User.objects.get(username=account)
        set_contact(user, phone=phone, email=email, actor=self.world.actor(account), at=self.world.at)
        return user

    def follow(self, **gap: float) -> list[Message]:
        """Let the follower read what happened since, and return the messages it wrote."""
        before = set(Message.objects.values_list("pk", flat=True))
        entries = [entry for entry in Entry.objects.order_by("id") if entry.pk not in self.read]
        self.read |= {entry.pk for entry in entries}
        at, wanted = self.world.later(**gap), FOLLOW_NOTICES.wanted
        assert wanted.fresh is not None
        fresh = [entry for entry in entries if entry.event in wanted.events and entry.at >= at - wanted.fresh]
        FOLLOW_NOTICES.follow(fresh, at)
        return list(Message.objects.exclude(pk__in=before).order_by("id"))

    def told_of(self, case: Case, channel: Channel = Channel.SMS, **more: Any) -> Message:
        """The one message about a case by a channel."""
        return Message.objects.get(about_id=case.pk, channel=channel, **more)

    def send(self, transport: Transport, **gap: float) -> None:
        """Let a sender take its turn after so much time."""
        at = self.world.later(**gap)
        Sender(transport, clock=lambda: at, stop=threading.Event()).run_once()


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """An HTTP gateway on a free port."""
    with running_gateway() as found:
        yield found


@pytest.fixture
def by_http(settings: Settings, gateway: Gateway) -> Gateway:
    """Short messages go by that gateway, of which one can ask."""
    settings.LIANDONG_SMS_URL = f"{gateway.address}/send"
    settings.LIANDONG_SMS_ASK_URL = f"{gateway.address}/ask"
    settings.LIANDONG_SMS_ID = "data.id"
    settings.LIANDONG_GATEWAY_SECONDS = 0.5
    return gateway


@pytest.fixture
def signed_in(world: World) -> Any:
    """A browser for each account."""

    def sign_in(account: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=account), backend=LOCAL)
        return client

    return sign_in


@dataclass
class Scripted:
    """A transport that answers as it was told, and keeps what it was given."""

    answers: list[Outcome]
    name: str = "sms_http"
    channel: Channel = Channel.SMS
    knows_ref: bool = False
    can_ask: bool = False
    given: list[Parcel] = field(default_factory=list)
    told: list[Report] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Outcome:
        self.given.append(parcel)
        return self.answers.pop(0)

    def ask(self, ref: str) -> Outcome:
        return self.answers.pop(0) if self.answers else Outcome(News.UNKNOWN)

    def tend(self, take: Any) -> None:
        while self.told:
            take(self.told.pop(0))

    def probe(self) -> str:
        return ""

    def close(self) -> None: ...


MINUTE = timedelta(minutes=1)


def state_of(message: Message) -> str:
    """The state a message is in now."""
    message.refresh_from_db()
    return message.state


def instant(message: Message) -> datetime:
    """When it is tried next."""
    message.refresh_from_db()
    assert message.next_at is not None
    return message.next_at
