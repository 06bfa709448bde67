"""GET /api/v1/cases."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liandong.cases.api.rows import CaseRow
from liandong.cases.models import Case
from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.api.conftest import Caller, caller
from tests.world import GRID_9, World


def _numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["cases"]]


def _all_pages(api: Caller, **params: Any) -> list[str]:
    numbers: list[str] = []
    cursor = ""
    while True:
        answer = api.get("/cases", {**params, "cursor": cursor})
        numbers += _numbers(answer)
        cursor = answer.json()["next"]
        if not cursor:
            return numbers


def test_rows_hold_exactly_what_is_documented(api: Caller, world: World) -> None:
    world.report()
    row = api.get("/cases").json()["cases"][0]
    assert list(row) == list(CaseRow.model_fields)
    CaseRow.model_validate(row)


def test_the_latest_report_comes_first(api: Caller, world: World) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(world.report().number)
        world.later(minutes=1)
    assert _numbers(api.get("/cases")) == numbers[::-1]


def test_open_work_comes_by_what_is_due_first(api: Caller, world: World) -> None:
    slow, closed, quick = world.dispatched(), world.closed(), world.report(urgency="critical")
    listed = api.get("/cases", {"is_open": "true"}).json()["cases"]
    assert {row["number"] for row in listed} == {slow.number, quick.number}
    assert closed.number not in {row["number"] for row in listed}
    dues = [row["due_at"] for row in listed]
    assert dues == sorted(dues)


@pytest.mark.parametrize("order", [{}, {"is_open": "true"}])
def test_pages_show_every_case_once(api: Caller, world: World, order: dict[str, str]) -> None:
    numbers = {world.report().number for _ in range(7)}
    # Same instants, and work without a due time, are where a page could slip.
    Case.objects.filter(number__in=sorted(numbers)[:3]).update(due_at=None)
    for limit in (1, 2, 3, 7, 50):
        listed = _all_pages(api, limit=limit, **order)
        assert sorted(listed) == sorted(numbers), limit


def test_filters_narrow_the_list(api: Caller, world: World) -> None:
    here = world.report(class_code="M06010", urgency="urgent")
    there = world.dispatched(lon=GRID_9[0], lat=GRID_9[1], description="路灯不亮")
    asked = {
        "stage=reported": {here.number},
        "stage=reported&stage=dispatched": {here.number, there.number},
        "class_prefix=M06010&urgency=urgent": {here.number},
        "area_prefix=310198002": {there.number},
        "unit=" + there.unit: {there.number},
        "channel=hotline": {here.number, there.number},
        "text=路灯": {there.number},
        "text=" + here.number: {here.number},
        "is_open=false": set(),
        "is_late=true": set(),
        "is_placed=true": {here.number, there.number},
        "reported_from=2026-03-02T00:00:00Z&reported_until=2026-03-02T01:31:00Z": {here.number, there.number},
        "reported_until=2026-03-02T09:30:00%2B08:00": set(),
    }
    for query, numbers in asked.items():
        assert set(_numbers(api.get(f"/cases?{query}"))) == numbers, query


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("stage=lost", 422, "fields_invalid"),
        ("limit=0", 422, "fields_invalid"),
        ("limit=201", 422, "fields_invalid"),
        ("is_open=perhaps", 422, "fields_invalid"),
        ("reported_from=2026-03-02T00:00:00", 422, "fields_invalid"),
        ("reported_from=yesterday", 422, "fields_invalid"),
        ("colour=red", 422, "unknown_parameter"),
        ("cursor=x", 400, "bad_cursor"),
        ("cursor=cjEuMQ%3D%3D&is_open=true", 400, "bad_cursor"),
        ("cursor=cjk5OTk5OTk5OTk5OTk5OTk5OTkuMQ%3D%3D", 400, "bad_cursor"),
        ("text=" + "x" * 201, 422, "fields_invalid"),
    ],
)
def test_a_bad_question_is_refused_by_name(api: Caller, query: str, status: int, code: str) -> None:
    answer = api.get(f"/cases?{query}")
    assert (answer.status_code, answer.json()["title"]) == (status, code)


def test_nul_in_a_filter_finds_nothing_and_breaks_nothing(api: Caller) -> None:
    assert _numbers(api.get("/cases?text=%00&unit=%00x&channel=%00y")) == []


def test_everybody_sees_their_own_part_only(keys: World) -> None:
    case = keys.dispatched()
    own = keys.report("grid009")
    assert _numbers(caller("bureau").get("/cases")) == [case.number]
    assert _numbers(caller("other-bureau").get("/cases")) == []
    assert _numbers(caller("far").get("/cases")) == [own.number]


@pytest.mark.parametrize("order", ["", "?is_open=true", "?is_open=true&limit=2"])
def test_a_list_costs_at_most_six_statements_however_long_it_is(world: World, order: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="town01"), backend=LOCAL)
    counts = set()
    for _ in range(3):
        world.report()
        world.report()
        with CaptureQueriesContext(connection) as statements:
            answer = client.get(f"/api/v1/cases{order}")
        assert answer.status_code == 200
        counts.add(len(statements))
    assert max(counts) <= 6


def test_a_list_is_ordered_as_asked_where_that_means_something(api: Caller, world: World) -> None:
    vague = world.report(description="夜间有噪声，希望管一管")
    exact = world.report(description="工地夜间施工噪声扰民")
    world.report(description="树枝挡路")
    best = {"text": "工地夜间施工噪声", "order": "best", "limit": 1}
    assert _numbers(api.get("/cases", best)) == [exact.number]
    assert _all_pages(api, **best) == [exact.number, vague.number]
    newest = _numbers(api.get("/cases", {"is_open": "true", "order": "newest"}))
    assert newest[1:] == [exact.number, vague.number]
    assert len(_numbers(api.get("/cases", {"is_open": "true", "order": "due"}))) == 3


@pytest.mark.parametrize("query", ["order=best", "order=due", "order=due&is_open=false"])
def test_an_order_that_means_nothing_here_is_refused(api: Caller, query: str) -> None:
    answer = api.get(f"/cases?{query}")
    assert (answer.status_code, answer.json()["title"]) == (422, "order_unanswered")


@pytest.mark.parametrize("cursor", ["x", "cjEuMQ%3D%3D", "Yjk5OTk%3D", "Yi0x"])
def test_a_cursor_of_another_list_is_refused_by_ranked_ones_too(api: Caller, cursor: str) -> None:
    assert api.get(f"/cases?text=a&order=best&cursor={cursor}").json()["title"] == "bad_cursor"


def test_every_further_filter_narrows_the_list(api: Caller, world: World) -> None:
    closed = world.closed(nature="complaint")
    still_open = world.report(nature="help")
    assert _numbers(api.get("/cases?due_until=2026-03-10T00:00:00Z")) == [still_open.number]
    for query in (
        "nature=complaint&force=service&run_by=district&closing=normal",
        "unit=310198-T01&with_units_below=true",
    ):
        assert _numbers(api.get(f"/cases?{query}")) == [closed.number], query
    for query in ("is_mine=true", "returns=1", "reworks=1", "reopenings=1", "due_from=2030-01-01T00:00:00Z"):
        assert _numbers(api.get(f"/cases?{query}")) == [], query
