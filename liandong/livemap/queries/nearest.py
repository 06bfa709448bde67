"""Which units are nearest to a point, and why: those in whose area it lies first, then by distance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians
from typing import TYPE_CHECKING, Final

from liandong.areas.queries import district_map
from liandong.duty.queries import OnDuty, Place, seats_of, who

if TYPE_CHECKING:
    from liandong.people.models import Unit

MOST: Final = 8
_METRES_PER_DEGREE: Final = 111_195.0
_KINDS: Final = ("grid", "team", "station", "office", "bureau", "town")
_REASONS: Final = {15: "own_grid", 12: "own_community", 9: "own_town"}


@dataclass(frozen=True, slots=True)
class Near:
    """A unit near a point. `reason` is `own_grid`, `own_community`, `own_town` or `distance`."""

    unit: Unit
    metres: int
    reason: str
    on_duty: OnDuty


def nearest_units(district: str, *, lon: float, lat: float, at: datetime, most: int = MOST) -> list[Near]:
    """The units that could go to a point: of its grid, its community, its town, then the nearest others."""
    book = district_map(district)
    code = book.locator_on(book.day_of(at)).locate(lon, lat) or district
    seats = [(unit, _metres((lon, lat), seat)) for unit, seat in seats_of(district, at=at).values()]
    able = [(unit, metres, _reason(unit.area, code)) for unit, metres in seats if unit.kind in _KINDS]
    order = [*_REASONS.values(), "distance"]
    able.sort(key=lambda one: (order.index(one[2]), one[1], one[0].code))
    # What lies in the same town is many; of those, too, the nearest only.
    chosen = [one for one in able if one[2] != "own_town"][:most] + [one for one in able if one[2] == "own_town"][:2]
    chosen.sort(key=lambda one: (order.index(one[2]), one[1], one[0].code))
    return [
        Near(unit, metres, reason, who("duty_person", unit=unit.code, at=at)) for unit, metres, reason in chosen[:most]
    ]


def _reason(area: str, code: str) -> str:
    is_around = len(area) > 6 and code.startswith(area)
    return _REASONS.get(len(area), "distance") if is_around else "distance"


def _metres(one: Place, other: Place) -> int:
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return round(hypot(east, one[1] - other[1]) * _METRES_PER_DEGREE)
