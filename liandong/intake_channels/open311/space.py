"""Searching by place: a box, or a circle around a point. What is searched is what is shown.

A livelihood appeal is shown at the seat of its grid at the finest, so it is found there too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Power

from liandong.cases.queries import shown_within
from liandong.intake_channels.open311.faults import BoxInvalid, CircleInvalid
from liandong.intake_channels.open311.parameters import Parameters

if TYPE_CHECKING:
    from liandong.cases.models import Case

USUAL_RADIUS: Final = 500
LONGEST_RADIUS: Final = 50_000
_METRES_PER_DEGREE: Final = 111_320.0
"""Of latitude; of longitude by the cosine of the latitude. Off by less than a third of a percent here."""


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east and north, in degrees of WGS-84."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float | None, lat: float | None) -> bool:
        """Whether a point lies in it, its border included."""
        if lon is None or lat is None:
            return False
        return self.west <= lon <= self.east and self.south <= lat <= self.north


@dataclass(frozen=True, slots=True)
class Circle:
    """A point and a radius in metres."""

    lon: float
    lat: float
    radius: float

    @property
    def around(self) -> Box:
        """The smallest box that holds it."""
        high, wide = self.radius / _METRES_PER_DEGREE, self.radius / self.per_lon
        return Box(self.lon - wide, self.lat - high, self.lon + wide, self.lat + high)

    @property
    def per_lon(self) -> float:
        """Metres to a degree of longitude here."""
        return _METRES_PER_DEGREE * max(math.cos(math.radians(self.lat)), 0.01)

    def holds(self, lon: float | None, lat: float | None) -> bool:
        """Whether a point lies in it."""
        if lon is None or lat is None:
            return False
        return math.hypot((lon - self.lon) * self.per_lon, (lat - self.lat) * _METRES_PER_DEGREE) <= self.radius


def narrowed(cases: QuerySet[Case], parameters: Parameters, *, district: str) -> QuerySet[Case]:
    """Return the cases that are shown in the box or circle a search names, all where it names none.

    :raises BoxInvalid, CircleInvalid: it is neither
    """
    for place in (_box_in(parameters), _circle_in(parameters)):
        if place is not None:
            cases = _in_place(cases, place, district)
    return cases


def _in_place(cases: QuerySet[Case], place: Box | Circle, district: str) -> QuerySet[Case]:
    box = place.around if isinstance(place, Circle) else place
    here = Q(lon__range=(box.west, box.east), lat__range=(box.south, box.north))
    if isinstance(place, Circle):
        cases = cases.annotate(metres_squared=_squared(place))
        here &= Q(metres_squared__lte=place.radius**2)
    return shown_within(cases, district=district, on_point=here, holds=place.holds)


def _squared(circle: Circle) -> Any:
    east = (F("lon") - Value(circle.lon, FloatField())) * Value(circle.per_lon, FloatField())
    north = (F("lat") - Value(circle.lat, FloatField())) * Value(_METRES_PER_DEGREE, FloatField())
    return Power(east, 2, output_field=FloatField()) + Power(north, 2, output_field=FloatField())


def _box_in(parameters: Parameters) -> Box | None:
    text = parameters.text("bbox", longest=200)
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BoxInvalid(value=text[:60]) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BoxInvalid(value=text[:60])
    return Box(west, south, east, north)


def _circle_in(parameters: Parameters) -> Circle | None:
    lat, lon = parameters.text("lat", longest=40), parameters.text("long", longest=40)
    radius = parameters.text("radius", longest=40)
    if not (lat or lon or radius):
        return None
    try:
        found = Circle(float(lon), float(lat), float(radius or USUAL_RADIUS))
    except ValueError:
        raise CircleInvalid(longest=LONGEST_RADIUS, usual=USUAL_RADIUS) from None
    if not (-180 <= found.lon <= 180 and -90 <= found.lat <= 90 and 1 <= found.radius <= LONGEST_RADIUS):
        raise CircleInvalid(longest=LONGEST_RADIUS, usual=USUAL_RADIUS)
    return found
