"""A sender killed at any moment, fifty times over: no message is lost, and none is sent twice."""

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
from uuid import uuid4

from django.db import connection

from liandong.notify.models import Attempt, Message
from liandong.notify.rules.words import State, Why
from liandong.people.models import User
from liandong.people.operations import set_contact
from tests.notify.gateways import Gateway, running_gateway
from tests.world import DISTRICT, World

CLONE = Path(__file__).resolve().parents[2]
KILLS = 50
MESSAGES = 400
PATIENCE_SECONDS = 180
NOT_OVER = (State.QUEUED, State.SENDING, State.UNKNOWN)


def test_fifty_kills_lose_no_message_and_double_none(shared_world: World) -> None:
    _queue_messages(shared_world)
    random = Random(4)
    with running_gateway() as gateway, _sending(gateway) as keeper:
        gateway.delay = 0.005
        for _kill in range(KILLS):
            assert keeper.stdout is not None
            sender = int(keeper.stdout.readline())
            _wait_for_one_more(gateway)
            time.sleep(random.uniform(0.0, 0.03))
            os.kill(sender, signal.SIGKILL)
        _wait_until_settled()
        taken = Counter(row["ref"] for row in gateway.taken)
    refs = {str(ref) for ref in Message.objects.values_list("ref", flat=True)}
    assert set(taken) == refs, "a message was lost"
    assert [ref for ref, times in taken.items() if times > 1] == [], "a message was doubled"
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
    assert Attempt.objects.filter(why=Why.BROKEN_OFF).exists(), "no sender was killed while it was sending"


def _queue_messages(world: World) -> None:
    user = User.objects.get(username="bureau002")
    set_contact(user, phone="13900001111", email="", actor=world.actor("bureau002"), at=world.at)
    at = datetime.now(UTC)
    Message.objects.bulk_create(
        Message(
            cause=f"test/{number}",
            ref=uuid4(),
            district=DISTRICT,
            area=DISTRICT,
            notice="case_lands",
            audience="duty_person",
            to="person",
            person=user,
            about="case",
            about_id=number,
            about_name=str(number),
            channel="sms",
            transport="sms_http",
            language="zh-hans",
            subject="",
            body=f"第 {number} 条",
            state=State.QUEUED,
            queued_at=at,
            since_at=at,
            next_at=at,
        )
        for number in range(MESSAGES)
    )


@contextmanager
def _sending(gateway: Gateway) -> Iterator[subprocess.Popen[str]]:
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.running.sender", database, str(os.getpid()), gateway.address]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    keeper = subprocess.Popen(command, cwd=CLONE, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield keeper
    finally:
        keeper.kill()
        keeper.wait(10)
        if keeper.stdout is not None:
            keeper.stdout.close()


def _wait_for_one_more(gateway: Gateway) -> None:
    """Wait until the sender that is to be killed is at work."""
    before = len(gateway.taken)
    _wait(lambda: len(gateway.taken) > before)


def _wait_until_settled() -> None:
    _wait(lambda: not Message.objects.filter(state__in=NOT_OVER).exists())


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until, Counter(Message.objects.values_list("state", "why"))
        time.sleep(0.005)
