"""When a limit falls due: cases by hand, laws, and the slow count."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.working_time import (
    AmountOutOfRange,
    Calendar,
    InstantOutOfReach,
    Limit,
    NaiveInstant,
    NegativeAmount,
    TimeUnit,
    UnconfirmedYear,
    due,
)
from tests.kernel.calendars import (
    DISTRICT,
    ROUND_THE_CLOCK_UNITS,
    WORKING_UNITS,
    calendars,
    hours_of,
    instants,
    lengths,
    limit,
    local,
)
from tests.kernel.oracle import counted_due

HOUR, DAY = TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY


@pytest.mark.parametrize(
    ("amount", "unit", "since", "expected"),
    [
        # In working time, across lunch, across a night, across a weekend.
        ("2", HOUR, "2026-11-20 09:30", "2026-11-20 11:30"),
        ("2", HOUR, "2026-11-20 11:00", "2026-11-20 14:30"),
        ("4", HOUR, "2026-11-19 16:00", "2026-11-20 11:30"),
        ("4", HOUR, "2026-11-20 17:00", "2026-11-23 14:00"),
        # Half an hour; seconds are kept.
        ("0.5", HOUR, "2026-11-20 09:00", "2026-11-20 09:30"),
        ("0.5", HOUR, "2026-11-20 11:45:17", "2026-11-20 13:45:17"),
        # Due exactly when work stops is due then, not when work begins again.
        ("3", HOUR, "2026-11-20 09:00", "2026-11-20 12:00"),
        ("7", HOUR, "2026-11-20 09:00", "2026-11-20 17:30"),
        # A working day is seven hours of work here, whatever the clock says.
        ("1", DAY, "2026-11-20 09:00", "2026-11-20 17:30"),
        ("1", DAY, "2026-11-20 10:00", "2026-11-23 10:00"),
        ("0.5", DAY, "2026-11-20 09:00", "2026-11-20 14:00"),
        ("20", DAY, "2026-11-20 10:00", "2026-12-18 10:00"),
        # National Day is skipped, the Saturday after it is worked.
        ("1", HOUR, "2026-09-30 17:00", "2026-10-08 09:30"),
        ("2", DAY, "2026-10-09 10:00", "2026-10-12 10:00"),
        # Day and night.
        ("24", TimeUnit.EMERGENCY_HOUR, "2026-10-01 03:00", "2026-10-02 03:00"),
        ("168", TimeUnit.NATURAL_HOUR, "2026-11-20 18:00:01", "2026-11-27 18:00:01"),
        ("1.5", TimeUnit.NATURAL_DAY, "2026-11-20 18:00", "2026-11-22 06:00"),
    ],
)
def test_a_limit_falls_due_when_a_person_would_say(amount: str, unit: TimeUnit, since: str, expected: str) -> None:
    assert due(limit(amount, unit), since=local(since), calendar=DISTRICT) == local(expected)


@pytest.mark.parametrize(
    ("since", "begins"),
    [
        ("2026-11-20 08:00", "2026-11-20 09:00"),
        ("2026-11-20 12:00", "2026-11-20 13:30"),
        ("2026-11-20 12:34:56", "2026-11-20 13:30"),
        ("2026-11-20 17:30", "2026-11-23 09:00"),
        ("2026-11-21 10:00", "2026-11-23 09:00"),
        ("2026-10-01 10:00", "2026-10-08 09:00"),
    ],
)
def test_a_start_outside_working_time_begins_at_the_next_working_minute(since: str, begins: str) -> None:
    for amount in ("0", "0.25"):
        quarter = timedelta(hours=float(amount))
        assert due(limit(amount, HOUR), since=local(since), calendar=DISTRICT) == local(begins) + quarter


def test_a_limit_of_nothing_that_starts_after_the_last_work_of_a_year_is_due_in_the_next() -> None:
    since, begins = local("2027-12-31 18:00"), local("2028-01-03 09:00")
    assert due(limit("0", HOUR), since=since, calendar=DISTRICT) == begins


def test_a_limit_of_nothing_started_in_working_time_is_due_at_once() -> None:
    since = local("2026-11-20 09:00")
    assert due(limit("0", HOUR), since=since, calendar=DISTRICT) == since


def test_the_local_year_counts_where_it_differs_from_that_of_utc() -> None:
    round_the_year = replace(DISTRICT, makeup_workdays=frozenset({local("2028-01-01 00:00").date()}))
    since = local("2028-01-01 07:00")
    assert since.astimezone(UTC).year == 2027
    assert due(limit("1", HOUR), since=since, calendar=round_the_year) == local("2028-01-01 10:00")


def test_the_last_local_hours_of_a_year_count_where_utc_is_ahead() -> None:
    zone = ZoneInfo("America/New_York")
    since = datetime(2026, 12, 31, 20, 0, tzinfo=zone)
    expected = datetime(2027, 1, 1, 10, 0, tzinfo=zone)
    calendar = replace(DISTRICT, zone=zone)
    assert since.astimezone(UTC).year == 2027
    assert due(limit("1", HOUR), since=since, calendar=calendar) == expected


def test_the_answer_is_in_utc() -> None:
    for unit in TimeUnit:
        answer = due(limit("1", unit), since=local("2026-11-20 09:00"), calendar=DISTRICT)
        assert answer.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    for unit in TimeUnit:
        with pytest.raises(NaiveInstant):
            due(limit("1", unit), since=local("2026-11-20 09:00").replace(tzinfo=None), calendar=DISTRICT)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(NegativeAmount):
        limit("-0.5", HOUR)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "10000.1", "1E+30"])
def test_an_amount_that_no_clock_can_run_is_refused(amount: str) -> None:
    with pytest.raises(AmountOutOfRange):
        limit(amount, HOUR)


def test_an_instant_beyond_all_calendars_is_refused() -> None:
    with pytest.raises(InstantOutOfReach):
        due(limit("1", HOUR), since=datetime(2300, 1, 1, tzinfo=UTC), calendar=DISTRICT)


def test_a_year_that_is_not_confirmed_warns_once_and_is_named() -> None:
    calendar = replace(DISTRICT, confirmed_years=frozenset({2026}))
    with pytest.warns(UnconfirmedYear, match="2027, 2028") as caught:
        due(limit("300", DAY), since=local("2026-12-31 17:00"), calendar=calendar)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert isinstance(caught[0].message, UnconfirmedYear)
    assert caught[0].message.years == (2027, 2028)


def test_a_clock_that_runs_day_and_night_asks_for_no_confirmed_year() -> None:
    calendar = replace(DISTRICT, confirmed_years=frozenset())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for unit in ROUND_THE_CLOCK_UNITS:
            due(limit("3", unit), since=local("2026-11-20 09:00"), calendar=calendar)


@given(data=st.data(), calendar=calendars(), since=instants())
def test_due_agrees_with_counting_minute_by_minute(data: st.DataObject, calendar: Calendar, since: datetime) -> None:
    length = data.draw(lengths(calendar))
    assert due(hours_of(length), since=since, calendar=calendar) == counted_due(length, since=since, calendar=calendar)


@given(calendar=calendars(), since=instants(), tenths=st.integers(0, 30))
def test_working_days_agree_with_counting_minute_by_minute(calendar: Calendar, since: datetime, tenths: int) -> None:
    days = Limit(amount=Decimal(tenths) / 10, unit=DAY)
    expected = counted_due(calendar.ordinary_day * tenths / 10, since=since, calendar=calendar)
    assert due(days, since=since, calendar=calendar) == expected


@given(data=st.data(), calendar=calendars(), since=instants())
def test_an_instant_due_is_never_inside_time_off(data: st.DataObject, calendar: Calendar, since: datetime) -> None:
    due_at = due(hours_of(data.draw(lengths(calendar))), since=since, calendar=calendar)
    day = (due_at - timedelta(microseconds=1)).astimezone(calendar.zone).date()
    assert any(start < due_at <= end for start, end in calendar.working_spans(day))


@given(data=st.data(), calendar=calendars(), since=instants(), later=st.integers(0, 500_000))
def test_a_later_start_and_a_longer_limit_never_fall_due_earlier(
    data: st.DataObject, calendar: Calendar, since: datetime, later: int
) -> None:
    short, more = data.draw(lengths(calendar)), data.draw(lengths(calendar))
    due_at = due(hours_of(short), since=since, calendar=calendar)
    assert due(hours_of(short), since=since + timedelta(seconds=later), calendar=calendar) >= due_at
    assert due(hours_of(short + more), since=since, calendar=calendar) > due_at


@given(data=st.data(), calendar=calendars(), since=instants())
def test_one_limit_after_another_falls_due_with_their_sum(
    data: st.DataObject, calendar: Calendar, since: datetime
) -> None:
    first, second = data.draw(lengths(calendar)), data.draw(lengths(calendar))
    between = due(hours_of(first), since=since, calendar=calendar)
    assert due(hours_of(second), since=between, calendar=calendar) == due(
        hours_of(first + second), since=since, calendar=calendar
    )


@given(since=instants(), hundredths=st.integers(0, 100_000), unit=st.sampled_from(ROUND_THE_CLOCK_UNITS))
def test_day_and_night_units_add_plain_time(since: datetime, hundredths: int, unit: TimeUnit) -> None:
    one = timedelta(hours=24 if unit is TimeUnit.NATURAL_DAY else 1)
    amount = Limit(amount=Decimal(hundredths) / 100, unit=unit)
    assert due(amount, since=since, calendar=DISTRICT) == since + one * hundredths / 100


def test_the_zone_of_the_start_makes_no_difference() -> None:
    since = local("2026-11-20 16:00")
    for unit in WORKING_UNITS:
        answers = {due(limit("3", unit), since=at, calendar=DISTRICT) for at in (since, since.astimezone(UTC))}
        assert len(answers) == 1
