"""POST /api/v1/cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases.models import Case, SealedReporter
from liandong.cases.sealing import unsealed
from tests.api.conftest import Caller, caller, report
from tests.world import World


def test_a_report_becomes_a_numbered_located_case(api: Caller) -> None:
    answer = api.post("/cases", report())
    case = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/cases/{case['number']}"
    assert answer["ETag"] == f'"{case["version"]}"'
    assert (case["stage"], case["channel"], case["area"]) == ("reported", "api", "310198001001001")
    assert case["suggested_unit"].startswith("310198-")
    assert {"accept", "refuse", "answer"} <= set(case["steps"])
    assert api.get(answer["Location"].removeprefix("/api/v1")).json()["number"] == case["number"]


def test_a_report_costs_at_most_ten_statements(api: Caller) -> None:
    api.post("/cases", report())
    with CaptureQueriesContext(
        connection,
    ) as statements:
        answer = api.post("/cases", report(contact={"name": "陈女士", "phone": "13812345678"}))
    assert answer.status_code == 201
    assert len(statements) <= 8, [statement["sql"][:80] for statement in statements]
    with CaptureQueriesContext(connection) as statements:
        api.post("/cases", report(), **{"Idempotency-Key": "k"})
    assert len(statements) <= 10, [statement["sql"][:80] for statement in statements]


def test_a_point_in_another_datum_is_converted(api: Caller) -> None:
    shifted = api.post("/cases", report(datum="GCJ-02")).json()
    plain = api.post("/cases", report(datum="CGCS2000")).json()
    assert 0.001 < plain["lon"] - shifted["lon"] < 0.01
    assert shifted["datum"] == "GCJ-02"


def test_a_report_without_a_point_waits_to_be_placed(api: Caller) -> None:
    case = api.post("/cases", report(lon=None, lat=None, address="东桥路口")).json()
    assert (case["lon"], case["area"]) == (None, "310198")
    placed = api.step(case["number"], "place", case["version"], lon=121.445, lat=31.01)
    assert placed.json()["area"] == "310198002001001"
    assert placed["ETag"] == f'"{case["version"] + 1}"'


def test_who_reports_is_sealed_and_never_given_back(api: Caller) -> None:
    answer = api.post("/cases", report(contact={"name": "陈女士", "phone": "13812345678", "dwelling": "3号502室"}))
    assert answer.json()["identity"] == "named"
    assert "13812345678" not in answer.content.decode()
    assert "陈女士" not in answer.content.decode()
    row = SealedReporter.objects.get(case__number=answer.json()["number"])
    assert unsealed(row).phone == "13812345678"


def test_an_outside_number_is_taken_once(api: Caller) -> None:
    first = api.post("/cases", report(external_id="SH-1")).json()
    second = api.post("/cases", report(external_id="SH-1"))
    assert second.status_code == 409
    assert second.json()["title"] == "already_reported"
    assert second.json()["number"] == first["number"]


def test_emoji_and_nul_bytes_are_survived(api: Caller) -> None:
    answer = api.post("/cases", report(description="井盖\x00松动😀", address="路\x00口", external_id="a\x00b"))
    case = answer.json()
    assert answer.status_code == 201
    assert (case["description"], case["address"], case["external_id"]) == ("井盖松动😀", "路口", "ab")


@pytest.mark.parametrize(
    ("details", "status", "code"),
    [
        ({"class_code": "M99999"}, 422, "unknown_class"),
        ({"class_code": "M06"}, 422, "unknown_class"),
        ({"description": " "}, 422, "text_missing"),
        ({"description": "长" * 10_001}, 422, "text_too_long"),
        ({"description": "长" * 350_000}, 422, "text_too_long"),
        ({"lon": 120.0}, 422, "outside_district"),
        ({"lon": 999.0}, 400, "implausible_point"),
        ({"lat": None}, 422, "mixed_coordinates"),
        ({"lon": None, "lat": None, "area": "310198009"}, 422, "unknown_area"),
        ({"about_unit": "310198-XX"}, 422, "unknown_unit"),
        ({"district": "999999"}, 403, "forbidden"),
        ({"datum": "ED50"}, 422, "fields_invalid"),
        ({"nature": "gossip"}, 422, "fields_invalid"),
        ({"lon": "east"}, 422, "fields_invalid"),
        ({"contact": []}, 422, "fields_invalid"),
        ({"contact": {"mail": "a@b.c"}}, 422, "fields_invalid"),
        ({"colour": "red"}, 422, "fields_invalid"),
        ({"attributes": {"state": {"deep": 1}}}, 422, "fields_invalid"),
        ({"external_id": "x" * 81}, 422, "fields_invalid"),
    ],
)
def test_a_bad_report_is_refused_by_name(api: Caller, details: dict[str, Any], status: int, code: str) -> None:
    answer = api.post("/cases", report(**details))
    assert (answer.status_code, answer.json()["title"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert answer.json()["remedy"]
    assert Case.objects.count() == 0


def test_each_wrong_field_is_named_in_words(api: Caller) -> None:
    answer = api.post("/cases", {"lon": "east", "urgency": "soon", "colour": "red"})
    told = {fault["field"]: fault["says"] for fault in answer.json()["errors"]}
    assert told["class_code"] == told["description"] == "缺少此项"
    assert told["lon"] == "应为数值"
    assert told["colour"] == "没有这一项"
    assert "normal" in told["urgency"]
    assert "5" in answer.json()["detail"]


def test_refusals_speak_the_language_of_the_reader(api: Caller) -> None:
    chinese = api.post("/cases", report(lon=120.0), **{"Accept-Language": "zh-CN"}).json()
    english = api.post("/cases", report(lon=120.0), **{"Accept-Language": "en"}).json()
    assert "不在新岸区范围内" in chinese["detail"]
    assert english["detail"].isascii() or "新岸区" in english["detail"]
    assert english["remedy"].isascii()


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"description": "\\ud800"}', b'{"lon": NaN}'])
def test_what_is_no_json_is_400(api: Caller, body: bytes) -> None:
    answer = api.post("/cases", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "malformed_json")


def test_another_content_type_is_415(api: Caller) -> None:
    answer = api.client.post("/api/v1/cases", {"class_code": "M06010"}, headers=api.headers)
    assert (answer.status_code, answer.json()["title"]) == (415, "not_json")


def test_a_body_beyond_five_megabytes_is_413(api: Caller) -> None:
    answer = api.post("/cases", report(description="x" * 5_100_000))
    assert (answer.status_code, answer.json()["title"]) == (413, "too_much")


def test_an_empty_body_lacks_its_fields(api: Caller) -> None:
    answer = api.client.post("/api/v1/cases", b"", content_type="application/json", headers=api.headers)
    assert (answer.status_code, answer.json()["title"]) == (422, "fields_invalid")


def test_a_grid_reports_to_its_town_without_naming_a_district(keys: World) -> None:
    case = caller("grid").post("/cases", report()).json()
    assert case["run_by"] == "town"
    assert case["district"] == "310198"


def test_times_are_told_in_utc(api: Caller) -> None:
    told = api.post("/cases", report()).json()["reported_at"]
    assert told.endswith("Z")
    assert dt.datetime.fromisoformat(told).tzinfo is dt.UTC
