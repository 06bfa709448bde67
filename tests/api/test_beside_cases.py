"""Problems, replies, reporters and verifying by the interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from liandong.cases.models import EvidenceFlag, IdempotentCall
from liandong.cases.queries import trace_of
from liandong.people.access import platform
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.api.conftest import Caller, caller
from tests.cases.paths import photo
from tests.world import DISTRICT, MRS_CHEN, World

OWNER = f"{DISTRICT}-D02"


@pytest.fixture
def revealing(keys: World) -> Caller:
    """A caller whose key was given for reporters by name."""
    user = User.objects.get(username="integrator")
    scopes = "reporters:reveal *"
    issue_key(user, secret="revealing", label="x", scopes=scopes, actor=platform("test"), at=keys.at)
    return Caller("revealing")


def patch(api: Caller, path: str, body: Any, **headers: str) -> Any:
    """PATCH JSON."""
    return api.client.patch(f"/api/v1{path}", body, content_type="application/json", headers={**api.headers, **headers})


def test_a_problem_lives_through_the_interface(api: Caller, world: World) -> None:
    first, second = world.report(), world.report(description="又是这里")
    body = {"case": first.number, "title": "东桥路夜市油烟", "owner_unit": OWNER}
    opened = api.post("/problems", body, **{"Idempotency-Key": "p1"})
    assert api.post("/problems", body, **{"Idempotency-Key": "p1"}).json() == opened.json()
    place = f"/problems/{opened.json()['id']}"
    assert opened["Location"] == f"/api/v1{place}"
    assert api.post(f"{place}/link", {"case": second.number}).status_code == 428
    linked = api.post(f"{place}/link", {"case": second.number}, **{"If-Match": opened["ETag"]})
    assert (linked.status_code, linked.json()["cases"]) == (200, 2)
    stale = api.post(f"{place}/solve", {"reason": "已整治"}, **{"If-Match": opened["ETag"]})
    assert stale.json()["title"] == "stale_version"
    named = {"title": "夜市", "owner_unit": OWNER, "description": ""}
    changed = patch(api, place, named, **{"If-Match": linked["ETag"]})
    unlinked = api.post(f"{place}/unlink", {"case": second.number, "reason": "无关"}, **{"If-Match": changed["ETag"]})
    solved = api.post(f"{place}/solve", {"reason": "已整治"}, **{"If-Match": unlinked["ETag"]})
    assert solved.json()["state"] == "solved"
    assert api.post(f"{place}/reopen", {"reason": "反弹"}, **{"If-Match": solved["ETag"]}).json()["state"] == "open"
    read = api.get(place)
    assert (read.json()["numbers"], read["ETag"]) == ([first.number], '"6"')
    told = [entry["event"] for entry in api.get(f"{place}/timeline").json()["entries"]]
    assert told[0] == "ProblemOpened"
    assert told[-1] == "ProblemReopened"
    assert caller("far").get(place).status_code == 404
    assert api.get("/problems/99999999999999999999").status_code == 404
    assert api.get("/problems/suggested").json() == {"suggested": []}


def test_problems_are_listed_page_by_page_whatever_comes_in_between(api: Caller, world: World) -> None:
    def opened(title: str) -> int:
        body = {"case": world.report().number, "title": title, "owner_unit": OWNER}
        return int(api.post("/problems", body).json()["id"])

    made = [opened(f"问题{number}") for number in range(5)]
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/problems", {"limit": 2, "cursor": cursor}).json()
        seen += [row["id"] for row in page["problems"]]
        cursor = page["next"]
        opened(f"插入{len(seen)}")
    assert seen == made[::-1]
    assert api.get("/problems", {"cursor": "aTA5"}).status_code == 200
    assert api.get("/problems", {"cursor": "cjEuMQ=="}).json()["title"] == "bad_cursor"


def test_templates_of_replies_are_written_offered_and_their_fate_noted(api: Caller, world: World) -> None:
    supervisor = Client()
    user = User.objects.get(username="supervisor")
    supervisor.force_login(user, backend=LOCAL)
    body = {"step": "hand_in", "class_prefix": "M06", "title": "已清运", "text": "已清运，请拨 13911112222"}
    made = supervisor.post("/api/v1/replies", body, content_type="application/json")
    assert (made.status_code, made.json()["text"]) == (201, "已清运，请拨 ［电话］")
    place = f"/api/v1/replies/{made.json()['id']}"
    again = supervisor.patch(place, body, content_type="application/json", headers={"If-Match": made["ETag"]})
    assert again.json()["version"] == 2
    assert [row["title"] for row in supervisor.get("/api/v1/replies").json()["replies"]] == ["已清运"]
    assert caller("read").get("/replies").status_code == 403
    case = world.received()
    offered = caller("bureau").post(f"/cases/{case.number}/replies", {"step": "hand_in"}).json()
    assert (offered["field"], [one["title"] for one in offered["offered"]]) == ("answer", ["已清运"])
    fate = {"step": "hand_in", "source": offered["offered"][0]["source"], "fate": "taken"}
    assert caller("bureau").post(f"/cases/{case.number}/replies/fate", fate).status_code == 204
    assert caller("bureau").post(f"/cases/{case.number}/replies", {"step": "close"}).json()["title"] == "no_reply_here"
    assert supervisor.delete(place).status_code == 204
    assert supervisor.delete(place).status_code == 404


def test_a_reporter_is_shown_for_a_purpose_on_the_record_and_kept_nowhere(revealing: Caller, world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    path, headers = f"/cases/{case.number}/reporter", {"Idempotency-Key": "r1"}
    assert revealing.post(path, {"purpose": " "}).json()["title"] == "reason_needed"
    shown = [revealing.post(path, {"purpose": "核实地址"}, **headers) for _time in range(2)]
    assert [one.json()["phone"] for one in shown] == ["13812345678", "13812345678"]
    assert [one["Cache-Control"] for one in shown] == ["no-store", "no-store"]
    looks = [entry for entry in trace_of(case) if entry.event == "ReporterRevealed"]
    assert len(looks) == 2, "each look is one, whatever key it came with"
    assert "13812345678" not in str(list(IdempotentCall.objects.values_list("body", flat=True)))


def test_cases_are_found_by_phone_for_a_purpose(revealing: Caller, world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    asked = {"phone": "138 1234 5678", "purpose": "回电"}
    assert [row["number"] for row in revealing.post("/cases-by-phone", asked).json()["cases"]] == [case.number]
    assert revealing.post("/cases-by-phone", {"phone": "12", "purpose": "x"}).json()["title"] == "phone_unfit"
    assert caller("full").post("/cases-by-phone", asked).json()["title"] == "scope_missing"


def test_who_joined_is_listed_without_contacts_shown_and_called_back(revealing: Caller, world: World) -> None:
    case = world.report()
    contact = {"name": "王先生", "phone": "13900001111"}
    joined = revealing.post(f"/cases/{case.number}/join", {"contact": contact, "note": "我也看到"}).json()["number"]
    listed = revealing.get(f"/cases/{case.number}/joined")
    assert [row["number"] for row in listed.json()["joined"]] == [joined]
    assert "13900001111" not in listed.content.decode()
    place = f"/cases/{case.number}/joined/{joined}"
    assert revealing.post(f"{place}/reporter", {"purpose": "回访"}).json()["phone"] == "13900001111"
    called = revealing.post(f"{place}/call_back", {"reached": True, "solved": True, "satisfaction": 5})
    assert (called.status_code, called.json()["is_solved"]) == (200, True)
    assert revealing.post(f"{place}/call_back", {"reached": True}).json()["title"] == "call_implausible"


def test_a_closed_case_whose_problem_is_back_is_reopened(api: Caller, world: World) -> None:
    case = world.closed()
    body, headers = {"reason": "垃圾又堆起来了"}, {"Idempotency-Key": "c1"}
    with time_machine.travel(world.later(days=1), tick=False):
        back = api.post(f"/cases/{case.number}/come_back", body, **headers)
        again = api.post(f"/cases/{case.number}/come_back", body, **headers)
    assert (back.status_code, back.json()["case"]) == (201, case.number)
    assert again.json() == back.json()
    assert api.get(f"/cases/{case.number}").json()["stage"] == "dispatched"


def test_figures_of_verifying_are_asked_for_a_period(api: Caller, world: World) -> None:
    world.closed()
    span = {"since": (world.at - timedelta(days=1)).isoformat(), "until": (world.at + timedelta(days=1)).isoformat()}
    figures = api.get("/verification", span).json()
    assert figures["checked"] == {"count": 1, "of": 1, "percent": 100.0}
    assert api.get("/verification", {**span, "until": span["since"]}).json()["title"] == "period_too_long"
    assert api.get("/verification", {**span, "since": "2020-01-01T00:00:00Z"}).json()["title"] == "period_too_long"


def test_draws_and_looks_are_for_those_outside_the_units_concerned(keys: World) -> None:
    case = keys.handled()
    assert caller("full").get(f"/cases/{case.number}/draws").json()["number"] == case.number
    assert caller("bureau").get(f"/cases/{case.number}/draws").status_code == 403
    assert caller("far").get(f"/cases/{case.number}/draws").status_code == 404
    assert isinstance(caller("full").get("/looks").json()["looks"], list)


def test_doubts_about_proofs_are_for_those_who_judge_them(keys: World) -> None:
    case = keys.report()
    kept = caller("full").client.post(
        f"/api/v1/cases/{case.number}/photos?purpose=evidence",
        photo("x"),
        content_type="image/jpeg",
        headers=caller("full").headers,
    )
    assert kept.status_code == 201
    assert caller("full").get(f"/cases/{case.number}/flags").status_code == 403
    attachment = case.attachments.get()  # type: ignore[attr-defined]
    flag = EvidenceFlag.objects.create(case=case, attachment=attachment, reason="far_away", raised_at=keys.at)
    supervisor = User.objects.get(username="supervisor")
    issue_key(supervisor, secret="judge", label="x", scopes="*", actor=platform("test"), at=keys.at)
    judge = Caller("judge")
    assert [row["id"] for row in judge.get(f"/cases/{case.number}/flags").json()["flags"]] == [flag.pk]
    dismissed = judge.post(f"/cases/{case.number}/flags/{flag.pk}/dismiss", {"reason": "定位漂移"})
    assert dismissed.json()["dismissal"] == "定位漂移"


def test_a_file_is_attached_once_for_its_key(api: Caller, world: World) -> None:
    case = world.report()
    path = f"/api/v1/cases/{case.number}/photos?purpose=report"

    def send(content: bytes) -> Any:
        headers = {**api.headers, "Idempotency-Key": "f1"}
        return api.client.post(path, content, content_type="image/jpeg", headers=headers)

    first, second, other = send(photo("a")), send(photo("a")), send(photo("b"))
    assert (first.status_code, second.json()) == (201, first.json())
    assert second["Idempotency-Replayed"] == "true"
    assert other.json()["title"] == "key_used_for_another_call"
    assert len(api.get(f"/cases/{case.number}/attachments").json()["attachments"]) == 1


def test_a_link_for_a_firm_is_shown_once_and_not_again(keys: World) -> None:
    case = keys.received()
    body = {"firm": "洁城公司", "task": "清运"}
    headers = {"If-Match": f'"{case.version}"', "Idempotency-Key": "o1"}
    first, second = (caller("bureau").post(f"/cases/{case.number}/pass_out", body, **headers) for _time in range(2))
    assert "/desk/outside/" in first.json()["link"]
    assert (second.json()["link"], second["Idempotency-Replayed"]) == (None, "true")
