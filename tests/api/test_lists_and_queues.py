"""Queues, kept questions, batches and exports by the interface."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from django.test import Client

from liandong.cases.operations import run_batches
from liandong.people.access import platform
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.workbench.workbooks import make_workbooks
from tests.api.conftest import Caller, caller
from tests.world import World


def session(name: str) -> Client:
    """A browser's session, which calls the interface without a key."""
    client = Client()
    client.force_login(User.objects.get(username=name), backend=LOCAL)
    return client


def post(client: Client, path: str, body: Any) -> Any:
    """POST JSON in a session."""
    return client.post(f"/api/v1{path}", body, content_type="application/json")


def test_an_inbox_is_worked_off_by_its_queue(api: Caller, world: World) -> None:
    case = world.report()
    waiting = {row["code"]: row["waiting"] for row in api.get("/queues").json()["queues"]}
    assert waiting["accept"] == 1
    (row,) = api.get("/queues/accept").json()["cases"]
    assert row["number"] == case.number
    assert api.step(case.number, "accept", row["version"]).status_code == 200
    assert api.get("/queues/accept").json() == {"queue": "accept", "cases": [], "has_more": False}
    assert api.get("/queues/nothing").status_code == 404
    assert caller("grid").get("/queues/accept").status_code == 403


def test_everybody_has_their_own_queues(keys: World) -> None:
    case = keys.dispatched()
    assert [row["number"] for row in caller("bureau").get("/queues/receive").json()["cases"]] == [case.number]
    assert caller("other-bureau").get("/queues/receive").json()["cases"] == []


def test_a_question_is_kept_pinned_counted_and_removed(world: World) -> None:
    world.report()
    client = session("operator")
    asked = {"is_open": True, "class_prefix": "M06", "due_within_hours": 0}
    made = post(client, "/filters", {"name": "垃圾", "asked": asked})
    assert made.status_code == 201
    (kept,) = client.get("/api/v1/filters?with_counts=true").json()["filters"]
    assert (kept["name"], kept["count"], kept["place"], kept["is_own"]) == ("垃圾", 1, 1, True)
    assert kept["asked"] == {"class_prefix": "M06", "is_open": True}
    pinned = client.put("/api/v1/filters/pins", {"filters": []}, content_type="application/json")
    assert pinned.json()["filters"][0]["place"] == 0
    assert session("lin").get("/api/v1/filters").json()["filters"] == []
    assert client.delete(f"/api/v1/filters/{kept['id']}").status_code == 204
    assert client.delete(f"/api/v1/filters/{kept['id']}").status_code == 404
    assert post(client, "/filters", {"name": "x", "asked": {"colour": "red"}}).status_code == 422


def test_a_batch_is_asked_for_done_and_read_row_by_row(api: Caller, world: World) -> None:
    cases = [world.report() for _case in range(3)]
    chosen = [{"number": case.number, "version": case.version} for case in cases]
    chosen[2]["version"] = 9
    asked = api.post("/batches", {"verb": "accept", "cases": chosen}, **{"Idempotency-Key": "b1"})
    again = api.post("/batches", {"verb": "accept", "cases": chosen}, **{"Idempotency-Key": "b1"})
    assert (asked.status_code, again.json()["id"]) == (202, asked.json()["id"])
    assert asked["Location"] == f"/api/v1/batches/{asked.json()['id']}"
    run_batches(actor=platform("batches"), at=world.later(minutes=1))
    read = api.get(f"/batches/{asked.json()['id']}", {"limit": 2}).json()
    assert (read["total"], read["done"], read["refused"]) == (3, 2, 1)
    rest = api.get(f"/batches/{asked.json()['id']}", {"cursor": read["next"]}).json()
    (refused,) = rest["cases"]
    assert (refused["state"], refused["refusal"], rest["next"]) == ("refused", "stale_version", None)
    assert refused["says"]
    assert api.post(f"/batches/{asked.json()['id']}/retry").status_code == 202
    assert caller("grid").get(f"/batches/{asked.json()['id']}").status_code == 404
    assert api.post("/batches", {"verb": "void", "cases": chosen}).json()["title"] == "unknown_batch_step"


def test_a_unit_is_reminded(api: Caller, world: World) -> None:
    case = world.dispatched()
    reminded = api.step(case.number, "remind", case.version, note="请抓紧")
    assert (reminded.status_code, reminded.json()["version"]) == (200, case.version)
    early = world.report()
    assert api.step(early.number, "remind", early.version).json()["title"] == "nothing_to_remind_of"


def test_a_list_is_exported_as_csv_and_as_a_workbook(api: Caller, world: World) -> None:
    case = world.report(description="=HYPERLINK(1)")
    answer = api.get("/exports/cases.csv", {"is_open": "true"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][0] == case.number
    assert any(cell.startswith("'=") for cell in rows[1])
    assert api.get("/exports/cases.csv", {"colour": "red"}).json()["title"] == "unknown_parameter"
    asked = api.post("/exports", {"asked": {"is_open": True}}, **{"Idempotency-Key": "e1"})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    place = f"/exports/{asked.json()['id']}"
    assert api.get(f"{place}/file").status_code == 404
    make_workbooks(world.at)
    assert api.get(place).json()["state"] == "ready"
    assert b"".join(api.get(f"{place}/file").streaming_content)[:2] == b"PK"
    assert caller("grid").get(place).status_code == 404


def test_the_sheet_of_a_case_is_a_pdf_for_the_staff(api: Caller, world: World) -> None:
    case = world.dispatched()
    sheet = api.get(f"/cases/{case.number}/work-order.pdf")
    assert (sheet["Content-Type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    assert caller("far").get(f"/cases/{case.number}/work-order.pdf").status_code == 404


def test_why_this_time_is_told_line_by_line(api: Caller, world: World) -> None:
    case = world.dispatched()
    clocks = api.get(f"/cases/{case.number}/clocks").json()["clocks"]
    assert clocks
    for clock in clocks:
        lines = clock["lines"]
        assert lines[0]["kind"] == "start"
        assert lines[-1]["kind"] == "due"
        assert [one["end"] for one in lines[:-1]] == [one["start"] for one in lines[1:]]
        assert datetime.fromisoformat(lines[0]["start"]) == datetime.fromisoformat(clock["started_at"])


def test_areas_are_listed_located_and_places_found(api: Caller, world: World) -> None:
    towns = api.get("/areas", {"level": "town"}).json()["areas"]
    assert {len(area["code"]) for area in towns} == {9}
    found = api.get("/areas/locate", {"lon": 121.405, "lat": 31.01}).json()
    assert found["area"] == "310198001001001"
    assert [area["level"] for area in found["path"]] == ["town", "community", "grid"]
    assert api.get("/areas/locate", {"lon": 0.5, "lat": 0.5}).json()["area"] == ""
    assert api.get("/areas/locate", {"lon": 0, "lat": 0}).json()["title"] == "point_implausible"
    assert api.get("/areas", {"on": "1900-01-01"}).json()["title"] == "day_unfit"
    assert api.get("/areas", {"district": "999999"}).json()["title"] == "unknown_district"
    assert "places" in api.get("/places", {"text": "路"}).json()


def test_an_inbox_of_messages_is_read_and_marked(keys: World) -> None:
    client = session("operator")
    page = client.get("/api/v1/messages?is_unread=true").json()
    assert page == {"unread": 0, "messages": [], "next": None}
    assert post(client, "/messages/read", {"ids": [1]}).json() == {"unread": 0}
    assert caller("read").get("/messages").json()["scope"] == "messages:read"
