"""A call from its first ringing to the number of the case, by keyboard; then what the caller asks for, and the end."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from liandong.cases.changes import Report
from liandong.cases.models import Case
from liandong.cases.operations import report_case
from liandong.cases.sealing import Contact, unsealed
from liandong.intake_channels.hotline.models import HandOver
from liandong.intake_channels.hotline.operations import take_seat, write_article
from liandong.intake_channels.hotline.rules.contract import lane_of
from liandong.intake_channels.hotline.simulator.sending import poster
from liandong.intake_channels.rules.signing import signature
from liandong.people.access import Actor, actor_for
from tests.journeys.browser import case_number
from tests.journeys.conftest import Arrive
from tests.journeys.keys import MOST_SECONDS, Keys
from tests.world import DISTRICT, GRID_1

pytestmark = pytest.mark.xdist_group("journeys")

PHONE = "13812345678"
MOST_KEYS = 130


class Exchange:
    """A telephone exchange beside the browser."""

    def __init__(self, address: str) -> None:
        self.post = poster(f"{address}/hooks/calls/{DISTRICT}/")
        self.call, self.count = secrets.token_hex(4), 0

    def tell(self, event: str) -> None:
        """Tell of an event that happens now."""
        self.count += 1
        now = _now()
        given = {
            "event_id": f"{self.call}-{self.count}",
            "call_id": self.call,
            "event": event,
            "at": now.isoformat(),
            "caller": PHONE,
            "called": "12345",
            "agent": "8001",
        }
        body, moment, nonce = json.dumps(given).encode(), f"{now.timestamp():.3f}", secrets.token_hex(16)
        signed = signature(
            settings.LIANDONG_CALL_DEMO_SECRET, moment=moment, nonce=nonce, lane=lane_of(DISTRICT), body=body
        )
        headers = {"X-Timestamp": moment, "X-Nonce": nonce, "X-Signature": signed}
        status, answer = self.post(body, {"Content-Type": "application/json", **headers})
        assert (status, answer["new"]) == (200, True), answer


def test_a_case_is_filed_by_keyboard_in_under_a_minute_from_the_call_event_to_its_number(
    arrive: Arrive, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = _mrs_chen_reported()
    desk = arrive("operator")
    page, exchange = _at_the_desk(desk.open("/desk/intake/")), Exchange(address)
    keys = Keys(page)
    exchange.tell("ringing")
    shown = keys.until(lambda: expect(page.locator(".wb-caller")).to_have_text(PHONE))
    expect(page.locator(f"#caller-{known.number}")).to_be_visible()
    exchange.tell("answered")
    keys.until(lambda: expect(page.locator("#call")).to_contain_text("通话中"))
    keys.press("Alt+1")
    keys.type("非法行医")
    keys.until(lambda: expect(page.get_by_role("option", name="非法行医")).to_be_visible())
    keys.press("Enter")
    keys.press("Alt+2")
    keys.type("东桥路88弄")
    keys.until(lambda: expect(page.get_by_role("option", name="东桥路")).to_be_visible())
    keys.press("Enter")
    expect(page.locator("input[name=address]")).to_have_value("东桥路88弄")
    keys.press("Alt+3")
    keys.type("车库里无证看病打针没有招牌")
    keys.press("Alt+4")
    keys.type("陈女士")
    keys.until(lambda: expect(page.locator("#suggested-unit")).to_have_text("东桥街道计生办"))
    keys.press("Control+Enter")
    done = page.locator("#intake-form .ld-note")
    keys.until(lambda: expect(done).to_contain_text("已受理并立案"))
    with capsys.disabled():
        told = (
            f"{keys.count} keys, {keys.waited:.1f} s waited ({shown:.2f} s for the call), {keys.seconds:.1f} s in all"
        )
        print(f"\nfrom the call to the number: {told}")
    case = Case.objects.get(number=case_number(done.inner_text()))
    assert (case.stage, case.class_code, case.identity) == ("filed", "A0203", "named")
    assert unsealed(case.sealed).phone == PHONE
    assert keys.count <= MOST_KEYS
    assert keys.seconds < MOST_SECONDS


def test_the_caller_asks_for_this_and_that_by_keyboard_and_is_gone_with_the_call(arrive: Arrive, address: str) -> None:
    case = _mrs_chen_reported()
    desk = arrive("operator")
    page, exchange = _at_the_desk(desk.open("/desk/intake/")), Exchange(address)
    exchange.tell("answered")
    row = page.locator(f"#caller-{case.number}")
    expect(row).to_be_visible()
    desk.check_axe()
    page.keyboard.press("Alt+c")
    expect(row).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.type("门口又堆了一堆")
    page.keyboard.press("Enter")
    expect(page.locator(".ld-toast").filter(has_text="已补充")).to_be_visible()
    page.keyboard.press("Alt+c")
    page.keyboard.press("u")
    expect(page.locator(".ld-toast").filter(has_text="已催办")).to_be_visible()
    page.keyboard.press("Alt+c")
    page.keyboard.press("b")
    expect(page.locator(".ld-toast").filter(has_text="已改为保密")).to_be_visible()
    desk.picture("hotline-call")
    page.keyboard.press("Alt+c")
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="确认撤诉")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ld-toast").filter(has_text="已撤诉")).to_be_visible()
    case.refresh_from_db()
    assert (case.urges, case.identity, case.stage) == (1, "confidential", "withdrawn")
    exchange.tell("ended")
    expect(page.locator("#call")).to_contain_text("话后处理")
    assert PHONE not in page.content()
    assert case.number not in page.locator("#call").inner_text()
    desk.check_axe()
    page.keyboard.press("Alt+0")
    expect(page.locator("#call")).to_contain_text("待接")


def test_one_key_hands_over_to_the_fire_brigade_and_an_answer_rests_on_an_article(arrive: Arrive, address: str) -> None:
    write_article(DISTRICT, title="燃气泄漏", text="> 请先关阀门、开窗。", actor=_actor("supervisor"), at=_now())
    desk = arrive("operator")
    page, exchange = _at_the_desk(desk.open("/desk/intake/")), Exchange(address)
    exchange.tell("answered")
    expect(page.locator("#call")).to_contain_text("通话中")
    page.keyboard.press("Alt+3")
    page.keyboard.type("三楼闻到燃气味")
    page.keyboard.press("Alt+8")
    strip = page.locator("#hand-overs")
    expect(strip).to_contain_text("119 消防")
    row = HandOver.objects.get()
    assert (row.party, row.told) == ("119", "三楼闻到燃气味")
    strip.get_by_label("对方受理编号").fill("F-77")
    desk.check_axe()
    desk.picture("hotline-hand-over")
    strip.get_by_role("button", name="登记回执").click()
    expect(strip).to_contain_text("已接收")
    page.keyboard.press("Alt+1")
    page.keyboard.type("非法行医")
    expect(page.get_by_role("option", name="非法行医")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+k")
    page.keyboard.type("燃气")
    expect(page.get_by_role("option", name="燃气泄漏")).to_be_visible()
    desk.check_axe()
    page.keyboard.press("Enter")
    expect(page.locator("textarea[name=answer]")).to_have_value("请先关阀门、开窗。")
    page.keyboard.press("Alt+a")
    expect(page.locator("#intake-form .ld-note")).to_contain_text("已答复")
    case = Case.objects.latest("pk")
    row.refresh_from_db()
    assert (case.stage, row.case) == ("answered", case.number)


def _at_the_desk(page: Page) -> Page:
    """The operator sits at 8001, and the page knows it."""
    take_seat(DISTRICT, extension="8001", actor=_actor("operator"), at=_now())
    page.reload()
    expect(page.locator("ld-live[state=on]")).to_have_count(1)
    expect(page.locator("#call")).to_contain_text("8001")
    return page


def _mrs_chen_reported() -> Case:
    report = Report(
        class_code="M06010",
        description="小区门口垃圾堆了三天没人清",
        channel="hotline",
        lon=GRID_1[0],
        lat=GRID_1[1],
        identity="named",
        contact=Contact("陈女士", PHONE),
    )
    return report_case(report, district=DISTRICT, actor=_actor("operator"), at=_now())


def _actor(account: str) -> Actor:
    return actor_for(get_user_model().objects.get(username=account), at=_now())


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - an exchange has a clock of its own
