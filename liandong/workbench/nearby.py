"""Is it known already? Open and recent cases of the same class around a point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from liandong.cases.queries import permitted_cases
from liandong.people.access import Actor

if TYPE_CHECKING:
    from liandong.cases.models import Case

RADIUS_M: Final = 300
RECENT: Final = timedelta(days=30)
MOST: Final = 5
_METRES_PER_DEGREE: Final = 111_320
_LONGEST_LOOK: Final = 200


@dataclass(frozen=True, slots=True)
class Near:
    """A case and how far away it is, in metres."""

    case: Case
    distance_m: int


def cases_near(actor: Actor, *, class_code: str, lon: float, lat: float, at: datetime) -> list[Near]:
    """Cases of the class reported within 300 m in the last 30 days, open ones first, then the nearest."""
    per_lon = _METRES_PER_DEGREE * math.cos(math.radians(lat))
    across, up = RADIUS_M / max(per_lon, 1), RADIUS_M / _METRES_PER_DEGREE
    box = permitted_cases(actor).filter(
        class_code=class_code,
        reported_at__gte=at - RECENT,
        lon__range=(lon - across, lon + across),
        lat__range=(lat - up, lat + up),
    )
    found = [
        Near(case, round(math.hypot((case.lon - lon) * per_lon, (case.lat - lat) * _METRES_PER_DEGREE)))
        for case in box.defer("terms").order_by("-reported_at", "-id")[:_LONGEST_LOOK]
        if case.lon is not None and case.lat is not None
    ]
    within = [near for near in found if near.distance_m <= RADIUS_M]
    return sorted(within, key=lambda near: (near.case.ended_at is not None, near.distance_m))[:MOST]
