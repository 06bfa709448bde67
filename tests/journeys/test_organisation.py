"""An administrator looks through the organisation, imports a workbook with bad rows, and lets somebody leave."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from liandong.people.models import User
from tests.journeys.conftest import Arrive
from tests.people.test_sheets import _bureau, _clerk, workbook

WIDTH = 1366


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, page.url


def test_the_organisation_is_seen_imported_and_left_by_keyboard_and_mouse(arrive: Arrive) -> None:
    admin = arrive("admin")
    page = admin.open("/desk/organisation/")
    admin.check_axe()
    page.get_by_text("下级 5：东桥街道").click()
    page.get_by_role("link", name="东桥第一工作站").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("东桥第一工作站")
    admin.check_axe()
    _fits(page)

    admin.open("/desk/organisation/import/")
    admin.check_axe()
    content = workbook(
        units=[_bureau("B100", name="平安办"), _bureau("B101", area="310198777")], posts=[_clerk("newone", "B100")]
    )
    page.set_input_files("input[type=file]", files=[{"name": "机构.xlsx", "mimeType": "x/y", "buffer": content}])
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_text("本区没有代码为“310198777”的区域")).to_be_visible()
    admin.check_axe()
    _fits(page)
    page.get_by_role("button", name="导入无误的 2 行").click()
    expect(page.get_by_text("已导入：新增 2 行")).to_be_visible()
    with page.expect_download() as bad:
        page.get_by_role("link", name="下载有误的 1 行").click()
    assert bad.value.suggested_filename.endswith(".xlsx")

    admin.open("/desk/organisation/units/310198-B100/")
    page.get_by_role("link", name="人员newone", exact=True).click()
    page.get_by_role("link", name="办理离岗").click()
    admin.check_axe()
    page.get_by_role("combobox", name="接任人").fill("科员1")
    page.get_by_role("option", name="科员1").click()
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("cell", name="科员1")).to_be_visible()
    page.get_by_role("button", name="确认离岗").click()
    expect(page.get_by_text("已办理离岗")).to_be_visible()
    admin.check_axe()
    _fits(page)
    assert not User.objects.get(username="newone").is_active
