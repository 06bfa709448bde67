"""Why a limit falls due when it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.working_time import (
    Calendar,
    Limit,
    Line,
    LineKind,
    TimeUnit,
    UnconfirmedYear,
    due,
    explain,
)
from tests.kernel.calendars import (
    DISTRICT,
    ROUND_THE_CLOCK_UNITS,
    calendars,
    instants,
    limit,
    local,
    working_units,
)


def told(amount: str, unit: TimeUnit, since: str) -> list[tuple[str, str, str, str]]:
    """Return note, local start, local end and minutes of each line."""
    lines = explain(limit(amount, unit), since=local(since), calendar=DISTRICT)
    return [
        (line.note_key, f"{line.start:%m-%d %H:%M}", f"{line.end:%m-%d %H:%M}", str(line.minutes)) for line in lines
    ]


def all_skip(*lines: Line) -> bool:
    """Say whether all these lines skip time."""
    return all(line.kind is LineKind.SKIP for line in lines)


def test_nights_weekends_and_lunch_are_told_apart() -> None:
    assert told("4", TimeUnit.WORKING_HOUR, "2026-11-20 17:00") == [
        ("start", "11-20 17:00", "11-20 17:00", "0.00"),
        ("working_time", "11-20 17:00", "11-20 17:30", "30.00"),
        ("outside_hours", "11-20 17:30", "11-21 00:00", "390.00"),
        ("weekend", "11-21 00:00", "11-23 00:00", "2880.00"),
        ("outside_hours", "11-23 00:00", "11-23 09:00", "540.00"),
        ("working_time", "11-23 09:00", "11-23 12:00", "180.00"),
        ("outside_hours", "11-23 12:00", "11-23 13:30", "90.00"),
        ("working_time", "11-23 13:30", "11-23 14:00", "30.00"),
        ("due", "11-23 14:00", "11-23 14:00", "0.00"),
    ]


def test_a_holiday_is_named_even_where_it_falls_on_a_weekend() -> None:
    assert told("1", TimeUnit.WORKING_HOUR, "2026-10-01 10:00") == [
        ("start", "10-01 10:00", "10-01 10:00", "0.00"),
        ("holiday", "10-01 10:00", "10-08 00:00", "9480.00"),
        ("outside_hours", "10-08 00:00", "10-08 09:00", "540.00"),
        ("working_time", "10-08 09:00", "10-08 10:00", "60.00"),
        ("due", "10-08 10:00", "10-08 10:00", "0.00"),
    ]


def test_a_worked_saturday_is_named() -> None:
    notes = [line[0] for line in told("1", TimeUnit.WORKING_HOUR, "2026-10-10 09:00")]
    assert notes == ["start", "makeup_workday", "due"]


def test_a_limit_of_nothing_is_told_by_what_it_waits_for() -> None:
    notes = [line[0] for line in told("0", TimeUnit.WORKING_HOUR, "2026-11-21 09:00")]
    assert notes == ["start", "weekend", "outside_hours", "due"]


def test_a_day_and_night_limit_is_one_unbroken_line() -> None:
    for unit in ROUND_THE_CLOCK_UNITS:
        assert [line[0] for line in told("3", unit, "2026-11-20 17:00")] == ["start", "any_time", "due"]
        assert [line[0] for line in told("0", unit, "2026-11-20 17:00")] == ["start", "due"]


def test_a_year_that_is_not_confirmed_warns_once() -> None:
    calendar = replace(DISTRICT, confirmed_years=frozenset())
    with pytest.warns(UnconfirmedYear, match="2026") as caught:
        explain(limit("4", TimeUnit.WORKING_HOUR), since=local("2026-11-20 17:00"), calendar=calendar)
    assert len(caught) == 1


@given(calendar=calendars(), since=instants(), tenths=st.integers(0, 40), unit=working_units())
def test_lines_leave_no_gap_and_count_exactly_the_limit(
    calendar: Calendar, since: datetime, tenths: int, unit: TimeUnit
) -> None:
    asked = Limit(amount=Decimal(tenths) / 10, unit=unit)
    lines = explain(asked, since=since, calendar=calendar)
    assert lines[0].start == since
    assert lines[-1].end == due(asked, since=since, calendar=calendar)
    assert all(before.end == after.start for before, after in pairwise(lines))
    assert all(line.start < line.end for line in lines[1:-1])
    counted = sum((line.end - line.start for line in lines if line.kind is LineKind.COUNT), timedelta(0))
    assert counted == asked.length(ordinary_day=calendar.ordinary_day)
    assert all(before.note_key != after.note_key for before, after in pairwise(lines) if all_skip(before, after))
