"""Who must solve it: class × area → lead, assisting and fallback unit, and why (职责最相近、处置最有利)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix. Leads are unit codes, or words the area resolves: `town`, `station`, `bureau:…`."""

    class_prefix: str
    area_prefix: str
    lead: str
    assisting: tuple[str, ...]
    fallback: str
    reason: str


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


def suggest(rows: Mapping[tuple[str, str], Row], *, class_code: str, area: str, resolve: Resolve) -> Suggestion | None:
    """Return the suggestion of the most specific row: first by class, then by area. None when nothing covers it."""
    for row in _rows_by_specificity(rows, class_code, area):
        lead = resolve(row.lead, area)
        fallback = resolve(row.fallback, area)
        unit = lead or fallback
        if unit is None:
            continue
        helpers = tuple(code for word in row.assisting if (code := resolve(word, area)) and code != unit)
        return Suggestion(unit, helpers, row.reason, row, used_fallback=lead is None)
    return None


def _rows_by_specificity(rows: Mapping[tuple[str, str], Row], class_code: str, area: str) -> list[Row]:
    classes = [*(class_code[:size] for size in range(len(class_code), 0, -1)), "*"]
    areas = [*(area[:size] for size in (15, 12, 9, 6) if size <= len(area)), "*"]
    return [row for name in classes for place in areas if (row := rows.get((name, place))) is not None]
