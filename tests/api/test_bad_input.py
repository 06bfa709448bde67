"""What nobody should send: replays, other charsets, bombs, and script in every field of text."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.api.conftest import Caller, report
from tests.world import World

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]><z>&c;&f;</z>'
)


def _raw(api: Caller, content: bytes, kind: str) -> Any:
    return api.client.generic("POST", "/api/v1/cases", content, content_type=kind, headers=api.headers)


@pytest.mark.parametrize("kind", ["text/xml", "application/xml", "application/json"])
def test_a_bomb_of_entities_is_refused_unread(api: Caller, kind: str) -> None:
    refused = _raw(api, BOMB, kind)
    assert refused.status_code in (400, 415)
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=gbk", "application/json; charset=x"])
def test_json_in_another_encoding_is_refused_whatever_it_is_said_to_be(api: Caller, kind: str) -> None:
    content = '{"class_code": "M06010", "description": "小区门口垃圾"}'.encode("gbk")
    assert _raw(api, content, kind).json()["title"] == "malformed_json"


def test_json_of_utf8_is_read_whatever_it_is_said_to_be(api: Caller) -> None:
    content = '{"class_code": "M06010", "description": "小区门口垃圾", "area": "310198001001001"}'.encode()
    taken = _raw(api, content, "application/json; charset=gbk")
    assert (taken.status_code, taken.json()["description"]) == (201, "小区门口垃圾")


@pytest.mark.parametrize(
    "content",
    [
        b'{"class_code": "M06010", "description": "\xff\xfe"}',
        b'{"class_code": "M06010", "description": "\\ud800"}',
        b'{"a": ' * 2000 + b"1" + b"}" * 2000,
        b"[" * 100_000,
        b"{" + b'"a":1,' * 1000 + b'"class_code":"M06010"}',
        b'{"class_code": 1e400}',
        b"nonsense",
        b"\x00",
    ],
)
def test_a_body_that_is_no_report_is_refused_in_words(api: Caller, content: bytes) -> None:
    refused = _raw(api, content, "application/json")
    assert refused.status_code in (400, 422), refused.content
    assert refused.json()["remedy"]


def test_a_call_heard_again_does_nothing_again(api: Caller, world: World) -> None:
    case = world.report()
    headers = {"If-Match": '"1"', "Idempotency-Key": "k1"}
    first = api.post(f"/cases/{case.number}/accept", {}, **headers)
    replayed = api.post(f"/cases/{case.number}/accept", {}, **headers)
    without_key = api.post(f"/cases/{case.number}/accept", {}, **{"If-Match": '"1"'})
    assert (first.status_code, replayed.json()) == (200, first.json())
    assert without_key.json()["title"] == "stale_version"


def test_script_in_every_field_of_text_stays_text_on_every_page(api: Caller, world: World) -> None:
    world.report()
    body = report(
        description=SCRIPT,
        address=SCRIPT[:200],
        external_id="<script>1",
        contact={"name": SCRIPT, "phone": "<script>", "dwelling": SCRIPT},
    )
    number = api.post("/cases", body).json()["number"]
    api.post(f"/cases/{number}/join", {"note": SCRIPT, "contact": {"name": SCRIPT}})
    api.step(number, "add_note", api.get(f"/cases/{number}").json()["version"], reason=SCRIPT)
    api.step(number, "refuse", api.get(f"/cases/{number}").json()["version"], reason=SCRIPT)
    client = Client()
    client.force_login(User.objects.get(username="supervisor"), backend=LOCAL)
    for page in (f"/desk/cases/{number}/", "/desk/cases/", f"/desk/cases/{number}/print/", "/desk/"):
        shown = client.get(page)
        assert shown.status_code == 200, page
        assert "<script>alert" not in shown.content.decode(), page
        assert "<img src=x" not in shown.content.decode(), page
    assert api.get(f"/cases/{number}")["Content-Type"] == "application/json"
