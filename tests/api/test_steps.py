"""POST /api/v1/cases/{number}/{step}: every step of the table, versions, idempotency."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases.api.rows import CaseDetail
from liandong.cases.api.writing import OFFERS
from liandong.cases.models import Case, IdempotentCall
from liandong.cases.rules.workflow import STEPS
from tests.api.conftest import Caller, caller, report
from tests.world import World


def test_every_step_of_the_table_is_offered() -> None:
    assert {"report", "pass_out", *OFFERS} == set(STEPS)


def test_a_case_goes_its_whole_way_through_the_interface(keys: World) -> None:
    api = caller("full")
    case = api.post("/cases", report(contact={"name": "陈女士", "phone": "13812345678"})).json()
    number, version = case["number"], case["version"]
    way: list[tuple[str, str, dict[str, Any], str]] = [
        ("full", "accept", {"class_code": "M06010"}, "accepted"),
        ("full", "file", {}, "filed"),
        ("full", "dispatch", {"to": "310198-B001"}, "dispatched"),
        ("full", "return", {"reason": "不属本单位职责", "proposed_unit": "310198-B002"}, "filed"),
        ("full", "dispatch", {"to": "310198-B002", "note": "请尽快"}, "dispatched"),
        ("bureau", "receive", {}, "received"),
        ("bureau", "contact", {"reached": True, "outcome": "已约定时间"}, "received"),
        ("bureau", "arrive", {"lon": 121.405, "lat": 31.01}, "on_scene"),
        ("bureau", "hand_in", {"result": "已清运", "answer": "垃圾已清运"}, "handled"),
        ("full", "send_back", {"reason": "仍有残留"}, "dispatched"),
        ("bureau", "receive", {}, "received"),
        ("bureau", "hand_in", {"result": "再次清运", "answer": "已彻底清运"}, "handled"),
        ("full", "check", {"ok": True, "note": "现场整洁"}, "handled"),
        ("full", "call_back", {"reached": True, "solved": True, "satisfaction": 5}, "handled"),
        ("full", "close", {}, "closed"),
        ("full", "reopen", {"reason": "又堆满了"}, "dispatched"),
    ]
    for who, step, body, stage in way:
        answer = caller(who).step(number, step, version, **body)
        assert (answer.status_code, answer.json().get("stage")) == (200, stage), (step, answer.json())
        CaseDetail.model_validate(answer.json())
        version = answer.json()["version"]
        assert answer["ETag"] == f'"{version}"'
    told = api.get(f"/cases/{number}").json()
    assert (told["returns"], told["reworks"], told["reopenings"], told["version"]) == (1, 1, 1, version)


@pytest.mark.parametrize(("step", "body", "stage"), [
    ("refuse", {"reason": "不属本区"}, "refused"),
    ("answer", {"answer": "每周二清运"}, "answered"),
])  # fmt: skip
def test_a_report_may_end_at_once(api: Caller, step: str, body: dict[str, str], stage: str) -> None:
    case = api.post("/cases", report()).json()
    assert api.step(case["number"], step, case["version"], **body).json()["stage"] == stage


def test_a_report_may_be_declined_after_it_was_accepted(api: Caller) -> None:
    case = api.post("/cases", report()).json()
    case = api.step(case["number"], "accept", case["version"]).json()
    assert api.step(case["number"], "decline", case["version"], reason="重复").json()["stage"] == "declined"


@pytest.mark.parametrize("step", [*OFFERS, "place"])
def test_a_step_without_a_version_is_428(api: Caller, step: str) -> None:
    number = api.post("/cases", report()).json()["number"]
    body = {"reason": "x", "answer": "x", "result": "x", "reached": True, "ok": True, "lon": 121.4, "lat": 31.0}
    body |= {
        "class_code": "A0203",
        "matter": "x",
        "is_true": True,
        "acknowledged_by": "x",
        "unit": "310198-B002",
        "amount": "1",
    }
    body |= {"awaited": "x", "wake_on": "2026-12-31", "into": number, "rating": 5, "parts": []}
    body["to"] = "enforcement" if step.endswith("_force") else "310198-B002"
    fields = OFFERS[step].body.model_fields if step in OFFERS else ("lon", "lat")
    answer = api.post(f"/cases/{number}/{step}", {name: body[name] for name in fields if name in body})
    assert (answer.status_code, answer.json()["title"]) == (428, "version_needed")


@pytest.mark.parametrize("text", ["x", "*", '"1", "2"', '"-1"', ""])
def test_a_version_that_is_none_is_400(api: Caller, text: str) -> None:
    number = api.post("/cases", report()).json()["number"]
    answer = api.post(f"/cases/{number}/accept", **{"If-Match": text})
    assert (answer.status_code, answer.json()["title"]) == (400, "version_unreadable")


def test_a_stale_version_is_told_what_changed(api: Caller) -> None:
    case = api.post("/cases", report()).json()
    assert api.step(case["number"], "accept", case["version"]).status_code == 200
    late = api.step(case["number"], "refuse", case["version"], reason="不属本区")
    problem = late.json()
    assert (late.status_code, problem["title"]) == (409, "stale_version")
    assert (problem["seen"], problem["current"], problem["changed"]) == (1, 2, ["CaseAccepted"])


def test_an_illegal_step_is_409_in_words(api: Caller) -> None:
    case = api.post("/cases", report()).json()
    answer = api.step(case["number"], "close", case["version"])
    assert (answer.status_code, answer.json()["title"]) == (409, "illegal_step")
    assert answer.json()["detail"] == "案件现处于“待受理”，不能执行“结案”。"


def test_a_missing_reason_is_422(api: Caller) -> None:
    case = api.post("/cases", report()).json()
    assert api.step(case["number"], "refuse", case["version"], reason=" ").json()["title"] == "reason_needed"
    missing = api.step(case["number"], "refuse", case["version"])
    assert missing.json()["errors"] == [{"field": "reason", "says": "缺少此项"}]


def test_an_unknown_step_is_404(api: Caller) -> None:
    number = api.post("/cases", report()).json()["number"]
    assert api.step(number, "vanish", 1).status_code == 404


def test_nul_in_a_note_is_dropped(api: Caller, world: World) -> None:
    case = world.filed()
    answer = api.step(case.number, "dispatch", case.version, note="请\x00尽快")
    assert answer.status_code == 200
    assert api.get(f"/cases/{case.number}/timeline").json()["entries"][-1]["data"]["note"] == "请尽快"


def test_the_same_key_and_body_report_one_case(api: Caller) -> None:
    first = api.post("/cases", report(), **{"Idempotency-Key": "k1"})
    again = api.post("/cases", report(), **{"Idempotency-Key": "k1"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (first["ETag"], first["Location"]) == (again["ETag"], again["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_refused_by_name(api: Caller) -> None:
    api.post("/cases", report(), **{"Idempotency-Key": "k1"})
    other = api.post("/cases", report(description="另一件事"), **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["title"]) == (422, "key_used_for_another_call")
    assert Case.objects.count() == 1


def test_a_key_belongs_to_its_account(keys: World) -> None:
    caller("full").post("/cases", report(), **{"Idempotency-Key": "k1"})
    other = caller("grid").post("/cases", report(), **{"Idempotency-Key": "k1"})
    assert other.status_code == 201
    assert Case.objects.count() == 2


def test_a_repeated_step_gets_the_same_answer_though_the_version_moved_on(api: Caller) -> None:
    case = api.post("/cases", report()).json()
    headers = {"If-Match": f'"{case["version"]}"', "Idempotency-Key": "k2"}
    first = api.post(f"/cases/{case['number']}/accept", {}, **headers)
    again = api.post(f"/cases/{case['number']}/accept", {}, **headers)
    assert first.json() == again.json()
    assert again.status_code == 200
    elsewhere = api.post(f"/cases/{case['number']}/file", {}, **headers)
    assert elsewhere.json()["title"] == "key_used_for_another_call"


def test_a_refused_call_does_not_use_up_its_key(api: Caller) -> None:
    refused = api.post("/cases", report(lon=120.0), **{"Idempotency-Key": "k3"})
    assert refused.status_code == 422
    assert IdempotentCall.objects.count() == 0
    assert api.post("/cases", report(), **{"Idempotency-Key": "k3"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 81, "钥匙"])
def test_a_key_that_cannot_be_one_is_refused(api: Caller, key: str) -> None:
    answer = api.post("/cases", report(), **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["title"]) == (422, "bad_idempotency_key")


def test_a_step_has_a_fixed_cost(api: Caller, world: World) -> None:
    counts = []
    for _ in range(2):
        case = world.filed()
        with CaptureQueriesContext(connection) as statements:
            assert api.step(case.number, "dispatch", case.version).status_code == 200
        counts.append(len(statements))
    assert counts[-1] <= 12, counts
