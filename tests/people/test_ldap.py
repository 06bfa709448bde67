"""Passwords of a directory against a real slapd: who gets in, how the line is kept safe, what a broken one does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.people.models import User
from liandong.people.operations import deactivate_account, open_account
from liandong.timeline.queries import trace
from tests.people.directory import BASE, PEOPLE, SEARCHER, SEARCHER_PASSWORD, Directory, answering
from tests.people.hired import GOOD, hire, now
from tests.people.provider import free_port
from tests.world import World

WORD = "directory-Word-9"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    """The directory, for all tests of this file."""
    with answering(tmp_path_factory.mktemp("ldap"), {"sun": WORD, "stranger": WORD, "lin": WORD}) as running:
        yield running


@pytest.fixture
def over_tls(directory: Directory, settings: Settings) -> Directory:
    """Our side: the person's own name from a pattern, over TLS."""
    settings.LIANDONG_LDAP_URL, settings.LIANDONG_LDAP_CA = directory.secure, str(directory.ca)
    settings.LIANDONG_LDAP_DN = f"uid={{account}},{PEOPLE}"
    return directory


def _enter(password: str, account: str = "sun") -> tuple[int, str]:
    answer = Client().post("/desk/sign-in/", {"username": account, "password": password})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def sun(world: World) -> User:
    """Sun has no password of her own here that she knows."""
    user = hire(world).user
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return user


def test_the_password_of_the_directory_opens_the_account(sun: User, over_tls: Directory) -> None:
    assert _enter(WORD)[0] == 302
    entry = trace("account", sun.pk).last()
    assert entry is not None
    assert entry.data["by"] == "directory"


def test_a_wrong_an_empty_and_a_blank_password_open_nothing(sun: User, over_tls: Directory) -> None:
    for password in ("wrong", "", " ", WORD + " "):
        assert _enter(password)[0] == 422, password


def test_nobody_comes_in_without_an_account_here(sun: User, over_tls: Directory) -> None:
    assert _enter(WORD, "stranger")[0] == 422
    assert not User.objects.filter(username="stranger").exists()


def test_a_demo_account_is_nobody_of_the_directory(sun: User, over_tls: Directory) -> None:
    assert _enter(WORD, "lin")[0] == 422


def test_a_stopped_account_stays_out_whatever_the_directory_says(world: World, sun: User, over_tls: Directory) -> None:
    deactivate_account(sun, reason="离岗", actor=world.actor("admin"), at=world.at)
    assert _enter(WORD)[0] == 422


def test_five_wrong_passwords_lock_here_too(sun: User, over_tls: Directory) -> None:
    for _guess in range(5):
        _enter("wrong")
    assert _enter(WORD)[0] == 429


def test_a_local_password_goes_on_working(world: World, over_tls: Directory) -> None:
    hire(world)
    assert _enter(GOOD)[0] == 302


def test_a_session_of_the_directory_goes_on(sun: User, over_tls: Directory) -> None:
    client = Client()
    client.post("/desk/sign-in/", {"username": "sun", "password": WORD})
    assert client.get("/desk/").status_code == 200
    page = client.get("/desk/me/").content.decode()
    assert "密码不在本系统修改" in page


def test_a_searcher_finds_people_by_a_filter(sun: User, directory: Directory, settings: Settings) -> None:
    settings.LIANDONG_LDAP_URL, settings.LIANDONG_LDAP_CA = directory.secure, str(directory.ca)
    settings.LIANDONG_LDAP_DN, settings.LIANDONG_LDAP_BASE = "", BASE
    settings.LIANDONG_LDAP_SEARCHER, settings.LIANDONG_LDAP_SEARCHER_PASSWORD = SEARCHER, SEARCHER_PASSWORD
    assert _enter(WORD)[0] == 302
    assert _enter("wrong")[0] == 422
    settings.LIANDONG_LDAP_FILTER = "(objectClass=inetOrgPerson)"
    assert _enter(WORD)[0] == 422, "more than one fits: nobody is meant"
    settings.LIANDONG_LDAP_SEARCHER_PASSWORD = "wrong"
    assert _enter(WORD)[0] == 503


def test_start_tls_covers_an_open_port(sun: User, directory: Directory, settings: Settings) -> None:
    settings.LIANDONG_LDAP_URL = directory.plain.replace("127.0.0.1", "localhost")
    settings.LIANDONG_LDAP_DN = f"uid={{account}},{PEOPLE}"
    settings.LIANDONG_LDAP_START_TLS, settings.LIANDONG_LDAP_CA = True, str(directory.ca)
    assert _enter(WORD)[0] == 302


def test_a_certificate_of_somebody_else_is_not_believed(sun: User, over_tls: Directory, settings: Settings) -> None:
    settings.LIANDONG_LDAP_CA = ""
    status, page = _enter(WORD)
    assert status == 503
    assert "目录服务（LDAP）暂时无法连接" in page


def test_passwords_never_go_over_an_open_line_to_another_machine(sun: User, settings: Settings) -> None:
    settings.LIANDONG_LDAP_URL = "ldap://directory.invalid"
    settings.LIANDONG_LDAP_DN = f"uid={{account}},{PEOPLE}"
    status, page = _enter(WORD)
    assert status == 503
    assert "明文" in page


def test_a_directory_that_is_away_locks_nobody_out(world: World, sun: User, settings: Settings, tmp_path: Path) -> None:
    settings.LIANDONG_LDAP_URL = f"ldap://127.0.0.1:{free_port()}"
    settings.LIANDONG_LDAP_DN = f"uid={{account}},{PEOPLE}"
    for _try in range(6):
        status, page = _enter(WORD)
        assert status == 503
    assert "本地账号不受影响" in page
    assert trace("account", sun.pk).filter(event="SignInRefused").count() == 0
    other, password = open_account("other", person="其他", actor=world.actor("admin"), at=now())
    assert _enter(password, other.username)[0] == 302
