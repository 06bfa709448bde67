"""Which passwords will do, and the words for those that will not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.refusal import Refusal
from liandong.people.rules.passwords import (
    PasswordLikeAccount,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooPlain,
    PasswordTooShort,
    judge,
    kinds_in,
)


def _judge(password: str, *, account: str = "sunjing", name: str = "孙静", is_common: bool = False) -> None:
    judge(password, account=account, name=name, least=8, is_common=is_common)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("Ab3-efg", PasswordTooShort),
        ("x" * 64 + "abcdeABCDE12" * 8, PasswordTooLong),
        ("abcdefghijk", PasswordTooPlain),
        ("abcdefgh12", PasswordTooPlain),
        ("aAaA1111aaaa", PasswordTooCommon),
        ("aaaaaaaaaaaaaaaa", PasswordTooCommon),
        ("1234567890ab", PasswordTooCommon),
        ("abcdefghijkl", PasswordTooCommon),
        ("Sunjing-2026", PasswordLikeAccount),
        ("gnijnus#2026A", PasswordLikeAccount),
        ("孙静孙静Ab1x", PasswordLikeAccount),
    ],
)
def test_a_weak_password_is_refused_by_its_name(password: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        _judge(password)


@pytest.mark.parametrize(
    "password", ["Morgen-7", "dorfamflusse", "ein Dorf am Fluss", "春眠不觉晓处处闻啼鸟2026", "路灯坏了Ab3."]
)
def test_long_or_mixed_passwords_will_do(password: str) -> None:
    _judge(password)


def test_a_well_known_password_is_refused_however_long() -> None:
    with pytest.raises(PasswordTooCommon):
        _judge("correcthorsebatterystaple", is_common=True)


def test_an_account_without_a_name_is_no_reason_to_refuse() -> None:
    judge("Morgen-7-Tau", account="s", name="", least=8, is_common=False)


def test_chinese_counts_as_the_fourth_kind() -> None:
    assert kinds_in("路") == 1
    assert kinds_in("aA1路") == 4


@given(st.text(min_size=12, max_size=128))
def test_every_long_password_is_judged_by_a_name_or_taken(password: str) -> None:
    with suppress(Refusal):
        _judge(password)
