"""The webhook of the HTTP gateway: signed, taken as often as it comes, refused by name otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from liandong.notify.channels import receipt_signature
from liandong.notify.models import Message, Receipt
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import State
from tests.notify.conftest import Post, Scripted, state_of
from tests.notify.gateways import Gateway
from tests.world import MONDAY_MORNING, World

SECRET = "receipts-are-signed"
ADDRESS = "/hooks/messages/sms/receipts/"


def posted(told: Any, *, secret: str = SECRET, drift: int = 0, body: bytes | None = None) -> Any:
    content = json.dumps(told).encode() if body is None else body
    moment = str(int(MONDAY_MORNING.timestamp()) + drift)
    return Client().post(
        ADDRESS,
        content,
        content_type="application/json",
        headers={"X-Timestamp": moment, "X-Signature": receipt_signature(secret, moment, content)},
    )


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


@pytest.fixture
def sent(post: Post, world: World, by_http: Gateway, settings: Settings) -> Message:
    settings.LIANDONG_SMS_RECEIPT_SECRET = SECRET
    post.reach("bureau002", phone="13900001111")
    case = world.dispatched()
    post.follow()
    message = post.told_of(case, notice="case_lands")
    post.send(Scripted([Outcome(News.ACCEPTED, ids=("G1",))]))
    return message


def test_a_signed_receipt_is_taken_once_however_often_it_comes(sent: Message) -> None:
    answers = [posted({"id": "G1", "state": "DELIVRD"}).json() for _ in range(3)]
    assert answers == [{"received": 1, "new": 1}, {"received": 1, "new": 0}, {"received": 1, "new": 0}]
    assert state_of(sent) == State.DELIVERED


def test_receipts_may_come_in_a_list_and_of_messages_we_do_not_know_yet(sent: Message) -> None:
    answer = posted([{"id": "G1", "state": "failed", "detail": "to 13900001111"}, {"id": "G2", "state": "delivered"}])
    assert answer.json() == {"received": 2, "new": 2}
    assert state_of(sent) == State.FAILED
    assert "13900001111" not in sent.detail
    assert not Receipt.objects.get(gateway_id="G2").is_applied


@pytest.mark.parametrize(
    ("more", "status"), [({"secret": "guess"}, 401), ({"drift": 4000}, 401), ({"drift": -4000}, 401)]
)
def test_a_receipt_of_somebody_else_or_of_yesterday_is_refused(sent: Message, more: Any, status: int) -> None:
    assert posted({"id": "G1", "state": "delivered"}, **more).status_code == status
    assert state_of(sent) == State.SENT


def test_without_a_secret_nobody_may_report(sent: Message, settings: Settings) -> None:
    settings.LIANDONG_SMS_RECEIPT_SECRET = ""
    assert posted({"id": "G1", "state": "delivered"}, secret="").status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[1]", b'{"id": "G1"}', b'{"state": "delivered"}', b'"G1"', b"[" * 50_000, b"x" * 300_000],
)
def test_what_is_no_receipt_is_refused_by_name(sent: Message, body: bytes) -> None:
    assert posted(None, body=body).status_code == 422
    assert state_of(sent) == State.SENT


def test_a_state_that_says_nothing_final_and_a_strange_id_change_nothing(sent: Message) -> None:
    assert posted([{"id": "G1", "state": "enroute"}, {"id": "G\x00 1'\"", "state": "delivered"}]).status_code == 200
    assert state_of(sent) == State.SENT
