"""What can happen to the map and the calendar of a district."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AreasLoaded:
    """The areas of a district were loaded from its folder; every process rereads them."""

    areas: int
    outlines: int
    edition: int


@dataclass(frozen=True, slots=True)
class CalendarLoaded:
    """Working days of a calendar were loaded."""

    calendar: str
    days: int
    years: tuple[int, ...]
