"""Who may call: keys, their scopes, sessions with their CSRF token."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liandong.people import keys as remembered
from liandong.people.backend import LOCAL
from liandong.people.models import ApiKey, User
from tests.api.conftest import Caller, caller, report
from tests.world import World

PATHS = [("get", "/cases"), ("get", "/classes"), ("get", "/units"), ("get", "/me"), ("post", "/cases")]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("key", [None, "wrong-key", ""])
def test_without_a_valid_key_every_call_is_401(keys: World, method: str, path: str, key: str | None) -> None:
    answer = getattr(Caller(key), method)(path)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_another_scheme_is_no_key(keys: World) -> None:
    assert Caller(None, Authorization="Basic Zm9vOmJhcg==").get("/cases").status_code == 401


def test_a_key_is_good_for_its_scopes_only(keys: World) -> None:
    number = caller("full").post("/cases", report()).json()["number"]
    assert caller("read").get("/cases").status_code == 200
    assert caller("read").post("/cases", report()).json()["title"] == "scope_missing"
    assert caller("read").step(number, "accept", 1).status_code == 403
    assert caller("write").post("/cases", report()).status_code == 201
    assert caller("write").get("/cases").status_code == 403
    assert caller("none").get("/cases").json()["scope"] == "cases:read"
    assert caller("none").get("/me").status_code == 200


def test_a_key_is_looked_up_once_in_half_a_minute(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    api.get("/me")
    with CaptureQueriesContext(connection) as statements:
        api.get("/me")
    assert len(statements) == 0
    ApiKey.objects.update(revoked_at="2026-03-02T00:00:00Z")
    monkeypatch.setattr(remembered, "REMEMBERED_SECONDS", 0.0)
    assert api.get("/me").status_code == 401


def test_me_tells_account_posts_and_scopes(api: Caller) -> None:
    me = api.get("/me").json()
    assert me["actor"] == "user/integrator"
    assert me["scopes"] == ["*"]
    assert me["posts"] == [{"unit": "310198-DC", "role": "integrator", "area": "310198", "title": "接口账号"}]


def _signed_in(name: str, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(User.objects.get(username=name), backend=LOCAL)
    return client


def test_a_session_may_read(world: World) -> None:
    world.report()
    answer = _signed_in("operator").get("/api/v1/cases")
    assert len(answer.json()["cases"]) == 1


def test_a_session_may_change_only_with_its_csrf_token(world: World) -> None:
    client = _signed_in("operator", enforce_csrf_checks=True)
    refused = client.post("/api/v1/cases", report(), content_type="application/json")
    assert (refused.status_code, refused.json()["title"]) == (403, "form_expired")
    client.get("/desk/sign-in/")
    token = client.cookies["csrftoken"].value
    taken = client.post("/api/v1/cases", report(), content_type="application/json", headers={"X-CSRFToken": token})
    assert taken.status_code == 201


def test_a_key_needs_no_csrf_token(keys: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/api/v1/cases", report(), content_type="application/json", headers={"Authorization": "Bearer full-key"}
    )
    assert answer.status_code == 201
