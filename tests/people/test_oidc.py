"""Single sign-on against a real OpenID provider: who comes in, who does not, and what does not hold together."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from pytest_django import Settings

from liandong.people.models import User
from liandong.people.operations import deactivate_account
from liandong.timeline.queries import trace
from tests.people.hired import Hired, code_of, enrol, hire
from tests.people.provider import CLIENT, SECRET, Issuer, free_port, issuing
from tests.world import World

BACK = "http://testserver/desk/sign-in/sso/return/"
PEOPLE = {
    "7001": {"preferred_username": "SUN", "name": "孙静"},
    "7002": {"preferred_username": "stranger", "name": "陌生人"},
    "7003": {"preferred_username": "lin", "name": "林晓"},
    "7004": {"preferred_username": "sun", "name": "另一个孙静"},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """The provider, for all tests of this file."""
    with issuing(BACK, PEOPLE) as running:
        yield running


@pytest.fixture
def sign_on(issuer: Issuer, settings: Settings) -> None:
    """Our side, set up for that provider."""
    settings.LIANDONG_OIDC_ISSUER = issuer.address
    settings.LIANDONG_OIDC_CLIENT_ID, settings.LIANDONG_OIDC_CLIENT_SECRET = CLIENT, SECRET


def _at_the_provider(start: str, person: str, *, agrees: bool = True) -> str:
    """Walk through the provider's pages as a browser would; return the address it sends back to."""
    browser, address = requests.Session(), start
    for _step in range(12):
        answer = browser.get(address, allow_redirects=False, timeout=10)
        if answer.status_code == 200:
            sent = {"person": person, "do": "yes" if agrees else "no"}
            answer = browser.post(address, data=sent, allow_redirects=False, timeout=10)
        address = urljoin(address, answer.headers["location"])
        if address.startswith(BACK):
            return address
    raise AssertionError(address)


def _come_back(client: Client, person: str, *, begin: str = "/desk/sign-in/sso/", agrees: bool = True) -> Any:
    start = client.get(begin)["Location"]
    back = _at_the_provider(start, person, agrees=agrees)
    return client.get(back.removeprefix("http://testserver"))


def test_without_an_issuer_there_is_no_such_door(world: World) -> None:
    assert Client().get("/desk/sign-in/sso/").status_code == 404
    assert Client().get("/desk/sign-in/sso/return/").status_code == 404
    assert "统一身份认证" not in Client().get("/desk/sign-in/").content.decode()


def test_the_door_stands_on_the_sign_in_page_and_asks_with_state_nonce_and_pkce(world: World, sign_on: None) -> None:
    assert "用统一身份认证登录" in Client().get("/desk/sign-in/").content.decode()
    asked = parse_qs(urlsplit(Client().get("/desk/sign-in/sso/")["Location"]).query)
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [BACK]
    assert sorted(asked["scope"][0].split()) == ["openid", "profile"]


def test_a_known_account_comes_in_and_the_tie_is_remembered(world: World, sign_on: None) -> None:
    sun = hire(world)
    answer = _come_back(sun.client, "7001", begin="/desk/sign-in/sso/?next=/desk/me/")
    assert answer["Location"] == "/desk/me/"
    assert sun.client.get("/desk/").status_code == 200
    assert sun.events()[-2:] == ["IdentityLinked", "SignedIn"]
    entry = trace("account", sun.user.pk).last()
    assert entry is not None
    assert entry.data["by"] == "sso"
    tie = SocialAccount.objects.get(user_id=sun.user.pk)
    assert (tie.uid, tie.extra_data) == ("7001", {})


def test_the_tie_holds_when_the_account_is_renamed(world: World, sign_on: None) -> None:
    sun = hire(world)
    _come_back(sun.client, "7001")
    User.objects.filter(pk=sun.user.pk).update(username="sunjing")
    again = Client()
    assert _come_back(again, "7001").status_code == 302
    assert again.get("/desk/").status_code == 200


@pytest.mark.parametrize("person", ["7002", "7003"])
def test_who_has_no_account_of_their_own_is_refused_in_words(world: World, sign_on: None, person: str) -> None:
    client = Client()
    refused = _come_back(client, person)
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "no_account_here" in page
    assert PEOPLE[person]["preferred_username"] in page
    assert client.get("/desk/").status_code == 302


def test_another_identity_with_the_same_name_does_not_take_the_account_over(world: World, sign_on: None) -> None:
    sun = hire(world)
    _come_back(sun.client, "7001")
    assert _come_back(Client(), "7004").status_code == 403


def test_a_stopped_account_stays_out(world: World, sign_on: None) -> None:
    sun = hire(world)
    deactivate_account(sun.user, reason="离岗", actor=world.actor("admin"), at=world.at)
    assert _come_back(sun.client, "7001").status_code == 403
    assert sun.events()[-1] == "SignInRefused"


def test_declining_is_told_as_such(world: World, sign_on: None) -> None:
    hire(world)
    refused = _come_back(Client(), "7001", agrees=False)
    assert refused.status_code == 403
    assert "sign_on_declined" in refused.content.decode()


