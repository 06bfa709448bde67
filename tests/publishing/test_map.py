"""The public map: few bundles however many cases there are, a list without script, filters refused by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.publishing.conftest import Rules
from tests.world import GRID_1, GRID_9, World

BOX = "bbox=121.3,30.9,121.6,31.2"


def features(public: Client, query: str = "", *, zoom: int = 13) -> list[dict[str, Any]]:
    answer = public.get(f"/map/cases.json?{BOX}&zoom={zoom}&period=365{query}")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/geo+json"
    return list(answer.json()["features"])


def _counts(found: list[dict[str, Any]]) -> list[int]:
    return [feature["properties"]["count"] for feature in found]


def test_cases_near_each_other_are_one_bundle_and_apart_when_zoomed_in(world: World, public: Client) -> None:
    for step in range(5):
        world.report(lon=GRID_1[0] + step * 0.0004)
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    assert _counts(features(public, zoom=8)) == [6]
    assert sorted(_counts(features(public, zoom=12))) == [1, 5]
    assert _counts(features(public, zoom=19)) == [1] * 6


def test_a_single_case_is_named_and_a_bundle_says_how_many_are_open(world: World, public: Client) -> None:
    closed = world.closed()
    world.report()
    [bundle] = features(public)
    assert (bundle["properties"]["count"], bundle["properties"]["open"]) == (2, 1)
    [single] = features(public, "&state=closed")
    assert (single["properties"]["number"], single["properties"]["open"]) == (closed.number, 0)
    assert single["properties"]["name"] == "暴露垃圾"


def test_the_sum_of_the_bundles_is_the_number_of_cases_at_every_zoom(world: World, public: Client) -> None:
    for place in range(20):
        world.report(lon=121.401 + place * 0.002, lat=31.002 + (place % 4) * 0.004)
    world.report(class_code="A0209")
    for zoom in (8, 11, 14, 17, 19):
        assert sum(_counts(features(public, zoom=zoom))) == 21


def test_what_lies_outside_the_picture_is_not_in_it(world: World, public: Client) -> None:
    world.report()
    answer = public.get("/map/cases.json?bbox=121.44,30.9,121.6,31.2&zoom=13&period=365")
    assert answer.json()["features"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("&kind=M06", 2),
        ("&kind=M06010", 2),
        ("&kind=A02", 1),
        ("&area=310198001", 2),
        ("&area=310198002", 1),
        ("&state=open", 3),
        ("&state=closed", 0),
    ],
)
def test_a_filter_narrows_map_and_list_alike(world: World, public: Client, query: str, found: int) -> None:
    world.report()
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    world.report(class_code="A0209")
    assert sum(_counts(features(public, query))) == found
    page = public.get(f"/map/?period=365{query}").content.decode()
    assert len(re.findall(r'<li><a href="/map/XA-', page)) == found


def test_the_last_days_are_shown_and_no_earlier_ones(world: World, public: Client) -> None:
    world.report()
    world.later(days=8)
    assert "没有符合条件的公开案件" in public.get("/map/?period=7").content.decode()
    assert "没有符合条件的公开案件" not in public.get("/map/?period=30").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        *(
            "period=8",
            "kind=ZZZ",
            "kind=A0203",
            "area=999",
            "area=310198003",
            "state=late",
            "after=x",
            "after=2026-01-01~9",
        ),
        *("after=2026-01-01T00:00:00%2B00:00~x", "kind=%00", "period=%EF%BC%97"),
    ],
)
def test_a_filter_of_something_unknown_is_refused_by_name(world: World, public: Client, query: str) -> None:
    answer = public.get(f"/map/?{query}")
    expected = 200 if query == "kind=%00" else 400
    assert answer.status_code == expected


@pytest.mark.parametrize(
    "query",
    [
        "",
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=2,0,1,1",
        "bbox=nan,0,1,1",
        "bbox=-999,0,1,1",
        f"{BOX}&zoom=x",
        f"{BOX}&zoom=-1",
    ],
)
def test_a_picture_that_is_none_is_refused(world: World, public: Client, query: str) -> None:
    assert public.get(f"/map/cases.json?{query}").status_code == 400


def test_the_list_goes_on_page_after_page_with_every_case_once(world: World, public: Client) -> None:
    numbers = {world.report(description=f"第 {count} 堆").number for count in range(65)}
    seen: list[str] = []
    query = "period=365"
    while query:
        page = public.get(f"/map/?{query}").content.decode()
        seen += re.findall(r'<a href="/map/(XA-[^/]+)/"', page)
        link = re.search(r'rel="next" href="\?([^"]+)"', page)
        query = link[1].replace("&amp;", "&") if link else ""
    assert len(seen) == len(set(seen)) == 65
    assert set(seen) == numbers


def test_the_page_of_a_case_tells_what_anybody_may_know(world: World, public: Client) -> None:
    case = world.closed(address="东桥路1号", description="电话 13812345678 的<b>垃圾</b>")
    page = public.get(f"/map/{case.number}/").content.decode()
    assert "东桥路1号" in page
    assert "已办结" in page
    assert "城管中队" in page
    assert "13812345678" not in page
    assert "&lt;b&gt;垃圾" in page


@pytest.mark.parametrize("number", ["XA-20260302-000009-9", "x%00", "<script>"])
def test_a_number_nobody_has_is_not_found(world: World, public: Client, number: str) -> None:
    assert public.get(f"/map/{number}/").status_code == 404
    assert public.get(f"/map/{number}/photos/1/").status_code == 404
    assert public.get(f"/map/{number}/photos/99999999999999999999/").status_code == 404


def test_outlines_are_sent_once_and_then_only_when_they_change(world: World, public: Client) -> None:
    first = public.get("/map/areas.json?level=grid")
    assert len(first.json()["features"]) == 16
    again = public.get("/map/areas.json?level=grid", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert len(public.get("/map/areas.json?level=street").json()["features"]) == 2


def test_a_district_nobody_has_is_not_found_and_one_that_is_named_is_kept(world: World, public: Client) -> None:
    assert public.get("/map/?district=999999").status_code == 404
    page = public.get("/map/?district=310198").content.decode()
    assert "district=310198" in page


def test_words_of_a_reporter_stay_text_on_every_page(ruled: Rules, public: Client) -> None:
    world = ruled()
    case = world.report(description="<script>alert(1)</script>", address='"><img src=x onerror=alert(1)>')
    for path in (f"/map/{case.number}/", "/map/?period=365"):
        page = public.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
