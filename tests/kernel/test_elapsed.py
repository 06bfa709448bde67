"""How much of a unit's time lies between two instants."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.working_time import (
    Calendar,
    InstantsOutOfOrder,
    NaiveInstant,
    TimeUnit,
    UnconfirmedYear,
    due,
    elapsed,
)
from tests.kernel.calendars import (
    DISTRICT,
    ROUND_THE_CLOCK_UNITS,
    WORKING_UNITS,
    calendars,
    hours_of,
    instants,
    lengths,
    local,
    working_units,
)
from tests.kernel.oracle import counted_elapsed

FRIDAY, MONDAY = local("2026-11-20 17:00"), local("2026-11-23 09:45:10")


def test_working_units_count_only_working_time() -> None:
    for unit in WORKING_UNITS:
        assert elapsed(unit, since=FRIDAY, until=MONDAY, calendar=DISTRICT) == timedelta(
            hours=1, minutes=15, seconds=10
        )


def test_other_units_count_all_time() -> None:
    for unit in ROUND_THE_CLOCK_UNITS:
        assert elapsed(unit, since=FRIDAY, until=MONDAY, calendar=DISTRICT) == MONDAY - FRIDAY


def test_nothing_elapses_before_the_first_work_of_a_year() -> None:
    since, until = local("2027-01-01 00:00"), local("2027-01-01 08:00")
    assert elapsed(TimeUnit.WORKING_HOUR, since=since, until=until, calendar=DISTRICT) == timedelta(0)


def test_an_end_before_the_beginning_is_refused() -> None:
    for unit in TimeUnit:
        with pytest.raises(InstantsOutOfOrder):
            elapsed(unit, since=MONDAY, until=FRIDAY, calendar=DISTRICT)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        elapsed(TimeUnit.NATURAL_DAY, since=FRIDAY, until=MONDAY.replace(tzinfo=None), calendar=DISTRICT)


def test_a_year_that_is_not_confirmed_warns_once() -> None:
    calendar = replace(DISTRICT, confirmed_years=frozenset())
    with pytest.warns(UnconfirmedYear, match="2026") as caught:
        elapsed(TimeUnit.WORKING_HOUR, since=FRIDAY, until=MONDAY, calendar=calendar)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_whole_years_between_count() -> None:
    since, until = local("2025-12-31 12:00"), local("2028-01-03 10:00")
    by_day = sum(
        (
            end - start
            for offset in range((until - since).days + 2)
            for start, end in DISTRICT.working_spans((since + timedelta(days=offset)).date())
        ),
        timedelta(0),
    )
    morning, rest_of_monday = timedelta(hours=3), timedelta(hours=6)
    counted = elapsed(TimeUnit.WORKING_DAY, since=since, until=until, calendar=DISTRICT)
    assert counted == by_day - morning - rest_of_monday


@given(calendar=calendars(), since=instants(), seconds=st.integers(0, 6 * 86_400), unit=working_units())
def test_elapsed_agrees_with_counting_minute_by_minute(
    calendar: Calendar, since: datetime, seconds: int, unit: TimeUnit
) -> None:
    until = since + timedelta(seconds=seconds)
    assert elapsed(unit, since=since, until=until, calendar=calendar) == counted_elapsed(
        since=since, until=until, calendar=calendar
    )


@given(data=st.data(), calendar=calendars(), since=instants(), unit=working_units())
def test_elapsed_until_due_is_the_limit(
    data: st.DataObject, calendar: Calendar, since: datetime, unit: TimeUnit
) -> None:
    length = data.draw(lengths(calendar))
    due_at = due(hours_of(length), since=since, calendar=calendar)
    assert elapsed(unit, since=since, until=due_at, calendar=calendar) == length


@given(calendar=calendars(), marks=st.lists(instants(), min_size=3, max_size=3).map(sorted), unit=working_units())
def test_time_adds_up_whichever_way_it_is_cut(calendar: Calendar, marks: list[datetime], unit: TimeUnit) -> None:
    first, middle, last = marks
    parts = elapsed(unit, since=first, until=middle, calendar=calendar) + elapsed(
        unit, since=middle, until=last, calendar=calendar
    )
    assert parts == elapsed(unit, since=first, until=last, calendar=calendar)
