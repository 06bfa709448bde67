"""J2 (desk part): a grid worker reports from the phone and solves it on the spot, with photos before and after."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from liandong.cases.models import Case
from liandong.timeline.verify import verify
from tests.journeys.browser import Desk, case_number
from tests.journeys.conftest import Arrive
from tests.journeys.steps import PHONE, add_photo, send, told

pytestmark = pytest.mark.xdist_group("journeys")


def test_a_grid_worker_reports_and_solves_on_the_spot_with_two_photos(arrive: Arrive) -> None:
    worker = arrive("grid001", **PHONE)
    number = _report(worker)
    _solve(worker, number)
    case = Case.objects.get(number=number)
    assert (case.stage, case.channel, case.run_by, case.solved_level) == ("closed", "staff", "town", "grid")
    _seen_by_the_town(arrive("town01"), number)
    assert not verify().breaks


def _report(worker: Desk) -> str:
    page = worker.open("/desk/")
    page.get_by_role("link", name="上报问题").first.click()
    worker.check_axe()
    page.get_by_role("combobox", name="类别").fill("积存垃圾")
    page.get_by_role("option", name="积存垃圾").first.click()
    page.get_by_role("combobox", name="地点").fill("东桥路")
    page.get_by_role("option", name="东桥路").first.click()
    page.get_by_label("问题描述").fill("楼道口堆了三袋装修垃圾")
    worker.picture("staff-report-phone")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator("#case-story [data-stage=reported]").first).to_be_visible()
    return case_number(page.url)


def _solve(worker: Desk, number: str) -> None:
    page = worker.page
    send(page, "solve_on_spot", result="已联系业主当场清走")
    expect(page.locator("form[data-step=solve_on_spot] .ld-note")).to_contain_text("处置前、处置后照片各一张")
    worker.expected("422")
    add_photo(page, "before")
    add_photo(page, "after")
    worker.check_axe()
    send(page, "solve_on_spot", result="已联系业主当场清走")
    told(page, number)
    expect(page.locator("#case-story [data-stage=closed]").first).to_be_visible()
    expect(page.locator(".wb-pair img")).to_have_count(2)
    worker.check_axe()
    worker.picture("solved-phone")


def _seen_by_the_town(town: Desk, number: str) -> None:
    page = town.open(f"/desk/cases/{number}/")
    expect(page.locator("#case-story")).to_contain_text("已联系业主当场清走")
    town.check_axe()
