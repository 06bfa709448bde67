"""The matrix changes hands: a draft, one cell by keyboard, tried on past cases, published, and it decides at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from liandong.cases import operations
from liandong.cases.changes import Report
from liandong.cases.models import Case
from liandong.cases.rulebook import forget_rules
from liandong.people.access import actor_for
from liandong.people.models import User
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive
from tests.world import DISTRICT, GRID_1

pytestmark = pytest.mark.xdist_group("journeys")


def _report(said: str) -> Case:
    at = datetime.now(UTC)  # noqa: TID251 - a story in a browser runs in its own time
    operator = actor_for(User.objects.get(username="operator"), at=at)
    report = Report("M06010", said, "hotline", lon=GRID_1[0], lat=GRID_1[1])
    return operations.report_case(report, district=DISTRICT, actor=operator, at=at)


def test_a_cell_changed_by_keyboard_is_tried_published_and_decides(arrive: Arrive) -> None:
    before = _report("小区门口垃圾堆了三天")
    assert before.suggested_unit == "310198-B002"
    supervisor = arrive("supervisor")
    page = supervisor.open("/desk/matrix/")
    _open_draft(page)
    _change_a_cell(supervisor, page)
    _look_at_gaps(supervisor, page)
    _try_out(supervisor, page, before.number)
    _publish(page)
    forget_rules()
    after = _report("小区门口又堆了垃圾")
    assert after.suggested_unit == "310198-S001"
    _ask_why(supervisor, page, after.number, "东桥第一工作站", "第 2 版")
    _ask_why(supervisor, page, before.number, "东桥街道城管中队", "第 1 版")
    _read_the_record(supervisor, page)


def _open_draft(page: Page) -> None:
    page.get_by_role("button", name="开草案修改").click()
    page.get_by_label("这一版改什么").fill("暴露垃圾由居村先行")
    page.get_by_role("button", name="建立草案").click()
    expect(page.locator(".mx-version")).to_contain_text("暴露垃圾由居村先行")
    expect(page.locator("ld-live[state=on]")).to_have_count(1)


def _change_a_cell(supervisor: Desk, page: Page) -> None:
    """From the head of the grid down to M06010 × Dongqiao, without a mouse."""
    page.locator("#matrix-lines [tabindex='0']").focus()
    _go_down_to(page, "M")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr[data-code=M06]")).to_be_visible()
    _go_down_to(page, "M06")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr[data-code=M06010]")).to_be_visible()
    _go_down_to(page, "M06010")
    for _column in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.locator("tr[data-code=M06010] td[data-area='310198001']")).to_be_focused()
    supervisor.check_axe()
    page.keyboard.press("Enter")
    lead = page.locator("#id_lead_text")
    expect(lead).to_have_value("街镇城管中队")
    expect(lead).to_be_focused()
    lead.press("Control+a")
    page.keyboard.type("工作站")
    expect(page.get_by_role("option", name="所在居村工作站")).to_be_visible()
    page.keyboard.press("Enter")
    page.locator("#cell_reason").fill("居村就近清运")
    page.keyboard.press("Control+Enter")
    cell = page.locator("tr[data-code=M06010] td[data-area='310198001']")
    expect(cell).to_have_text("所在居村工作站")
    expect(cell).to_have_class("mx-own mx-changed")
    expect(page.locator("#matrix-version")).to_contain_text("与现行版相差 1 处")
    expect(page.locator("#matrix-cell .mx-met li.mx-own")).to_contain_text("居村就近清运")
    supervisor.check_axe()
    supervisor.picture("matrix")
    page.locator("#cell_reason").press("Escape")
    expect(cell).to_be_focused()


def _go_down_to(page: Page, code: str) -> None:
    for _line in range(80):
        if page.locator(f"tr[data-code='{code}'] > :focus").count():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no line {code} below")


def _look_at_gaps(supervisor: Desk, page: Page) -> None:
    page.get_by_role("link", name="缺口与重叠").click()
    expect(page.get_by_role("heading", name="缺口：派不出单位的")).to_be_visible()
    supervisor.check_axe()
    supervisor.picture("matrix-gaps")


def _try_out(supervisor: Desk, page: Page, number: str) -> None:
    page.get_by_role("link", name="试算", exact=True).click()
    move = page.locator("#moves tbody tr")
    expect(move).to_have_count(1)
    expect(move).to_contain_text("东桥街道城管中队")
    expect(move).to_contain_text("东桥第一工作站")
    expect(move).to_contain_text(number)
    move.get_by_role("link", name="全部列出").click()
    expect(page.locator("#trial-cases")).to_contain_text(number)
    supervisor.check_axe()
    supervisor.picture("matrix-trial")


def _publish(page: Page) -> None:
    page.get_by_role("button", name="发布").click()
    page.get_by_role("button", name="确认发布").click()
    expect(page.locator(".mx-version .ld-badge").last).to_have_text("现行")


def _ask_why(supervisor: Desk, page: Page, number: str, unit: str, version: str) -> None:
    supervisor.open(f"/desk/cases/{number}/")
    # Followed by its address: news of the case just reported may replace the link while a mouse presses it.
    link = page.get_by_role("link", name="为什么是这个单位").get_attribute("href")
    assert link == f"/desk/cases/{number}/why-unit/"
    supervisor.open(link)
    expect(page.locator("#answer-title")).to_have_text(unit)
    expect(page.locator("[aria-labelledby=answer-title]")).to_contain_text(version)
    expect(page.locator("tr[aria-current] .ld-badge")).to_contain_text("由它决定")
    supervisor.check_axe()
    supervisor.picture("why-unit")


def _read_the_record(supervisor: Desk, page: Page) -> None:
    supervisor.open("/desk/matrix/2/record/")
    expect(page.locator("[aria-labelledby=record-title] tbody tr")).to_have_count(3)
    expect(page.locator("[aria-labelledby=record-title]")).to_contain_text("居村就近清运")
    supervisor.check_axe()
    supervisor.picture("matrix-record")
