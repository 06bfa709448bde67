"""Calendars, instants and limits for the tests of working time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from liandong.kernel.working_time import Calendar, Limit, TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
ORDINARY_HOURS = ((time(9), time(12)), (time(13, 30), time(17, 30)))
WORKING_UNITS = (TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY)
ROUND_THE_CLOCK_UNITS = (TimeUnit.EMERGENCY_HOUR, TimeUnit.NATURAL_HOUR, TimeUnit.NATURAL_DAY)
CONFIRMED = frozenset(range(2000, 2101))

# National Day 2026 as published: 1 to 7 October off, 20 September and 10 October worked.
DISTRICT = Calendar(
    zone=SHANGHAI,
    hours=ORDINARY_HOURS,
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    makeup_workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    confirmed_years=CONFIRMED,
)

_FIRST_DAY = date(2026, 12, 20)
_DAY_MINUTES = 24 * 60


def local(text: str) -> datetime:
    """Return a Shanghai instant written like `2026-11-20 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def limit(amount: str, unit: TimeUnit) -> Limit:
    """Return a limit without a clause."""
    return Limit(amount=Decimal(amount), unit=unit)


def _wall(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw any district's calendar around a turn of the year: odd hours, holidays, worked Sundays."""
    edges = sorted(draw(st.sets(st.integers(0, _DAY_MINUTES), min_size=2, max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    days = st.integers(-5, 25).map(lambda offset: _FIRST_DAY + timedelta(days=offset))
    makeup = draw(st.frozensets(days, max_size=4))
    return Calendar(
        zone=SHANGHAI,
        hours=tuple((_wall(opens), _wall(closes)) for opens, closes in pairs),
        holidays=draw(st.frozensets(days, max_size=8)) - makeup,
        makeup_workdays=makeup,
        confirmed_years=CONFIRMED,
    )


def instants() -> st.SearchStrategy[datetime]:
    """Draw instants, to the second, in the fortnight around that turn of the year."""
    start = datetime(2026, 12, 20, tzinfo=UTC)
    return st.integers(0, 14 * 86_400).map(lambda seconds: start + timedelta(seconds=seconds))


def working_units() -> st.SearchStrategy[TimeUnit]:
    """Draw a unit that runs in working time only."""
    return st.sampled_from(WORKING_UNITS)


def lengths(calendar: Calendar) -> st.SearchStrategy[timedelta]:
    """Draw lengths of up to five ordinary days, to the second, never nothing."""
    most = min(5 * calendar.ordinary_day, timedelta(hours=20))
    return st.integers(1, int(most.total_seconds())).map(lambda seconds: timedelta(seconds=seconds))


def hours_of(length: timedelta) -> Limit:
    """Return a length in whole seconds as working hours; `Decimal` keeps them to well under a microsecond."""
    return Limit(amount=Decimal(int(length.total_seconds())) / 3600, unit=TimeUnit.WORKING_HOUR)
