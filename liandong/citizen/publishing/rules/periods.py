"""Periods of whole months, and the presets the pages offer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from liandong.kernel.refusal import Refusal, marked

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
MOST_MONTHS: Final = 240


class MonthUnclear(Refusal):
    """A month that is none, or a period that ends before it begins."""

    status = 422
    says = marked("月份“%(text)s”无效。")
    remedy = marked("请写成 2026-03 这样的年月，起始月不晚于截止月。")


@dataclass(frozen=True, slots=True)
class Months:
    """A period from the first month through the last, each named by its first day."""

    first: date
    last: date

    @property
    def is_one(self) -> bool:
        """Whether it is a single month."""
        return self.first == self.last


def month_of(text: str) -> date:
    """The first day of a month written as 2026-03.

    :raises MonthUnclear: it is none
    """
    found = _MONTH.fullmatch(text.strip())
    if found is None or int(found[1]) < 1900:
        raise MonthUnclear(text=text[:20])
    return date(int(found[1]), int(found[2]), 1)


def months_before(month: date, count: int) -> date:
    """The month so many months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def months_from(first: str, last: str, *, today: date) -> Months:
    """The period between two months; without the first the last twelve, without the last until today.

    :raises MonthUnclear: one is none, or they stand the wrong way round
    """
    until = month_of(last) if last else today.replace(day=1)
    since = month_of(first) if first else months_before(until, 11)
    if since > until:
        raise MonthUnclear(text=f"{first} – {last}"[:20])
    return Months(max(since, months_before(until, MOST_MONTHS)), until)
