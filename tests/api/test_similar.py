"""The interface of similar cases: found while typing, joined once, linked as a return."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases import operations
from liandong.cases.models import Case, JoinedReport
from tests.api.conftest import Caller, caller, report
from tests.world import DISTRICT, GRID_1, MONDAY_MORNING, World


def _told(**changes: object) -> dict[str, object]:
    return {"class_code": "M06010", "description": "门口垃圾堆了三天", "lon": GRID_1[0], "lat": GRID_1[1], **changes}


def test_a_caller_is_told_what_is_perhaps_the_same_and_why(api: Caller) -> None:
    number = api.post("/cases", report()).json()["number"]
    found = api.post("/similar-cases", _told()).json()
    [one] = found["similar"]
    assert (one["number"], one["why"]) == (number, "相距 0 米 · 同一小类 · 相隔 0 分钟 · 文字相近")
    assert [reason["code"] for reason in one["reasons"]] == ["metres", "same_class", "minutes", "like_words"]
    assert found["closed"] == []
    assert api.post("/similar-cases", _told(lon=None)).status_code == 422
    assert caller("far").post("/similar-cases", _told()).json()["similar"] == []
    assert caller("none").post("/similar-cases", _told()).status_code == 403


def test_asking_while_typing_does_not_read_the_map_again(api: Caller) -> None:
    api.post("/similar-cases", _told())
    with CaptureQueriesContext(connection) as asked:
        assert api.post("/similar-cases", _told()).status_code == 200
    assert not [query["sql"] for query in asked.captured_queries if "areas_outline" in query["sql"]]


def test_a_case_tells_what_it_resembles(api: Caller) -> None:
    first, second = (api.post("/cases", report()).json()["number"] for _each in range(2))
    assert [one["number"] for one in api.get(f"/cases/{first}/similar").json()["similar"]] == [second]
    assert caller("far").get(f"/cases/{first}/similar").status_code == 404


def test_a_reporter_joins_once_however_often_the_call_is_sent(api: Caller) -> None:
    number = api.post("/cases", report()).json()["number"]
    body = {"contact": {"name": "李先生", "phone": "13900001111"}, "note": "我也看到了"}
    answers = [api.post(f"/cases/{number}/join", body, **{"Idempotency-Key": "k1"}) for _each in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["reporters"] == 2
    assert JoinedReport.objects.get().channel == "api"
    assert "13900001111" not in answers[0].content.decode()
    assert caller("read").post(f"/cases/{number}/join", body).status_code == 403
    assert caller("far").post(f"/cases/{number}/join", body).status_code == 404


def test_a_case_is_linked_as_the_return_of_a_closed_one(api: Caller, keys: World) -> None:
    old = keys.closed()
    new = keys.report()
    linked = api.post(f"/cases/{new.number}/recurrence", {"of": old.number})
    assert linked.json() == {"number": new.number, "of": old.number, "days": 0}
    refused = api.post(f"/cases/{new.number}/recurrence", {"of": new.number})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:liandong:refusal:no_recurrence")
    closed = api.get(f"/cases/{new.number}/similar").json()["closed"]
    assert [(one["number"], one["days"], one["recurs_as"]) for one in closed] == [(old.number, 0, "new")]
    assert Case.objects.count() == 2
    assert keys.at > MONDAY_MORNING


def test_problems_are_read_by_those_who_may_see_them(api: Caller, keys: World) -> None:
    case = keys.report()
    problem = operations.open_problem(
        case.number, title="夜市油烟", owner_unit=f"{DISTRICT}-D02", actor=keys.actor("supervisor"), at=keys.at
    )
    [row] = api.get("/problems").json()["problems"]
    assert (row["id"], row["title"], row["cases"]) == (problem.pk, "夜市油烟", 1)
    assert api.get(f"/problems/{problem.pk}").json()["numbers"] == [case.number]
    assert api.get("/problems", {"state": "solved"}).json() == {"problems": [], "next": None}
    assert caller("far").get("/problems").json()["problems"] == []
    assert caller("far").get(f"/problems/{problem.pk}").status_code == 404
