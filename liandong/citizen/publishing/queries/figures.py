"""Public figures out of what the schedule has counted: by town, by class, and each by the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Sum

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing.models import Figure, FigureRun
from liandong.citizen.publishing.queries.narrowing import group_of
from liandong.citizen.publishing.queries.texts import smallest_cell
from liandong.citizen.publishing.rules.cells import SUM, Cell, untold, with_sums
from liandong.citizen.publishing.rules.periods import Months

COUNTS: Final = ("reported", "open", "handled", "due", "in_time", "rated", "satisfied")


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of some cases. A share is nothing where it is of too few to be told."""

    reported: int = 0
    open: int = 0
    handled: int = 0
    due: int = 0
    in_time: int = 0
    rated: int = 0
    satisfied: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTS))


@dataclass(frozen=True, slots=True)
class Line:
    """A town or a class in a table: what was counted, or nothing where it may not be told."""

    code: str
    counts: Counts | None
    in_time: float | None
    satisfied: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of a period by town and class. A cell that is not told is None; `SUM` is the code of the sums."""

    towns: tuple[Line, ...]
    kinds: tuple[Line, ...]
    whole: Line
    reported: Mapping[Cell, int | None]
    counted_at: datetime | None


def figures_of(district: str, months: Months, *, group: str = "") -> Table:
    """The figures of a period by town and group of classes, or by the classes of one group."""
    book = rulebook_for(district)
    cells = _folded(district, months, book, group=group)
    least = smallest_cell(district)
    whole = with_sums({cell: counts.reported for cell, counts in cells.items()})
    hidden = untold(whole, least=least)
    by_town, by_kind, all_ = _sums(cells)
    run = FigureRun.objects.filter(district=district).first()
    return Table(
        towns=tuple(_line(code, by_town[code], (code, SUM) in hidden, least) for code in sorted(by_town)),
        kinds=tuple(_line(code, by_kind[code], (SUM, code) in hidden, least) for code in sorted(by_kind)),
        whole=_line(SUM, all_, (SUM, SUM) in hidden, least),
        reported={cell: None if cell in hidden else count for cell, count in whole.items()},
        counted_at=run.counted_at if run else None,
    )


def whole_of(district: str, months: Months) -> Line:
    """The sums of a period over all towns and classes, in one statement."""
    found = Figure.objects.filter(district=district, month__range=(months.first, months.last))
    sums = found.aggregate(**{name: Sum(name, default=0) for name in COUNTS})
    counts, least = Counts(**sums), smallest_cell(district)
    return _line(SUM, counts, 0 < counts.reported < least, least)


def figure_rows(district: str, months: Months) -> Iterable[tuple[str, str, str, Counts | None, int]]:
    """(month, town, group, counts or nothing, cases reported or 0) of each month by town and group, as open data."""
    book, least = rulebook_for(district), smallest_cell(district)
    found = Figure.objects.filter(district=district, month__range=(months.first, months.last))
    for month in found.order_by("month").values_list("month", flat=True).distinct():
        cells = _folded(district, Months(month, month), book)
        hidden = untold(with_sums({cell: counts.reported for cell, counts in cells.items()}), least=least)
        for cell in sorted(cells):
            counts = None if cell in hidden else cells[cell]
            yield f"{month:%Y-%m}", cell[0], cell[1], counts, least


def counted_at(district: str) -> datetime | None:
    """When the figures of a district were last counted."""
    return FigureRun.objects.filter(district=district).values_list("counted_at", flat=True).first()


def share(part: int, of: int, *, least: int) -> float | None:
    """A share in percent; nothing where it is of too few."""
    return 100 * part / of if of >= least else None


def _folded(district: str, months: Months, book: Rulebook, *, group: str = "") -> dict[Cell, Counts]:
    """Counts by town and group, or by town and class of one group."""
    found = Figure.objects.filter(district=district, month__range=(months.first, months.last))
    rows = found.values_list("town", "class_code").annotate(*(Sum(name) for name in COUNTS)).order_by()
    cells: dict[Cell, Counts] = {}
    for town, code, *counts in rows:
        over = group_of(book, code)
        if group and over != group:
            continue
        cell = (town, code if group else over)
        cells[cell] = cells.get(cell, Counts()) + Counts(*counts)
    return cells


def _sums(cells: Mapping[Cell, Counts]) -> tuple[dict[str, Counts], dict[str, Counts], Counts]:
    towns: dict[str, Counts] = {}
    kinds: dict[str, Counts] = {}
    whole = Counts()
    for (town, kind), counts in cells.items():
        towns[town] = towns.get(town, Counts()) + counts
        kinds[kind] = kinds.get(kind, Counts()) + counts
        whole += counts
    return towns, kinds, whole


def _line(code: str, counts: Counts, is_hidden: bool, least: int) -> Line:  # noqa: FBT001 - a column of a table
    if is_hidden:
        return Line(code, None, None, None)
    return Line(
        code,
        counts,
        share(counts.in_time, counts.due, least=least),
        share(counts.satisfied, counts.rated, least=least),
    )
