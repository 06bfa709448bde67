"""Ten thousand messages of platforms that behave as badly as they can, and the account at the end is exact."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.intake_channels.models import Arrival
from liandong.intake_channels.queries import account_of
from liandong.intake_channels.simulators.messages import Place
from liandong.intake_channels.simulators.peer import by_chance, running_peer
from liandong.intake_channels.simulators.sending import MANNERS, Account, Headers, over_http, planned, send_all
from liandong.project.cli import main
from liandong.timeline.verify import verify
from tests.channels.conftest import CHANNELS, KEY, Lane, open_ways
from tests.journeys.browser import serving
from tests.world import DISTRICT, GRID_1, World

EVER = datetime(2020, 1, 1, tzinfo=UTC)


def _sent(world: World, channel: str, count: int, *, batch: int) -> Account:
    """Send so many messages in the tests' own process."""
    client, lane = Client(), f"{DISTRICT}/{channel}"

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = client.generic(
            "POST",
            f"/hooks/channels/{lane}/",
            body,
            content_type=headers["Content-Type"],
            headers={name: value for name, value in headers.items() if name != "Content-Type"},
        )
        return answer.status_code, answer.content

    requests = planned(
        channel, count, manners=MANNERS, place=Place(*GRID_1), at=world.at, seed=len(channel), batch=batch, share=0.15
    )
    with time_machine.travel(world.at, tick=False):
        return send_all(requests, post, headers=Headers(KEY, lane, Random(count)), now=lambda: world.at)


def test_ten_thousand_messages_are_all_accounted_for_none_lost_none_doubled(world: World, settings: Settings) -> None:
    open_ways(settings)
    accounts = {channel: _sent(world, channel, 2_500, batch=25) for channel in CHANNELS}
    assert sum(account.sent for account in accounts.values()) >= 10_000
    taken = Counter[str]()
    for channel, account in accounts.items():
        stored = account_of(DISTRICT, channel, since=EVER)
        assert stored == dict(account.expected), channel
        assert sum(stored.values()) == account.sent == sum(account.answered.values()), channel
        assert account.turned_away > 0, channel
        taken[channel] = Arrival.objects.filter(channel=channel, kind="order", fate="taken").count()
        ids = Case.objects.filter(channel=channel).values_list("external_id", flat=True)
        assert len(ids) == len(set(ids)) == taken[channel], channel
    assert Case.objects.exclude(channel__in=CHANNELS).count() == 0
    assert Arrival.objects.filter(fate="waiting").count() == 0
    followed = Arrival.objects.filter(fate="taken").exclude(kind="order")
    assert followed.count() > 500
    assert sum(Case.objects.values_list("urges", flat=True)) == followed.filter(kind="urge").count()
    assert not verify().breaks


def test_answers_reach_a_badly_behaving_platform_once_each(world: World, settings: Settings) -> None:
    lane = Lane(world)
    manners = by_chance(5, "ok", "busy", "failing", "drop", "garbage")
    with running_peer(key=KEY, lane=lane.name, manner_of=manners) as peer:
        open_ways(settings, peer.address)
        cases = [lane.case(order_id=f"A-{number}") for number in range(12)]
        for case in cases:
            world.do("accept_case", case, "operator")
            world.do("answer_case", case, "operator", answer="已答复")
        written = lane.follow()
        assert len(written) == 36
        lane.carry(turns=60, gap=30)
        assert len(peer.taken) == 36
        assert sum(peer.taken_twice.values()) == 0
        for case in cases:
            mine = [row["kind"] for row in peer.in_order if row["case_number"] == case.number]
            assert sorted(mine) == ["answer", "progress", "receipt"]


def test_a_simulator_speaks_with_a_server_over_http(shared_world: World, settings: Settings) -> None:
    world, lane = shared_world, f"{DISTRICT}/urban_management"
    open_ways(settings)
    with serving() as url, time_machine.travel(world.at, tick=False):
        _await_server(url)
        requests = planned(
            "urban_management", 40, manners=MANNERS, place=Place(*GRID_1), at=world.at, seed=3, batch=5, prefix="WIRE"
        )
        headers = Headers(KEY, lane, Random(1))
        account = send_all(
            requests, over_http(f"{url}/hooks/channels/{lane}/"), headers=headers, now=lambda: world.at
        )  # fmt: skip
        assert account_of(DISTRICT, "urban_management", since=EVER) == dict(account.expected)
        options = ["--url", url, "--district", DISTRICT, "--key", KEY, "--place", "121.405,31.01"]
        assert main(["simulate", "city_12345", "--count", "10", *options]) == 0
        arrivals = Arrival.objects.filter(channel="city_12345")
        assert set(arrivals.values_list("fate", flat=True)) == {"taken"}
        assert Case.objects.filter(channel="city_12345").count() == arrivals.filter(kind="order").count() > 0


def _await_server(url: str) -> None:
    """Wait until the server takes connections."""
    address = urlsplit(url)
    for _ in range(200):
        try:
            socket.create_connection((address.hostname, address.port), 5).close()
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
        else:
            return


def test_the_command_says_what_it_cannot_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "city_12345", "--bad", "nonsense", "--key", "k"]) == 1
    assert main(["simulate", "city_12345", "--count", "1"]) == 1
    with contextlib.suppress(SystemExit):
        main(["simulate", "nobody"])
    assert "nonsense" in capsys.readouterr().err


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_seed_makes_the_same_messages(channel: str) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    plans = [planned(channel, 200, manners=MANNERS, place=Place(*GRID_1), at=at, seed=9) for _ in range(2)]
    assert plans[0] == plans[1]
    assert sum(sum(one.expects.values()) for one in plans[0]) >= 200
