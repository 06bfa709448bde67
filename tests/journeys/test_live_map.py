"""The map and the wall: found by eye and by keyboard, moving by themselves, and never more than one may see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from liandong.cases.models import Case
from tests.journeys.browser import Desk
from tests.journeys.conftest import CHROMIUM, Arrive
from tests.world import GRID_9, World

pytestmark = pytest.mark.xdist_group("journeys")


def _now(**ago: float) -> World:
    """The world of twenty minutes ago, or longer: a page in a browser runs in its own time."""
    return World(at=datetime.now(UTC) - timedelta(**(ago or {"minutes": 20})))  # noqa: TID251


def _counted(page: Page, cases: int) -> None:
    expect(page.locator(f'ld-live-map[ready][data-cases="{cases}"]')).to_be_attached()


def test_a_dispatcher_looks_around_filters_draws_and_takes_the_question_to_the_list(arrive: Arrive) -> None:
    world = _now()
    near, far = world.report(), world.dispatched(lon=GRID_9[0], lat=GRID_9[1])
    lin = arrive("lin")
    page = lin.open("/desk/map/")
    _counted(page, 2)
    expect(page.locator("#lm-counts")).to_contain_text("视野内 2 件，逐件显示")
    lin.check_axe()
    lin.picture("live-map")
    page.locator("#id_stage").select_option("dispatched")
    _counted(page, 1)
    expect(page).to_have_url(re.compile("stage=dispatched"))
    page.locator("#id_stage").select_option("")
    _counted(page, 2)
    # By the keyboard: the nearest units to the middle, and away again.
    page.get_by_role("button", name="最近的单位").click()
    page.locator(".ld-map-view").press("Enter")
    expect(page.locator(".lm-side")).to_contain_text("公里")
    lin.check_axe()
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="最近的单位").click()
    _draw_around(page, near)
    _counted(page, 1)
    expect(page.get_by_text("只看圈选范围")).to_be_visible()
    expect(page.get_by_role("button", name="圈选范围")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("link", name="列表").click()
    expect(page.locator(f"#row-{near.number}")).to_be_visible()
    expect(page.locator(f"#row-{far.number}")).to_have_count(0)


def test_a_new_case_appears_where_it_may_be_seen_and_nowhere_else(arrive: Arrive) -> None:
    world = _now()
    world.report()
    supervisor, town = arrive("supervisor"), arrive("town01")
    for desk in (supervisor, town):
        _counted(desk.open("/desk/map/"), 1)
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    _counted(supervisor.page, 2)
    world.report()
    _counted(supervisor.page, 3)
    _counted(town.page, 2)
    supervisor.page.locator("[name=as][value=heat]").check()
    expect(supervisor.page.locator(".lm-shades li").first).to_be_visible()
    supervisor.check_axe()
    supervisor.page.locator("[name=as][value=town]").check()
    supervisor.page.locator("[name=layer][value=units]").check()
    expect(supervisor.page.locator("ld-live-map[data-layer-units]")).to_be_attached()
    expect(supervisor.page).to_have_url(re.compile("as=town.*layers=units"))
    # The link shows the same again.
    supervisor.page.reload()
    expect(supervisor.page.locator("[name=as][value=town]")).to_be_checked()
    expect(supervisor.page.locator("ld-live-map[data-layer-units]")).to_be_attached()


def test_a_case_is_opened_from_the_map(arrive: Arrive) -> None:
    case = _now().report()
    operator = arrive("operator")
    page = operator.open(f"/desk/map/#at={case.lon},{case.lat},16&as=bubbles")
    _counted(page, 1)
    page.locator(".ld-map-view").press("Escape")
    page.locator(".ld-map-view").press("Enter")
    expect(page.locator(".lm-card")).to_contain_text(case.number)
    page.locator(".lm-side").press("Escape")
    expect(page.locator(".lm-side")).to_be_hidden()
    box = page.locator(".ld-map-view").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".lm-card")).to_contain_text(case.number)
    operator.check_axe()
    page.get_by_role("link", name="打开案件").click()
    expect(page).to_have_url(re.compile(case.number))


def test_a_day_is_played_again(arrive: Arrive) -> None:
    case = _now(days=1).report()
    supervisor = arrive("supervisor")
    page = supervisor.open("/desk/map/")
    _counted(page, 1)
    page.get_by_role("button", name="回放一天").click()
    day = page.locator(".lm-replay [name=day]")
    page.get_by_role("slider", name="最近 90 天中的哪一天").press("ArrowLeft")
    expect(day).to_have_value(case.reported_at.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat())
    shown = page.locator(".lm-replay [data-shown]")
    expect(shown).to_contain_text("已上报")
    supervisor.check_axe()
    page.locator(".lm-replay [name=minute]").fill("0")
    expect(shown).to_contain_text("00:00：已上报 0 件")
    page.get_by_role("button", name="播放").click()
    expect(page.get_by_role("button", name="暂停")).to_be_visible()
    page.locator(".lm-replay [name=minute]").fill("1420")
    expect(page.get_by_role("button", name="播放")).to_be_visible()  # it ends by itself
    page.get_by_role("button", name="放大").click()
    expect(shown).to_contain_text("24:00：已上报 1 件")
    page.get_by_role("button", name="结束回放").click()
    expect(page.locator(".lm-replay")).to_be_hidden()


def test_the_wall_keeps_itself_fresh_goes_round_when_asked_and_every_number_opens(arrive: Arrive) -> None:
    world = _now()
    world.dispatched()
    leader = arrive("leader", viewport={"width": 1920, "height": 1080})
    page = leader.open("/desk/wall/")
    expect(page.locator('ld-wall[data-cases="1"]')).to_be_attached()
    expect(page.locator(".wl-today [data-code=open] strong")).to_have_text("1")
    leader.check_axe()
    leader.picture("wall")
    world.report()
    expect(page.locator(".wl-today [data-code=open] strong")).to_have_text("2")
    page.get_by_role("button", name="开始巡视").click()
    expect(page.get_by_role("button", name="暂停巡视")).to_be_visible()
    page.get_by_role("button", name="暂停巡视").click()
    page.get_by_role("link", name="亮色").click()
    expect(page.locator("html[data-bs-theme=light]")).to_be_attached()
    leader.check_axe()
    page.locator(".wl-today [data-code=open] a").click()
    expect(page.locator('tr[id^="row-"]')).to_have_count(2)


def test_the_leaders_phone_shows_the_same_numbers(arrive: Arrive) -> None:
    _now().dispatched()
    leader = arrive("leader", viewport={"width": 390, "height": 844})
    leader.page.goto(leader.address + "/desk/wall/phone/")
    page = leader.page
    expect(page.locator(".wl-today [data-code=open] strong")).to_have_text("1")
    expect(page.locator(".wl-fresh")).to_contain_text("秒前")
    leader.check_axe()
    leader.picture("wall-phone")


@pytest.fixture
def with_gpu(browser_type: BrowserType) -> Iterator[Browser]:
    """A browser that may draw with WebGL, if only in software."""
    browser = browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
    yield browser
    browser.close()


def test_the_map_is_the_same_where_there_is_a_gpu(with_gpu: Browser, address: str) -> None:
    _now().report()
    desk = Desk(with_gpu, address, "supervisor")
    _counted(desk.open("/desk/map/"), 1)
    desk.leave()


def _draw_around(page: Page, case: Case) -> None:
    """Draw a square around a case, corner by corner."""
    page.evaluate(
        """([lon, lat]) => {
            const { map, ol } = document.querySelector('ld-live-map').surface;
            map.getView().setCenter(ol.proj.fromLonLat([lon, lat]));
            map.getView().setZoom(14);
            map.renderSync();
        }""",
        [case.lon, case.lat],
    )
    page.get_by_role("button", name="圈选范围").click()
    box = page.locator(".ld-map-view").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60)]
    for corner in corners:
        page.mouse.click(*corner)
        page.wait_for_timeout(300)  # two clicks within that time are a double click, which ends the drawing
    page.mouse.dblclick(*corners[-1])
