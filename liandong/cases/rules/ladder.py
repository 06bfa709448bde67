"""What a running clock wakes, and when: a reminder before it is due, the overdue mark, then supervision I to III.

督办 I when it is due (the unit's duty person), II at half the limit more (its head), III at the whole limit more (a
leader of the district): `CASE.md` §2 supervise. At once where the case is urgent, else in working time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Final

from liandong.cases.rules.words import ClockKind
from liandong.kernel.working_time import Calendar, Limit, TimeUnit, due

REMIND_AFTER: Final = 0.8
"""The share of its time after which a clock reminds."""

_NOW: Final = Limit(Decimal(0), TimeUnit.WORKING_HOUR)


class Rung(IntEnum):
    """What a clock does next when its time has come."""

    REMIND = 0
    DUE = 1
    FIRST = 2
    SECOND = 3
    THIRD = 4
    TOP = 5

    @property
    def level(self) -> int:
        """The level of supervision this rung is; 0 where it is none."""
        return self - Rung.DUE if Rung.FIRST <= self <= Rung.THIRD else 0


REMINDS: Final = frozenset(
    {
        ClockKind.VERIFY,
        ClockKind.RECEIVE,
        ClockKind.CONTACT,
        ClockKind.ARRIVE,
        ClockKind.HOP,
        ClockKind.CHECK,
        ClockKind.CALL_BACK,
        ClockKind.SUPERVISION,
    }
)
"""The kinds that remind before they are due; the others are short, or somebody else's hop reminds for them."""

LEVELS: Final[Mapping[ClockKind, int]] = {
    ClockKind.ACCEPT: 1,
    ClockKind.VERIFY: 1,
    ClockKind.FILE: 1,
    ClockKind.DISPATCH: 1,
    ClockKind.RECEIVE: 1,
    ClockKind.CONTACT: 1,
    ClockKind.ARRIVE: 3,
    ClockKind.HOP: 3,
    ClockKind.HANDLE: 3,
    ClockKind.CHECK: 1,
    ClockKind.CALL_BACK: 1,
    ClockKind.COORDINATION: 0,
    ClockKind.SUPERVISION: 0,
}
"""The highest level of supervision each kind climbs to by itself."""


def first_rung(kind: ClockKind) -> Rung:
    """What a clock of that kind does first."""
    return Rung.REMIND if kind in REMINDS else Rung.DUE


def rung_after(kind: ClockKind, rung: Rung) -> Rung:
    """What comes after `rung`: the next one, or the top where the kind climbs no higher."""
    following = Rung(rung + 1)
    return following if following.level <= LEVELS[kind] and following < Rung.TOP else Rung.TOP


def wakes_at(
    rung: Rung, *, started_at: datetime, due_at: datetime, limit: Limit, is_urgent: bool, calendar: Calendar
) -> datetime | None:
    """When a clock that stands before `rung` must be looked at; None at the top."""
    match rung:
        case Rung.REMIND:
            return started_at + (due_at - started_at) * REMIND_AFTER
        case Rung.DUE:
            return due_at
        case Rung.TOP:
            return None
    more = limit.amount * (rung.level - 1) / 2
    instant = due(Limit(more, limit.unit), since=due_at, calendar=calendar) if more else due_at
    return instant if is_urgent else due(_NOW, since=instant, calendar=calendar)
