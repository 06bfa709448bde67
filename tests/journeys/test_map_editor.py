"""The map editor: a grid is split by hand, two merged, a wrong datum told, and the plan adopted for tomorrow.

Points on the map are found by asking the map where a place lies on screen; everything else is mouse and keyboard.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from liandong.areas.queries import current_map, export_areas
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive
from tests.world import DISTRICT

pytestmark = pytest.mark.xdist_group("journeys")

GRID = "310198001001001"
THIRD, FOURTH = "310198001001003", "310198001001004"
SOUTH, NORTH = (121.405, 30.997), (121.405, 31.023)
_ON_SCREEN = """([lon, lat]) => {
  const { canvas } = document.querySelector('ld-area-editor');
  const [x, y] = canvas.map.getPixelFromCoordinate(canvas.ol.proj.fromLonLat([lon, lat]));
  const box = canvas.screen.getBoundingClientRect();
  return [box.x + x, box.y + y];
}"""
_SHOWN = "() => [...document.querySelector('ld-area-map, ld-area-editor').canvas.shapes.keys()]"


def _today() -> date:
    return current_map(DISTRICT).day_of(timezone.now())  # noqa: TID251 - the browser's clock is the real one


def _point(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    x, y = page.evaluate(_ON_SCREEN, list(place))
    return x, y


def _draw_line(page: Page, *places: tuple[float, float]) -> None:
    """Click along the places and double-click on the last."""
    for place in places[:-1]:
        page.mouse.click(*_point(page, place))
        page.wait_for_timeout(350)  # two clicks in a shorter time are one double click
    page.mouse.move(*_point(page, places[-1]))
    page.mouse.dblclick(*_point(page, places[-1]))


def _open_plan(desk: Desk, title: str) -> Page:
    page = desk.open("/desk/areas/")
    expect(page.locator("ld-area-map[data-areas='22']")).to_be_visible()
    page.get_by_label("方案名称").fill(title)
    page.get_by_role("button", name="新建并打开").click()
    expect(page.locator("ld-area-editor[loaded][ready]")).to_be_visible()
    return page


def _panel(page: Page) -> Locator:
    return page.locator("#plan-panel")


def _split_by_hand(page: Page) -> None:
    page.get_by_role("button", name="分割", exact=True).first.click()
    _draw_line(page, SOUTH, NORTH)
    expect(page.locator("#split-area")).to_have_value(GRID)
    page.keyboard.press("Control+Enter")


def _steps(page: Page, count: int) -> None:
    expect(page.locator(f"ld-area-editor[data-steps='{count}']")).to_be_visible()


def _shown(page: Page, day: date) -> set[str]:
    page.goto(f"{page.url.split('/desk/')[0]}/desk/areas/?day={day}")
    expect(page.locator("ld-area-map[data-areas]")).to_be_visible()
    return set(page.evaluate(_SHOWN))


def _file(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _split_undo_and_split_again(page: Page) -> None:
    _split_by_hand(page)
    _steps(page, 1)
    expect(_panel(page)).to_contain_text("编码对照")
    expect(_panel(page)).to_contain_text("50.0%")
    expect(_panel(page)).to_contain_text("牵涉到谁")
    expect(page.locator(".ar-said")).to_contain_text("第 1 步已记入方案")
    page.keyboard.press("Alt+z")
    _steps(page, 0)
    assert GRID in page.evaluate(_SHOWN)
    page.keyboard.press("Alt+1")  # puts the tool down
    _split_by_hand(page)
    _steps(page, 1)


def _merge_two(page: Page) -> None:
    page.keyboard.press("Alt+2")
    for code in (THIRD, FOURTH):
        page.locator("#merge-more").fill(code)
        page.get_by_role("button", name="加入", exact=True).click()
    page.get_by_label("合并后的名称").fill("东桥南网格")
    page.keyboard.press("Control+Enter")
    _steps(page, 2)
    expect(_panel(page)).to_contain_text("东桥南网格")


def _import_in_a_wrong_datum(admin: Desk, page: Page, file: Path) -> None:
    page.keyboard.press("Alt+8")
    shifted = export_areas(DISTRICT, level="grid", day=_today(), datum="GCJ-02", within="310198002")
    page.locator("#import_file").set_input_files(_file(file, shifted))
    page.locator("#import_datum").select_option("WGS-84")
    page.locator("[data-for=import]").get_by_role("button", name="导入").click()
    expect(page.locator(".ar-refusal")).to_contain_text("GCJ-02")
    _steps(page, 2)
    admin.expected("status of 422")


def test_an_administrator_redraws_the_map_for_tomorrow(arrive: Arrive, tmp_path: Path) -> None:
    today = _today()
    admin = arrive("admin")
    page = _open_plan(admin, "东桥一居网格调整")
    admin.check_axe()

    _split_undo_and_split_again(page)
    _merge_two(page)
    admin.check_axe()
    _import_in_a_wrong_datum(admin, page, tmp_path / "shifted.geojson")
    page.keyboard.press("Alt+1")
    _draw_line(page, (121.398, 31.034), (121.407, 31.028), (121.412, 31.026))
    expect(page.locator("#split-area-name")).to_have_text("东桥5号网格")
    admin.picture("areas-editor")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="批准方案").click()
    expect(page.get_by_role("dialog")).to_contain_text("撤销编码 3 个，新编码 3 个")
    admin.check_axe()
    page.get_by_role("button", name="确认批准").click()
    expect(page.locator(".ld-bar")).to_contain_text("已批准")
    admin.check_axe()

    before, after = _shown(page, today), _shown(page, today + timedelta(days=1))
    assert before - after == {GRID, THIRD, FOURTH}
    assert len(after - before) == 3
    expect(page.locator("#report")).to_contain_text("没有缝隙")
    admin.check_axe()
    admin.picture("areas-map")


def test_a_refused_line_stays_until_it_is_dropped_with_escape(arrive: Arrive) -> None:
    admin = arrive("admin")
    page = _open_plan(admin, "只切一半")
    page.keyboard.press("Alt+1")
    _draw_line(page, (121.405, 31.005), (121.405, 31.012))
    expect(page.locator(".ar-said")).to_contain_text("切线已画好")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ar-refusal")).to_contain_text("没有把")
    expect(page.locator(".ar-refusal")).to_contain_text("请让线的两端都越过")
    admin.expected("status of 422")
    drawn = "() => document.querySelector('ld-area-editor').draft.outline?.type ?? ''"
    assert page.evaluate(drawn) == "LineString"
    page.keyboard.press("Escape")
    assert page.evaluate(drawn) == ""
    expect(page.locator(".ar-refusal")).to_be_hidden()


def test_a_map_is_redrawn_without_a_mouse(arrive: Arrive) -> None:
    page = _open_plan(arrive("admin"), "只用键盘")
    page.keyboard.press("Alt+1")
    page.keyboard.type(GRID)
    page.keyboard.press("Tab")
    expect(page.locator("#split-area-name")).to_have_text("东桥1号网格")
    page.get_by_role("button", name="从正中东西向切开").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    _steps(page, 1)

    page.locator(".ld-map-view").focus()
    page.keyboard.press("Alt+7")
    page.locator("#overlay_code").fill("R-001")
    page.locator("#overlay_name").fill("东桥路")
    page.locator(".ld-map-view").focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        page.keyboard.press("Space")
    expect(page.locator(".ar-said")).to_contain_text("已加第 3 点")
    page.keyboard.press("Enter")
    expect(page.locator(".ar-said")).to_contain_text("边界已画好")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#overlay-panel")).to_contain_text("东桥路")


def test_road_grids_come_from_a_file_and_a_wrong_datum_is_told(arrive: Arrive, tmp_path: Path) -> None:
    admin = arrive("admin")
    page = _open_plan(admin, "导入道路网格")
    town = export_areas(DISTRICT, level="town", day=_today(), datum="GCJ-02")["features"][0]
    town["properties"] = {"code": "R-100", "name": "环镇路"}
    file = tmp_path / "roads.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [town]}))
    page.keyboard.press("Alt+7")
    page.get_by_text("从文件导入叠加网格").click()
    page.locator("#overlays_file").set_input_files(file)
    page.locator("#overlays_datum").select_option("WGS-84")
    page.locator("#overlays-area").fill("东桥街道")
    page.get_by_role("button", name="导入叠加网格").click()
    expect(page.locator(".ar-refusal")).to_contain_text("按 GCJ-02 才与已有边界吻合")
    admin.expected("status of 422")
    page.locator("#overlays_datum").select_option("GCJ-02")
    page.get_by_role("button", name="导入叠加网格").click()
    expect(page.locator(".ar-said")).to_contain_text("按 GCJ-02 读取：新增 1 个")
    expect(page.locator("#overlay-panel")).to_contain_text("环镇路")


def test_a_border_is_dragged_and_the_neighbour_follows(arrive: Arrive) -> None:
    page = _open_plan(arrive("admin"), "挪边界")
    page.keyboard.press("Alt+3")
    page.mouse.click(*_point(page, (121.405, 31.01)))
    expect(page.locator("#reshape-area")).to_have_value(GRID)
    page.mouse.move(*_point(page, (121.41, 31.01)))
    page.mouse.down()
    page.mouse.move(*_point(page, (121.412, 31.01)), steps=8)
    page.mouse.up()
    page.keyboard.press("Control+Enter")
    _steps(page, 1)
    changed = page.evaluate(
        "() => [...document.querySelector('ld-area-editor').canvas.shapes.values()]"
        ".filter((one) => one.get('is_changed')).map((one) => one.get('code'))"
    )
    assert set(changed) == {GRID, "310198001001002"}
    expect(page.locator("#plan-panel")).to_contain_text("没有缝隙")
