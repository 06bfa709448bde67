"""The operator's minute: how many keys a case costs at the desk, and how long that takes (`keys`)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from liandong.cases.models import Case
from tests.journeys.browser import case_number
from tests.journeys.conftest import Arrive
from tests.journeys.keys import MOST_SECONDS, Keys

pytestmark = pytest.mark.xdist_group("journeys")

MOST_KEYS = 150


def test_an_operator_files_a_case_by_keyboard_in_under_a_minute(
    arrive: Arrive, capsys: pytest.CaptureFixture[str]
) -> None:
    page = arrive("operator").open("/desk/intake/")
    keys = Keys(page)
    keys.type("非法行医")
    keys.until(lambda: expect(page.get_by_role("option", name="非法行医")).to_be_visible())
    keys.press("Enter")
    keys.press("Alt+2")
    keys.type("东桥路")
    keys.until(lambda: expect(page.get_by_role("option", name="东桥路")).to_be_visible())
    keys.press("Enter")
    keys.press("Alt+3")
    keys.type("车库里无证看病打针没有招牌")
    keys.press("Alt+4")
    keys.type("陈女士")
    keys.press("Tab")
    keys.type("13812345678")
    keys.until(lambda: expect(page.locator("#suggested-unit")).to_have_text("东桥街道计生办"))
    keys.press("Control+Enter")
    done = page.locator("#intake-form .ld-note")
    keys.until(lambda: expect(done).to_contain_text("已受理并立案"))
    with capsys.disabled():
        print(f"\noperator's minute: {keys.count} keys, {keys.waited:.1f} s waited, {keys.seconds:.1f} s in all")
    case = Case.objects.get(number=case_number(done.inner_text()))
    assert (case.stage, case.class_code, case.identity) == ("filed", "A0203", "named")
    assert case.suggested_unit == "310198-B001"
    assert keys.count <= MOST_KEYS
    assert keys.seconds < MOST_SECONDS
    expect(page.locator("input[name=class_code_text]")).to_be_focused()


def test_a_report_that_is_refused_keeps_every_word(arrive: Arrive) -> None:
    operator = arrive("operator")
    page = operator.open("/desk/intake/")
    page.keyboard.press("Alt+3")
    page.keyboard.type("路灯坏了两天")
    page.keyboard.press("Alt+4")
    page.keyboard.type("陈女士")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#intake-form")).to_contain_text("已填的内容都在")
    expect(page.locator("textarea[name=description]")).to_have_value("路灯坏了两天")
    expect(page.locator("input[name=name]")).to_have_value("陈女士")
    expect(page.locator("input[name=class_code_text]")).to_be_focused()
    operator.expected("status of 422")
