"""The working time of an area: its hours, its holidays, its make-up workdays.

A calendar answers for any day at once; for clocks it keeps one table per local year, built on first use, in
which a due instant is found by two bisections however far away it lies.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2200
_MIDNIGHT = time(0)
_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_SATURDAY = 5


class CalendarWithoutHours(ValueError):
    """A calendar on which no working minute would ever come."""


class ContradictoryCalendar(ValueError):
    """Hours that cross each other, or a day that is both a holiday and a make-up workday."""


class InstantOutOfReach(ValueError):
    """An instant outside the years 1900 to 2200, for which no calendar is meant."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an area works.

    `hours` are the spans of an ordinary working day in local time, in order; an end of 00:00 means the end of
    the day. A day works when it is a make-up workday, or Monday to Friday and no holiday. `confirmed_years`
    are those whose holidays have been published and checked by somebody. `ordinary_day` is the working time
    of one ordinary day, which is what one 工作日 lasts.

    Raises `CalendarWithoutHours` and `ContradictoryCalendar`.
    """

    zone: ZoneInfo
    hours: tuple[tuple[time, time], ...]
    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    confirmed_years: frozenset[int]
    ordinary_day: timedelta = field(init=False, repr=False, compare=False)
    _years: dict[int, YearOfWork] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse contradictions and measure the ordinary day."""
        if not self.hours:
            raise CalendarWithoutHours("a calendar needs at least one span of working hours")
        both = sorted(self.holidays & self.makeup_workdays)
        if both:
            raise ContradictoryCalendar(f"{both[0]} is both a holiday and a make-up workday")
        total, latest = _NOTHING, _NOTHING
        for opens, closes in self.hours:
            start, end = _since_midnight(opens), _since_midnight(closes) or _ONE_DAY
            if start < latest or end <= start:
                raise ContradictoryCalendar(f"hours {opens}-{closes} cross others or end before they start")
            total, latest = total + end - start, end
        object.__setattr__(self, "ordinary_day", total)

    def is_working_day(self, day: date) -> bool:
        """Say whether any work is done on this day."""
        return day in self.makeup_workdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    def working_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the working spans of this day, aware, in the calendar's zone; none on a day off."""
        spans = self.utc_spans(day)
        return tuple((start.astimezone(self.zone), end.astimezone(self.zone)) for start, end in spans)

    def utc_spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working spans of this day in UTC, in order, none empty, none crossing another."""
        if not self.is_working_day(day):
            return
        reached = self.midnight(day)
        for opens, closes in self.hours:
            start = datetime.combine(day, opens, self.zone).astimezone(UTC)
            end_day = day if closes != _MIDNIGHT else day + _ONE_DAY
            end = datetime.combine(end_day, closes, self.zone).astimezone(UTC)
            # Where clocks are put forward, an hour named on the wall does not exist and spans would cross.
            start = max(start, reached)
            if start < end:
                yield start, end
                reached = end

    def midnight(self, day: date) -> datetime:
        """Return the instant this local day begins, in UTC."""
        return datetime.combine(day, _MIDNIGHT, self.zone).astimezone(UTC)

    def year(self, number: int) -> YearOfWork:
        """Return the table of one local year; raises `InstantOutOfReach` outside 1900 to 2200."""
        known = self._years.get(number)
        if known is None:
            if not FIRST_YEAR <= number <= LAST_YEAR:
                raise InstantOutOfReach(f"no calendar reaches the year {number}")
            known = self._years[number] = YearOfWork.of(self, number)
        return known

    def year_at(self, instant: datetime) -> YearOfWork:
        """Return the table of the local year in which this UTC instant falls."""
        year = self.year(instant.year)
        if instant < year.opens_at:
            return self.year(year.number - 1)
        if instant >= year.closes_at:
            return self.year(year.number + 1)
        return year


@dataclass(frozen=True, slots=True)
class YearOfWork:
    """The working spans of one local year in UTC, with the working time that lies before each.

    starts  09:00   13:30   09:00 …
    ends    12:00   17:30   12:00 …
    before  0 h     3 h     7 h   …     strictly rising, so an amount of work names one span
    """

    number: int
    opens_at: datetime
    closes_at: datetime
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta

    @classmethod
    def of(cls, calendar: Calendar, number: int) -> Self:
        """Build the table of one year."""
        first, last = date(number, 1, 1), date(number + 1, 1, 1)
        starts, ends, before, total = [], [], [], _NOTHING
        for offset in range((last - first).days):
            for start, end in calendar.utc_spans(first + timedelta(days=offset)):
                starts.append(start)
                ends.append(end)
                before.append(total)
                total += end - start
        return cls(
            number=number,
            opens_at=calendar.midnight(first),
            closes_at=calendar.midnight(last),
            starts=tuple(starts),
            ends=tuple(ends),
            before=tuple(before),
            total=total,
        )

    def worked_until(self, instant: datetime) -> timedelta:
        """Return the working time of this year that lies before the instant."""
        span = bisect_right(self.starts, instant) - 1
        if span < 0:
            return _NOTHING
        return self.before[span] + min(instant, self.ends[span]) - self.starts[span]

    def instant_after(self, work: timedelta) -> datetime:
        """Return the first instant by which this much (0 < work <= total) of the year's work is done."""
        span = bisect_left(self.before, work) - 1
        return self.starts[span] + (work - self.before[span])

    def next_working(self, instant: datetime) -> datetime | None:
        """Return the instant itself when it is in working time, else the next start in this year, if any."""
        span = bisect_right(self.ends, instant)
        return max(instant, self.starts[span]) if span < len(self.starts) else None


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
