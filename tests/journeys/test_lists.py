"""Lists by keyboard: a filter saved and counted, cases chosen and dispatched at once, what was refused tried again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from liandong.cases import operations
from liandong.cases.changes import Report
from liandong.cases.models import Case
from liandong.cases.operations import run_batches
from liandong.people.access import Actor, actor_for, platform
from liandong.workbench.workbooks import make_workbooks
from tests.journeys.conftest import Arrive
from tests.world import DISTRICT, GRID_1

pytestmark = pytest.mark.xdist_group("journeys")

AT = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
_LOOK_AWAY = """away => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => away });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def _actor(account: str) -> Actor:
    return actor_for(get_user_model().objects.get(username=account), at=AT)


def _filed(description: str) -> Case:
    report = Report(class_code="M06010", description=description, channel="hotline", lon=GRID_1[0], lat=GRID_1[1])
    operator = _actor("operator")
    case = operations.report_case(report, district=DISTRICT, actor=operator, at=AT)
    operations.accept_case(case.number, actor=operator, at=AT)
    return operations.file_case(case.number, actor=operator, at=AT)


def test_cases_are_chosen_by_keyboard_dispatched_at_once_and_what_was_refused_is_told(arrive: Arrive) -> None:
    numbers = [_filed(f"小区{place}号门口垃圾堆放").number for place in range(3)]
    lin = arrive("lin")
    page = lin.open("/desk/cases/?stage=filed")
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.keyboard.press("j")
    page.keyboard.press(" ")
    expect(page.locator("[data-chosen-count]")).to_have_text("已选 2 件")
    page.keyboard.press("a")
    expect(page.locator("input[name=case]:checked")).to_have_count(3)
    lin.check_axe()
    lin.picture("list")
    page.get_by_role("button", name="批量派遣").click()
    expect(page.locator("[data-good]")).to_have_text("3")
    lin.check_axe()
    lin.picture("batch-preview")
    # A colleague is quicker with one of them.
    operations.dispatch_case(numbers[0], actor=_actor("lin"), at=AT)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="正在办理")).to_be_visible()
    run_batches(actor=platform("batches"), at=AT)
    expect(page.get_by_role("heading", name="已全部办理")).to_be_visible()
    expect(page.locator("[data-done]")).to_have_text("2")
    expect(page.locator("main")).to_contain_text("案件已被他人更新")
    lin.check_axe()
    lin.picture("batch-done")
    page.get_by_role("button", name="重试被拒的 1 件").click()
    run_batches(actor=platform("batches"), at=AT)
    expect(page.locator("main")).to_contain_text("不能执行“派遣”")
    assert set(Case.objects.values_list("stage", flat=True)) == {"dispatched"}


def test_a_filter_is_saved_shown_with_its_count_and_leads_back_to_its_cases(arrive: Arrive) -> None:
    case = _filed("路灯不亮")
    operator = arrive("operator")
    page = operator.open("/desk/cases/?stage=filed&text=路灯")
    page.keyboard.press("Alt+S")
    page.locator("#id_name").fill("路灯待派遣")
    operator.check_axe()
    page.keyboard.press("Enter")
    expect(page.locator(".wb-chip").first).to_contain_text("路灯待派遣")
    page.get_by_role("button", name="列与密度").click()
    page.get_by_label("协办单位").check()
    page.locator("#look").get_by_role("button", name="保存").click()
    expect(page.get_by_role("columnheader", name="协办单位")).to_be_visible()
    operator.check_axe()
    operator.open("/desk/")
    tile = page.locator(".ld-tile", has_text="路灯待派遣")
    expect(tile).to_contain_text("1")
    tile.click()
    expect(page.locator(f"#row-{case.number}")).to_be_visible()
    operator.open("/desk/filters/")
    operator.check_axe()


def test_a_workbook_is_made_while_its_reader_watches_and_a_work_order_is_printed(arrive: Arrive) -> None:
    case = _filed("井盖松动")
    operator = arrive("operator")
    page = operator.open("/desk/cases/export.xlsx?stage=filed")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_role("heading", name="排队中")).to_be_visible()
    operator.check_axe()
    make_workbooks(AT)
    expect(page.get_by_role("link", name="下载")).to_be_visible()
    page.goto(f"{operator.address}/desk/cases/{case.number}/print/")
    expect(page.locator(".wo-number")).to_have_text(case.number)
    operator.check_axe()
    operator.picture("work-order")
    operator.open("/desk/cases/by-phone/")
    operator.check_axe()


def test_a_page_nobody_looks_at_asks_for_nothing_and_catches_up_when_it_is_seen(arrive: Arrive) -> None:
    lin, supervisor = arrive("lin"), arrive("supervisor")
    asked: list[str] = []
    for desk in (lin, supervisor):
        expect(desk.open("/desk/cases/").locator("ld-live[state=on]")).to_be_attached()
    lin.page.on("request", lambda request: asked.append(request.url))
    lin.page.evaluate(_LOOK_AWAY, arg=True)
    number = _filed("小区东门口垃圾堆放").number
    expect(supervisor.page.get_by_text(number)).to_be_visible()
    assert not asked
    lin.page.evaluate(_LOOK_AWAY, arg=False)
    expect(lin.page.get_by_text(number)).to_be_visible()
