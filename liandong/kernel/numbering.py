"""Numbers of cases: readable over the phone, and wrong ones are noticed.

    LD-20261122-000123-7      prefix of the district, day, sequence of the day, check digit

The check digit is H. M. Damm's (a totally anti-symmetric quasigroup, Marburg 2004): it finds every single
wrong digit and every pair of neighbouring digits exchanged, also across the dashes. Letters of the prefix
enter it as two digits each (A = 10 … Z = 35). Handing out sequences is the business of whoever keeps them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from liandong.kernel.refusal import Refusal, marked

LARGEST_SEQUENCE = 999_999
_LONGEST_TEXT = 64
_PREFIX = re.compile(r"[A-Z]{1,8}")
_NUMBER = re.compile(r"([A-Z]{1,8})-([0-9]{8})-([0-9]{6})-([0-9])")
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class MalformedNumber(Refusal):
    """A text that is no number; the subclass says why."""

    says = marked("编号“%(text)s”有误。")
    remedy = marked("编号的写法如 LD-20261122-000123-7，请核对后重试。")


class MisshapenNumber(MalformedNumber):
    """Not prefix, eight digits, six digits and one, with dashes between."""

    says = marked("“%(text)s”不是编号。")


class MiscopiedNumber(MalformedNumber):
    """The check digit does not fit."""

    says = marked("编号“%(text)s”的校验位不符：有一位写错，或相邻两位颠倒。")


class NumberWithoutDay(MalformedNumber):
    """The eight digits are no day of the calendar."""

    says = marked("编号“%(text)s”中的日期不存在。")


class SequenceOutOfRange(MalformedNumber):
    """The sequence lies outside 1 to 999,999."""

    says = marked("编号“%(text)s”的序号不在 1 至 999999 之间。")


class MisshapenPrefix(MalformedNumber):
    """The prefix is not one to eight capital letters."""

    says = marked("编号前缀“%(text)s”应为一至八个大写字母。")


@dataclass(frozen=True, slots=True)
class Number:
    """A number taken apart."""

    prefix: str
    day: date
    sequence: int

    def __str__(self) -> str:
        """Return the number as it is written."""
        return format_number(self.prefix, self.day, self.sequence)


def format_number(prefix: str, day: date, sequence: int) -> str:
    """Return the number with its check digit; raises `MisshapenPrefix`, `SequenceOutOfRange`."""
    if not _PREFIX.fullmatch(prefix):
        raise MisshapenPrefix(text=_shown(prefix))
    if not 1 <= sequence <= LARGEST_SEQUENCE:
        raise SequenceOutOfRange(text=sequence)
    digits, running = f"{day.year:04d}{day.month:02d}{day.day:02d}", f"{sequence:06d}"
    return f"{prefix}-{digits}-{running}-{_check_digit(prefix, digits + running)}"


def parse_number(text: str) -> Number:
    """Return the parts of a number; small letters, full-width forms and outer spaces are forgiven.

    Raises `MalformedNumber`; which of its subclasses says what is wrong.
    """
    found = _NUMBER.fullmatch(_folded(text))
    if not found:
        raise MisshapenNumber(text=_shown(text))
    prefix, digits, running, check = found.groups()
    # The check comes first: a day that cannot be is most often a wrong digit.
    if _check_digit(prefix, digits + running) != int(check):
        raise MiscopiedNumber(text=_shown(text))
    if int(running) == 0:
        raise SequenceOutOfRange(text=_shown(text))
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise NumberWithoutDay(text=_shown(text)) from error
    return Number(prefix=prefix, day=day, sequence=int(running))


def _folded(text: str) -> str:
    # Numbers are short; a long text is not worth folding to find that out.
    return normalize("NFKC", text[: _LONGEST_TEXT + 1]).strip().upper()


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


def _check_digit(prefix: str, digits: str) -> int:
    state = 0
    for character in "".join(str(int(letter, 36)) for letter in prefix) + digits:
        state = _QUASIGROUP[state][int(character)]
    return state
