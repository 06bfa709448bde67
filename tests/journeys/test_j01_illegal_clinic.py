"""J1: an illegal clinic, reported by phone, is handed down level by level and back, until the caller confirms."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from liandong.cases.models import Case
from liandong.cases.notices import FOLLOW_NOTICES
from liandong.cases.tasks import draw_what_waits
from liandong.notify.models import Message
from liandong.timeline.verify import verify
from tests.journeys.browser import Desk, case_number
from tests.journeys.conftest import Arrive
from tests.journeys.steps import PHONE, add_photo, case_page, send, take, told, unfold

pytestmark = pytest.mark.xdist_group("journeys")

SAID = "有人在车库里无证看病打针，没有招牌，早晚开门"


def test_an_illegal_clinic_goes_down_level_by_level_and_back_until_it_is_confirmed_closed(arrive: Arrive) -> None:
    operator = arrive("operator")
    watcher = operator.window()
    number = _report_by_phone(operator)
    _watch(operator, watcher, number)
    _dispatch(arrive("lin"), number)
    expect(watcher.locator("#case-story [data-stage=dispatched]").first).to_be_visible()
    town = arrive("town01")
    _hand_down(town, number)
    _told_by_message(number)
    bureau = arrive("bureau001", **PHONE)
    _take_on(bureau, number)
    _assist(arrive("department03"), number)
    _hand_in(bureau, number)
    expect(watcher.locator("#case-story").get_by_text("已责令停业并查封设备").first).to_be_visible()
    _see_the_report(town, number)
    _call_back(operator, number)
    _check(arrive("verifier"), number)
    _close(operator, number)
    expect(watcher.locator("#case-story [data-stage=closed]").first).to_be_visible()
    operator.check_axe(watcher)
    _stands_on_the_record(number)


def _report_by_phone(operator: Desk) -> str:
    page = operator.open("/desk/intake/")
    expect(page.locator("ld-map[ready]")).to_have_count(1)
    page.keyboard.type("非法行医")
    expect(page.get_by_role("option", name="非法行医")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("select[name=condition]")).to_have_value("suspected")
    page.keyboard.press("Alt+2")
    page.keyboard.type("东桥路")
    expect(page.get_by_role("option", name="东桥路")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#suggested-unit")).to_have_text("东桥街道计生办")
    expect(page.locator("#suggested-why")).to_contain_text("非法行医由街镇计生办牵头")
    expect(page.locator("#advice")).to_contain_text("东桥2号网格")
    page.keyboard.press("Alt+3")
    page.keyboard.type(SAID)
    page.keyboard.press("Alt+4")
    page.keyboard.type("陈女士")
    page.keyboard.press("Tab")
    page.keyboard.type("13812345678")
    operator.check_axe()
    operator.picture("intake")
    page.keyboard.press("Control+Enter")
    filed = page.locator("#intake-form .ld-note")
    expect(filed).to_contain_text("已受理并立案")
    return case_number(filed.inner_text())


def _watch(operator: Desk, watcher: Page, number: str) -> None:
    """A second window stays open on the case: nobody touches it until the end."""
    watcher.goto(f"{operator.address}/desk/cases/{number}/")
    expect(watcher.locator("#case-story [data-stage=filed]").first).to_be_visible()
    expect(watcher.locator("ld-live[state=on]")).to_have_count(1)


def _dispatch(dispatcher: Desk, number: str) -> None:
    """The centre sends it to the town's sub-centre, not straight to the office; market supervision assists."""
    page = dispatcher.open("/desk/dispatch/")
    expect(page.locator(f"#row-{number}")).to_have_attribute("aria-current", "true")
    expect(page.locator(".wb-suggested")).to_contain_text("东桥街道计生办")
    expect(page.locator("ld-map[ready][data-cases='1']")).to_have_count(1)
    dispatcher.check_axe()
    dispatcher.picture("dispatch")
    send(page, "dispatch", to_text="东桥街道", note="请街道组织查处")
    expect(page.locator("#queue")).to_contain_text("队列已清空")


def _hand_down(town: Desk, number: str) -> None:
    page = town.open("/desk/inbox/")
    page.locator(f"#row-{number}").get_by_role("button", name="签收").click()
    expect(page.locator(f"#row-{number}")).to_have_count(0)
    page.get_by_role("link", name="处置中").click()
    town.check_axe()
    town.picture("inbox-town")
    page.locator(f"#row-{number}").get_by_role("link", name="下派").click()
    expect(unfold(page, "hand_down")).to_be_visible()
    town.check_axe()
    send(page, "hand_down", to_text="东桥街道计生办", note="三小时内到场")
    told(page, number)
    expect(page.locator(".wb-hop-1")).to_contain_text("东桥街道计生办")
    page = town.open("/desk/inbox/?tab=handed_down")
    expect(page.locator(f"#row-{number}")).to_contain_text("东桥街道计生办")
    town.check_axe()


