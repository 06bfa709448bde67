"""A courier killed at any moment, over and over: nothing is lost, and what comes twice comes under the same id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from django.db import connection

from liandong.exchange.models import Attempt, Delivery, Webhook
from liandong.exchange.operations import make_webhook
from tests.exchange.receivers import Receiver, running_receiver
from tests.world import World

CLONE = Path(__file__).resolve().parents[2]
KILLS = 12
DELIVERIES = 200
PATIENCE_SECONDS = 120


def test_a_dozen_kills_lose_no_delivery(shared_world: World, settings: object) -> None:
    random = Random(4)
    with running_receiver() as receiver:
        settings.LIANDONG_WEBHOOK_ORIGINS = [receiver.address]  # type: ignore[attr-defined]
        webhook = make_webhook(
            f"{receiver.address}/hook", label="x", actor=shared_world.actor("integrator"), at=shared_world.at
        ).webhook
        _queue(webhook)
        with _sending(receiver) as keeper:
            for _kill in range(KILLS):
                assert keeper.stdout is not None
                courier = int(keeper.stdout.readline())
                before = len(receiver.got)
                _wait(lambda before=before: len(receiver.got) > before)  # type: ignore[misc]
                time.sleep(random.uniform(0.0, 0.03))
                os.kill(courier, signal.SIGKILL)
            _wait(lambda: not Delivery.objects.filter(state="waiting").exists())
        taken = Counter(receiver.marks)
    marks = {f"msg_{mark.hex}" for mark in Delivery.objects.values_list("mark", flat=True)}
    assert set(taken) == marks, "a delivery was lost"
    # A busy machine answers too late now and then: that is an attempt like any other, and on the record.
    unanswered = Attempt.objects.exclude(status=200).count()
    assert Attempt.objects.filter(status=200).count() >= DELIVERIES
    assert sum(taken.values()) <= DELIVERIES + KILLS + unanswered, "only what was in the air at a kill comes again"


def _queue(webhook: Webhook) -> None:
    at = datetime.now(UTC)
    Delivery.objects.bulk_create(
        Delivery(webhook=webhook, event="Ping", happened_at=at, queued_at=at, state="waiting", next_at=at)
        for _number in range(DELIVERIES)
    )


@contextmanager
def _sending(receiver: Receiver) -> Iterator[subprocess.Popen[str]]:
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.running.courier", database, str(os.getpid()), receiver.address]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    keeper = subprocess.Popen(command, cwd=CLONE, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield keeper
    finally:
        keeper.kill()
        keeper.wait(10)
        if keeper.stdout is not None:
            keeper.stdout.close()


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until, Counter(Delivery.objects.values_list("state", flat=True))
        time.sleep(0.005)
