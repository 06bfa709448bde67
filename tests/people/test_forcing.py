"""What somebody tries who has no business here: at the door, half-way in, with another's account, with odd bytes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from liandong.kernel.refusal import Refusal
from liandong.people.access import actor_for
from liandong.people.backend import LOCAL
from liandong.people.managing import AccountBeyondArea
from liandong.people.models import Grant, Post, Session, Unit, User
from liandong.people.operations import (
    PostRow,
    deactivate_account,
    issue_key,
    open_service_account,
    remove_lost_second_factor,
    reset_password,
    revoke_grant,
)
from liandong.people.operations.accounts import AccountExists
from liandong.people.operations.api_keys import KeyForPerson
from liandong.people.operations.last_admin import LastAdministrator
from liandong.people.second_factor import Sealing
from liandong.timeline.queries import trace
from tests.people.hired import code_for, code_of, enrol, hire, now
from tests.world import DISTRICT, World

ELSEWHERE = "310197"


def _moved_beyond(user: User) -> None:
    Post.objects.filter(user=user).update(area=ELSEWHERE)


@pytest.mark.parametrize("spelt", ["sun", "ＳＵＮ", "ｓｕｎ", " Sun "])
def test_a_name_spelt_otherwise_is_counted_locked_and_recorded_all_the_same(world: World, spelt: str) -> None:
    sun = hire(world)
    for _guess in range(5):
        answer = sun.client.post("/desk/sign-in/", {"username": spelt, "password": "falsch"})
    assert answer.status_code == 429
    assert sun.events()[-6:] == ["SignInRefused"] * 5 + ["AccountLocked"]
    assert sun.enter().status_code == 429


def test_spelling_a_name_anew_gives_no_more_guesses(world: World) -> None:
    sun = hire(world)
    for spelt in ("sun", "SUN", "ｓun", "sｕn", "suｎ"):
        sun.client.post("/desk/sign-in/", {"username": spelt, "password": "falsch"})
    assert sun.enter().status_code == 429


def test_an_account_that_is_not_there_locks_like_one_that_is(world: World) -> None:
    client = Client()
    answers = [client.post("/desk/sign-in/", {"username": "nobody", "password": "x"}) for _guess in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 2


@pytest.mark.parametrize(
    "path", ["/desk/accounts/?after=%00", "/desk/accounts/%00/", "/desk/access/a%00b/", "/desk/organisation/units/%00/"]
)
def test_a_byte_that_no_name_holds_is_refused_and_breaks_nothing(world: World, path: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="admin"), backend=LOCAL)
    assert client.get(path).status_code in {200, 400, 404}


def test_a_name_with_a_zero_byte_is_no_name(world: World) -> None:
    answer = Client().post("/desk/sign-in/", {"username": "sun\x00", "password": "x"})
    assert answer.status_code == 422


@pytest.mark.parametrize("number", ["²", "99999999999999999999999", "-1", ""])
def test_a_number_of_a_key_that_is_none_finds_no_key(world: World, number: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="admin"), backend=LOCAL)
    answer = client.post("/desk/accounts/lin/keys/stop/", {"key": number, "reason": "x"})
    assert answer.status_code == 404


def test_a_session_planted_before_signing_in_is_not_the_one_that_waits_for_the_code(world: World) -> None:
    sun = hire(world)
    enrol(sun)
    sun.client.post("/desk/sign-in/", {"username": "sun", "password": "falsch"})
    session = sun.client.session
    session["planted"] = True
    session.save()
    sun.client.cookies["liandong-session"] = planted = str(session.session_key)
    assert sun.enter()["Location"] == "/desk/sign-in/code/"
    half = sun.client.cookies["liandong-session"].value
    assert half != planted
    sun.client.post("/desk/sign-in/code/", {"code": code_of(sun.user)})
    assert sun.client.cookies["liandong-session"].value not in {planted, half}


@pytest.mark.parametrize("path", ["/desk/", "/desk/me/", "/desk/me/second-factor/", "/desk/me/password/"])
def test_nobody_half_way_opens_anything(world: World, path: str) -> None:
    sun = hire(world)
    enrol(sun)
    sun.enter()
    assert sun.client.get(path)["Location"].startswith("/desk/sign-in/")
    assert sun.client.get("/api/v1/me").status_code == 401


def test_whoever_was_signed_in_before_is_out_when_somebody_else_is_half_way(world: World) -> None:
    sun, wu = hire(world), hire(world, "wu")
    enrol(wu)
    sun.enter()
    sun.client.post("/desk/sign-in/", {"username": "wu", "password": wu.password})
    assert sun.client.get("/desk/")["Location"].startswith("/desk/sign-in/"), "a desk is not left open to the next"


def test_setting_up_a_second_factor_ends_the_sessions_that_never_gave_one(world: World) -> None:
    sun = hire(world)
    thief = sun.elsewhere()
    thief.enter()
    sun.enter()
    sun.client.get("/desk/me/second-factor/")
    secret = Sealing().decrypt(sun.client.session["second_factor_secret"])
    sun.client.post("/desk/me/second-factor/", {"code": code_for(secret)})
    assert sun.client.get("/desk/me/").status_code == 200
    assert thief.client.get("/desk/me/")["Location"].startswith("/desk/sign-in/")


def test_a_second_factor_taken_away_ends_the_sessions_it_had_opened(world: World) -> None:
    sun = hire(world)
    enrol(sun)
    sun.enter()
    sun.client.post("/desk/sign-in/code/", {"code": code_of(sun.user)})
    remove_lost_second_factor(sun.user, reason="手机遗失", actor=world.actor("admin"), at=world.at)
    assert not Session.objects.filter(user=sun.user).exists()


def test_new_recovery_codes_ask_for_a_code_where_there_is_no_password(world: World) -> None:
    sun = hire(world)
    enrol(sun)
    sun.enter()
    sun.client.post("/desk/sign-in/code/", {"code": code_of(sun.user)})
    sun.user.set_unusable_password()
    sun.user.save()
    session = sun.client.session
    session["_auth_user_hash"] = sun.user.get_session_auth_hash()
    session.save()
    assert sun.client.post("/desk/me/second-factor/codes/", {}).status_code == 422
    assert "RecoveryCodesRenewed" not in sun.events()
    answer = sun.client.post("/desk/me/second-factor/codes/", {"code": code_of(sun.user, steps=1)})
    assert answer.status_code == 200
    assert sun.events()[-1] == "RecoveryCodesRenewed"


def test_what_must_come_first_bars_every_door_of_a_session(world: World) -> None:
    sun = hire(world, first=True)
    sun.enter()
    for path in ("/desk/", "/desk/me/", "/desk/cases/export.csv", "/desk/map/cases.json", "/desk/options/people/"):
        assert sun.client.get(path)["Location"] == "/desk/me/password/"
        assert sun.client.get(path, headers={"HX-Request": "true"}).status_code == 403
    assert sun.client.get("/api/v1/cases").status_code == 403
    assert sun.client.get("/api/v1/cases", headers={"Authorization": "Basic x"}).status_code == 403
    assert sun.client.get("/api/v1/cases", headers={"Authorization": "Bearer x"}).status_code == 401
    sun.client.post("/language/setlang/", {"language": "en", "next": "/desk/"})
    assert sun.client.get("/desk/")["Location"] == "/desk/me/password/"
    posted = sun.client.post("/open311/v2/requests.json", {"service_code": "M06010", "description": "x"})
    assert posted.status_code in {400, 403}, "a session is no key there"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.xyz"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(world: World, wanted: str) -> None:
    sun = hire(world)
    given = {"username": "sun", "password": sun.password, "next": wanted}
    assert sun.client.post(f"/desk/sign-in/?next={wanted}", given)["Location"] == "/desk/"


@pytest.mark.parametrize(
    "path",
    [
        "/desk/sign-in/",
        "/desk/sign-out/",
        "/desk/me/password/",
        "/desk/me/second-factor/remove/",
        "/desk/me/sessions/end/",
        "/desk/accounts/lin/reset/",
        "/desk/accounts/lin/keys/",
        "/desk/access/lin/grant/",
        "/desk/access/lin/cover/",
        "/desk/access/grants/1/revoke/",
        "/language/setlang/",
    ],
)
def test_no_form_is_taken_from_another_site(world: World, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="admin"), backend=LOCAL)
    assert client.post(path, {}).status_code == 403


def test_a_key_is_for_a_system_and_never_for_a_person(world: World) -> None:
    sun = hire(world)
    with pytest.raises(KeyForPerson):
        issue_key(sun.user, secret="s", label="x", scopes="*", actor=world.actor("admin"), at=now())
    client = Client()
    client.force_login(User.objects.get(username="admin"), backend=LOCAL)
    answer = client.post("/desk/accounts/sun/keys/", {"label": "x", "scopes": "*", "days": "30"})
    assert answer.status_code == 409
    assert "ApiKeyIssued" not in sun.events()


def test_a_system_of_another_district_is_not_taken_over_by_its_name(world: World) -> None:
    post = PostRow("gateway", "网关", f"{DISTRICT}-DC", "integrator", DISTRICT, "接口账号")
    gateway = open_service_account("gateway", post=post, is_demo=False, actor=world.actor("admin"), at=world.at)
    _moved_beyond(gateway)
    with pytest.raises(AccountExists):
        open_service_account("gateway", post=post, is_demo=False, actor=world.actor("admin"), at=world.at)
    assert list(Post.objects.filter(user=gateway).values_list("area", flat=True)) == [ELSEWHERE]


def test_an_account_in_a_unit_beyond_the_area_is_not_managed_by_the_town(world: World) -> None:
    town = Unit.objects.get(code="310198-T01") if Unit.objects.filter(code="310198-T01").exists() else None
    area = (town or Unit.objects.filter(kind="town").order_by("code").first()).area  # type: ignore[union-attr]
    chief = hire(world, "chief", "admin")
    Post.objects.filter(user=chief.user).update(area=area)
    sun = hire(world)
    Post.objects.filter(user=sun.user).update(area=area, unit=f"{DISTRICT}-DC")
    with pytest.raises(AccountBeyondArea):
        reset_password(sun.user, actor=actor_for(chief.user, at=world.at), at=world.at)


def test_a_post_that_begins_tomorrow_already_keeps_other_administrators_off(world: World) -> None:
    sun = hire(world)
    post = Post.objects.get(user=sun.user)
    Post.objects.create(
        user=sun.user, unit=post.unit, role="operator", area=ELSEWHERE, since_on=world.at.date() + timedelta(days=1)
    )
    with pytest.raises(AccountBeyondArea):
        reset_password(sun.user, actor=world.actor("admin"), at=world.at)


def test_an_administrator_who_goes_soon_does_not_stand_in_for_the_last(world: World) -> None:
    wu = hire(world, "wu", "admin")
    Post.objects.filter(user=wu.user).update(until_on=world.at.date() + timedelta(days=3))
    admin = User.objects.get(username="admin")
    with pytest.raises(LastAdministrator):
        deactivate_account(admin, reason="离岗", actor=wu.actor, at=world.at)
    Post.objects.filter(user=wu.user).update(until_on=None)
    User.objects.filter(pk=wu.user.pk).update(leaves_on=world.at.date() + timedelta(days=3))
    with pytest.raises(LastAdministrator):
        deactivate_account(admin, reason="离岗", actor=wu.actor, at=world.at)
    User.objects.filter(pk=wu.user.pk).update(leaves_on=None)
    deactivate_account(admin, reason="离岗", actor=wu.actor, at=world.at)


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of `acts` comes to when all begin together."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            together.wait(10)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("attempt", range(3))
def test_two_administrators_who_stop_each_other_leave_one(shared_world: World, attempt: int) -> None:
    world = shared_world
    wu, admin = hire(world, "wu", "admin"), User.objects.get(username="admin")
    first, second = actor_for(admin, at=world.at), wu.actor
    told = _at_once(
        lambda: deactivate_account(wu.user, reason="x", actor=first, at=world.at),
        lambda: deactivate_account(admin, reason="x", actor=second, at=world.at),
    )
    assert sum(isinstance(one, LastAdministrator) for one in told) == 1
    assert User.objects.filter(username__in=["wu", "admin"], is_active=True).count() == 1


def test_a_right_taken_twice_at_once_is_taken_once(shared_world: World) -> None:
    world = shared_world
    lin = User.objects.get(username="lin")
    given = Grant.objects.create(
        user=lin, role="auditor", area=DISTRICT, reason="x", made_by="user/admin",
        since_at=world.at, until_at=world.at + timedelta(days=9),
    )  # fmt: skip
    admin = world.actor("admin")
    act = lambda: revoke_grant(given.pk, reason="x", actor=admin, at=world.at)  # noqa: E731 - said twice below
    told = _at_once(act, act)
    assert sum(isinstance(one, Refusal) for one in told) == 1
    assert list(trace("account", lin.pk).values_list("event", flat=True)).count("RoleRevoked") == 1
