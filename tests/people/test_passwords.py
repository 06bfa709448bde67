"""Passwords: the policy where it is enforced, forced change, one-time passwords, age."""

from __future__ import annotations

from argparse import Namespace
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.people.access import Forbidden, NotFound, actor_for
from liandong.people.backend import LOCAL
from liandong.people.managing import AccountBeyondArea, NotYourOwn
from liandong.people.models import PastPassword, User
from liandong.people.operations import change_password, open_account, reset_password
from liandong.people.operations.passwords import NobodySignsIn
from liandong.people.rules.passwords import PasswordTooCommon, PasswordTooShort, PasswordUsedBefore
from liandong.project.cli import reset_password as console
from tests.people.hired import BETTER, GOOD, Hired, hire, now
from tests.world import World


def _change(person: Hired, new: str, world: World) -> None:
    person.user = change_password(person.user, new=new, actor=person.actor, at=world.later(minutes=1))


def test_a_password_is_changed_and_on_the_record(world: World) -> None:
    sun = hire(world)
    _change(sun, BETTER, world)
    assert sun.user.check_password(BETTER)
    assert sun.events()[-1] == "PasswordChanged"
    assert sun.user.password_changed_at == world.at


def test_nobody_changes_the_password_of_another(world: World) -> None:
    sun = hire(world)
    with pytest.raises(NotYourOwn):
        change_password(sun.user, new=BETTER, actor=world.actor("admin"), at=world.at)


@pytest.mark.parametrize(("password", "refusal"), [("Kurz-1", PasswordTooShort), ("1234567890ab", PasswordTooCommon)])
def test_a_weak_password_changes_nothing(world: World, password: str, refusal: type[Exception]) -> None:
    sun = hire(world)
    with pytest.raises(refusal):
        _change(sun, password, world)
    assert User.objects.get(pk=sun.user.pk).check_password(GOOD)


def test_well_known_passwords_come_from_the_list_of_django(world: World) -> None:
    sun = hire(world)
    with pytest.raises(PasswordTooCommon):
        _change(sun, "Password123", world)


def test_the_last_five_passwords_do_not_come_back(world: World) -> None:
    sun = hire(world)
    with pytest.raises(PasswordUsedBefore):
        _change(sun, GOOD, world)
    for number in range(4):
        _change(sun, f"Morgen-{number}-Nebel", world)
    with pytest.raises(PasswordUsedBefore):
        _change(sun, GOOD, world)
    _change(sun, "Morgen-5-Nebel", world)
    _change(sun, GOOD, world)
    assert PastPassword.objects.filter(user=sun.user).count() == 5


def test_a_demo_account_keeps_to_no_policy(world: World) -> None:
    lin = User.objects.get(username="lin")
    changed = change_password(lin, new="x", actor=world.actor("lin"), at=world.at)
    assert changed.check_password("x")


def test_a_first_sign_in_leads_to_the_password_and_nowhere_else(world: World) -> None:
    sun = hire(world, first=True)
    sun.enter()
    assert sun.client.get("/desk/")["Location"] == "/desk/me/password/"
    assert sun.client.get("/desk/me/")["Location"] == "/desk/me/password/"
    assert sun.client.get("/desk/cases/", headers={"HX-Request": "true"}).status_code == 403
    refused = sun.client.get("/api/v1/me")
    assert (refused.status_code, refused.json()["title"]) == (403, "password_must_change")
    bypass = sun.client.get("/desk/", headers={"Authorization": "Bearer x"})
    assert bypass["Location"] == "/desk/me/password/"
    assert sun.client.get("/api/v1/me", headers={"Authorization": "Basic eDp5"}).status_code == 403
    page = sun.client.get("/desk/me/password/")
    assert "修改密码后才能继续使用" in page.content.decode()
    given = {"old": sun.password, "new": BETTER, "again": BETTER}
    assert sun.client.post("/desk/me/password/", given)["Location"] == "/desk/me/"
    assert sun.client.get("/desk/").status_code == 200


def test_a_wrong_present_password_is_refused_counted_and_kept_from_guessing(world: World) -> None:
    sun = hire(world)
    sun.enter()
    for _guess in range(4):
        wrong = sun.client.post("/desk/me/password/", {"old": "falsch", "new": BETTER, "again": BETTER})
        assert wrong.status_code == 422
        assert "当前密码不正确" in wrong.content.decode()
    fifth = sun.client.post("/desk/me/password/", {"old": "falsch", "new": BETTER, "again": BETTER})
    assert "当前密码不正确" in fifth.content.decode()
    locked = sun.client.post("/desk/me/password/", {"old": GOOD, "new": BETTER, "again": BETTER})
    assert locked.status_code == 429
    assert sun.events()[-6:].count("SignInRefused") == 5
    assert sun.events()[-1] == "AccountLocked"


