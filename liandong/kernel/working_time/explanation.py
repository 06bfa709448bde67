"""Why a limit falls due when it does, line by line, for the person who asks.

The lines leave no gap: each begins where the one before ended, from the start to the due instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from liandong.kernel.working_time.calendars import Calendar
from liandong.kernel.working_time.clocks import due, in_utc
from liandong.kernel.working_time.limits import WORKING_UNITS, Limit

_ONE_DAY = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)


class LineKind(StrEnum):
    """What a line of the explanation does to the clock."""

    START = "start"
    COUNT = "count"
    SKIP = "skip"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "why this time"; `start` and `end` in the area's zone, `minutes` to two places.

    kind    note_key
    start   start
    count   any_time · working_time · makeup_workday
    skip    outside_hours · weekend · holiday
    due     due
    """

    kind: LineKind
    start: datetime
    end: datetime
    minutes: Decimal
    note_key: str


def explain(limit: Limit, *, since: datetime, calendar: Calendar) -> tuple[Line, ...]:
    """Return the lines from the start to the due instant that `due` gives for the same arguments.

    Raises and warns as `due` does.
    """
    start = in_utc(since)
    due_at = due(limit, since=start, calendar=calendar)
    between = _working_lines if limit.unit in WORKING_UNITS else _unbroken_line
    return (
        _line(LineKind.START, start, start, "start", calendar),
        *between(start, due_at, calendar),
        _line(LineKind.DUE, due_at, due_at, "due", calendar),
    )


def _unbroken_line(start: datetime, due_at: datetime, calendar: Calendar) -> Iterator[Line]:
    if start < due_at:
        yield _line(LineKind.COUNT, start, due_at, "any_time", calendar)


def _working_lines(start: datetime, due_at: datetime, calendar: Calendar) -> Iterator[Line]:
    reached = start
    for day in _days(start, due_at, calendar):
        note = "makeup_workday" if day in calendar.makeup_workdays else "working_time"
        for opens, closes in calendar.utc_spans(day):
            begin, end = max(opens, reached), min(closes, due_at)
            if begin < end:
                yield from _skips(reached, begin, calendar)
                yield _line(LineKind.COUNT, begin, end, note, calendar)
                reached = end
    # Only a limit of nothing, started outside working time, ends on a skip.
    yield from _skips(reached, due_at, calendar)


def _skips(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Line]:
    """Yield the time between two working spans, cut where the reason changes at midnight."""
    begin = start
    for reason, days in groupby(_days(start, end, calendar), lambda day: _reason_for_rest(day, calendar)):
        *_, last_day = days
        cut = min(calendar.midnight(last_day + _ONE_DAY), end)
        if begin < cut:
            yield _line(LineKind.SKIP, begin, cut, reason, calendar)
            begin = cut


def _reason_for_rest(day: date, calendar: Calendar) -> str:
    if calendar.is_working_day(day):
        return "outside_hours"
    return "holiday" if day in calendar.holidays else "weekend"


def _days(start: datetime, end: datetime, calendar: Calendar) -> Iterator[date]:
    """Yield the local days from the one of `start` to the one of `end`."""
    day, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        yield day
        day += _ONE_DAY


def _line(kind: LineKind, start: datetime, end: datetime, note_key: str, calendar: Calendar) -> Line:
    minutes = Decimal((end - start) // _MILLISECOND) / 60_000
    return Line(
        kind=kind,
        start=start.astimezone(calendar.zone),
        end=end.astimezone(calendar.zone),
        minutes=minutes.quantize(Decimal("0.01")),
        note_key=note_key,
    )
