"""A calendar knows the working spans of any day and refuses contradictions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from liandong.kernel.working_time import (
    Calendar,
    CalendarWithoutHours,
    ContradictoryCalendar,
    InstantOutOfReach,
)
from tests.kernel.calendars import DISTRICT, ORDINARY_HOURS, local

DAY_AND_NIGHT = ((time(0), time(0)),)
NEW_YORK = replace(DISTRICT, zone=ZoneInfo("America/New_York"), hours=DAY_AND_NIGHT)


def test_a_friday_is_a_working_day_and_a_saturday_is_not() -> None:
    assert DISTRICT.is_working_day(date(2026, 11, 20))
    assert not DISTRICT.is_working_day(date(2026, 11, 21))


def test_a_holiday_on_a_weekday_is_no_working_day() -> None:
    assert not DISTRICT.is_working_day(date(2026, 10, 1))


def test_a_makeup_workday_on_a_weekend_is_a_working_day() -> None:
    assert DISTRICT.is_working_day(date(2026, 10, 10))


def test_working_spans_are_aware_and_in_the_zone_of_the_calendar() -> None:
    spans = DISTRICT.working_spans(date(2026, 11, 20))
    assert spans == (
        (local("2026-11-20 09:00"), local("2026-11-20 12:00")),
        (local("2026-11-20 13:30"), local("2026-11-20 17:30")),
    )
    assert {end.tzinfo for span in spans for end in span} == {DISTRICT.zone}


def test_a_day_off_has_no_working_spans() -> None:
    assert DISTRICT.working_spans(date(2026, 11, 21)) == ()


def test_an_ordinary_day_of_the_demo_hours_lasts_seven_hours() -> None:
    assert DISTRICT.ordinary_day == timedelta(hours=7)


def test_an_end_at_midnight_means_the_end_of_the_day() -> None:
    round_the_clock = replace(DISTRICT, hours=DAY_AND_NIGHT)
    assert round_the_clock.ordinary_day == timedelta(hours=24)
    assert round_the_clock.working_spans(date(2026, 11, 20)) == (
        (local("2026-11-20 00:00"), local("2026-11-21 00:00")),
    )


def test_a_day_on_which_clocks_change_has_as_many_hours_as_it_has() -> None:
    sundays = replace(NEW_YORK, makeup_workdays=frozenset({date(2026, 3, 8), date(2026, 11, 1)}))
    ((spring_start, spring_end),) = sundays.utc_spans(date(2026, 3, 8))
    ((autumn_start, autumn_end),) = sundays.utc_spans(date(2026, 11, 1))
    assert spring_end - spring_start == timedelta(hours=23)
    assert autumn_end - autumn_start == timedelta(hours=25)


def test_spans_around_an_hour_that_does_not_exist_neither_cross_nor_run_backwards() -> None:
    hours = ((time(1), time(2, 45)), (time(2, 50), time(3, 15)), (time(3, 30), time(5)))
    sundays = replace(NEW_YORK, hours=hours, makeup_workdays=frozenset({date(2026, 3, 8)}))
    spans = list(sundays.utc_spans(date(2026, 3, 8)))
    assert spans == [
        (datetime(2026, 3, 8, 6, 0, tzinfo=UTC), datetime(2026, 3, 8, 7, 45, tzinfo=UTC)),
        (datetime(2026, 3, 8, 7, 45, tzinfo=UTC), datetime(2026, 3, 8, 9, 0, tzinfo=UTC)),
    ]


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(CalendarWithoutHours):
        replace(DISTRICT, hours=())


@pytest.mark.parametrize(
    "hours",
    [
        ((time(9), time(9)),),
        ((time(12), time(9)),),
        ((time(9), time(12)), (time(11), time(17))),
        ((time(13), time(17)), (time(9), time(12))),
        ((time(9), time(0)), (time(13), time(17))),
    ],
)
def test_hours_that_cross_or_run_backwards_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ContradictoryCalendar):
        replace(DISTRICT, hours=hours)


def test_a_day_that_is_both_holiday_and_makeup_workday_is_refused() -> None:
    with pytest.raises(ContradictoryCalendar, match="2026-10-01"):
        replace(DISTRICT, makeup_workdays=frozenset({date(2026, 10, 1)}))


@pytest.mark.parametrize("year", [1899, 2201])
def test_years_for_which_no_calendar_is_meant_are_refused(year: int) -> None:
    with pytest.raises(InstantOutOfReach, match=str(year)):
        DISTRICT.year(year)


def test_equal_calendars_are_equal_whatever_they_have_looked_up() -> None:
    fresh = Calendar(
        zone=DISTRICT.zone,
        hours=ORDINARY_HOURS,
        holidays=DISTRICT.holidays,
        makeup_workdays=DISTRICT.makeup_workdays,
        confirmed_years=DISTRICT.confirmed_years,
    )
    DISTRICT.year(2026)
    assert fresh == DISTRICT
    assert hash(fresh) == hash(DISTRICT)
