"""Messages from desk to desk: a case lands, the bell of the bureau rings live; the words are changed and tried."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from liandong.cases.models import Case
from liandong.cases.notices import FOLLOW_NOTICES
from tests.journeys.conftest import Arrive
from tests.world import World

pytestmark = pytest.mark.xdist_group("journeys")


def follow() -> None:
    while FOLLOW_NOTICES.run_batch(timezone.localtime()):
        pass


def dispatched() -> Case:
    return World(at=timezone.localtime()).dispatched()


def test_the_bell_rings_while_the_page_is_open_and_leads_to_the_case(arrive: Arrive) -> None:
    bureau = arrive("bureau002")
    page = bureau.open("/desk/messages/")
    expect(page.get_by_text("没有消息")).to_be_visible()
    expect(page.locator("ld-live")).to_have_attribute("state", "on")
    case = dispatched()
    follow()
    expect(page.locator(".ld-bell .ld-count")).to_contain_text("1")
    expect(page.get_by_text(case.number).first).to_be_visible()
    bureau.check_axe()
    bureau.picture("messages-inbox")
    page.get_by_role("button", name=f"打开 {case.number}").click()
    expect(page).to_have_url(f"{bureau.address}/desk/cases/{case.number}/")
    expect(page.locator(".ld-bell .ld-count")).to_have_count(0)


def test_an_administrator_changes_the_words_tries_them_on_a_case_and_sees_what_was_not_sent(arrive: Arrive) -> None:
    case = dispatched()
    follow()
    admin = arrive("admin")
    page = admin.open("/desk/messages/templates/")
    page.get_by_role("link", name="案件到达 · 所有渠道 · 简体中文", exact=True).click()
    page.get_by_label("正文").fill("请 {unit} 办理 {number}。")
    page.get_by_label("用哪个案件预览").fill(case.number)
    page.get_by_role("button", name="用此案件预览").click()
    expect(page.locator("#shown")).to_contain_text(f"办理 {case.number}。")
    admin.check_axe()
    admin.picture("messages-template")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已保存为第 2 版")).to_be_visible()
    page = admin.open("/desk/messages/delivery/")
    expect(page.get_by_role("cell", name="此渠道未配置").first).to_be_visible()
    admin.check_axe()
    admin.picture("messages-delivery")
