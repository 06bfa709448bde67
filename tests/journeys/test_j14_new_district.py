"""J14: a new district is set up from data files alone, and its first case is filed, dispatched and received there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from liandong.cases.models import Case
from liandong.cases.rulebook import forget_rules
from liandong.project.cli import main
from liandong.project.districts import load_district
from tests.journeys.browser import case_number
from tests.journeys.conftest import Arrive
from tests.world import PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
OUTLINE = SHARED / "minhang_310112_boundary_gcj02.geojson"
TOWNS = SHARED / "minhang_14_streets_SYNTHETIC_voronoi_gcj02.geojson"
# What a surveyor wrote down from a domestic map: the datum of the folder, GCJ-02.
PLACES = "name,name_en,kind,lon,lat,area\n江川路,Jiangchuan Road,road,121.402,31.009,310112001\n"


@pytest.mark.skipif(not OUTLINE.exists(), reason="the real outline of Minhang is not beside this clone")
def test_a_district_of_data_files_takes_its_first_case(arrive: Arrive, tmp_path: Path) -> None:
    folder = tmp_path / "310112"
    _set_up(folder)
    operator = arrive("mh-operator")
    page = operator.open("/desk/intake/")
    page.keyboard.type("暴露垃圾")
    expect(page.get_by_role("option", name="暴露垃圾").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+2")
    page.keyboard.type("江川路")
    expect(page.get_by_role("option", name="江川路").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#suggested-unit")).to_have_text("江川路街道")
    page.keyboard.press("Alt+3")
    page.keyboard.type("路口垃圾堆了三天")
    operator.picture("new-district")
    page.keyboard.press("Control+Enter")
    filed = page.locator("#intake-form .ld-note")
    expect(filed).to_contain_text("已受理并立案")
    number = case_number(filed.inner_text())
    assert number.startswith("MH-")
    dispatcher = arrive("mh-dispatcher").open("/desk/dispatch/")
    expect(dispatcher.locator(f"#row-{number}")).to_have_attribute("aria-current", "true")
    dispatcher.keyboard.press("d")
    expect(dispatcher.locator("#queue")).to_contain_text("队列已清空")
    town = arrive("mh-town01").open("/desk/inbox/")
    town.locator(f"#row-{number}").get_by_role("button", name="签收").click()
    expect(town.locator(f"#row-{number}")).to_have_count(0)
    case = Case.objects.get(number=number)
    assert (case.stage, case.area, case.unit) == ("received", "310112001", "310112-T01")


def _set_up(folder: Path) -> None:
    """The generator writes the first files, one is filled in by hand, and the folder is loaded."""
    facts = ["--code", "310112", "--name", "闵行区", "--name-en", "Minhang District", "--prefix", "MH"]
    drawn = ["--datum", "GCJ-02", "--outline", str(OUTLINE), "--outline", str(TOWNS)]
    towns = ["--towns", str(SHARED / "minhang_14_streets.csv")]
    assert main(["new-district", str(folder), *facts, *drawn, *towns]) == 0
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    for _time in range(2):
        load_district(folder, at=datetime(2026, 1, 1, tzinfo=UTC), password=PASSWORD)
    forget_rules()
