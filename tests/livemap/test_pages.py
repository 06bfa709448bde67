"""The map and the wall over HTTP: for whom, what is refused, and that every number opens its list."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from liandong.cases.queries import permitted_cases
from liandong.livemap import asking
from liandong.livemap.queries import figures
from liandong.people.access import Actor
from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.world import GRID_9, World

pytestmark = pytest.mark.django_db

BOX = "121.3,30.9,121.6,31.2"


def _client(account: str) -> Client:
    client = Client(headers={"Accept": "application/json"})
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def _page(account: str, address: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def _get(account: str, address: str, **parameters: Any) -> dict[str, Any]:
    answer = _client(account).get(address, parameters)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_few_cases_are_shown_one_by_one_with_their_state(world: World) -> None:
    case = world.report()
    found = _get("operator", "/desk/map/picture.json", box=BOX, zoom=12, open="yes")
    assert found["kind"] == "points"
    assert [(row[2], row[3]) for row in found["rows"]] == [(case.number, "late")]  # reported months ago


def test_hexagons_hold_what_the_list_holds(world: World) -> None:
    world.report()
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    found = _get("operator", "/desk/map/picture.json", **{"box": BOX, "zoom": 12, "as": "heat"})
    assert found["kind"] == "heat"
    assert [row[1] for row in found["rows"]] == [1, 1]
    assert all(len(row[0]) >= 12 and row[0][:2] == row[0][-2:] for row in found["rows"])


def test_many_cases_become_bubbles(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        world.report()
    monkeypatch.setattr("liandong.livemap.views.data.MOST_POINTS", 2)
    found = _get("operator", "/desk/map/picture.json", box=BOX, zoom=12)
    assert (found["kind"], found["cases"]) == ("clusters", 3)
    assert found["rows"] == [[121.405, 31.01, 3, 0]]


def test_a_reader_sees_on_the_map_what_they_may_see_and_a_right_that_ended_shows_nothing(world: World) -> None:
    mine, other = world.report(), world.report(lon=GRID_9[0], lat=GRID_9[1])
    numbers = {row[2] for row in _get("town01", "/desk/map/picture.json", box=BOX, zoom=12)["rows"]}
    assert mine.number in numbers
    assert other.number not in numbers
    assert _client("town01").get(f"/desk/map/card/{other.number}/").status_code == 404
    assert _client("town01").get(f"/desk/map/card/{mine.number}/").status_code == 200
    User.objects.get(username="town01").posts.all().delete()
    assert _client("town01").get("/desk/map/picture.json", {"box": BOX}).status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"box": "121.3,30.9,121.6"},
        {"box": "a,b,c,d"},
        {"box": "121.6,30.9,121.3,31.2"},
        {"box": "nan,30.9,121.6,31.2"},
        {"box": BOX, "zoom": "near"},
        {"box": BOX, "zoom": "inf"},
        {"box": BOX, "shape": "121,31;122,31"},
        {"box": BOX, "shape": ";".join(["121.4,31.0"] * 201)},
        {"box": BOX, "shape": "121.4,31.0;x,y;121.5,31.1"},
        {"box": BOX, "shape": "721.4,31.0;121.5,31.0;121.5,31.1"},
    ],
)
def test_what_is_no_place_is_refused_by_name(world: World, asked: dict[str, str]) -> None:
    answer = _client("operator").get("/desk/map/picture.json", asked)
    assert answer.status_code == 400
    assert answer.json()["title"] in ("BadBox", "BadShape", "bad_box", "bad_shape")


def test_a_box_around_the_world_and_a_filter_that_matches_everything_are_answered(world: World) -> None:
    world.report()
    for zoom in (0, 12, 24):
        assert _get("admin", "/desk/map/picture.json", box="-999,-99,999,99", zoom=zoom)["cases"] == 1


def test_a_question_that_takes_too_long_is_refused_and_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(asking.TooMuch) as refused, asking.patience(30), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")
    assert refused.value.status == 503


def test_a_day_is_told_minute_by_minute(world: World) -> None:
    case = world.report()
    found = _get("operator", "/desk/map/day.json", day="2026-03-02")
    assert found["cases"] == 1
    assert found["until"] == 1440
    assert [row[2:5] for row in found["rows"]] == [[case.number, 9 * 60 + 30, None]]
    assert _get("operator", "/desk/map/day.json", day="2026-03-01")["rows"] == []
    for day in ("yesterday", "9999-12-31", "0001-01-01"):
        assert _client("operator").get("/desk/map/day.json", {"day": day}).status_code == 400
    assert _client("operator").get("/desk/cases/", {"ended_until": "9999-12-31"}).status_code == 200


def test_the_nearest_units_come_with_reasons(world: World) -> None:
    rows = _get("operator", "/desk/map/nearest.json", lon=121.405, lat=31.01)["rows"]
    assert rows[0]["reason"] == "所在网格"
    assert [row["metres"] for row in rows if row["reason"] == "距离较近"] == sorted(
        row["metres"] for row in rows if row["reason"] == "距离较近"
    )
    assert _client("operator").get("/desk/map/nearest.json", {"lon": "x", "lat": 31}).status_code == 400


def test_who_is_on_duty_is_told_to_those_who_may_see_it_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"lon": 121.405, "lat": 31.01}
    assert any(row["phone"] for row in _get("operator", "/desk/map/nearest.json", **asked)["rows"])
    may = Actor.may
    monkeypatch.setattr(Actor, "may", lambda actor, act, thing=None: act != "duty.view" and may(actor, act, thing))
    assert {(row["duty"], row["phone"]) for row in _get("operator", "/desk/map/nearest.json", **asked)["rows"]} == {
        ("", "")
    }


def test_a_question_of_several_stages_comes_along_whole(world: World) -> None:
    page = _page("operator", "/desk/map/?stage=filed&stage=dispatched")
    assert page.count('type="hidden" name="stage"') == 2


def test_more_cases_than_are_drawn_one_by_one_are_never_cut_silently(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        world.report()
    monkeypatch.setattr("liandong.livemap.views.data.MOST_POINTS", 2)
    monkeypatch.setattr("liandong.livemap.views.data.clusters", lambda *_asked, **_named: [])
    assert _get("operator", "/desk/map/picture.json", box=BOX, zoom=12)["kind"] == "clusters"


def test_cases_without_a_point_are_left_out_where_only_placed_ones_are_asked_for(world: World) -> None:
    world.report()
    world.report(lon=None, lat=None, area="310198001")
    assert _get("operator", "/desk/map/shares.json", level="town")["rows"] == [["310198001", 2, 0]]
    assert _get("operator", "/desk/map/shares.json", level="town", placed="yes")["rows"] == [["310198001", 1, 0]]


@pytest.mark.parametrize("code", ["units", "duty", "problems", "road", "patrol"])
def test_each_layer_answers_for_its_box(world: World, code: str) -> None:
    found = _get("supervisor", f"/desk/map/layers/{code}.json", box=BOX)
    assert found["type"] == "FeatureCollection"
    assert _client("supervisor").get("/desk/map/layers/vehicles.json", {"box": BOX}).status_code == 404


def test_a_layer_of_too_many_says_that_there_are_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _get("supervisor", "/desk/map/layers/units.json", box=BOX)
    assert (len(whole["features"]) > 2, whole["has_more"]) == (True, False)
    monkeypatch.setattr("liandong.livemap.views.data.MOST_DRAWN", 2)
    part = _get("supervisor", "/desk/map/layers/units.json", box=BOX)
    assert (part["features"], part["has_more"]) == (whole["features"][:2], True)


def test_areas_are_told_with_their_counts(world: World) -> None:
    world.report()
    assert _get("operator", "/desk/map/shares.json", level="town")["rows"] == [["310198001", 1, 0]]
    assert _get("operator", "/desk/map/shares.json", level="nonsense")["rows"] == [["310198001", 1, 0]]


def test_the_map_takes_the_lists_question_along(world: World) -> None:
    page = _page("operator", "/desk/map/?urgency=urgent&shape=121.4,31.0;121.5,31.0;121.5,31.1")
    assert 'name="urgency" value="urgent"' in page
    assert 'name="shape"' in page
    assert "另有 2 项条件" in page
    fresh = _page("operator", "/desk/map/")
    assert '<option value="yes" selected>在办</option>' in fresh


def test_the_wall_is_for_those_who_watch(world: World) -> None:
    assert _client("leader").get("/desk/wall/").status_code == 200
    assert _client("grid001").get("/desk/wall/").status_code == 403
    assert _client("grid001").get("/desk/wall/panels/").status_code == 403


def test_every_number_of_the_wall_opens_the_list_of_its_cases(world: World) -> None:
    world.closed()
    world.dispatched()
    world.report(about_unit="310198-T01")
    for account in ("leader", "town01"):
        page = _page(account, "/desk/wall/panels/")
        links = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>\s*<strong>([\d.]+)</strong>', page)
        assert len(links) >= 5
        for address, number in links:
            listed = _page(account, unescape(address))
            assert len(re.findall(r'<tr id="row-', listed)) == int(number), (account, address, number)


def test_the_wall_counts_today_in_the_zone_of_the_district(world: World) -> None:
    world.report()
    actor = world.actor("leader")
    found = figures(actor, "310198", at=world.at)
    assert [(one.code, one.count) for one in found.today] == [("reported", 1), ("ended", 0), ("open", 1), ("late", 0)]
    for one in found.today:
        assert one.asked is not None
        assert one.asked.apply(permitted_cases(actor)).count() == one.count
    assert found.flow[-1].day.isoformat() == "2026-03-02"


def test_the_phone_page_shows_the_same_panels(world: World) -> None:
    assert "wl-rates" in _page("leader", "/desk/wall/phone/")
