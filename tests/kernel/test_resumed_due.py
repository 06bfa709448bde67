"""Where a clock that stood still falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
    resumed_due,
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

FOUR_HOURS = limit("4", TimeUnit.WORKING_HOUR)
DUE_AT = local("2026-11-20 14:30")


def test_what_was_left_continues_when_the_clock_resumes() -> None:
    # One hour and a half was left before lunch; resumed on Friday afternoon it runs into Monday.
    moved = resumed_due(
        FOUR_HOURS,
        due_at=DUE_AT,
        stopped_at=local("2026-11-20 11:30"),
        resumed_at=local("2026-11-20 17:00"),
        calendar=DISTRICT,
    )
    assert moved == local("2026-11-23 10:00")
    assert moved.tzinfo is UTC


def test_a_clock_that_stopped_late_stays_due_when_it_was() -> None:
    for unit in TimeUnit:
        stayed = resumed_due(
            limit("4", unit),
            due_at=DUE_AT,
            stopped_at=DUE_AT + timedelta(seconds=1),
            resumed_at=DUE_AT + timedelta(days=3),
            calendar=DISTRICT,
        )
        assert stayed == DUE_AT
        assert stayed.tzinfo is UTC


def test_a_clock_that_stopped_exactly_at_due_was_in_time_and_is_due_on_resuming() -> None:
    for unit in WORKING_UNITS:
        moved = resumed_due(
            limit("1", unit),
            due_at=DUE_AT,
            stopped_at=DUE_AT,
            resumed_at=local("2026-11-21 10:00"),
            calendar=DISTRICT,
        )
        assert moved == local("2026-11-23 09:00")


def test_day_and_night_clocks_move_by_the_time_they_stood() -> None:
    for unit in ROUND_THE_CLOCK_UNITS:
        moved = resumed_due(
            limit("3", unit),
            due_at=DUE_AT,
            stopped_at=DUE_AT - timedelta(hours=1),
            resumed_at=DUE_AT + timedelta(hours=5),
            calendar=DISTRICT,
        )
        assert moved == DUE_AT + timedelta(hours=6)


def test_resuming_before_stopping_is_refused() -> None:
    with pytest.raises(InstantsOutOfOrder):
        resumed_due(
            FOUR_HOURS,
            due_at=DUE_AT,
            stopped_at=DUE_AT,
            resumed_at=DUE_AT - timedelta(seconds=1),
            calendar=DISTRICT,
        )


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        resumed_due(
            FOUR_HOURS,
            due_at=DUE_AT.replace(tzinfo=None),
            stopped_at=DUE_AT,
            resumed_at=DUE_AT,
            calendar=DISTRICT,
        )


def test_a_year_that_is_not_confirmed_warns_once() -> None:
    calendar = replace(DISTRICT, confirmed_years=frozenset({2026}))
    with pytest.warns(UnconfirmedYear, match="2027") as caught:
        resumed_due(
            FOUR_HOURS,
            due_at=DUE_AT,
            stopped_at=local("2026-11-20 11:30"),
            resumed_at=local("2026-12-31 17:00"),
            calendar=calendar,
        )
    assert len(caught) == 1
    assert caught[0].filename == __file__


@given(data=st.data(), calendar=calendars(), since=instants(), stood=st.integers(0, 500_000))
def test_a_stop_gives_back_exactly_the_working_time_it_took(
    data: st.DataObject, calendar: Calendar, since: datetime, stood: int
) -> None:
    whole = data.draw(lengths(calendar))
    due_at = due(hours_of(whole), since=since, calendar=calendar)
    seconds = int((due_at - since).total_seconds())
    stopped_at = since + timedelta(seconds=data.draw(st.integers(0, seconds - 1)))
    resumed_at = stopped_at + timedelta(seconds=stood)
    moved = resumed_due(hours_of(whole), due_at=due_at, stopped_at=stopped_at, resumed_at=resumed_at, calendar=calendar)

    def work(start: datetime, end: datetime) -> timedelta:
        return elapsed(TimeUnit.WORKING_HOUR, since=start, until=end, calendar=calendar)

    assert moved >= due_at
    assert work(since, stopped_at) + work(resumed_at, moved) == whole
    assert stood or moved == due_at
