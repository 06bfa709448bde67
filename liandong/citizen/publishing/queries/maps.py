"""The public map: cases bundled by cells of the screen, so that an answer stays small however many there are.

Cases whose place is told exactly stand where they are; the others at the seat of the area that is told, so that neither
a bundle's middle nor the edge of a picture betrays more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Avg, Count, F, FloatField, Max, Min, Q
from django.db.models.functions import Cast, Floor, Left

from liandong.cases.queries import coarseness_of
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.policies import Coarseness
from liandong.citizen.publishing.queries.narrowing import Wanted, wanted_cases

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from liandong.cases.models import Case

CELL_PIXELS: Final = 56
MOST_BUNDLES: Final = 800
LEAST_ZOOM, MOST_ZOOM = 8, 19
_AREAS: Final = {Coarseness.GRID: 15, Coarseness.COMMUNITY: 12, Coarseness.TOWN: 9}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a map shows: its edges in degrees and how far it is zoomed in, in steps of twofold."""

    west: float
    south: float
    east: float
    north: float
    zoom: int

    @property
    def cell(self) -> float:
        """The side of a cell in degrees of longitude."""
        return 360 / float(2**self.zoom) * CELL_PIXELS / 256

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the picture."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


@dataclass(slots=True)
class Bundle:
    """Cases drawn as one: how many, how many of them open, and their middle."""

    count: int = 0
    open: int = 0
    lon: float = 0.0
    lat: float = 0.0
    first: int = 0
    areas: set[str] = field(default_factory=set)

    def add(self, count: int, *, open_: int, at: tuple[float, float], first: int, areas: set[str]) -> None:
        """Put more cases into it, whose middle is `at`."""
        whole = self.count + count
        self.lon = (self.lon * self.count + at[0] * count) / whole
        self.lat = (self.lat * self.count + at[1] * count) / whole
        self.first = min(self.first, first) if self.count else first
        self.count, self.open, self.areas = whole, self.open + open_, self.areas | areas


def bundles(district: str, wanted: Wanted, picture: Picture, *, at: datetime) -> list[Bundle]:
    """The bundles of a picture, the fullest first, never more than `MOST_BUNDLES`."""
    book = rulebook_for(district)
    cases = wanted_cases(district, wanted, at=at)
    cells: dict[tuple[int, int], Bundle] = {}
    places = {code: coarseness_of(code, district=district) for code, kind in book.classes.items() if kind.is_leaf}
    coarse = [code for code, place in places.items() if place is not Coarseness.POINT]
    _add_points(cells, cases.exclude(class_code__in=coarse), picture)
    for place, size in _AREAS.items():
        codes = [code for code, told in places.items() if told is place]
        if codes:
            _add_seats(cells, cases.filter(class_code__in=codes), book, picture, size=size)
    return sorted(cells.values(), key=lambda bundle: -bundle.count)[:MOST_BUNDLES]


def _add_points(cells: dict[tuple[int, int], Bundle], cases: QuerySet[Case], picture: Picture) -> None:
    inside = cases.filter(lon__range=(picture.west, picture.east), lat__range=(picture.south, picture.north))
    side = picture.cell
    column, row_ = (Floor(Cast(F(axis), FloatField()) / side) for axis in ("lon", "lat"))
    counted = inside.annotate(column=column, row=row_).values("column", "row")
    rows: Any = counted.annotate(**_COUNTED, middle_lon=Avg("lon"), middle_lat=Avg("lat"))
    for row in rows.order_by():
        bundle = cells.setdefault((int(row["column"]), int(row["row"])), Bundle())
        middle = (row["middle_lon"], row["middle_lat"])
        bundle.add(row["count"], open_=row["open"], at=middle, first=row["first"], areas={row["least"], row["most"]})


def _add_seats(
    cells: dict[tuple[int, int], Bundle], cases: QuerySet[Case], book: Rulebook, picture: Picture, *, size: int
) -> None:
    rows: Any = cases.annotate(told=Left("area", size)).values("told").annotate(**_COUNTED)
    for row in rows.order_by():
        area = book.map.areas.get(row["told"])
        if area is None or area.lon is None or area.lat is None or len(area.code) == 6:
            continue
        if picture.holds(area.lon, area.lat):
            cell = (int(area.lon // picture.cell), int(area.lat // picture.cell))
            bundle = cells.setdefault(cell, Bundle())
            middle = (area.lon, area.lat)
            bundle.add(row["count"], open_=row["open"], at=middle, first=row["first"], areas={area.code})


_COUNTED: Final = {
    "count": Count("pk"),
    "open": Count("pk", filter=Q(ended_at__isnull=True)),
    "first": Min("pk"),
    "least": Min("area"),
    "most": Max("area"),
}
