"""Who must solve it: class × area × condition → lead, assisting and fallback unit (职责最相近、处置最有利)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

RowKey = tuple[str, str, str]
"""(class or prefix, area or prefix, filing condition); `*` stands for every one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix. Leads are unit codes, or words the area resolves: `town`, `station`, `bureau:…`."""

    class_prefix: str
    area_prefix: str
    lead: str
    assisting: tuple[str, ...]
    fallback: str
    reason: str
    condition: str = "*"

    @property
    def key(self) -> RowKey:
        """Where the row stands in its matrix."""
        return (self.class_prefix, self.area_prefix, self.condition)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The unit that should handle a case, its helpers, and the reason in words."""

    lead: str
    assisting: tuple[str, ...]
    reason: str
    row: Row
    used_fallback: bool = False


Resolve = Callable[[str, str], str | None]
"""(word or unit code, area code) → unit code, or None when that area has no such unit."""


def suggest(
    rows: Mapping[RowKey, Row], *, class_code: str, area: str, resolve: Resolve, condition: str = "*"
) -> Suggestion | None:
    """Return the suggestion of the most specific row that resolves; None when nothing covers the case."""
    for row in rows_by_specificity(rows, class_code=class_code, area=area, condition=condition):
        lead = resolve(row.lead, area)
        fallback = resolve(row.fallback, area)
        unit = lead or fallback
        if unit is None:
            continue
        helpers = tuple(code for word in row.assisting if (code := resolve(word, area)) and code != unit)
        return Suggestion(unit, helpers, row.reason, row, used_fallback=lead is None)
    return None


def rows_by_specificity(
    rows: Mapping[RowKey, Row], *, class_code: str, area: str, condition: str = "*"
) -> Iterator[Row]:
    """Every row that covers a case, the one that decides first: by class, then by area, then by condition."""
    classes = [*(class_code[:size] for size in range(len(class_code), 0, -1)), "*"]
    areas = [*(area[:size] for size in (15, 12, 9, 6) if size <= len(area)), "*"]
    conditions = ("*",) if condition in ("", "*") else (condition, "*")
    for name in classes:
        for place in areas:
            for case in conditions:
                row = rows.get((name, place, case))
                if row is not None:
                    yield row
