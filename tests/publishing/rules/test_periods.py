"""Periods of months, as addresses name them."""

from __future__ import annotations

from datetime import date

import pytest

from liandong.citizen.publishing.rules.periods import Months, MonthUnclear, month_of, months_before, months_from

TODAY = date(2026, 3, 17)


def test_without_a_month_it_is_the_last_twelve() -> None:
    assert months_from("", "", today=TODAY) == Months(date(2025, 4, 1), date(2026, 3, 1))


def test_one_month_is_a_period_of_its_own() -> None:
    assert months_from("2026-02", "2026-02", today=TODAY).is_one


@pytest.mark.parametrize(
    "text", ["2026", "2026-13", "26-01", "2026-1", "0000-01", "２０２６-０１", "2026-01-01", "x" * 99]
)
def test_what_is_no_month_is_refused_by_name(text: str) -> None:
    with pytest.raises(MonthUnclear):
        month_of(text)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(MonthUnclear):
        months_from("2026-03", "2026-02", today=TODAY)


def test_months_are_counted_over_the_turn_of_years() -> None:
    assert months_before(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert months_before(date(2026, 3, 1), 27) == date(2023, 12, 1)
    assert months_from("1900-01", "9999-12", today=TODAY).last == date(9999, 12, 1)
