"""J1: an illegal clinic, reported by phone, goes through every hand until the caller confirms that it is closed."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from liandong.cases.models import Case
from liandong.timeline.verify import verify
from tests.journeys.browser import Desk, case_number
from tests.journeys.conftest import Arrive

pytestmark = pytest.mark.xdist_group("journeys")

SAID = "有人在车库里无证看病打针，没有招牌，早晚开门"


def test_an_illegal_clinic_is_reported_located_dispatched_closed_down_and_confirmed(arrive: Arrive) -> None:
    operator = arrive("operator")
    watcher = operator.window()
    number = _report_by_phone(operator)
    _watch(operator, watcher, number)
    _dispatch(arrive("lin"), number)
    expect(watcher.locator("#case-story").get_by_text("待签收")).to_be_visible()
    _handle(arrive("bureau001", viewport={"width": 412, "height": 915}), number)
    expect(watcher.locator("#case-story").get_by_text("已责令停业并查封设备")).to_have_count(2)
    _check(arrive("verifier"), number)
    _call_back_and_close(operator, number)
    expect(watcher.locator("#case-story [data-stage=closed]")).to_be_visible()
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
    expect(watcher.locator("#case-story [data-stage=filed]")).to_be_visible()
    expect(watcher.locator("ld-live[state=on]")).to_have_count(1)


def _dispatch(dispatcher: Desk, number: str) -> None:
    page = dispatcher.open("/desk/dispatch/")
    expect(page.locator(f"#row-{number}")).to_have_attribute("aria-current", "true")
    expect(page.locator(".wb-suggested")).to_contain_text("东桥街道计生办")
    expect(page.locator("ld-map[ready][data-cases='1']")).to_have_count(1)
    dispatcher.check_axe()
    dispatcher.picture("dispatch")
    page.keyboard.press("d")
    expect(page.locator("#queue")).to_contain_text("队列已清空")


def _handle(bureau: Desk, number: str) -> None:
    page = bureau.open("/desk/inbox/")
    row = page.locator(f"#row-{number}")
    bureau.check_axe()
    bureau.picture("inbox-phone")
    row.get_by_role("button", name="签收").click()
    expect(page.locator(f"#row-{number}")).to_have_count(0)
    page.get_by_role("link", name="处置中").click()
    page.locator(f"#row-{number}").get_by_role("link", name=number).click()
    _step(page, "contact", reached="yes", outcome="已与来电人核实地点")
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("已与来电人核实地点")
    _step(page, "arrive")
    expect(page.locator("#case-story [data-stage=on_scene]")).to_be_visible()
    page.locator("#id_photo").set_input_files({"name": "after.jpg", "mimeType": "image/jpeg", "buffer": _photo()})
    page.locator("#id_purpose_of_photo").select_option("after")
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator(".wb-photos img")).to_have_count(1)
    bureau.check_axe()
    bureau.picture("case-phone")
    _step(page, "hand_in", result="已责令停业并查封设备", answer="诊所已停业，感谢您的反映。")
    expect(page.locator("#case-story [data-stage=handled]")).to_be_visible()


def _check(verifier: Desk, number: str) -> None:
    page = verifier.open("/desk/verify/?tab=check")
    expect(page.locator(f"#detail [data-number='{number}']")).to_be_visible()
    verifier.check_axe()
    _step(page, "check", ok="yes", note="诊所已关闭，设备已查封")
    expect(page.locator("#queue")).to_contain_text("队列已清空")


def _call_back_and_close(operator: Desk, number: str) -> None:
    page = operator.open("/desk/verify/?tab=call_back")
    page.locator("#reporter input[name=purpose]").fill("回访核实")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("#reporter")).to_contain_text("13812345678")
    page.reload()
    expect(page.locator("#reporter")).not_to_contain_text("13812345678")
    operator.check_axe()
    _step(page, "call_back", reached="yes", solved="yes", satisfaction="5", words="确实关了，谢谢")
    expect(page.locator("#queue")).to_contain_text("队列已清空")
    operator.open(f"/desk/cases/{number}/")
    operator.picture("case")
    operator.check_axe()
    _step(page, "close")
    expect(page.locator("#case-story [data-stage=closed]")).to_be_visible()


def _step(page: Page, code: str, **fields: str) -> None:
    """Fill in a step's form and send it."""
    form = page.locator(f"form[data-step={code}]")
    if not form.is_visible():
        page.locator(f"#{code} > summary").click()
    for name, value in fields.items():
        control = form.locator(f"[name={name}]")
        if control.first.get_attribute("type") == "radio":
            form.locator(f"label:has([name={name}][value={value}])").click()
        elif control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.locator("button").click()


def _photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), (120, 140, 160)).save(content, "JPEG")
    return content.getvalue()


def _stands_on_the_record(number: str) -> None:
    case = Case.objects.get(number=number)
    assert (case.stage, case.closing, case.solved_level) == ("closed", "normal", "town")
    assert (case.check_result, case.call_back_result, case.satisfaction) == ("ok", "solved", 5)
    assert not verify().breaks
