"""Where units sit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from liandong.areas.queries import district_map
from liandong.people.queries import units_of

if TYPE_CHECKING:
    from liandong.people.models import Unit

Place = tuple[float, float]
"""Longitude and latitude."""


def seats_of(district: str, *, at: datetime) -> dict[str, tuple[Unit, Place]]:
    """The units of a district at work on the day of `at`, each at the seat of its area; without a seat, nowhere."""
    book = district_map(district)
    day = book.day_of(at)
    found: dict[str, tuple[Unit, Place]] = {}
    for unit in units_of(district):
        area = book.areas.get(unit.area)
        at_work = (unit.since_on is None or unit.since_on <= day) and (unit.until_on is None or day <= unit.until_on)
        seat = (area.lon, area.lat) if area else (None, None)
        if len(unit.area) == 6:
            seat = (book.district.lon, book.district.lat)
        if at_work and seat[0] is not None and seat[1] is not None:
            found[unit.code] = unit, (seat[0], seat[1])
    return found
