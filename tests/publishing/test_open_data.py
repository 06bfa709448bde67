"""Open data: whole, in parts, unchanged, limited, and safe to open in a spreadsheet."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.citizen.models import Allowance
from liandong.citizen.publishing import operations
from liandong.citizen.publishing.queries import DICTIONARY
from tests.publishing.conftest import rows_of
from tests.world import GRID_9, World


def test_a_case_stands_in_csv_and_json_with_every_column_of_the_dictionary(world: World, public: Client) -> None:
    case = world.closed(address="东桥路1号")
    [row] = rows_of(public)
    answer = public.get("/open-data/cases.json")
    told = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert list(row) == list(told["cases"][0]) == [name for name, _type, _about in DICTIONARY]
    assert (row["number"], row["state"], row["stage"], row["group_name"]) == (
        case.number,
        "closed",
        "closed",
        "市容环境类",
    )
    assert told["licence"]
    assert told["cases"][0]["lon"] == 121.405
    assert told["cases"][0]["is_exact"] is True
    assert row["reported_at"] == "2026-03-02T01:30:00Z"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_nothing_about_persons_is_in_it(world: World, public: Client) -> None:
    from tests.world import MRS_CHEN

    world.report(contact=MRS_CHEN, description="联系 13812345678，苏A12345 挡路", identity="named")
    text = str(rows_of(public))
    for word in ("陈女士", "13812345678", "苏A12345"):
        assert word not in text


def test_all_cases_come_in_the_order_of_their_reports_however_many_parts_it_takes(
    world: World, public: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.citizen.publishing.queries.open_data.AT_ONCE", 3)
    numbers = [world.report(description=f"第 {place} 处").number for place in range(10)]
    assert [row["number"] for row in rows_of(public)] == numbers


def test_pages_follow_one_another_without_a_gap_or_a_double(world: World, public: Client) -> None:
    numbers = [world.report(description=f"第 {place} 处").number for place in range(7)]
    seen: list[str] = []
    query = "?limit=3"
    while query:
        answer = public.get(f"/open-data/cases.json{query}")
        told = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
        seen += [case["number"] for case in told["cases"]]
        link = answer.headers.get("Link", "")
        query = "?" + link.partition("?")[2].partition(">")[0] if link else ""
    assert seen == numbers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?town=310198001", 2),
        ("?town=310198002", 1),
        ("?class=M06", 2),
        ("?class=M04002", 1),
        ("?state=open", 3),
        ("?state=closed", 0),
        ("?from=2026-03-02&until=2026-03-02", 3),
        ("?from=2026-03-03", 0),
        ("?until=2026-03-01", 0),
        ("?from=2026-03-02T09:30:00%2B08:00", 3),
        ("?from=2026-03-02T09:30:00+08:00", 3),
    ],
)
def test_a_part_is_taken_by_town_class_state_and_time(world: World, public: Client, query: str, found: int) -> None:
    world.report()
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    world.report(class_code="M04002")
    assert len(rows_of(public, query)) == found


def test_only_what_changed_since_is_taken(world: World, public: Client) -> None:
    world.report()
    since = (world.at + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    changed = world.filed()
    assert [row["number"] for row in rows_of(public, f"?updated_after={since}")] == [changed.number]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "limit=0",
            "limit=50001",
            "limit=x",
            "after=x",
            "after=2026-01-01~1",
            "updated_after=yesterday",
            "class=A0203",
        ),
        *("town=1", "state=late", "from=2026-02-30", "until=0001-01-01", "updated_after=9999-12-31", "district=1"),
    ],
)
def test_what_is_asked_unclearly_is_refused_by_name(world: World, public: Client, query: str) -> None:
    answer = public.get(f"/open-data/cases.csv?{query}", headers={"Accept": "application/json"})
    assert answer.status_code in (400, 404)
    assert answer.json()["title"] in ("asked_unclear", "not_found")


def test_what_a_reporter_wrote_is_no_formula_in_a_spreadsheet(world: World, public: Client) -> None:
    for text in ("=HYPERLINK(1)", "+1", "-1", "@x", "  =1+1", 'a,b\n"c"'):
        world.report(description=text)
    told = [row["description"] for row in rows_of(public)]
    assert told == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'=1+1", 'a,b\n"c"']


def test_a_hidden_case_drops_out_of_a_download_that_is_under_way(
    world: World, public: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.citizen.publishing.queries.open_data.AT_ONCE", 1)
    first, second = world.report(), world.report(description="第二处")
    parts = iter(public.get("/open-data/cases.csv").streaming_content)  # type: ignore[attr-defined]
    begun = next(parts) + next(parts)
    operations.hide_case(second.number, reason="personal", actor=world.actor("supervisor"), at=world.at)
    whole = (begun + b"".join(parts)).decode()
    assert first.number in whole
    assert second.number not in whole


def test_an_unchanged_state_is_not_sent_again_and_anything_that_happens_to_a_case_is_a_change(
    shared_world: World, settings: Settings
) -> None:
    settings.LIANDONG_CITIZEN_LIMITS = {"download_address": 9_999}
    public = Client()
    case = shared_world.report()
    first = public.get("/open-data/cases.csv")
    assert first["Last-Modified"]
    kept = {"If-None-Match": f'"other", {first["ETag"]}'}
    assert public.get("/open-data/cases.csv", headers=kept).status_code == 304
    operations.hide_case(case.number, reason="personal", actor=shared_world.actor("supervisor"), at=shared_world.at)
    again = public.get("/open-data/cases.csv", headers=kept)
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_an_address_that_comes_too_often_is_told_to_wait_and_is_not_kept(
    world: World, public: Client, settings: Settings
) -> None:
    settings.LIANDONG_CITIZEN_LIMITS = {"download_address": 2}
    assert [public.get("/open-data/cases.csv").status_code for _visit in range(3)] == [200, 200, 429]
    assert public.get("/open-data/figures.csv").status_code == 429
    assert public.get("/open-data/cases.csv", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert "127.0.0.1" not in str(list(Allowance.objects.values()))
    world.later(hours=1)
    assert public.get("/open-data/cases.csv").status_code == 200


def test_the_page_explains_every_column_in_both_languages(world: World, public: Client) -> None:
    for language in ("zh-hans", "en"):
        page = public.get("/open-data/", headers={"Accept-Language": language}).content.decode()
        assert all(f"<code>{name}</code>" in page for name, _type, _about in DICTIONARY)
    told = public.get("/open-data/dictionary.json", headers={"Accept-Language": "en"}).json()
    assert told["columns"][0] == {"name": "number", "type": "text", "description": "Number of the case, unique"}
