"""The second factor: set up, asked for, good once, lost, given up; and roles that must have one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from liandong.people.access import Forbidden
from liandong.people.managing import NotYourOwn
from liandong.people.operations import (
    add_second_factor,
    check_code,
    remove_lost_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    unlock_account,
)
from liandong.people.operations.second_factors import CodeWrong, NoSecondFactor, SecondFactorThere
from liandong.people.second_factor import Sealing, enrolment, has_second_factor, new_secret
from tests.people.hired import Hired, code_for, code_of, enrol, hire, now
from tests.world import World


def _enrolled(world: World, account: str = "sun", role: str = "operator") -> tuple[Hired, list[str]]:
    """Somebody who set up an authenticator half a minute ago."""
    person = hire(world, account, role)
    return person, enrol(person)


def _give(person: Hired, code: str) -> Any:
    return person.client.post("/desk/sign-in/code/", {"code": code})


def test_an_authenticator_is_set_up_on_the_page_with_picture_secret_and_code(world: World) -> None:
    sun = hire(world)
    sun.enter()
    page = sun.client.get("/desk/me/second-factor/").content.decode()
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")  # type: ignore[union-attr]
    wrong = sun.client.post("/desk/me/second-factor/", {"code": "000000"})
    assert wrong.status_code == 422
    assert secret[:4] in wrong.content.decode(), "the same secret, or what was scanned is lost"
    codes = sun.client.post("/desk/me/second-factor/", {"code": code_for(secret)}).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", codes)) == 10
    assert sun.events()[-1] == "SecondFactorAdded"
    assert has_second_factor(sun.user)


def test_the_password_alone_opens_nothing_any_more(world: World) -> None:
    sun, _codes = _enrolled(world)
    assert sun.enter()["Location"] == "/desk/sign-in/code/"
    assert sun.client.get("/desk/")["Location"].startswith("/desk/sign-in/")
    assert sun.events()[-1] != "SignedIn"
    assert _give(sun, code_of(sun.user))["Location"] == "/desk/"
    assert sun.client.get("/desk/").status_code == 200
    assert sun.events()[-1] == "SignedIn"


def test_a_code_is_good_once_whoever_sends_it(world: World) -> None:
    sun, _codes = _enrolled(world)
    code = code_of(sun.user)
    sun.enter()
    _give(sun, code)
    thief = sun.elsewhere()
    thief.enter()
    refused = _give(thief, code)
    assert refused.status_code == 422
    assert "已经用过" in refused.content.decode()
    assert _give(thief, code_of(sun.user, steps=-1)).status_code == 422, "an older code is void too"
    assert _give(thief, code_of(sun.user, steps=1)).status_code == 302


def test_a_recovery_code_is_good_once(world: World) -> None:
    sun, codes = _enrolled(world)
    sun.enter()
    assert _give(sun, f" {codes[0][:4]} {codes[0][4:]} ").status_code == 302
    again = sun.elsewhere()
    again.enter()
    assert _give(again, codes[0]).status_code == 422
    assert _give(again, codes[1]).status_code == 302


def test_five_wrong_codes_pause_everybody_and_an_administrator_ends_the_pause(world: World) -> None:
    sun, codes = _enrolled(world)
    sun.enter()
    for _guess in range(5):
        assert _give(sun, "000000").status_code == 422
    assert _give(sun.elsewhere(), "000000").status_code == 302, "nobody is half-way there"
    paused = _give(sun, code_of(sun.user))
    assert paused.status_code == 429
    assert "AccountLocked" in sun.events()
    assert check_code(sun.user, code=codes[0], at=now()) == "locked"
    unlock_account(sun.user, actor=world.actor("admin"), at=world.at)
    assert _give(sun, code_of(sun.user)).status_code == 302


def test_the_pause_ends_by_itself(world: World) -> None:
    sun, codes = _enrolled(world)
    for _guess in range(5):
        check_code(sun.user, code="000000", at=now())
    assert check_code(sun.user, code=codes[0], at=now() + timedelta(minutes=14)) == "locked"
    assert check_code(sun.user, code=codes[0], at=now() + timedelta(minutes=16)) == "recovery"


def test_a_password_that_was_right_waits_ten_minutes_at_most(world: World) -> None:
    sun, _codes = _enrolled(world)
    sun.enter()
    session = sun.client.session
    session["half_signed_in"] = {**session["half_signed_in"], "at": int(now().timestamp()) - 601}
    session.save()
    assert sun.client.get("/desk/sign-in/code/")["Location"] == "/desk/sign-in/"


def test_somebody_half_way_may_go_back(world: World) -> None:
    sun, _codes = _enrolled(world)
    sun.enter()
    assert "孙静" in sun.client.get("/desk/sign-in/code/").content.decode()
    sun.client.post("/desk/sign-in/again/")
    assert sun.client.get("/desk/sign-in/code/")["Location"] == "/desk/sign-in/"


def test_secrets_are_sealed_in_the_database(world: World) -> None:
    sun, codes = _enrolled(world)
    stored = str(list(Authenticator.objects.filter(user_id=sun.user.pk).values_list("data", flat=True)))
    secret = Sealing().decrypt(Authenticator.objects.get(user_id=sun.user.pk, type="totp").data["secret"])
    assert secret not in stored
    assert not any(code in stored for code in codes)
    assert len(enrolment(sun.user, Sealing().encrypt(secret)).grouped) > len(secret)


def test_it_is_given_up_with_password_and_code_and_with_neither_alone(world: World) -> None:
    sun, codes = _enrolled(world)
    sun.enter()
    _give(sun, code_of(sun.user))
    remove = "/desk/me/second-factor/remove/"
    assert sun.client.get("/desk/me/second-factor/").status_code == 200
    assert sun.client.post(remove, {"password": sun.password}).status_code == 422
    assert sun.client.post(remove, {"password": "falsch", "code": codes[0]}).status_code == 422
    assert sun.client.post(remove, {"password": sun.password, "code": "000000"}).status_code == 422
    assert has_second_factor(sun.user)
    assert sun.client.post(remove, {"password": sun.password, "code": codes[0]})["Location"] == "/desk/me/"
    assert not has_second_factor(sun.user)
    assert sun.events()[-1] == "SecondFactorRemoved"
    with pytest.raises(NoSecondFactor):
        remove_second_factor(sun.user, actor=sun.actor, at=now())


def test_new_recovery_codes_make_the_old_ones_void(world: World) -> None:
    sun, codes = _enrolled(world)
    sun.enter()
    _give(sun, code_of(sun.user))
    renew = "/desk/me/second-factor/codes/"
    assert sun.client.post(renew, {"password": "falsch"}).status_code == 422
    assert sun.client.post(renew, {}).status_code == 422
    page = sun.client.post(renew, {"password": sun.password}).content.decode()
    assert len(set(re.findall(r"<code>(\d{8})</code>", page)) & set(codes)) == 0
    assert check_code(sun.user, code=codes[0], at=now()) == "wrong"
    other = hire(world, "other")
    with pytest.raises(NoSecondFactor):
        renew_recovery_codes(other.user, actor=other.actor, at=now())


def test_an_administrator_takes_a_lost_one_away_and_its_owner_is_told(world: World) -> None:
    sun, _codes = _enrolled(world)
    with pytest.raises(Forbidden):
        remove_lost_second_factor(sun.user, reason="手机丢失", actor=world.actor("lin"), at=world.at)
    remove_lost_second_factor(sun.user, reason="手机丢失，已当面核实", actor=world.actor("admin"), at=world.at)
    assert sun.enter()["Location"] == "/desk/"
    page = sun.client.get("/desk/").content.decode()
    assert "停用了您的动态口令，理由：手机丢失，已当面核实" in page


def test_a_role_that_must_have_one_is_led_to_it(world: World) -> None:
    chief = hire(world, "chief", role="auditor")
    chief.enter()
    assert chief.client.get("/desk/")["Location"] == "/desk/me/second-factor/"
    assert chief.client.get("/api/v1/me").json()["title"] == "second_factor_must_be"
    page = chief.client.get("/desk/me/second-factor/").content.decode()
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")  # type: ignore[union-attr]
    chief.client.post("/desk/me/second-factor/", {"code": code_for(secret)})
    assert chief.client.get("/desk/").status_code == 200


def test_giving_it_up_in_such_a_role_leads_back_at_once(world: World) -> None:
    chief, codes = _enrolled(world, "chief", "auditor")
    chief.enter()
    _give(chief, code_of(chief.user))
    assert chief.client.get("/desk/").status_code == 200
    chief.client.post("/desk/me/second-factor/remove/", {"password": chief.password, "code": codes[0]})
    assert chief.client.get("/desk/")["Location"] == "/desk/me/second-factor/"


def test_only_oneself_adds_one_and_only_with_its_code(world: World) -> None:
    sun, secret = hire(world), new_secret()
    with pytest.raises(NotYourOwn):
        add_second_factor(sun.user, sealed_secret=secret, code="1", actor=world.actor("admin"), at=now())
    with pytest.raises(CodeWrong):
        add_second_factor(sun.user, sealed_secret=secret, code="abcdef", actor=sun.actor, at=now())
    assert check_code(sun.user, code="000000", at=now()) == "wrong"
    enrol(sun)
    with pytest.raises(SecondFactorThere):
        enrol(sun)
