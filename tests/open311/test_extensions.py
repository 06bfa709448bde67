"""What Open311's peers speak beside the specification: places, pages, updates both ways, and honest encodings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from liandong.cases.models import Case
from liandong.cases.queries import notes_of, trace_of
from tests.open311.conftest import BASE, KEY, Open311
from tests.world import GRID_1, GRID_9, World

SPAN = {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"}
HOME = "A02040"
TRUE_POINT = (121.4061, 31.0112)


def _numbers(rows: Any) -> list[str]:
    return [row["service_request_id"] for row in rows]


def _around(point: tuple[float, float], gap: float = 0.001) -> str:
    return f"{point[0] - gap},{point[1] - gap},{point[0] + gap},{point[1] + gap}"


def test_requests_are_found_in_a_box_and_in_a_circle(open311: Open311, city: World) -> None:
    here, there = city.report(), city.report(lon=GRID_9[0], lat=GRID_9[1])
    city.report(lon=None, lat=None, area="310198001001001")
    assert _numbers(open311.get("requests", {**SPAN, "bbox": _around(GRID_1)})) == [here.number]
    assert _numbers(open311.get("requests", {**SPAN, "bbox": "121,30,122,32"})) == [there.number, here.number]
    circle = {"lat": GRID_1[1], "long": GRID_1[0]}
    assert _numbers(open311.get("requests", {**SPAN, **circle})) == [here.number]
    assert _numbers(open311.get("requests", {**SPAN, **circle, "radius": 10_000})) == [there.number, here.number]
    corner = {"lat": GRID_1[1] + 0.004, "long": GRID_1[0] + 0.004, "radius": 500}
    assert open311.get("requests", {**SPAN, **corner}) == [], "in the box around the circle, not in it"


def test_a_home_is_found_where_it_is_shown_and_nowhere_else(open311: Open311, city: World) -> None:
    case = city.report(lon=TRUE_POINT[0], lat=TRUE_POINT[1])
    Case.objects.filter(pk=case.pk).update(class_code=HOME)
    (shown,) = open311.get(f"requests/{case.number}")
    seat = float(shown["long"]), float(shown["lat"])
    assert seat != TRUE_POINT
    assert _numbers(open311.get("requests", {**SPAN, "bbox": _around(seat, 0.0001)})) == [case.number]
    assert open311.get("requests", {**SPAN, "bbox": _around(TRUE_POINT, 0.0001)}) == []
    assert open311.get("requests", {**SPAN, "lat": TRUE_POINT[1], "long": TRUE_POINT[0], "radius": 10}) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "122,31,121,32"},
        {"bbox": "nan,nan,nan,nan"},
        {"lat": "31"},
        {"radius": "100"},
        {"lat": "31", "long": "121", "radius": "0"},
        {"lat": "31", "long": "121", "radius": "60000"},
        {"lat": "inf", "long": "121"},
    ],
)
def test_a_place_that_is_none_is_refused(open311: Open311, asked: dict[str, str]) -> None:
    (error,) = open311.get("requests", {**SPAN, **asked}, status=400)
    assert error["description"]


def test_pages_and_times_of_change_narrow_a_search(open311: Open311, city: World) -> None:
    numbers = []
    for _case in range(5):
        numbers.append(city.report().number)
        city.later(minutes=1)
    paged = [_numbers(open311.get("requests", {**SPAN, "page": page, "page_size": 2})) for page in (1, 2, 3, 4)]
    assert sum(paged, []) == numbers[::-1]
    changed = open311.get("requests", {**SPAN, "updated_after": "2026-03-02T09:32:30+08:00"})
    assert set(_numbers(changed)) == set(numbers[3:])


def test_updates_tell_the_states_of_public_requests_and_the_answer_at_the_end(open311: Open311, city: World) -> None:
    case = city.closed(nature="help")
    Case.objects.filter(pk=case.pk).update(answer="已清运")
    city.closed(nature="complaint")
    rows = open311.get("servicerequestupdates", SPAN)
    assert set(_numbers(rows)) == {case.number}
    assert [row["status"] for row in rows] == ["open"] * (len(rows) - 1) + ["closed"]
    assert rows[-1]["description"].endswith("已清运")
    assert rows[0]["update_id"].startswith(case.number)
    extended = open311.get("servicerequestupdates", {**SPAN, "extended_statuses": "true"})
    assert (extended[0]["status"], extended[-1]["status"]) == ("investigating", "fixed")
    one = open311.get("servicerequestupdates", {**SPAN, "page": 2, "page_size": 1})
    assert one == rows[1:2]
    assert open311.get("servicerequestupdates", {**SPAN, "service_request_id": "nothing"}) == []
    open311.get("servicerequestupdates", {"start_date": "2020-01-01", "end_date": "2026-01-01"}, status=400)


def _update(open311: Open311, *, expected: int = 200, base: str = BASE, **fields: Any) -> Any:
    form = {"api_key": KEY, "update_id": "fms-1", "description": "还在那里", "status": "open", **fields}
    sent = {name: value for name, value in form.items() if value is not None}
    return open311.read(open311.client.post(f"{base}/servicerequestupdates.{open311.form}", sent), expected)


def test_a_peer_adds_a_note_once_however_often_it_sends_it(open311: Open311, city: World) -> None:
    case = city.report()
    for _time in range(3):
        assert _update(open311, service_request_id=case.number) == [{"update_id": "fms-1"}]
    assert [note.text for note in notes_of(case)] == ["还在那里"]
    _update(open311, service_request_id=case.number, description="别的话", expected=400)
    _update(open311, service_request_id=case.number, update_id="fms-2", description="别的话")
    assert notes_of(case).count() == 2


def test_a_peer_disputes_a_closing(open311: Open311, city: World) -> None:
    case = city.closed()
    with time_machine.travel(city.at, tick=False):
        _update(open311, service_request_id=case.number)
    case.refresh_from_db()
    assert (case.stage, trace_of(case).last().event) == ("dispatched", "CaseDisputed")  # type: ignore[union-attr]


def test_on_trial_an_update_is_checked_and_not_kept(open311: Open311, city: World) -> None:
    case = city.report()
    _update(open311, base="/open311/test/v2", service_request_id=case.number)
    assert notes_of(case).count() == 0


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"service_request_id": None}, 400),
        ({"update_id": None}, 400),
        ({"description": ""}, 400),
        ({"status": "exploded"}, 400),
        ({"service_request_id": "XA-20260302-999999-0"}, 404),
        ({"api_key": None}, 403),
        ({"api_key": "read-key"}, 403),
    ],
)
def test_an_unfit_update_is_refused(open311: Open311, city: World, fields: dict[str, Any], status: int) -> None:
    number = city.report().number
    (error,) = _update(open311, **{"service_request_id": number, **fields}, expected=status)
    assert error["code"] == str(status)


def test_a_request_that_is_not_public_is_not_there_for_peers(open311: Open311, city: World) -> None:
    case = city.report(nature="complaint")
    _update(open311, service_request_id=case.number, expected=404)


def _posted(content: bytes, kind: str) -> Any:
    return Client().post(f"{BASE}/requests.json", content, content_type=kind)


def _form(charset: str) -> bytes:
    fields = {"api_key": KEY, "service_code": "M06010", "lat": GRID_1[1], "long": GRID_1[0], "description": "小区垃圾"}
    return urlencode(fields, encoding=charset).encode("ascii")


def test_gbk_that_is_said_to_be_gbk_is_read_and_gbk_that_is_not_is_refused(city: World) -> None:
    honest = _posted(_form("gbk"), "application/x-www-form-urlencoded; charset=gbk")
    assert honest.status_code == 200
    assert Case.objects.get(number=honest.json()[0]["service_request_id"]).description == "小区垃圾"
    lying = _posted(_form("gbk"), "application/x-www-form-urlencoded; charset=utf-8")
    assert (lying.status_code, lying.json()[0]["code"]) == (400, "400")
    assert Case.objects.count() == 1


def test_a_bomb_of_entities_is_no_form(city: World) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "' + b"ha" * 1000 + b'">]><z>&a;&a;</z>'
    assert _posted(bomb, "text/xml").status_code == 403


def test_script_in_a_request_stays_text_in_both_formats(open311: Open311, city: World) -> None:
    script = "<script>alert(1)</script>"
    made = open311.post(description=script, address_string=script)[0]["service_request_id"]
    raw = open311.client.get(f"{BASE}/requests/{made}.{open311.form}")
    assert open311.read(raw, 200)[0]["description"] == script
    if open311.form == "xml":
        assert b"<script>" not in raw.content