def _with_factor(world: World) -> Hired:
    sun = hire(world)
    enrol(sun)
    return sun


def test_the_second_step_is_asked_after_single_sign_on_too(world: World, sign_on: None) -> None:
    sun = _with_factor(world)
    assert _come_back(sun.client, "7001")["Location"] == "/desk/sign-in/code/"
    assert sun.client.post("/desk/sign-in/code/", {"code": code_of(sun.user)})["Location"] == "/desk/"


def test_a_provider_that_asks_for_it_itself_is_enough(world: World, sign_on: None, settings: Settings) -> None:
    settings.LIANDONG_OIDC_IS_STRONG = True
    sun = _with_factor(world)
    assert _come_back(sun.client, "7001")["Location"] == "/desk/"


def test_an_answer_to_a_question_never_asked_is_refused(world: World, sign_on: None) -> None:
    sun = hire(world)
    back = _at_the_provider(Client().get("/desk/sign-in/sso/")["Location"], "7001")
    refused = sun.client.get(back.removeprefix("http://testserver"))
    assert refused.status_code == 403
    assert "sign_on_failed" in refused.content.decode()
    assert Client().get("/desk/sign-in/sso/return/").status_code == 403


def test_an_answer_is_good_once(world: World, sign_on: None) -> None:
    sun = hire(world)
    back = _at_the_provider(sun.client.get("/desk/sign-in/sso/")["Location"], "7001").removeprefix("http://testserver")
    assert sun.client.get(back).status_code == 302
    assert sun.client.get(back).status_code == 403


def test_a_nonce_of_another_sign_in_is_refused(world: World, sign_on: None) -> None:
    sun = hire(world)
    start = sun.client.get("/desk/sign-in/sso/")["Location"]
    nonce = parse_qs(urlsplit(start).query)["nonce"][0]
    back = _at_the_provider(start.replace(nonce, "another"), "7001")
    assert sun.client.get(back.removeprefix("http://testserver")).status_code == 403


def _b64(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _unsigned(token: str) -> str:
    header, payload, _signature = token.split(".")
    kid = jwt.get_unverified_header(token)["kid"]
    return f"{_b64({'alg': 'none', 'kid': kid})}.{payload}."


def _signed_with_our_secret(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, SECRET.ljust(32), algorithm="HS256", headers={"kid": kid})


def _of_somebody_else(token: str) -> str:
    header, _payload, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    return f"{header}.{_b64({**claims, 'sub': '7003'})}.{signature}"


def _of_an_unknown_key(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), algorithm="RS256", headers={"kid": "other"})


@pytest.mark.parametrize(
    "forge", [_unsigned, _signed_with_our_secret, _of_somebody_else, _of_an_unknown_key, lambda _token: ""]
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    world: World, sign_on: None, monkeypatch: pytest.MonkeyPatch, forge: Callable[[str], str]
) -> None:
    sun = hire(world)
    real = OpenIDConnectOAuth2Adapter.get_access_token_data

    def forged(self: Any, *given: Any, **named: Any) -> Any:
        tokens = real(self, *given, **named)
        return {**tokens, "id_token": forge(tokens["id_token"])}

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "get_access_token_data", forged)
    refused = _come_back(sun.client, "7001")
    assert refused.status_code in {403, 503}
    assert sun.client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "changed", [{}, {"aud": "another-client"}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": "7003"}]
)
def test_a_signed_token_for_somebody_or_something_else_is_refused(
    world: World, sign_on: None, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    sun, key = hire(world), rsa.generate_private_key(65537, 2048)
    real = OpenIDConnectOAuth2Adapter.get_access_token_data

    def signed(self: Any, *given: Any, **named: Any) -> Any:
        tokens = real(self, *given, **named)
        claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
        return {**tokens, "id_token": jwt.encode({**claims, **changed}, key, algorithm="RS256", headers={"kid": "k"})}

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "get_access_token_data", signed)
    monkeypatch.setattr(jwtkit, "fetch_key", lambda *_asked: ("RS256", key.public_key()))
    assert _come_back(sun.client, "7001").status_code == (403 if changed else 302)


def test_a_wrong_secret_is_told_without_its_insides(world: World, sign_on: None, settings: Settings) -> None:
    hire(world)
    settings.LIANDONG_OIDC_CLIENT_SECRET = "wrong"
    refused = _come_back(Client(), "7001")
    assert refused.status_code == 403
    assert "sign_on_failed" in refused.content.decode()


def test_a_provider_that_is_another_or_away_is_told_as_such(
    world: World, sign_on: None, settings: Settings, issuer: Issuer
) -> None:
    settings.LIANDONG_OIDC_ISSUER = issuer.address.replace("127.0.0.1", "localhost")
    another = Client().get("/desk/sign-in/sso/")
    assert another.status_code == 503
    assert "provider_is_another" in another.content.decode()
    settings.LIANDONG_OIDC_ISSUER = f"http://127.0.0.1:{free_port()}"
    away = Client().get("/desk/sign-in/sso/")
    assert away.status_code == 503
    assert "provider_unreachable" in away.content.decode()
