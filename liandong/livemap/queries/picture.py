"""What a map shows of cases within a box: single ones where they are few, else bubbles, by the filter of the lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.expressions import Func
from django.db.models.functions import Left

from liandong.cases.queries import CaseFilter, in_box, permitted_by_area, permitted_cases
from liandong.kernel.cells import Box, ring_of
from liandong.livemap.models import COARSE, FINE
from liandong.livemap.queries.counted import Lot, counted_by_stage, counted_in_areas, counted_in_cells, is_counted
from liandong.livemap.rules.fineness import fineness_at
from liandong.people.access import Actor

if TYPE_CHECKING:
    from liandong.cases.models import Case

MOST_POINTS: Final = 400
"""So many cases are drawn one by one; more become bubbles."""

LENGTHS: Final = {"town": 9, "community": 12, "grid": 15}
"""Level of areas → digits of their codes."""

CELL_DEGREES: Final = 30.0
"""No cell of fineness 0 reaches farther from its middle; each finer one is smaller by the root of seven."""

_LATE = Q(ended_at__isnull=True, late_since__isnull=False)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases of one cell, drawn where their middle is."""

    cell: int
    cases: int
    late: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Share:
    """Cases of one area, and the late ones among them."""

    area: str
    cases: int
    late: int


def clusters(asked: CaseFilter, actor: Actor, *, box: Box, zoom: float, whole_cells: bool = False) -> list[Cluster]:
    """The cases this person may see in a box, by cells as large as a bubble at that zoom.

    A cell counts where the middle of its cases lies in the box; with `whole_cells`, where any of it may.
    """
    fineness = fineness_at(zoom, box)
    found: dict[int, Lot] = {}
    around = _widened(box, CELL_DEGREES * 7.0 ** (-fineness / 2)) if whole_cells else box
    if fineness <= FINE and is_counted(asked):
        reach = permitted_by_area(actor)
        if reach.areas:
            found = counted_in_cells(asked, reach, box=around, fineness=fineness, is_fine=fineness > COARSE)
        if reach.beyond is not None:
            found = _joined(found, _in_cells(asked, reach.beyond, box=around, fineness=fineness))
    else:
        found = _in_cells(asked, permitted_cases(actor), box=around, fineness=fineness)
    bubbles = (
        Cluster(cell, cases, late, lon / cases, lat / cases) for cell, (cases, late, lon, lat) in sorted(found.items())
    )
    return [one for one in bubbles if (_touches(one.cell, box) if whole_cells else _holds(box, one.lon, one.lat))]


def points(asked: CaseFilter, actor: Actor, *, box: Box, most: int = MOST_POINTS) -> list[Case]:
    """The newest cases this person may see in a box, at most `most`, as far as a map draws them."""
    columns = (
        "number",
        "district",
        "lon",
        "lat",
        "class_code",
        "stage",
        "due_at",
        "late_since",
        "ended_at",
        "reported_at",
    )
    found: list[Case] = []
    for cases in _halves(asked, permitted_cases(actor), box=box):
        found += cases.only(*columns).order_by("-reported_at", "-id")[:most]
    return sorted(found, key=lambda case: (case.reported_at, case.pk), reverse=True)[:most]


def shares(asked: CaseFilter, actor: Actor, *, level: str) -> list[Share]:
    """The cases this person may see, by areas of one level: `town`, `community` or `grid`."""
    length = LENGTHS[level]
    if is_counted(asked):
        reach = permitted_by_area(actor)
        found = counted_in_areas(asked, reach, length=length) if reach.areas else {}
        beyond = {} if reach.beyond is None else _in_areas(asked, reach.beyond, length=length)
        for area, (cases, late) in beyond.items():
            more = found.get(area, (0, 0))
            found[area] = more[0] + cases, more[1] + late
    else:
        found = _in_areas(asked, permitted_cases(actor), length=length)
    return [Share(area, *count) for area, count in sorted(found.items()) if len(area) == length]


def by_stage(asked: CaseFilter, actor: Actor) -> dict[str, tuple[int, int]]:
    """The cases this person may see and the late ones, by stage; for questions the counts can answer."""
    reach = permitted_by_area(actor)
    found = counted_by_stage(asked, reach) if reach.areas else {}
    if reach.beyond is not None:
        rows = asked.apply(reach.beyond).order_by().values("stage")
        for stage, cases, late in rows.annotate(count=Count("pk"), late=Count("pk", filter=_LATE)).values_list(
            "stage", "count", "late"
        ):
            more = found.get(stage, (0, 0))
            found[stage] = more[0] + cases, more[1] + late
    return found


def _holds(box: Box, lon: float, lat: float) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


def _touches(cell: int, box: Box) -> bool:
    ring = ring_of(cell)
    lons, lats = [lon for lon, _lat in ring], [lat for _lon, lat in ring]
    return min(lons) <= box[2] and max(lons) >= box[0] and min(lats) <= box[3] and max(lats) >= box[1]


def _widened(box: Box, degrees: float) -> Box:
    west, south, east, north = box
    return west - degrees, south - degrees, east + degrees, north + degrees


def _halves(asked: CaseFilter, cases: QuerySet[Case], *, box: Box) -> Iterator[QuerySet[Case]]:
    """The cases of a box, open and ended ones apart, as the indexes have them."""
    for is_open in (True, False) if asked.is_open is None else (asked.is_open,):
        halved = replace(asked, is_open=is_open).apply(cases)
        yield halved.filter(in_box(box), lon__isnull=False)


def _in_cells(asked: CaseFilter, cases: QuerySet[Case], *, box: Box, fineness: int) -> dict[int, Lot]:
    """Counted one case after the other, for questions the counts cannot answer."""
    found: dict[int, Lot] = {}
    spot = Func(F("cell"), Value(fineness), function="livemap_parent", output_field=BigIntegerField())
    for half in _halves(asked, cases, box=box):
        rows = half.order_by().annotate(spot=spot).values("spot")
        counted = rows.annotate(
            count=Count("pk"), late=Count("pk", filter=_LATE), lons=Sum("lon"), lats=Sum("lat")
        ).values_list("spot", "count", "late", "lons", "lats")
        found = _joined(found, {cell: (count, late, lon, lat) for cell, count, late, lon, lat in counted})
    return found


def _in_areas(asked: CaseFilter, cases: QuerySet[Case], *, length: int) -> dict[str, tuple[int, int]]:
    rows = asked.apply(cases).order_by().annotate(place=Left("area", length)).values("place")
    counted = rows.annotate(count=Count("pk"), late=Count("pk", filter=_LATE)).values_list("place", "count", "late")
    return {place: (count, late) for place, count, late in counted}


def _joined(one: dict[int, Lot], other: dict[int, Lot]) -> dict[int, Lot]:
    found = dict(one)
    for cell, lot in other.items():
        mine = found.get(cell, (0, 0, 0.0, 0.0))
        found[cell] = (mine[0] + lot[0], mine[1] + lot[1], mine[2] + lot[2], mine[3] + lot[3])
    return found
