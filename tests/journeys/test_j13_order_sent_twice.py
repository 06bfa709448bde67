"""J13: 12345 sends the same work order twice; the case is solved and closed, and our answer goes back once."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.cases.tasks import draw_what_waits
from liandong.intake_channels.contract import channels
from liandong.intake_channels.followers import FOLLOW_CHANNELS
from liandong.intake_channels.models import Arrival
from liandong.intake_channels.sending import Carrier
from liandong.intake_channels.simulators.messages import labelled, packed
from liandong.intake_channels.simulators.peer import Peer, running_peer
from liandong.intake_channels.simulators.sending import Headers, Request, over_http, send_all
from liandong.intake_channels.ways import way_of
from liandong.timeline.verify import verify
from tests.channels.conftest import KEY, ORDER, open_ways
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive
from tests.journeys.steps import PHONE, add_photo, case_page, send, take, told
from tests.world import DISTRICT

pytestmark = pytest.mark.xdist_group("journeys")

LANE = f"{DISTRICT}/city_12345"
ANSWER = "垃圾已经全部清运，欢迎监督。"


def test_the_same_order_twice_is_one_case_and_one_answer(arrive: Arrive, settings: Settings) -> None:
    with running_peer(key=KEY, lane=LANE) as peer:
        open_ways(settings, peer.address)
        operator = arrive("operator")
        _send_twice(operator.address)
        number = Case.objects.get().number
        _solve(arrive, operator, number)
        # 12345 takes our answer, and its own line breaks before it can say so.
        peer.manner_of = lambda row: "drop" if row["kind"] == "answer" else "ok"
        _let_it_go_back()
        _expect_one_answer(peer, number)
        supervisor = arrive("supervisor")
        page = supervisor.open("/desk/channels/")
        expect(page.get_by_role("row", name=re.compile("12345 工单"))).to_contain_text("1")
        supervisor.check_axe()
        supervisor.picture("channels")
        page.get_by_role("link", name="12345 工单").click()
        expect(page.get_by_role("row", name=re.compile("办结答复"))).to_contain_text("对方已收")
        supervisor.check_axe()
        supervisor.picture("channel")
    assert not verify().breaks


def test_a_supervisor_mends_a_table_and_replays_what_was_refused(arrive: Arrive, settings: Settings) -> None:
    open_ways(settings)
    supervisor = arrive("supervisor")
    row = {**ORDER, "category": "0301", "order_id": "UNMAPPED-1"}
    _post(supervisor.address, packed([row], form="json"), expects={"refused": 1})
    page = supervisor.open("/desk/channels/city_12345/")
    expect(page.get_by_text("对照表 classes 中没有“0301”")).to_be_visible()
    page.get_by_label("对方代码").fill("0301")
    page.get_by_label("本区代码").fill("M06010")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("对照表已保存")).to_be_visible()
    page.get_by_role("button", name="重放全部被拒收的来文").click()
    expect(page.get_by_text("接收 1")).to_be_visible()
    assert Case.objects.get().class_code == "M06010"


def _send_twice(address: str) -> None:
    body = packed([dict(ORDER)], form="json")
    _post(address, body, expects={"taken": 1})
    _post(address, body, expects={"duplicate": 1})
    assert sorted(Arrival.objects.values_list("fate", flat=True)) == ["duplicate", "taken"]


def _post(address: str, body: bytes, *, expects: dict[str, int]) -> None:
    account = send_all(
        [Request(body, labelled("json", "utf-8"), expects)],
        over_http(f"{address}/hooks/channels/{LANE}/"),
        headers=Headers(KEY, LANE, Random()),
        now=timezone.localtime,
    )
    assert account.answered == expects


def _solve(arrive: Arrive, operator: Desk, number: str) -> None:
    page = case_page(operator, number)
    expect(page.get_by_text("12345 工单").first).to_be_visible()
    take(operator, number, "accept")
    take(operator, number, "file")
    take(arrive("lin"), number, "dispatch")
    bureau = arrive("bureau002", **PHONE)
    page = take(bureau, number, "receive")
    add_photo(page, "after")
    send(page, "hand_in", result="清运了两车", answer=ANSWER)
    expect(page.locator("#case-story [data-stage=handled]").first).to_be_visible()
    draw_what_waits(timezone.localtime())
    take(arrive("verifier"), number, "check", ok="yes")
    page = case_page(operator, number)
    send(page, "call_back", reached="yes", solved="yes", satisfaction="5")
    told(page, number)
    page = take(operator, number, "close")
    expect(page.locator("#case-story [data-stage=closed]").first).to_be_visible()


def _let_it_go_back() -> None:
    """Let follower and sender do their work until nothing is left, and then once more."""
    while FOLLOW_CHANNELS.run_batch(timezone.localtime()):
        pass
    way, gap = way_of(DISTRICT, "city_12345"), timedelta(0)
    for _ in range(14):
        gap += timedelta(seconds=20)
        at = timezone.localtime() + gap
        Carrier(
            way, channels()["city_12345"], clock=lambda at=at: at, stop=threading.Event(), seconds=1.0
        ).run_once()  # fmt: skip


def _expect_one_answer(peer: Peer, number: str) -> None:
    kinds = [row["kind"] for row in peer.in_order]
    assert kinds == ["receipt", *["progress"] * 5, "answer"]
    answer = peer.in_order[-1]
    assert (answer["order_id"], answer["case_number"], answer["text"]) == (ORDER["order_id"], number, ANSWER)
    assert set(peer.came.values()) == {1}, "nothing was sent twice"
    assert peer.asked == 1, "it was asked about instead"
