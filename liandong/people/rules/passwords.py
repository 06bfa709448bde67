"""What a new password must be: long enough or of several kinds, not well known, not like its account, not an old one.

Which passwords are well known and which were used before is asked of the caller; here is only the judging.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from liandong.kernel.refusal import Refusal, marked

LONG_ENOUGH: Final = 4
"""So many characters above the least length make several kinds of characters unnecessary."""
KINDS: Final = 3
LEAST_DIFFERENT: Final = 5
LIKE: Final = 0.7
COUNTING: Final = 0.75
REMEMBERED: Final = 5
"""How many of the newest passwords of an account do not come back."""
LONGEST: Final = 128


class PasswordTooShort(Refusal):
    """A new password of too few characters."""

    status = 422
    says = marked("新密码太短：至少 %(least)s 个字符。")
    remedy = marked("请加长；一句自己记得住的话比几个符号更好。")


class PasswordTooLong(Refusal):
    """A new password that nobody types."""

    status = 422
    says = marked("新密码太长：最多 %(longest)s 个字符。")
    remedy = marked("请缩短。")


class PasswordTooPlain(Refusal):
    """A short new password of too few kinds of characters."""

    status = 422
    says = marked("新密码不足 %(long)s 个字符，须含大写字母、小写字母、数字、符号中的三种。")
    remedy = marked("请加长，或混用三种字符。")


class PasswordTooCommon(Refusal):
    """A new password that stands in every list of guesses, or repeats a few characters."""

    status = 422
    says = marked("新密码太常见，很容易被猜到。")
    remedy = marked("请换一个不在常用密码之列、不是简单重复的密码。")


class PasswordLikeAccount(Refusal):
    """A new password made of the account's own name."""

    status = 422
    says = marked("新密码与账号或姓名太相似。")
    remedy = marked("请换一个不含账号和姓名的密码。")


class PasswordUsedBefore(Refusal):
    """A new password that is the present one or one of the last."""

    status = 422
    says = marked("新密码与最近 %(remembered)s 次用过的密码相同。")
    remedy = marked("请换一个没有用过的密码。")


def judge(password: str, *, account: str, name: str, least: int, is_common: bool) -> None:
    """Return when `password` will do for the account.

    :raises PasswordTooShort, PasswordTooLong, PasswordTooPlain, PasswordTooCommon, PasswordLikeAccount: it will not
    """
    if len(password) < least:
        raise PasswordTooShort(least=least)
    if len(password) > LONGEST:
        raise PasswordTooLong(longest=LONGEST)
    if len(password) < least + LONG_ENOUGH and kinds_in(password) < KINDS:
        raise PasswordTooPlain(long=least + LONG_ENOUGH)
    if is_common or len(set(password)) < LEAST_DIFFERENT or _is_counting(password):
        raise PasswordTooCommon
    if any(_is_like(password, word, least=least) for word in (account, name)):
        raise PasswordLikeAccount


def kinds_in(password: str) -> int:
    """How many of the four kinds are in it: upper case, lower case, digits, anything else."""
    kinds = (str.isupper, str.islower, str.isdigit, lambda letter: not letter.isascii() or not letter.isalnum())
    return sum(any(is_of_kind(letter) for letter in password) for is_of_kind in kinds)


def _is_counting(password: str) -> bool:
    """Whether it mostly runs up or down: 1234567890ab, abcdefghijkl."""
    steps = [abs(ord(right) - ord(left)) <= 1 for left, right in pairwise(password)]
    return sum(steps) >= COUNTING * len(steps)


def _is_like(password: str, word: str, *, least: int) -> bool:
    """Whether too little is left without the word, forwards or backwards, or all of it resembles the word."""
    given, own = password.casefold(), word.casefold()
    if len(own) < 2:
        return False
    for part in (own, own[::-1]):
        if part in given and len(given.replace(part, "")) < least:
            return True
    return SequenceMatcher(a=given, b=own).ratio() >= LIKE