def _told_by_message(number: str) -> None:
    """The person responsible at each hop gets a message at the desk, and one by SMS."""
    while FOLLOW_NOTICES.run_batch(timezone.localtime()):
        pass
    sent = Message.objects.filter(about_name=number, person__isnull=False)
    told_to = set(sent.values_list("notice", "channel", "person__username"))
    for notice, account in (("case_lands", "town01"), ("case_handed_down", "bureau001")):
        assert {(notice, channel, account) for channel in ("in_app", "sms")} <= told_to, told_to


def _take_on(bureau: Desk, number: str) -> None:
    page = bureau.open("/desk/messages/")
    bureau.check_axe()
    page.get_by_role("button", name=f"打开 {number}").first.click()
    expect(page).to_have_url(f"{bureau.address}/desk/cases/{number}/")
    send(page, "receive")
    told(page, number)
    _why_this_time(page, "到场", "3 小时")
    _why_this_time(page, "处置", "168 小时")
    bureau.check_axe()
    bureau.picture("clocks-phone")
    send(page, "contact", reached="yes", outcome="已与来电人核实地点")
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("已与来电人核实地点")
    send(page, "arrive")
    expect(page.locator("#case-story [data-stage=on_scene]").first).to_be_visible()
    send(page, "hand_in", result="已责令停业并查封设备")
    expect(page.locator("form[data-step=hand_in] .ld-note")).to_contain_text("协办单位尚未反馈：市场监管局")
    bureau.expected("409")


def _why_this_time(page: Page, kind: str, limit: str) -> None:
    clock = page.locator("#case-clocks li").filter(has_text=kind).filter(has_text=limit).first
    clock.locator("summary").click()
    expect(clock).to_contain_text("本区默认（大联动处置时限）")
    expect(clock.locator(".wb-why")).to_contain_text("不分昼夜连续计时")
    expect(clock.locator(".wb-why")).to_contain_text("期限届满")


def _assist(department: Desk, number: str) -> None:
    page = department.open("/desk/inbox/")
    department.check_axe()
    page.locator(f"#row-{number}").get_by_role("button", name="签收").click()
    expect(page.locator(f"#row-{number}")).to_have_count(0)
    page = take(department, number, "hand_in", result="无药品经营许可，已另案查处")
    expect(page.locator(".wb-work")).to_contain_text("无药品经营许可，已另案查处")


def _hand_in(bureau: Desk, number: str) -> None:
    page = case_page(bureau, number)
    send(page, "hand_in", result="已责令停业并查封设备")
    expect(page.locator("form[data-step=hand_in] .ld-note")).to_contain_text("照片")
    bureau.expected("422")
    add_photo(page, "after")
    bureau.check_axe()
    bureau.picture("case-phone")
    send(page, "hand_in", result="已责令停业并查封设备", answer="诊所已停业，感谢您的反映。")
    expect(page.locator("#case-story [data-stage=handled]").first).to_be_visible()


def _see_the_report(town: Desk, number: str) -> None:
    page = case_page(town, number)
    expect(page.locator("#case-story")).to_contain_text("已责令停业并查封设备")
    expect(page.locator(".wb-hop-1")).to_contain_text("已反馈")
    town.check_axe()
    town.picture("case-town")


def _call_back(operator: Desk, number: str) -> None:
    page = operator.open("/desk/verify/?tab=call_back")
    page.locator("#reporter input[name=purpose]").fill("回访核实")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("#reporter")).to_contain_text("13812345678")
    page.reload()
    expect(page.locator("#reporter")).not_to_contain_text("13812345678")
    operator.check_axe()
    send(page, "call_back", reached="yes", solved="yes", satisfaction="5", words="确实关了，谢谢")
    expect(page.locator("#queue")).to_contain_text("队列已清空")


def _check(verifier: Desk, number: str) -> None:
    draw_what_waits(timezone.localtime())
    page = verifier.open("/desk/verify/?tab=check")
    expect(page.locator(f"#detail [data-number='{number}']")).to_be_visible()
    verifier.check_axe()
    send(page, "check", ok="yes", note="诊所已关闭，设备已查封")
    expect(page.locator("#queue")).to_contain_text("队列已清空")


def _close(operator: Desk, number: str) -> None:
    page = case_page(operator, number)
    operator.picture("case")
    operator.check_axe()
    send(page, "close")
    expect(page.locator("#case-story [data-stage=closed]").first).to_be_visible()


def _stands_on_the_record(number: str) -> None:
    case = Case.objects.get(number=number)
    assert (case.stage, case.closing, case.solved_level) == ("closed", "normal", "town")
    assert (case.check_result, case.call_back_result, case.satisfaction) == ("ok", "solved", 5)
    assert not verify().breaks
