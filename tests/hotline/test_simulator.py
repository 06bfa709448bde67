"""A telephone system that behaves badly: thousands of messages, and exact accounts at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from random import Random

from django.conf import settings
from django.test import Client

from liandong.intake_channels.hotline.models import Call, CallEvent, RefusedEvents
from liandong.intake_channels.hotline.simulator.scenarios import KNOWN, NEW, calls
from liandong.intake_channels.hotline.simulator.sending import Exchange
from tests.hotline.exchange import Line
from tests.world import DISTRICT

CALLS = 250
EXTENSIONS = ("8001", "8002", "8003")


def _exchange(line: Line, seed: int) -> Exchange:
    client = Client()

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        answer = client.post(f"/hooks/calls/{DISTRICT}/", body, content_type="application/json", headers=dict(headers))
        return answer.status_code, answer.json()

    def clock() -> datetime:
        return line.at

    return Exchange(DISTRICT, settings.LIANDONG_CALL_DEMO_SECRET, post, clock, Random(seed), "sim")


def test_every_message_of_a_badly_behaving_exchange_is_taken_once_or_refused_by_name(line: Line) -> None:
    exchange = _exchange(line, seed=7)
    told = list(calls(CALLS, random=Random(7), extensions=EXTENSIONS, callers=["13800000010"], badly=0.9))
    for shots in told:
        exchange.tell(shots)
    shots_of_all = [shot for shots in told for shot in shots]
    assert exchange.faults == 0, [line for line in exchange.accounts() if line[1] != line[2]]
    assert sum(exchange.came.values()) == len(shots_of_all) > 1_000
    assert len({shot.manner for shot in shots_of_all}) == 15
    assert CallEvent.objects.count() == sum(shot.expected == NEW for shot in shots_of_all)
    assert Call.objects.exclude(state="ended").count() == 0
    assert Call.objects.count() == CALLS
    refused = Counter(shot.expected for shot in shots_of_all if shot.expected not in (NEW, KNOWN))
    assert dict(RefusedEvents.objects.values_list("code", "count")) == refused


def test_an_exchange_that_behaves_well_is_told_nothing_but_yes(line: Line) -> None:
    exchange = _exchange(line, seed=1)
    for shots in calls(20, random=Random(1), extensions=["8001"], callers=["13800000010"]):
        exchange.tell(shots)
    assert {(manner, came) for manner, _expected, came in exchange.came} == {("well", NEW)}
    assert not RefusedEvents.objects.exists()
