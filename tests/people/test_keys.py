"""Keys and accounts for other systems: what they may, how long, and how they end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from liandong.people.access import Forbidden, NotFound
from liandong.people.backend import LOCAL
from liandong.people.keys import caller_with, forget_keys
from liandong.people.models import ApiKey, User
from liandong.people.operations import PostRow, issue_key, open_service_account, revoke_key
from liandong.people.operations.api_keys import KeyOver, LabelMissing
from liandong.people.rules.granting import GrantReasonNeeded, RoleNotGrantable
from liandong.people.rules.key_scopes import KeyTermTooLong, ScopeUnknown, scopes_given
from liandong.timeline.queries import trace
from tests.people.hired import now
from tests.world import DISTRICT, World

POST = PostRow("gateway", "网关", f"{DISTRICT}-DC", "integrator", DISTRICT, "接口账号")


@pytest.fixture(autouse=True)
def keys_are_forgotten() -> Iterator[None]:
    """What one test remembers is no key of the next."""
    forget_keys()
    yield
    forget_keys()


def _gateway(world: World) -> User:
    return open_service_account("gateway", post=POST, is_demo=False, actor=world.actor("admin"), at=world.at)


def _key(world: World, **terms: object) -> ApiKey:
    given = {"secret": "s3cret", "label": "12345 热线", "scopes": "cases:read", **terms}
    return issue_key(_gateway(world), actor=world.actor("admin"), at=now(), **given)  # type: ignore[arg-type]


def test_a_service_account_is_opened_once_with_its_post_and_never_signs_in(world: World) -> None:
    gateway = _gateway(world)
    assert _gateway(world).pk == gateway.pk
    assert list(trace("account", gateway.pk).values_list("event", flat=True)) == ["ServiceAccountOpened"]
    assert not gateway.has_usable_password()
    assert Client().post("/desk/sign-in/", {"username": "gateway", "password": "x"}).status_code == 422


def test_nobody_gives_a_service_more_than_they_may_grant(world: World) -> None:
    with pytest.raises(Forbidden):
        open_service_account("other", post=POST, is_demo=False, actor=world.actor("lin"), at=world.at)
    platform = PostRow("other", "平台", f"{DISTRICT}-DC", "platform", DISTRICT, "")
    with pytest.raises(RoleNotGrantable):
        open_service_account("other", post=platform, is_demo=False, actor=world.actor("admin"), at=world.at)
    nowhere = PostRow("other", "无", "310198-NO", "integrator", DISTRICT, "")
    with pytest.raises(NotFound):
        open_service_account("other", post=nowhere, is_demo=False, actor=world.actor("admin"), at=world.at)


def test_a_key_ends_after_a_year_unless_told_earlier(world: World) -> None:
    key = _key(world)
    assert key.expires_at is not None
    assert timedelta(days=364) < key.expires_at - now() < timedelta(days=366)
    short = _key(world, secret="short", until_at=now() + timedelta(days=30))
    assert caller_with("short", at=now()) is not None
    forget_keys()
    assert caller_with("short", at=now() + timedelta(days=31)) is None
    assert short.pk != key.pk


def test_only_a_demo_key_never_ends(world: World) -> None:
    demo = open_service_account("gateway", post=POST, is_demo=True, actor=world.actor("admin"), at=world.at)
    key = issue_key(demo, secret="demo", label="demo", scopes="*", actor=world.actor("admin"), at=now())
    assert key.expires_at is None
    assert _key(world, secret="not a demo's").expires_at is None, "the account says what is a demo, not the key"


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_key_for_too_long_or_not_at_all_is_refused(world: World, days: int) -> None:
    with pytest.raises(KeyTermTooLong):
        issue_key(
            _gateway(world),
            secret="x",
            label="x",
            scopes="*",
            until_at=world.at + timedelta(days=days),
            actor=world.actor("admin"),
            at=world.at,
        )


def test_a_key_has_known_scopes_and_says_what_it_is_for(world: World) -> None:
    with pytest.raises(ScopeUnknown):
        _key(world, scopes="cases:read everything")
    with pytest.raises(LabelMissing):
        _key(world, label="  ")
    assert scopes_given(["cases:write", "cases:read"]) == "cases:read cases:write"
    assert scopes_given(["*", "cases:read"]) == "*"
    assert scopes_given([]) == ""


def test_a_stopped_key_is_refused_at_once_here(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    key = _key(world)
    assert caller_with("s3cret", at=now()) is not None
    with django_capture_on_commit_callbacks(execute=True):
        revoke_key(key.pk, reason="对方停用", actor=world.actor("admin"), at=world.at)
    assert caller_with("s3cret", at=now()) is None
    with pytest.raises(KeyOver):
        revoke_key(key.pk, reason="再停", actor=world.actor("admin"), at=world.at)
    assert trace("account", key.user_id).last().event == "ApiKeyRevoked"  # type: ignore[union-attr]


def test_stopping_a_key_needs_a_reason_a_right_and_a_key(world: World) -> None:
    key = _key(world)
    with pytest.raises(GrantReasonNeeded):
        revoke_key(key.pk, reason="", actor=world.actor("admin"), at=world.at)
    with pytest.raises(Forbidden):
        revoke_key(key.pk, reason="x", actor=world.actor("lin"), at=world.at)
    with pytest.raises(NotFound):
        revoke_key(0, reason="x", actor=world.actor("admin"), at=world.at)


def test_the_day_of_last_use_is_noted_once_a_day(world: World) -> None:
    _key(world)
    assert ApiKey.objects.get(label="12345 热线").last_used_on is None
    caller_with("s3cret", at=now())
    assert ApiKey.objects.get(label="12345 热线").last_used_on == timezone.localdate(now())


def test_a_key_is_given_and_stopped_on_the_page_and_shown_once(world: World) -> None:
    client = Client()
    client.force_login(User.objects.get(username="admin"), backend=LOCAL)
    opened = client.post(
        "/desk/accounts/open/service/",
        {"account": "gateway", "name": "网关", "unit": f"{DISTRICT}-DC", "role": "integrator"},
    )
    assert opened["Location"] == "/desk/accounts/gateway/"
    page = client.post(
        "/desk/accounts/gateway/keys/", {"label": "12345", "scopes": ["cases:read", "cases:write"], "days": "90"}
    ).content.decode()
    secret = re.search(r'id="api-secret">([\w-]+)<', page).group(1)  # type: ignore[union-attr]
    called = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert called.json()["scopes"] == ["cases:read", "cases:write"]
    again = client.get("/desk/accounts/gateway/").content.decode()
    assert secret not in again
    key = ApiKey.objects.get(label="12345")
    stopped = client.post("/desk/accounts/gateway/keys/stop/", {"key": key.pk, "reason": "停用"})
    assert stopped.status_code == 302
    assert client.post("/desk/accounts/gateway/keys/stop/", {"key": "x", "reason": "停用"}).status_code == 404
    assert client.post("/desk/accounts/gateway/keys/", {"label": ""}).status_code == 422
    assert client.get("/desk/accounts/open/service/").status_code == 200
    bad = client.post("/desk/accounts/open/service/", {"account": "x y", "name": "n", "unit": "no", "role": "admin"})
    assert bad.status_code == 404
