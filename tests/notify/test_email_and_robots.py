"""E-mail with a mail server we did not write, and group robots over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from liandong.notify.channels import Misconfigured, Parcel, transports
from liandong.notify.channels.robots import Robot, Robots
from liandong.notify.models import Message
from liandong.notify.operations import choose_channels
from liandong.notify.rules.progress import News
from liandong.notify.rules.words import Channel, Kind, State, Why
from tests.notify.conftest import Post, state_of
from tests.notify.gateways import Gateway
from tests.notify.post_office import PostOffice, running_post_office
from tests.world import World

ADDRESS = "wang@example.gov.cn"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[PostOffice]:
    with running_post_office(settings) as office:
        yield office


@pytest.fixture
def letter(post: Post, world: World, mailbox: PostOffice) -> Message:
    post.reach("bureau002", email=ADDRESS)
    choose_channels({(Kind.WORK, Channel.EMAIL): True}, quiet=None, actor=world.actor("bureau002"), at=world.at)
    case = world.dispatched()
    post.follow()
    return post.told_of(case, Channel.EMAIL, notice="case_lands")


def test_a_letter_arrives_with_subject_body_and_a_name_of_ours(
    post: Post, letter: Message, mailbox: PostOffice
) -> None:
    [way] = transports()
    post.send(way)
    assert [envelope.rcpt_tos for envelope in mailbox.taken] == [[ADDRESS]]
    [read] = mailbox.letters()
    assert read["Subject"] == letter.subject
    assert read["Message-ID"] == f"<{letter.ref}@example.gov.cn>"
    assert read.get_content().strip() == letter.body
    assert state_of(letter) == State.SENT
    assert way.probe() == ""


@pytest.mark.parametrize(
    ("answer", "state"), [("451 try later", State.QUEUED), ("554 no such person 13900001111", State.FAILED)]
)
def test_a_server_may_ask_for_later_or_refuse_for_good(
    post: Post, letter: Message, mailbox: PostOffice, answer: str, state: State
) -> None:
    mailbox.answer = answer
    post.send(transports()[0])
    assert state_of(letter) == state
    assert "13900001111" not in letter.detail


def test_a_server_that_is_away_is_tried_again(post: Post, letter: Message, settings: Settings) -> None:
    settings.LIANDONG_SMTP_URL = "smtp://127.0.0.1:9"
    post.send(transports()[0])
    assert (state_of(letter), letter.why) == (State.QUEUED, Why.UNREACHABLE)
    assert transports()[0].probe()


def test_a_unit_with_a_robot_is_told_in_its_group_and_dingtalk_is_signed(
    post: Post, world: World, gateway: Gateway, settings: Settings
) -> None:
    settings.LIANDONG_WECOM_ROBOTS = json.dumps({"*": f"{gateway.address}/robot?key=abc"})
    settings.LIANDONG_DINGTALK_ROBOTS = json.dumps(
        {"310198-B002": {"url": f"{gateway.address}/robot?access_token=xyz", "secret": "SEC8"}}
    )
    case = world.dispatched()
    unit = case.unit
    settings.LIANDONG_DINGTALK_ROBOTS = settings.LIANDONG_DINGTALK_ROBOTS.replace("310198-B002", unit)
    post.follow()
    for way in transports():
        post.send(way)
    wecom, dingtalk = gateway.bodies
    assert urlsplit(wecom[0]).query == "key=abc"
    told = json.loads(wecom[1])
    assert told["msgtype"] == "text"
    assert case.number in told["text"]["content"]
    query = parse_qs(urlsplit(dingtalk[0]).query)
    signed = f"{query['timestamp'][0]}\nSEC8".encode()
    expected = base64.b64encode(hmac.new(b"SEC8", signed, hashlib.sha256).digest()).decode()
    assert (query["access_token"], query["sign"]) == (["xyz"], [expected])
    sent = Message.objects.filter(to="group", state=State.SENT)
    assert {row.channel for row in sent} == {Channel.WECOM, Channel.DINGTALK}


def test_a_unit_without_a_robot_is_not_told_in_any_group(post: Post, world: World, settings: Settings) -> None:
    settings.LIANDONG_WECOM_ROBOTS = json.dumps({"310198-D09": "https://127.0.0.1:9/robot"})
    world.dispatched()
    post.follow()
    assert not Message.objects.filter(to="group").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANDONG_SMTP_URL", "http://mail"),
        ("LIANDONG_SMPP_URL", "smpp://nobody"),
        ("LIANDONG_WECOM_ROBOTS", "[]"),
        ("LIANDONG_DINGTALK_ROBOTS", '{"*": {"secret": "x"}}'),
    ],
)
def test_settings_that_cannot_be_read_are_refused_by_name(settings: Settings, name: str, value: str) -> None:
    setattr(settings, name, value)
    with pytest.raises(Misconfigured, match=name):
        transports()


@pytest.mark.parametrize(
    ("code", "news"), [(0, News.ACCEPTED), (45009, News.LATER), (93000, News.REFUSED), (None, News.UNKNOWN)]
)
def test_what_a_robot_answers_is_told_apart(gateway: Gateway, code: int | None, news: News) -> None:
    gateway.robot = {"errcode": code} if code is not None else {"what": "nonsense"}
    way = Robots(Channel.WECOM, {"*": Robot(f"{gateway.address}/robot")}, seconds=2)
    assert way.send(Parcel("ref", "310198-D02", "", "请签收")).news == news
