"""Time as the model counts it: whole seconds, and a list of every working minute of a year and a quarter.

Nothing of the product's: Shanghai is eight hours ahead, and the days off are read from the published table.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

_PUBLISHED = Path(__file__).parents[3] / "standards" / "calendar" / "cn" / "2026.csv"
_SHANGHAI = timezone(timedelta(hours=8))
_START = datetime(2026, 1, 1, tzinfo=_SHANGHAI)
_DAYS = 460
_MINUTES_OF_A_DAY = (*range(9 * 60, 12 * 60), *range(13 * 60 + 30, 17 * 60 + 30))
DAY = 86_400
ORDINARY_DAY = 60 * len(_MINUTES_OF_A_DAY)


def _working_minutes() -> list[int]:
    with _PUBLISHED.open(encoding="utf-8") as file:
        stated = {date.fromisoformat(row["date"]): row["is_working"] == "true" for row in csv.DictReader(file)}
    found = []
    for number in range(_DAYS):
        day = (_START + timedelta(days=number)).date()
        if stated.get(day, day.isoweekday() <= 5):
            found += [number * 24 * 60 + minute for minute in _MINUTES_OF_A_DAY]
    return found


_WORK = _working_minutes()


def seconds_of(instant: datetime) -> int:
    """An instant of the product as the model counts: seconds since the year began in Shanghai."""
    gone = instant - _START
    assert not gone.microseconds, f"{instant} is between two seconds"
    return gone.days * DAY + gone.seconds


def instant_of(seconds: int) -> datetime:
    """And back."""
    return (_START + timedelta(seconds=seconds)).astimezone(UTC)


def day_of(seconds: int) -> int:
    """The number of the day in Shanghai."""
    return seconds // DAY


def is_working_unit(unit: str) -> bool:
    """Whether a unit counts working time only."""
    return unit.startswith("working")


def length_of(amount: str, unit: str) -> int:
    """The seconds of a limit."""
    one = {"working_day": ORDINARY_DAY, "natural_day": DAY}.get(unit, 3600)
    return round(float(amount) * one)


def due(amount: str, unit: str, since: int) -> int:
    """When a limit that starts at `since` falls due."""
    return after(length_of(amount, unit), unit, since)


def after(length: int, unit: str, since: int) -> int:
    """When that much time of the unit has gone by."""
    if not is_working_unit(unit):
        return since + length
    minute, second = divmod(since, 60)
    place = bisect_left(_WORK, minute)
    if _WORK[place] != minute:
        second = 0
    whole, rest = divmod(second + length, 60)
    if length and not rest:
        # Done with the last second of a minute, not with the first of the next working one.
        return (_WORK[place + whole - 1] + 1) * 60
    return _WORK[place + whole] * 60 + rest


def between(unit: str, since: int, until: int) -> int:
    """The time of the unit between two instants."""
    if not is_working_unit(unit):
        return until - since
    return _worked_until(until) - _worked_until(since)


def _worked_until(instant: int) -> int:
    minute, second = divmod(instant, 60)
    place = bisect_right(_WORK, minute) - 1
    return 60 * place + second if place >= 0 and _WORK[place] == minute else 60 * (place + 1)


def resumed(unit: str, due_at: int, stood_since: int, until: int) -> int:
    """When a clock that stood still falls due: what was left goes on; one that was late already gains nothing."""
    if stood_since > due_at:
        return due_at
    return after(between(unit, stood_since, due_at), unit, until)
