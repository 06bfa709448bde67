"""Short messages by SMPP 3.4, with a centre that we did not write."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from liandong.notify.channels import transports
from liandong.notify.channels.smpp import Smpp
from liandong.notify.models import Message, Part
from liandong.notify.rules.words import State, Why
from tests.notify.centre import SOURCE, Centre, running_centre
from tests.notify.conftest import Post, state_of
from tests.world import World

PHONE = "13900001111"
PATIENCE_SECONDS = 60


@pytest.fixture
def centre() -> Iterator[Centre]:
    with running_centre() as found:
        yield found


@pytest.fixture
def way(centre: Centre, settings: Settings) -> Iterator[Smpp]:
    settings.LIANDONG_SMPP_URL = centre.url
    settings.LIANDONG_GATEWAY_SECONDS = 1.5
    [found] = transports()
    assert isinstance(found, Smpp)
    yield found
    found.close()


@pytest.fixture
def short(post: Post, world: World, way: Smpp) -> Message:
    post.reach("bureau002", phone=PHONE)
    case = world.dispatched()
    post.follow()
    return post.told_of(case, notice="case_lands")


def receive(post: Post, way: Smpp, message: Message, state: str) -> None:
    """Tend the connection until a receipt has been worked in."""
    until = time.monotonic() + PATIENCE_SECONDS
    while state_of(message) != state:
        assert time.monotonic() < until, message.state
        post.send(way)


def test_a_chinese_message_goes_out_in_ucs_2_with_our_number_and_asks_for_a_receipt(
    post: Post, short: Message, way: Smpp, centre: Centre
) -> None:
    Message.objects.filter(pk=short.pk).update(body="请签收案件 LD-1 😀")
    post.send(way)
    assert (state_of(short), short.attempts) == (State.SENT, 1)
    centre.command(receipt="M1", state="DELIVRD")
    [taken] = centre.taken
    assert (taken["to"], taken["from"], taken["coding"], taken["wants"]) == (PHONE, SOURCE, 8, 1)
    assert taken["text"] == "请签收案件 LD-1 😀"
    assert taken["mark"] == short.pk & 0xFFFF
    receive(post, way, short, State.DELIVERED)
    assert centre.until("acknowledged")


def test_a_long_message_goes_in_parts_and_is_delivered_when_all_of_them_are(
    post: Post, short: Message, way: Smpp, centre: Centre
) -> None:
    words = "长" * 100
    Message.objects.filter(pk=short.pk).update(body=words)
    post.send(way)
    centre.command(receipt="M1", state="DELIVRD")
    assert [taken["part"][1:] for taken in centre.taken] == [[2, 1], [2, 2]]
    assert "".join(taken["text"] for taken in centre.taken) == words
    assert [part.gateway_id for part in Part.objects.order_by("gateway_id")] == ["M1", "M2"]
    until = time.monotonic() + PATIENCE_SECONDS
    while not Part.objects.filter(news="delivered").exists():
        assert time.monotonic() < until
        post.send(way)
    assert state_of(short) == State.SENT
    centre.command(receipt="M2", state="DELIVRD")
    receive(post, way, short, State.DELIVERED)


def test_a_receipt_of_failure_ends_it_as_failed_and_comes_twice_in_vain(
    post: Post, short: Message, way: Smpp, centre: Centre
) -> None:
    post.send(way)
    for _ in range(2):
        centre.command(receipt="M1", state="UNDELIV")
    receive(post, way, short, State.FAILED)
    assert short.why == Why.REPORTED_FAILED
    assert "UNDELIV" in short.detail


def test_a_centre_that_takes_it_and_says_nothing_leaves_it_unknown_until_its_receipt(
    post: Post, short: Message, way: Smpp, centre: Centre
) -> None:
    Message.objects.filter(pk=short.pk).update(body="请签收", segments=1)
    centre.command(manner="silent")
    post.send(way)
    assert (state_of(short), short.why) == (State.UNKNOWN, Why.NO_ANSWER)
    post.send(way, hours=2)
    centre.command(mark=short.pk & 0xFFFF, state="DELIVRD")
    assert len(centre.taken) == 1
    receive(post, way, short, State.DELIVERED)


def test_a_line_cut_in_the_middle_is_not_sent_again_and_the_next_message_goes_over_a_new_one(
    post: Post, world: World, short: Message, way: Smpp, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its pause before it calls again is of the wall's clock, while the story's own runs a minute with each attempt.
    monkeypatch.setattr("liandong.notify.channels.smpp._REBIND_SECONDS", 0.0)
    centre.command(manner="hang_up")
    post.send(way)
    assert state_of(short) == State.UNKNOWN
    centre.command(manner="ok")
    case = world.dispatched()
    post.follow()
    later = post.told_of(case, notice="case_lands")
    until = time.monotonic() + PATIENCE_SECONDS
    while state_of(later) != State.SENT:
        assert time.monotonic() < until, (later.state, later.why)
        post.send(way, minutes=1)
    assert state_of(short) == State.UNKNOWN
    centre.command(manner="ok")
    assert [taken["mark"] for taken in centre.taken].count(short.pk & 0xFFFF) == 1


@pytest.mark.parametrize(("manner", "state"), [("throttle", State.QUEUED), ("refuse", State.FAILED)])
def test_a_busy_centre_is_tried_later_and_a_refusal_is_final(
    post: Post, short: Message, way: Smpp, centre: Centre, manner: str, state: State
) -> None:
    centre.command(manner=manner)
    post.send(way)
    assert state_of(short) == state


def test_a_centre_that_is_away_or_keeps_us_out_says_so(way: Smpp, centre: Centre) -> None:
    assert way.probe() == ""
    assert "Bind" in Smpp("127.0.0.1", centre.port, "liandong", "wrong", seconds=2).probe()
    assert Smpp("127.0.0.1", 9, "liandong", "x", seconds=1).probe()
