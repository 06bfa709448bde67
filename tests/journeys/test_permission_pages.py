"""A shift is covered and ended again: both colleagues are told at once, and every page about permission is clean."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from liandong.people.models import Grant
from tests.journeys.conftest import Arrive
from tests.world import World


def test_a_station_head_lets_a_colleague_stand_in_and_both_see_it_live(arrive: Arrive) -> None:
    case = World(at=datetime(2026, 11, 2, 1, 30, tzinfo=UTC)).dispatched(to="310198-G001")
    stand_in = arrive("grid002")
    stand_in.open("/desk/cases/")
    expect(stand_in.page.locator(f"#row-{case.number}")).to_have_count(0)

    head = arrive("station001")
    page = head.open("/desk/access/grid001/")
    form = page.locator("#cover")
    page.locator("#cover_stand_in").fill("grid002")
    page.get_by_role("option", name="网格长2").click()
    form.get_by_label("理由").fill("上午就医")
    form.get_by_role("button", name="安排代班").click()
    expect(stand_in.page.locator("#toasts")).to_contain_text("您的权限或代班刚刚有变化")
    expect(page.locator("#grants")).to_contain_text("网格长2 代 赵走")
    head.check_axe()

    expect(stand_in.page.locator(f"#row-{case.number}")).to_have_count(1)
    stand_in.open("/desk/access/grid002/")
    expect(stand_in.page.get_by_role("heading", name="我能做什么")).to_be_visible()
    expect(stand_in.page.locator("main")).to_contain_text(re.compile("代赵走的班"))
    stand_in.check_axe()

    supervisor = arrive("supervisor")
    supervisor.open(f"/desk/cases/{case.number}/").get_by_role("link", name="谁能看到").click()
    expect(supervisor.page.get_by_role("heading", name="派遣至其单位：1号网格组")).to_be_visible()
    expect(supervisor.page.locator("main")).to_contain_text("代赵走的班")
    supervisor.check_axe()
    supervisor.open("/desk/roles/")
    supervisor.check_axe()
    page = supervisor.open(f"/desk/access/grid002/?case={case.number}")
    expect(page.locator(".ac-tried")).to_contain_text("签收")
    supervisor.check_axe()
    page = supervisor.open("/desk/access/?q=grid")
    supervisor.check_axe()
    page.locator("summary", has_text="撤销").click()
    page.get_by_label("撤销的理由").fill("赵走回岗")
    page.get_by_role("button", name="确认撤销").click()
    expect(page.locator("main")).to_contain_text("已撤销")
    assert Grant.objects.get().revoked_at is not None
