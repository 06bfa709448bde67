"""When a reporter whom nobody reached is called again: at another time of day, over two days (`CASE.md` §2)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from liandong.cases.rules.verification import CALL_ATTEMPTS

MORNING: Final = time(9)
AFTERNOON: Final = time(14)
_NOON: Final = time(12)


def call_again_at(*, attempts: int, called_since: datetime, at: datetime, zone: ZoneInfo) -> datetime:
    """When to try again after an attempt at `at` that nobody answered, the `attempts`th.

    Tried before noon: the same afternoon; else the next morning. The last attempt is left for another day than the
    first, and to another half of the day than the one before it.
    """
    now, first = at.astimezone(zone), called_since.astimezone(zone)
    is_morning = now.time() < _NOON
    tomorrow = now.date() + timedelta(days=1)
    if is_morning and not (attempts >= CALL_ATTEMPTS - 1 and now.date() == first.date()):
        return datetime.combine(now.date(), AFTERNOON, zone)
    return datetime.combine(tomorrow, AFTERNOON if is_morning else MORNING, zone)
