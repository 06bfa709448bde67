"""Working time counted the slow way: walk minute by minute, ask of each whether anybody works.

It shares nothing with the code under test: no spans, no tables, no time zone database (Shanghai is eight
hours ahead), only a wall clock and a question.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from liandong.kernel.working_time import Calendar

_SHANGHAI = timezone(timedelta(hours=8))
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)


def someone_works(wall: datetime, calendar: Calendar) -> bool:
    """Say whether the minute that holds this wall time is a working one."""
    day = wall.date()
    if day in calendar.holidays:
        return False
    if wall.strftime("%a") in ("Sat", "Sun") and day not in calendar.makeup_workdays:
        return False
    minute = wall.hour * 60 + wall.minute
    for opens, closes in calendar.hours:
        last = closes.hour * 60 + closes.minute or 24 * 60
        if opens.hour * 60 + opens.minute <= minute < last:
            return True
    return False


def counted_due(length: timedelta, *, since: datetime, calendar: Calendar) -> datetime:
    """Return when that much working time has gone by."""
    wall, left = since.astimezone(_SHANGHAI), length
    while True:
        next_minute = wall.replace(second=0, microsecond=0) + _MINUTE
        if someone_works(wall, calendar):
            if left <= next_minute - wall:
                return (wall + left).astimezone(UTC)
            left -= next_minute - wall
        wall = next_minute


def counted_elapsed(*, since: datetime, until: datetime, calendar: Calendar) -> timedelta:
    """Return the working time between two instants."""
    wall, end, total = since.astimezone(_SHANGHAI), until.astimezone(_SHANGHAI), _NOTHING
    while wall < end:
        next_minute = min(wall.replace(second=0, microsecond=0) + _MINUTE, end)
        if someone_works(wall, calendar):
            total += next_minute - wall
        wall = next_minute
    return total
