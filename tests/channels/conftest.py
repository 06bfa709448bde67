"""The small district with its channels open, and short words for what other platforms do."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.intake_channels.contract import channels
from liandong.intake_channels.followers import follow_cases_of_channels
from liandong.intake_channels.models import Arrival, Departure
from liandong.intake_channels.rules.signing import signature
from liandong.intake_channels.sending import Carrier
from liandong.intake_channels.simulators.messages import labelled, packed
from liandong.intake_channels.simulators.peer import Peer, running_peer
from liandong.intake_channels.ways import way_of
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.timeline.models import Entry
from tests.world import DISTRICT, GRID_1, World

KEY = "a key between two platforms"
CHANNELS = ("city_12345", "police_110", "urban_management", "social_governance")
ORDER = {
    "kind": "order",
    "order_id": "SH12345-0001",
    "sent_at": "2026-03-02T09:29:00+08:00",
    "category": "市容环境/暴露垃圾",
    "title": "垃圾没人清",
    "content": "小区门口的垃圾堆了三天没有人清运",
    "nature": "投诉",
    "lon": str(GRID_1[0]),
    "lat": str(GRID_1[1]),
    "reporter_name": "陈女士",
    "reporter_phone": "13812345678",
}


@dataclass
class Lane:
    """One platform that speaks with the small district."""

    world: World
    channel: str = "city_12345"
    client: Client = field(default_factory=Client)
    random: Random = field(default_factory=lambda: Random(3))
    read: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{DISTRICT}/{self.channel}"

    def signed(self, body: bytes, *, key: str = KEY, at: datetime | None = None, nonce: str = "") -> dict[str, str]:
        """The headers of a body sent now."""
        moment = str(int((at or self.world.at).timestamp()))
        nonce = nonce or f"{self.random.getrandbits(128):032x}"
        made = signature(key, moment=moment, nonce=nonce, lane=self.name, body=body)
        return {"X-Timestamp": moment, "X-Nonce": nonce, "X-Signature": made}

    def post(self, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> Any:
        """Post a body, signed unless told otherwise."""
        with time_machine.travel(self.world.at, tick=False):
            # `post` would encode the bytes anew in the encoding that they name.
            return self.client.generic(
                "POST",
                f"/hooks/channels/{self.name}/",
                body,
                content_type=content_type,
                headers=self.signed(body) if headers is None else headers,
            )

    def send(self, *rows: Mapping[str, Any]) -> list[dict[str, str]]:
        """Send messages in one JSON body; return the results."""
        answer = self.post(json.dumps({"messages": list(rows)}).encode(), "application/json")
        return list(answer.json()["results"])

    def send_xml(self, *rows: Mapping[str, str]) -> str:
        """Send messages in one XML body; return the answer."""
        body = packed([dict(row) for row in rows], form="xml")
        return str(self.post(body, labelled("xml", "utf-8")).content.decode())

    def order(self, **changed: str) -> dict[str, str]:
        """The result of one order."""
        return self.send({**ORDER, **changed})[0]

    def case(self, **changed: str) -> Case:
        """The case of one order."""
        return Case.objects.get(number=self.order(**changed)["case_number"])

    def follow(self) -> list[Departure]:
        """Let the follower read what happened since, and return what it wrote."""
        before = set(Departure.objects.values_list("pk", flat=True))
        entries = [entry for entry in Entry.objects.order_by("id") if entry.pk not in self.read]
        self.read |= {entry.pk for entry in entries}
        follow_cases_of_channels(entries, self.world.later(seconds=1))
        return list(Departure.objects.exclude(pk__in=before).order_by("id"))

    def carry(self, *, seconds: float = 0.4, turns: int = 1, gap: float = 1.0) -> None:
        """Let the sender take its turns, each after so much time."""
        way = way_of(DISTRICT, self.channel)
        for _ in range(turns):
            at = self.world.later(seconds=gap)
            Carrier(
                way, channels()[self.channel], clock=lambda at=at: at, stop=threading.Event(), seconds=seconds
            ).run_once()  # fmt: skip

    def fates(self) -> Counter[str]:
        """How many arrivals came to which fate."""
        return Counter(Arrival.objects.filter(channel=self.channel).values_list("fate", flat=True))


def open_ways(settings: Settings, address: str = "", **more: str) -> None:
    """Open every channel of the small district; with an address, both ways."""
    way = {"keys": [KEY, "the key before"]} | ({"url": f"{address}/in", "ask_url": f"{address}/ask"} if address else {})
    settings.LIANDONG_CHANNEL_WAYS = json.dumps({f"{DISTRICT}/{code}": way | more for code in (*CHANNELS, "alarm")})


@pytest.fixture
def lane(world: World, settings: Settings) -> Lane:
    open_ways(settings)
    return Lane(world)


@pytest.fixture
def peer(settings: Settings) -> Iterator[Peer]:
    """The other side's server; every way leads to it."""
    with running_peer(key=KEY, lane=f"{DISTRICT}/city_12345") as found:
        open_ways(settings, found.address)
        yield found


@pytest.fixture
def signed_in(world: World) -> Any:
    """A browser for each account."""

    def sign_in(account: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=account), backend=LOCAL)
        return client

    return sign_in


DAY = timedelta(days=1)
