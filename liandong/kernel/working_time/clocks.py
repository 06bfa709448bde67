"""When a limit falls due, how much time has run, and where a stopped clock continues.

All three take aware instants and do not read the clock. Time of a working unit that runs through a year whose
holidays are not confirmed warns `UnconfirmedYear`, once per call.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta

from liandong.kernel.working_time.calendars import Calendar, YearOfWork
from liandong.kernel.working_time.limits import WORKING_UNITS, Limit, TimeUnit

_NOTHING = timedelta(0)


class NaiveInstant(ValueError):
    """An instant without a zone: nobody can say when it is."""


class InstantsOutOfOrder(ValueError):
    """An end that lies before its beginning."""


class UnconfirmedYear(UserWarning):
    """Working time was computed in a year whose holidays are not confirmed; `years` names them."""

    def __init__(self, years: tuple[int, ...]) -> None:
        super().__init__(f"working time computed with unconfirmed holidays of {', '.join(map(str, years))}")
        self.years = years


def due(limit: Limit, *, since: datetime, calendar: Calendar) -> datetime:
    """Return the last instant, in UTC, at which what the limit demands is still in time.

    A start outside working time begins at the next working minute. Raises `NaiveInstant` and
    `InstantOutOfReach`; warns `UnconfirmedYear`.
    """
    start = in_utc(since)
    length = limit.length(ordinary_day=calendar.ordinary_day)
    if limit.unit not in WORKING_UNITS:
        return start + length
    first = calendar.year_at(start)
    due_at, last = _after_work(length, start=start, year=first, calendar=calendar)
    _warn_of_unconfirmed(calendar, first=first.number, last=last.number)
    return due_at


def elapsed(unit: TimeUnit, *, since: datetime, until: datetime, calendar: Calendar) -> timedelta:
    """Return the time of that unit between two instants: all of it, or only the working time.

    Raises `InstantsOutOfOrder`, `NaiveInstant`, `InstantOutOfReach`; warns `UnconfirmedYear`.
    """
    start, end = in_utc(since), in_utc(until)
    if end < start:
        raise InstantsOutOfOrder(f"{end} lies before {start}")
    if unit not in WORKING_UNITS:
        return end - start
    first, last = calendar.year_at(start), calendar.year_at(end)
    work = _work_between(start, end, first=first, last=last, calendar=calendar)
    _warn_of_unconfirmed(calendar, first=first.number, last=last.number)
    return work


def resumed_due(
    limit: Limit, *, due_at: datetime, stopped_at: datetime, resumed_at: datetime, calendar: Calendar
) -> datetime:
    """Return the due instant, in UTC, of a clock that stood still from `stopped_at` to `resumed_at`.

    What was left when it stopped continues when it resumes. A clock that stopped after its due instant was
    late already and stays due when it was. Raises `InstantsOutOfOrder`, `NaiveInstant`, `InstantOutOfReach`;
    warns `UnconfirmedYear`.
    """
    old, stopped, resumed = in_utc(due_at), in_utc(stopped_at), in_utc(resumed_at)
    if resumed < stopped:
        raise InstantsOutOfOrder(f"resumed at {resumed}, before it stopped at {stopped}")
    if stopped > old:
        return old
    if limit.unit not in WORKING_UNITS:
        return resumed + (old - stopped)
    first = calendar.year_at(stopped)
    left = _work_between(stopped, old, first=first, last=calendar.year_at(old), calendar=calendar)
    moved, last = _after_work(left, start=resumed, year=calendar.year_at(resumed), calendar=calendar)
    _warn_of_unconfirmed(calendar, first=first.number, last=last.number)
    return moved


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC; raises `NaiveInstant`."""
    if instant.utcoffset() is None:
        raise NaiveInstant(f"{instant} has no zone")
    return instant.astimezone(UTC)


def _after_work(
    length: timedelta, *, start: datetime, year: YearOfWork, calendar: Calendar
) -> tuple[datetime, YearOfWork]:
    """Return the instant at which that much work is done after `start`, and the year it falls in."""
    if not length:
        return _next_working(start, year=year, calendar=calendar)
    work = year.worked_until(start) + length
    while work > year.total:
        work -= year.total
        year = calendar.year(year.number + 1)
    return year.instant_after(work), year


def _next_working(start: datetime, *, year: YearOfWork, calendar: Calendar) -> tuple[datetime, YearOfWork]:
    while (instant := year.next_working(start)) is None:
        year = calendar.year(year.number + 1)
    return instant, year


def _work_between(
    start: datetime, end: datetime, *, first: YearOfWork, last: YearOfWork, calendar: Calendar
) -> timedelta:
    whole_years = (calendar.year(number).total for number in range(first.number, last.number))
    return sum(whole_years, _NOTHING) + last.worked_until(end) - first.worked_until(start)


def _warn_of_unconfirmed(calendar: Calendar, *, first: int, last: int) -> None:
    years = tuple(year for year in range(first, last + 1) if year not in calendar.confirmed_years)
    if years:
        # Three frames up stands whoever asked for the time.
        warnings.warn(UnconfirmedYear(years), stacklevel=3)
