"""GET requests: by number, by search; what the public sees and what it never does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases.changes import Report
from liandong.cases.operations import Life, live_through, record_lives
from liandong.cases.sealing import Contact
from liandong.people.access import platform
from tests.open311.conftest import Open311
from tests.world import DISTRICT, GRID_1, World

FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]
SPAN = {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"}


def _numbers(rows: Any) -> list[str]:
    return [row["service_request_id"] for row in rows]


def test_a_request_is_told_in_full(open311: Open311, city: World) -> None:
    case = city.dispatched(address="东桥路1号")
    (told,) = open311.get(f"requests/{case.number}")
    assert list(told) == FIELDS
    assert (told["status"], told["status_notes"]) == ("open", "待签收")
    assert told["agency_responsible"]
    assert told["requested_datetime"] == "2026-03-02T09:30:00+08:00"
    assert datetime.fromisoformat(told["expected_datetime"]).utcoffset() == timedelta(hours=8)
    assert (told["address"], told["address_id"]) == ("东桥路1号", "310198001001001")
    assert (float(told["lat"]), float(told["long"])) == (31.01, 121.405)
    assert told["zipcode"] is told["service_notice"] is told["media_url"] is None
    if open311.form == "json":
        assert isinstance(told["lat"], float)
        assert isinstance(told["long"], float)


def test_many_states_collapse_to_two(open311: Open311, city: World) -> None:
    closed, open_case = city.closed(), city.report()
    told = {row["service_request_id"]: row for row in open311.get("requests", SPAN)}
    assert told[closed.number]["status"] == "closed"
    assert told[closed.number]["status_notes"] == "已结案 (正常结案)"
    assert told[closed.number]["expected_datetime"] is None
    assert told[open_case.number]["status"] == "open"
    english = open311.get(f"requests/{closed.number}", **{"Accept-Language": "en"})[0]
    assert english["status_notes"].isascii()
    assert english["service_name"].isascii()


def test_status_is_a_filter_and_a_list(open311: Open311, city: World) -> None:
    closed, open_case = city.closed(), city.report()
    for status, numbers in (
        ("open", {open_case.number}),
        ("closed", {closed.number}),
        ("open,closed", {open_case.number, closed.number}),
        ("", {open_case.number, closed.number}),
    ):
        assert set(_numbers(open311.get("requests", {**SPAN, "status": status}))) == numbers
    assert open311.get("requests", {**SPAN, "status": "lost"}, status=400)[0]["code"] == "400"


def test_service_codes_are_a_list(open311: Open311, city: World) -> None:
    litter, cover = city.report(), city.report(class_code="M01001")
    assert _numbers(open311.get("requests", {**SPAN, "service_code": "M01001"})) == [cover.number]
    both = open311.get("requests", {**SPAN, "service_code": "M06010,M01001,"})
    assert set(_numbers(both)) == {litter.number, cover.number}
    assert open311.get("requests", {**SPAN, "service_code": "M06010,nothing"}, status=404)[0]["code"] == "404"


def test_numbers_override_everything_else(open311: Open311, city: World) -> None:
    first, second = city.report(), city.report()
    asked = {"service_request_id": f"{first.number}, {second.number},LD-0", "status": "lost", "start_date": "never"}
    assert set(_numbers(open311.get("requests", asked))) == {first.number, second.number}
    assert open311.get("requests", {"service_request_id": "LD-0"}, status=404)[0]["code"] == "404"
    assert open311.get(f"requests/{first.number}x", status=404)[0]["code"] == "404"
    many = {"service_request_id": ",".join(f"LD-{number}" for number in range(1001))}
    assert open311.get("requests", many, status=400)[0]["code"] == "400"


def test_one_request_is_still_a_list(open311: Open311, city: World) -> None:
    case = city.report()
    assert len(open311.get(f"requests/{case.number}")) == 1
    assert len(open311.get("requests", SPAN)) == 1
    assert open311.get("requests", {**SPAN, "service_code": "M01001"}) == []


def test_the_last_ninety_days_are_shown_unless_asked_otherwise(open311: Open311, city: World) -> None:
    case = city.report()
    with time_machine.travel(city.at + timedelta(days=89), tick=False):
        assert _numbers(open311.get("requests")) == [case.number]
        assert open311.get("requests", {"start_date": (city.at + timedelta(days=1)).isoformat()}) == []
    with time_machine.travel(city.at + timedelta(days=200), tick=False):
        assert open311.get("requests") == []
        assert _numbers(open311.get("requests", {"start_date": city.at.isoformat()})) == [case.number]
        assert _numbers(open311.get("requests", {"end_date": (city.at + timedelta(days=90)).isoformat()}))
        assert open311.get("requests", {"end_date": (city.at + timedelta(days=91)).isoformat()}) == []


def test_both_ends_of_a_span_belong_to_it(open311: Open311, city: World) -> None:
    case = city.report()
    told = open311.get(f"requests/{case.number}")[0]["requested_datetime"]
    assert _numbers(open311.get("requests", {"start_date": told, "end_date": told})) == [case.number]
    # A plus sign that the client did not escape.
    path = f"/open311/v2/requests.{open311.form}?start_date={told}&end_date={told}"
    assert _numbers(open311.read(open311.client.get(path), 200)) == [case.number]
    assert _numbers(open311.get("requests", {"start_date": "2026-03-02", "end_date": "2026-03-02"})) == [case.number]
    assert open311.get("requests", {"start_date": "2026-03-03", "end_date": "2026-03-04"}) == []
    assert _numbers(open311.get("requests", {"start_date": "2026-03-02T09:30:00", "end_date": "2026-03-03"}))


@pytest.mark.parametrize(
    "span",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:01Z"},
        {"start_date": "2026-03-02", "end_date": "2026-03-01"},
        {"start_date": "yesterday"},
        {"end_date": "2026-13-01"},
        {"end_date": "0001-01-01"},
        {"start_date": "9999-12-31", "end_date": "9999-12-31"},
        {"page": "0"},
        {"page_size": "1001"},
        {"page": "x"},
        {"updated_after": "soon"},
    ],
)
def test_a_bad_search_is_400(open311: Open311, span: dict[str, str]) -> None:
    assert open311.get("requests", span, status=400)[0]["code"] == "400"


def test_exactly_ninety_days_may_be_asked(open311: Open311) -> None:
    span = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}
    assert open311.get("requests", span) == []


def test_at_most_a_thousand_rows_come_at_once_the_latest_first(city: World) -> None:
    open311 = Open311("json")
    actor = platform("test")
    report = Report("M06010", "垃圾", "demo", lon=GRID_1[0], lat=GRID_1[1])
    lives = [Life(report, at=city.at + timedelta(minutes=minute), actor=actor) for minute in range(1005)]
    cases = record_lives([live_through(life, district=DISTRICT) for life in lives], actor=actor)
    latest = [case.number for case in reversed(cases)]
    listed = _numbers(open311.get("requests", SPAN))
    assert listed == latest[:1000]
    assert len(open311.get("requests", {**SPAN, "page": "2"})) == 5
    assert _numbers(open311.get("requests", {**SPAN, "page": "2", "page_size": "2"})) == latest[2:4]


def test_updates_are_found(open311: Open311, city: World) -> None:
    city.report()
    changed = city.dispatched()
    asked = {**SPAN, "updated_after": "2026-03-02T01:30:30Z"}
    assert _numbers(open311.get("requests", asked)) == [changed.number]


def test_what_is_not_public_does_not_exist(open311: Open311, city: World) -> None:
    hidden = [
        city.report(nature="complaint"),
        city.report(nature="report"),
        city.report(class_code="A0101"),
        city.report(class_code="A0105"),
    ]
    assert open311.get("requests", SPAN) == []
    for case in hidden:
        open311.get(f"requests/{case.number}", status=404)
    asked = {"service_request_id": ",".join(case.number for case in hidden)}
    open311.get("requests", asked, status=404)


def test_a_home_shows_its_grid_and_not_its_door(open311: Open311, city: World) -> None:
    case = city.report(class_code="A0209", address="东桥路1弄3号502室", lon=121.4041, lat=31.0123)
    (told,) = open311.get(f"requests/{case.number}")
    assert (float(told["long"]), float(told["lat"])) == (121.405, 31.01)
    assert told["address"] == "东桥街道东桥第一居委会东桥1号网格"
    somewhere = city.report(class_code="A0209", address="东桥路1弄3号502室", lon=None, lat=None)
    (told,) = open311.get(f"requests/{somewhere.number}")
    assert told["lat"] is told["long"] is told["address"] is None


def test_nobody_is_named(open311: Open311, city: World) -> None:
    city.handled(identity="named", contact=Contact("陈女士", "13812345678", "3号502室"))
    shown = repr(open311.get("requests", SPAN))
    assert not any(word in shown for word in ("陈女士", "138", "502", "已清运", "lin", "科员"))


def test_control_characters_never_break_the_xml(city: World) -> None:
    case = city.report(description="响\x08声\x1f大\ufffe")
    told = Open311("xml").get(f"requests/{case.number}")[0]
    assert told["description"] == "响声大"


def test_a_search_costs_four_statements_however_many_it_finds(
    open311: Open311, city: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is remembered is looked at anew every two seconds, and a slow machine would count that for the search.
    monkeypatch.setattr("liandong.web.remembered._LOOK_AGAIN_SECONDS", 3600)
    open311.get("requests", SPAN)
    counts = set()
    for _ in range(3):
        city.dispatched()
        with CaptureQueriesContext(connection) as statements:
            assert open311.get("requests", SPAN)
        counts.add(len(statements))
    assert counts == {4}


def test_head_is_answered_like_get(city: World) -> None:
    response = Open311("json").client.head("/open311/v2/services.json")
    assert response.status_code == 200
    assert response.content == b""
