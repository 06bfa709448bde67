"""Signing in: who gets in, who is refused and locked out, and what stands on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from liandong.people.access import Forbidden, platform
from liandong.people.models import User
from liandong.people.operations import (
    choose_language,
    deactivate_account,
    reactivate_account,
    record_refused_sign_in,
    record_sign_in,
    record_sign_out,
    reset_password,
    unlock_account,
)
from liandong.people.operations.accounts import MOST_REFUSALS, StandsAlready
from liandong.people.operations.last_admin import LastAdministrator
from liandong.people.rules.granting import GrantReasonNeeded
from liandong.timeline.queries import trace
from tests.people.hired import hire, now
from tests.world import World

CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"}


def test_a_sign_in_says_how_from_where_and_on_what(world: World) -> None:
    sun = hire(world)
    assert sun.enter(**CHROME)["Location"] == "/desk/"
    entry = trace("account", sun.user.pk).last()
    assert entry is not None
    assert (entry.event, entry.actor) == ("SignedIn", "user/sun")
    assert entry.data == {"address": "127.0.0.1", "by": "password", "device": "Chrome · Windows"}


def test_a_name_is_read_without_regard_to_case_and_blanks(world: World) -> None:
    sun = hire(world)
    sun.client.post("/desk/sign-in/", {"username": "  SUN ", "password": sun.password})
    assert sun.client.get("/desk/").status_code == 200


def test_a_wrong_password_is_on_the_record_and_the_fifth_locks(world: World) -> None:
    sun = hire(world)
    for _guess in range(5):
        answer = sun.client.post("/desk/sign-in/", {"username": "sun", "password": "falsch"})
    assert answer.status_code == 429
    assert "账号已锁定" in answer.content.decode()
    assert sun.events()[-6:] == ["SignInRefused"] * 5 + ["AccountLocked"]
    assert sun.enter().status_code == 429
    assert trace("account", sun.user.pk).last().data["why"] == "locked"  # type: ignore[union-attr]
    assert "falsch" not in str(list(trace("account", sun.user.pk).values_list("data", flat=True)))


def test_an_administrator_unlocks_and_the_next_try_counts(world: World) -> None:
    sun = hire(world)
    for _guess in range(5):
        sun.client.post("/desk/sign-in/", {"username": "sun", "password": "falsch"})
    unlock_account(sun.user, actor=world.actor("admin"), at=world.at)
    assert sun.enter().status_code == 302
    assert "AccountUnlocked" in sun.events()
    with pytest.raises(Forbidden):
        unlock_account(sun.user, actor=world.actor("lin"), at=world.at)


def test_guessing_does_not_fill_the_record(world: World) -> None:
    sun = hire(world)
    for _guess in range(MOST_REFUSALS + 15):
        record_refused_sign_in(sun.user, why="password", address="203.0.113.9", at=world.at)
    assert sun.events().count("SignInRefused") == MOST_REFUSALS
    record_refused_sign_in(sun.user, why="password", address="203.0.113.9", locked_minutes=15, at=world.at)
    assert sun.events()[-1] == "AccountLocked"
    record_refused_sign_in(sun.user, why="password", address="203.0.113.9", at=world.at + timedelta(hours=2))
    assert sun.events()[-1] == "SignInRefused"


def test_an_unknown_account_is_refused_in_the_same_words(world: World) -> None:
    hire(world)
    unknown = Client().post("/desk/sign-in/", {"username": "nobody", "password": "x"})
    known = Client().post("/desk/sign-in/", {"username": "sun", "password": "x"})
    assert (unknown.status_code, known.status_code) == (422, 422)
    for page in (unknown, known):
        assert "账号或密码不正确" in page.content.decode()


def test_signing_out_is_on_the_record(world: World) -> None:
    sun = hire(world)
    sun.enter()
    sun.client.post("/desk/sign-out/")
    assert sun.events()[-1] == "SignedOut"
    assert sun.client.get("/desk/").status_code == 302


def test_a_stopped_account_is_out_at_once_and_back_with_a_reason(world: World) -> None:
    sun, admin = hire(world), world.actor("admin")
    sun.enter()
    deactivate_account(sun.user, reason="离岗培训", actor=admin, at=world.at)
    assert sun.client.get("/desk/").status_code == 302
    assert sun.enter().status_code == 422
    with pytest.raises(StandsAlready):
        deactivate_account(sun.user, reason="再停一次", actor=admin, at=world.at)
    with pytest.raises(GrantReasonNeeded):
        reactivate_account(sun.user, reason=" ", actor=admin, at=world.at)
    reactivate_account(sun.user, reason="培训结束", actor=admin, at=world.at)
    assert sun.enter().status_code == 302
    with pytest.raises(StandsAlready):
        reactivate_account(sun.user, reason="再恢复一次", actor=admin, at=world.at)


def test_the_last_administrator_is_not_stopped(world: World) -> None:
    admin, second = User.objects.get(username="admin"), hire(world, "second", role="admin")
    deactivate_account(admin, reason="离任", actor=second.actor, at=world.at)
    with pytest.raises(LastAdministrator):
        deactivate_account(second.user, reason="不当", actor=platform("test"), at=world.at)


def test_news_since_the_last_sign_in_is_told_once(world: World) -> None:
    sun, admin = hire(world), world.actor("admin")
    sun.enter()
    sun.client.post("/desk/sign-out/")
    for _slip in range(2):
        sun.client.post("/desk/sign-in/", {"username": "sun", "password": "falsch"})
    sun.password = reset_password(sun.user, actor=admin, at=now())
    sun.enter()
    page = sun.client.get("/desk/me/password/").content.decode()
    assert "安可 于" in page
    assert "重置了您的密码" in page
    assert "有 2 次登录失败" in page
    again = sun.elsewhere()
    again.enter()
    assert "重置了您的密码" not in again.client.get("/desk/me/password/").content.decode()


def test_a_chosen_language_follows_the_person(world: World) -> None:
    sun = hire(world)
    choose_language(sun.user, language="en", at=world.at)
    choose_language(sun.user, language="xx", at=world.at)
    sun.enter()
    assert "My account" in sun.client.get("/desk/me/").content.decode()
    assert sun.events().count("LanguageChosen") == 1
    assert sun.client.post("/desk/me/language/", {"language": "zh-hans"})["Location"] == "/desk/me/"
    assert "我的账号" in sun.client.get("/desk/me/").content.decode()


def test_signing_in_and_out_may_be_recorded_for_other_doors(world: World) -> None:
    sun = hire(world)
    record_sign_in(sun.user, address="203.0.113.9", by="sso", second="totp", at=world.at)
    record_sign_out(sun.user, at=world.at)
    assert sun.events()[-2:] == ["SignedIn", "SignedOut"]