def test_two_typings_that_differ_lose_nothing(world: World) -> None:
    sun = hire(world)
    sun.enter()
    page = sun.client.post("/desk/me/password/", {"old": GOOD, "new": BETTER, "again": "anders"})
    assert page.status_code == 422
    assert "两次输入的新密码不同" in page.content.decode()


def test_a_password_too_old_must_change_where_the_settings_say_so(world: World, settings: Settings) -> None:
    sun = hire(world)
    sun.enter()
    settings.LIANDONG_PASSWORD_MAX_DAYS = 90
    User.objects.filter(pk=sun.user.pk).update(password_changed_at=now() - timedelta(days=91))
    assert sun.client.get("/desk/")["Location"] == "/desk/me/password/"
    User.objects.filter(pk=sun.user.pk).update(password_changed_at=now() - timedelta(days=89))
    assert sun.client.get("/desk/").status_code == 200


def test_an_administrator_resets_a_password_that_is_good_once(world: World) -> None:
    sun = hire(world)
    sun.enter()
    password = reset_password(sun.user, actor=world.actor("admin"), at=now())
    assert sun.client.get("/desk/").status_code == 302
    sun.password = password
    assert sun.enter()["Location"] == "/desk/"
    assert sun.client.get("/desk/")["Location"] == "/desk/me/password/"
    assert "PasswordReset" in sun.events()


def test_a_one_time_password_expires_and_the_refusal_says_what_to_do(world: World, settings: Settings) -> None:
    sun = hire(world)
    sun.password = reset_password(sun.user, actor=world.actor("admin"), at=now() - timedelta(hours=71))
    assert sun.enter()["Location"] == "/desk/"
    sun.client.logout()
    User.objects.filter(pk=sun.user.pk).update(password_changed_at=now() - timedelta(hours=73))
    refused = sun.enter()
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "一次性密码已过期：生成后 72 小时内有效" in page
    assert "请联系管理员重新生成一次性密码" in page
    assert sun.client.get("/desk/").status_code == 302
    assert sun.events()[-1] == "SignInRefused"
    admin = Client()
    chief = User.objects.get(username="admin")
    admin.force_login(chief, backend=LOCAL)
    shown = admin.get("/desk/accounts/sun/").content.decode()
    assert "过期，请重置" in shown
    assert "一次性密码已过期" in shown
    settings.LIANDONG_ONE_TIME_HOURS = 0
    assert sun.enter()["Location"] == "/desk/"


def test_a_wrong_password_is_not_told_that_the_right_one_has_expired(world: World) -> None:
    sun = hire(world)
    reset_password(sun.user, actor=world.actor("admin"), at=now() - timedelta(hours=100))
    sun.password = "wrong-wrong-wrong"  # noqa: S105 - a guess
    refused = sun.enter()
    assert refused.status_code == 422
    assert "过期" not in refused.content.decode()


def test_only_who_manages_an_account_resets_its_password(world: World) -> None:
    sun = hire(world)
    with pytest.raises(Forbidden):
        reset_password(sun.user, actor=world.actor("lin"), at=world.at)
    admin = User.objects.get(username="admin")
    with pytest.raises(NotYourOwn):
        reset_password(admin, actor=world.actor("admin"), at=world.at)
    integrator = User.objects.get(username="integrator")
    User.objects.filter(pk=integrator.pk).update(is_service=True)
    with pytest.raises(NobodySignsIn):
        reset_password(integrator, actor=world.actor("admin"), at=world.at)


def test_an_account_of_another_district_does_not_exist_for_an_administrator(world: World) -> None:
    sun = hire(world)
    post = sun.user.posts.get()
    other = "310197"
    type(post).objects.filter(pk=post.pk).update(area=other)
    with pytest.raises(NotFound):
        reset_password(sun.user, actor=world.actor("admin"), at=world.at)
    twice = hire(world, "both")
    twice.user.posts.create(unit=post.unit, role="operator", area=other, since_on=world.at.date())
    with pytest.raises(AccountBeyondArea):
        reset_password(twice.user, actor=world.actor("admin"), at=world.at)
    assert actor_for(twice.user, at=world.at).posts


def test_a_new_account_has_a_one_time_password_and_a_name_of_its_own(world: World) -> None:
    user, password = open_account("wu.di", person=" 吴迪 ", actor=world.actor("admin"), at=world.at)
    assert (user.name, user.must_change_password, user.check_password(password)) == ("吴迪", True, True)
    with pytest.raises(Forbidden):
        open_account("zheng", person="郑", actor=world.actor("supervisor"), at=world.at)


def test_the_console_gives_a_one_time_password(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("set_up_django", "refuse_unless_migrated"):
        monkeypatch.setattr(console, name, lambda: None)
    monkeypatch.setattr(console, "database", nullcontext)
    sun = hire(world)
    assert console.run(Namespace(account="SUN")) == 0
    assert User.objects.get(pk=sun.user.pk).check_password(capsys.readouterr().out.strip())
    assert console.run(Namespace(account="nobody")) == 1
