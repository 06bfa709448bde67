"""The rules of publication a district states: which classes, after how many days, how exactly the place is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from liandong.cases.folder import BrokenFolder
from liandong.cases.queries import public_cases, public_cases_within
from liandong.citizen.publishing.folder import PortalRow
from liandong.citizen.publishing.models import PortalText
from liandong.citizen.publishing.operations import load_portal
from liandong.people.access import Forbidden, platform
from liandong.timeline.queries import trace
from tests.publishing.conftest import Rules, rows_of
from tests.world import DISTRICT, GRID_1, World

TOWN, COMMUNITY, GRID = "310198001", "310198001001", "310198001001001"


def _numbers(world: World, **gap: float) -> set[str]:
    return set(public_cases(DISTRICT, at=world.at + timedelta(**gap)).values_list("number", flat=True))


def _in_box(public: Client, lon: float, lat: float, *, gap: float = 0.0001) -> list[str]:
    box = f"{lon - gap},{lat - gap},{lon + gap},{lat + gap}"
    return [row["service_request_id"] for row in public.get("/open311/v2/requests.json", {"bbox": box}).json()]


def test_a_class_that_is_not_published_is_nowhere_and_cannot_be_reported_in_public(
    ruled: Rules, public: Client
) -> None:
    world = ruled(("M0601", "publish", "no"))
    world.report()
    other = world.report(class_code="M06036")
    assert _numbers(world) == {other.number}
    assert {row["number"] for row in rows_of(public)} == {other.number}
    assert [row["service_request_id"] for row in public.get("/open311/v2/requests.json").json()] == [other.number]
    assert "M06010" not in {service["service_code"] for service in public.get("/open311/v2/services.json").json()}
    assert public.get("/open311/v2/services/M06010.json").status_code == 404


def test_a_case_waits_for_its_days_and_appears_to_the_second(ruled: Rules) -> None:
    world = ruled(("M06010", "publish_after_days", "3"))
    case = world.report()
    assert _numbers(world, days=2, hours=23) == set()
    assert _numbers(world, days=3) == {case.number}
    assert public_cases(DISTRICT).filter(pk=case.pk).exists(), "by the clock of the database it was long ago"


def test_a_longer_code_rules_before_a_shorter_one(ruled: Rules) -> None:
    world = ruled(("*", "publish", "no"), ("M06", "publish", "yes"), ("M06010", "publish_after_days", "9"))
    world.report()
    at_once = world.report(class_code="M06036")
    world.report(class_code="A0209")
    assert _numbers(world) == {at_once.number}


@pytest.mark.parametrize(
    ("place", "area", "names_it"),
    [("grid", GRID, "东桥1号网格"), ("community", COMMUNITY, "东桥第一居委会"), ("town", TOWN, "东桥街道")],
)
def test_a_coarser_place_hides_point_and_address_everywhere(
    ruled: Rules, public: Client, place: str, area: str, names_it: str
) -> None:
    world = ruled(("M06010", "publish_place", place))
    case = world.report(address="东桥路1弄2号301室", lon=121.4043, lat=31.0121)
    [row] = rows_of(public)
    assert (row["area_code"], row["address"], row["is_exact"]) == (area, "", "false")
    assert (row["lon"], row["lat"]) != ("121.4043", "31.0121")
    told = public.get("/open311/v2/requests.json").json()[0]
    assert told["address_id"] == area
    assert told["address"].endswith(names_it)
    page = public.get(f"/map/{case.number}/").content.decode()
    points = public.get("/map/cases.json?bbox=121.3,30.9,121.6,31.2&zoom=15&period=365").content.decode()
    for text in (page, points, str(row), str(told)):
        assert "301室" not in text
        assert "121.4043" not in text


def test_a_place_told_nowhere_has_neither_area_nor_point(ruled: Rules, public: Client) -> None:
    world = ruled(("M06010", "publish_place", "nowhere"))
    world.report()
    [row] = rows_of(public)
    assert (row["area_code"], row["town_code"], row["lon"], row["lat"]) == (DISTRICT, "", "", "")
    assert public.get("/map/cases.json?bbox=121.3,30.9,121.6,31.2&zoom=15&period=365").json()["features"] == []


@pytest.mark.parametrize("place", ["grid", "community", "town"])
def test_a_search_by_box_finds_a_coarser_place_where_it_is_shown_and_nowhere_else(
    ruled: Rules, public: Client, place: str
) -> None:
    world = ruled(("M06010", "publish_place", place))
    case = world.report(lon=121.4043, lat=31.0121)
    [told] = public.get("/open311/v2/requests.json").json()
    assert _in_box(public, 121.4043, 31.0121) == []
    assert _in_box(public, float(told["long"]), float(told["lat"])) == [case.number]


def test_a_search_by_box_never_finds_what_is_told_nowhere(ruled: Rules, public: Client) -> None:
    ruled(("M06010", "publish_place", "nowhere")).report()
    assert len(public.get("/open311/v2/requests.json").json()) == 1
    assert _in_box(public, 121.4, 31.0, gap=5) == []


def test_asking_for_a_finer_area_than_is_told_finds_nothing_of_it(ruled: Rules, public: Client) -> None:
    world = ruled(("M06010", "publish_place", "community"))
    case = world.report()
    assert not public_cases_within(GRID, at=world.at).exists(), "else a filter would tell the grid"
    assert public_cases_within(COMMUNITY, at=world.at).get() == case
    assert rows_of(public, f"?town={GRID}") == []
    assert len(rows_of(public, f"?town={COMMUNITY}")) == 1


def test_a_home_is_never_told_finer_than_its_grid(world: World, public: Client) -> None:
    world.report(class_code="A0209", address="东桥路1弄3号502室", lon=121.4043, lat=31.0121)
    [row] = rows_of(public)
    assert (row["area_code"], row["address"], row["lon"], row["lat"]) == (GRID, "", str(GRID_1[0]), str(GRID_1[1]))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("A1101", "publish", "yes"), "A1101 is closed in classes.csv"),
        (("A0209", "publish_place", "point"), "no finer than its grid"),
        (("*", "publish", "maybe"), "neither yes nor no"),
        (("*", "publish_after_days", "-1"), "no number of days"),
        (("*", "publish_place", "house"), "house"),
        (("*", "publish_photos", "later"), "later"),
        (("Q99", "publish", "no"), "unknown class Q99"),
    ],
)
def test_rules_that_say_more_than_the_law_or_nothing_known_are_refused_by_file(
    ruled: Rules, row: tuple[str, str, str], fault: str
) -> None:
    with pytest.raises(BrokenFolder, match=fault):
        ruled(row)


@pytest.mark.parametrize(
    ("portal", "fault"),
    [
        ("name,text,text_en\nslogan,好,\n", "slogan"),
        ("name,text,text_en\nlicence,,\n", "says nothing"),
        ("name,text,text_en\nsmallest_cell,many,\n", "no number"),
        ("name,text,text_en\nlicence,甲,\nlicence,乙,\n", "stands twice"),
        ("name,words\nlicence,甲\n", "missing column"),
    ],
)
def test_texts_of_the_portal_are_checked_too(ruled: Rules, portal: str, fault: str) -> None:
    with pytest.raises(BrokenFolder, match=fault):
        ruled(portal=portal)


def test_texts_that_say_the_same_are_not_loaded_again_and_only_loaders_load_them(world: World) -> None:
    rows = [PortalRow("licence", "许可")]
    for _time in range(2):
        load_portal(DISTRICT, rows, actor=platform("import"), at=world.at)
    assert [entry.event for entry in trace("portal", int(DISTRICT))] == ["PortalLoaded"]
    with pytest.raises(Forbidden):
        load_portal(DISTRICT, [], actor=world.actor("supervisor"), at=world.at)
    load_portal(DISTRICT, [], actor=platform("import"), at=world.at)
    assert not PortalText.objects.exists()


def test_the_licence_is_the_districts_own_in_both_languages(ruled: Rules, public: Client) -> None:
    assert "须注明来源" in public.get("/open-data/").content.decode()
    ruled(portal="name,text,text_en\nlicence,新岸区开放许可,New Bank open licence\n")
    assert "新岸区开放许可" in public.get("/open-data/").content.decode()
    english = public.get("/open-data/", headers={"Accept-Language": "en"}).content.decode()
    assert "New Bank open licence" in english
    assert public.get("/open-data/dictionary.json").json()["licence"] == "新岸区开放许可"
