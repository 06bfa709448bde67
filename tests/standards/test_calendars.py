"""The calendars in ``standards/calendar/``: exceptions to the ordinary week, year by year, and the confirmed years."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

CALENDARS = Path(__file__).resolve().parents[2] / "standards" / "calendar"
YEARS = [
    *(("cn", year) for year in (2024, 2025, 2026)),
    *(("us-md", year) for year in range(2014, 2021)),
]
SATURDAY = 5


def read(calendar: str, name: str) -> list[dict[str, str]]:
    with (CALENDARS / calendar / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def exceptions(calendar: str, year: int) -> dict[date, bool]:
    return {date.fromisoformat(row["date"]): row["is_working"] == "true" for row in read(calendar, f"{year}.csv")}


def working_days(calendar: str, year: int) -> int:
    special = exceptions(calendar, year)
    days = (date(year, 1, 1) + timedelta(days=count) for count in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))
    return sum(special.get(day, day.weekday() < SATURDAY) for day in days)


@pytest.mark.parametrize(("calendar", "year"), YEARS)
def test_a_row_is_always_an_exception_to_the_ordinary_week(calendar: str, year: int) -> None:
    listed = read(calendar, f"{year}.csv")
    assert len(listed) == len(exceptions(calendar, year))
    assert [row["date"] for row in listed] == sorted(row["date"] for row in listed)
    for row in listed:
        day = date.fromisoformat(row["date"])
        assert day.year == year
        assert row["is_working"] in {"true", "false"}
        assert (row["is_working"] == "true") == (day.weekday() >= SATURDAY)
        assert row["why"]


@pytest.mark.parametrize("calendar", ["cn", "us-md"])
def test_the_confirmed_years_are_those_with_a_file(calendar: str) -> None:
    confirmed = {int(row["year"]) for row in read(calendar, "years.csv") if row["confirmed"] == "true"}
    assert confirmed == {year for name, year in YEARS if name == calendar}
    assert all(row["source"] for row in read(calendar, "years.csv"))


def test_2027_is_not_confirmed_in_china() -> None:
    assert 2027 not in {int(row["year"]) for row in read("cn", "years.csv")}


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_working_days_of_a_chinese_year_add_up(year: int, days: int) -> None:
    assert working_days("cn", year) == days


@pytest.mark.parametrize("year", range(2014, 2021))
def test_an_american_year_has_ten_federal_holidays(year: int) -> None:
    assert len(exceptions("us-md", year)) == 10


def test_days_known_by_heart_are_right() -> None:
    assert exceptions("cn", 2026)[date(2026, 2, 14)] is True
    assert exceptions("cn", 2026)[date(2026, 10, 1)] is False
    assert exceptions("cn", 2025)[date(2025, 10, 8)] is False
    assert exceptions("us-md", 2016)[date(2016, 12, 26)] is False
