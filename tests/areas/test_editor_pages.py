"""The pages of the map and of its plans: who may open what, and what they show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.areas.operations import adopt_redrawing
from liandong.areas.queries import export_areas, redrawing_view
from liandong.areas.views.tools import TOOLS
from liandong.people.models import Post, User
from tests.areas.editing import (
    COMMUNITY,
    GRID,
    JSON,
    SPLIT,
    TODAY,
    TOMORROW,
    browser_of,
    monday_at_the_desk,
    open_plan,
    post,
    post_step,
    refusal_in,
)
from tests.world import DISTRICT, World


@pytest.fixture(autouse=True)
def monday(settings: Settings) -> Iterator[None]:
    """Every test is on the Monday of the story."""
    with monday_at_the_desk(settings):
        yield


@pytest.fixture
def admin(world: World) -> Client:
    """The administrator at a browser."""
    return browser_of("admin")


@pytest.fixture
def plan(world: World) -> int:
    """A draft for tomorrow, over the whole district."""
    return open_plan(world)


def _codes(answer: Any) -> set[str]:
    return {feature["properties"]["code"] for feature in answer.json()["features"]}


# ── the map of a day ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("account", ["admin", "lin", "town01", "grid001", "leader"])
def test_any_staff_see_the_map_of_their_district(world: World, account: str) -> None:
    client = browser_of(account)
    page = client.get("/desk/areas/")
    assert page.status_code == 200
    assert ("新建方案" in page.content.decode()) == (account == "admin")
    assert {GRID, COMMUNITY, "310198001"} <= _codes(client.get("/desk/areas/outlines.json"))


@pytest.mark.parametrize("path", ["", "outlines.json", "overlays.json", "report/", "export.geojson"])
def test_who_is_no_staff_sees_no_map(world: World, path: str) -> None:
    volunteer = User.objects.create(username="vol")
    Post.objects.create(
        user=volunteer, unit_id="310198-T01", role="volunteer", area="310198001", since_on=date(2026, 1, 1)
    )
    assert browser_of("vol").get(f"/desk/areas/{path}").status_code == 403


def test_the_map_of_a_day_before_an_adopted_plan_shows_the_old_grid_and_after_it_the_new_ones(
    admin: Client, world: World, plan: int
) -> None:
    post_step(admin, plan, SPLIT)
    adopt_redrawing(plan, actor=world.actor("admin"), at=world.at)
    before = _codes(admin.get(f"/desk/areas/outlines.json?day={TODAY}"))
    after = _codes(admin.get(f"/desk/areas/outlines.json?day={TOMORROW}"))
    assert GRID in before
    assert before - after == {GRID}
    assert len(after - before) == 2


def test_outlines_are_sent_once_and_then_only_when_they_changed(admin: Client) -> None:
    first = admin.get("/desk/areas/outlines.json")
    again = admin.get("/desk/areas/outlines.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_outlines_are_packed_for_slow_lines(admin: Client) -> None:
    packed = admin.get("/desk/areas/outlines.json", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("day", ["gestern", "2026-02-30", ""])
def test_a_day_that_cannot_be_read_shows_today_and_says_so(admin: Client, day: str) -> None:
    page = admin.get("/desk/areas/", {"day": day})
    assert page.status_code == 200
    assert ("日期读不出来" in page.content.decode()) == bool(day)


def test_the_report_of_a_good_map_says_that_nothing_is_wrong(admin: Client) -> None:
    assert "没有缝隙、重叠、碎片和越界" in admin.get("/desk/areas/report/").content.decode()


def test_the_page_reads_in_english(admin: Client) -> None:
    admin.cookies["django_language"] = "en"
    text = admin.get("/desk/areas/").content.decode()
    assert "Map of areas" in text
    assert "Dongqiao Grid 1" in admin.get("/desk/areas/outlines.json").content.decode()


# ── taking the map away ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("datum", ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("level", ["", "town", "community", "grid"])
def test_an_export_is_the_map_in_the_datum_asked_for(admin: Client, level: str, datum: str) -> None:
    answer = admin.get("/desk/areas/export.geojson", {"level": level, "datum": datum, "day": TODAY.isoformat()})
    assert answer.json() == json.loads(json.dumps(export_areas(DISTRICT, level=level, day=TODAY, datum=datum)))
    assert datum in answer["Content-Disposition"]


@pytest.mark.parametrize("asked", [{"level": "street"}, {"datum": "EPSG:4547"}, {"day": "soon"}])
def test_an_export_of_what_there_is_not_is_refused_by_name(admin: Client, asked: dict[str, str]) -> None:
    refusal_in(admin.get("/desk/areas/export.geojson", asked, headers=JSON), 422, "unknown_export")


# ── who may redraw ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["", "state.json"])
def test_only_who_may_redraw_opens_a_plan(plan: int, path: str) -> None:
    assert browser_of("supervisor").get(f"/desk/areas/redrawings/{plan}/{path}").status_code == 403
    assert browser_of("admin").get(f"/desk/areas/redrawings/{plan}/{path}").status_code == 200


@pytest.mark.parametrize("act", ["steps", "undo", "import", "move", "adopt", "drop"])
def test_nobody_else_changes_a_plan(world: World, plan: int, act: str) -> None:
    answer = post(browser_of("lin"), f"/desk/areas/redrawings/{plan}/{act}/", SPLIT)
    assert answer.status_code == 403
    view = redrawing_view(plan, actor=world.actor("admin"))
    assert (view.facts.state, view.steps) == ("draft", ())


@pytest.mark.parametrize("path", ["overlays/", "overlays/1/end/", "redrawings/"])
def test_nobody_else_lays_overlays_or_opens_plans(world: World, path: str) -> None:
    assert post(browser_of("town01"), f"/desk/areas/{path}").status_code == 403


def test_an_administrator_of_a_town_sees_only_its_plans_and_draws_only_within_it(world: World) -> None:
    User.objects.get(username="admin").posts.update(area="310198002")
    theirs = open_plan(World(), area="310198002", title="西渡调整")
    town = browser_of("admin")
    assert "西渡调整" in town.get("/desk/areas/").content.decode()
    told = refusal_in(post_step(town, theirs, SPLIT), 403, "outside_plan")
    assert "310198002" in told["detail"]
    User.objects.get(username="admin").posts.update(area="310198001")
    assert "西渡调整" not in town.get("/desk/areas/").content.decode()
    assert town.get(f"/desk/areas/redrawings/{theirs}/").status_code == 404
    assert post_step(town, theirs, SPLIT).status_code == 404


# ── opening, moving, dropping ────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_is_opened_and_its_editor_shows_every_tool(admin: Client) -> None:
    answer = admin.post(
        "/desk/areas/redrawings/", {"title": "撤并网格", "effective_on": TOMORROW.isoformat(), "area": DISTRICT}
    )
    assert answer.status_code == 302
    page = admin.get(answer["Location"]).content.decode()
    assert "撤并网格" in page
    for tool in TOOLS:
        assert f'data-tool="{tool.code}"' in page
        assert f'data-for="{tool.code}"' in page


@pytest.mark.parametrize(
    ("given", "words"),
    [({"title": ""}, "新建方案"), ({"effective_on": "soon"}, "soon"), ({"effective_on": "2020-01-01"}, "2020-01-01")],
)
def test_a_plan_that_cannot_be_opened_comes_back_as_it_was_filled_in(
    admin: Client, given: dict[str, str], words: str
) -> None:
    filled = {"title": "撤并网格", "effective_on": TOMORROW.isoformat(), "area": DISTRICT, **given}
    answer = admin.post("/desk/areas/redrawings/", filled)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert f'value="{filled["title"]}"' in page or not filled["title"]


def test_a_plan_takes_another_name_and_day(admin: Client, world: World, plan: int) -> None:
    day = TOMORROW + timedelta(days=9)
    path = f"/desk/areas/redrawings/{plan}/move/"
    moved = admin.post(path, {"title": "二期", "effective_on": day.isoformat()}, headers=JSON)
    assert moved.json() == {"go": f"/desk/areas/redrawings/{plan}/"}
    facts = redrawing_view(plan, actor=world.actor("admin")).facts
    assert (facts.title, facts.effective_on) == ("二期", day)
    told = refusal_in(admin.post(path, {"title": "二期"}, headers=JSON), 422, "form_unreadable")
    assert "生效日期" in told["detail"]


def test_a_dropped_plan_is_only_looked_at(admin: Client, plan: int) -> None:
    assert post(admin, f"/desk/areas/redrawings/{plan}/drop/").json() == {"go": "/desk/areas/"}
    page = admin.get(f"/desk/areas/redrawings/{plan}/").content.decode()
    assert "data-tool" not in page
    refusal_in(post_step(admin, plan, SPLIT), 409, "plan_closed")
