"""Who must solve it: class × area × condition → lead, assisting and fallback unit (职责最相近、处置最有利).

A row says `M06` or `M06010` or `*`, a town or a grid or `*`, one filing condition or `*`. The row that decides is the
most specific one that names a unit the area has: by class first, then by area, then by condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

RowKey = tuple[str, str, str]
"""(class or prefix, area or prefix, filing condition); `*` stands for every one."""

EVERY: Final = "*"
_AREA_SIZES: Final = (15, 12, 9, 6)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix. Leads are unit codes, or words the area resolves: `town`, `station`, `bureau:…`."""

    class_prefix: str
    area_prefix: str
    lead: str
    assisting: tuple[str, ...]
    fallback: str
    reason: str
    condition: str = EVERY

    @property
    def key(self) -> RowKey:
        """Where the row stands in its matrix."""
        return (self.class_prefix, self.area_prefix, self.condition)

    @property
    def answer(self) -> tuple[str, tuple[str, ...], str]:
        """Whom the row names, without its reason."""
        return (self.lead, self.assisting, self.fallback)


class RowTable(Mapping[RowKey, Row]):
    """The rows of one matrix, found without building a key for each possible place.

    Rows for every condition stand in one mapping per class prefix; the few for one condition beside them.
    """

    __slots__ = ("_by_class", "_of_a_condition", "_size")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._by_class: dict[str, dict[str, Row]] = {}
        self._of_a_condition: dict[str, dict[tuple[str, str], Row]] = {}
        for row in rows:
            if row.condition == EVERY:
                self._by_class.setdefault(row.class_prefix, {})[row.area_prefix] = row
            else:
                place = (row.area_prefix, row.condition)
                self._of_a_condition.setdefault(row.class_prefix, {})[place] = row
        self._size = sum(len(found) for found in self._by_class.values())
        self._size += sum(len(found) for found in self._of_a_condition.values())

    def __getitem__(self, key: RowKey) -> Row:
        name, place, condition = key
        if condition == EVERY:
            return self._by_class[name][place]
        return self._of_a_condition[name][place, condition]

    def __iter__(self) -> Iterator[RowKey]:
        for rows in (self._by_class, self._of_a_condition):
            for found in rows.values():
                yield from (row.key for row in found.values())

    def __len__(self) -> int:
        return self._size

    def covering(self, class_code: str, area: str, condition: str) -> Iterator[Row]:
        """Every row that covers a case, the one that decides first: by class, then by area, then by condition."""
        areas = [*(area[:size] for size in _AREA_SIZES if size <= len(area)), EVERY]
        special = condition not in ("", EVERY)
        for name in (*(class_code[:size] for size in range(len(class_code), 0, -1)), EVERY):
            every = self._by_class.get(name)
            own = self._of_a_condition.get(name) if special else None
            if every is None and own is None:
                continue
            for place in areas:
                if own is not None and (row := own.get((place, condition))) is not None:
                    yield row
                if every is not None and (row := every.get(place)) is not None:
                    yield row


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The unit that should handle a case, its helpers, and the reason in words."""

    lead: str
    assisting: tuple[str, ...]
    reason: str
    row: Row
    used_fallback: bool = False


class Obstacle(StrEnum):
    """Why a unit that a row names does not get the case."""

    NONE = ""
    UNNAMED = "unnamed"
    ABSENT = "absent"
    CLOSED = "closed"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word of a row, the unit it stands for in the area, and what stands against that unit."""

    word: str
    unit: str
    obstacle: Obstacle


@dataclass(frozen=True, slots=True)
class Considered:
    """A row that covers a case, with what its lead and its fallback came to. At most one row decides."""

    row: Row
    lead: Candidate
    fallback: Candidate
    decides: bool

    @property
    def used_fallback(self) -> bool:
        """Whether the fallback is whom the row decides for."""
        return self.decides and self.lead.obstacle is not Obstacle.NONE


Resolve = Callable[[str, str], str | None]
"""(word or unit code, area code) → unit code, or None when that area has no such unit."""
Weigh = Callable[[str, str], Candidate]
"""(word or unit code, area code) → the unit and what stands against it."""


def suggest(
    rows: RowTable, *, class_code: str, area: str, resolve: Resolve, condition: str = EVERY
) -> Suggestion | None:
    """Return the suggestion of the most specific row that resolves; None when nothing covers the case."""
    for row in rows.covering(class_code, area, condition):
        lead = resolve(row.lead, area)
        unit = lead or resolve(row.fallback, area)
        if unit is None:
            continue
        helpers = tuple(code for word in row.assisting if (code := resolve(word, area)) and code != unit)
        return Suggestion(unit, helpers, row.reason, row, used_fallback=lead is None)
    return None


def consider(
    rows: RowTable, *, class_code: str, area: str, weigh: Weigh, condition: str = EVERY
) -> Iterator[Considered]:
    """Every row that covers a case in the order of specificity, and what each came to: `suggest` in slow motion."""
    decided = False
    for row in rows.covering(class_code, area, condition):
        lead, fallback = weigh(row.lead, area), weigh(row.fallback, area)
        decides = not decided and Obstacle.NONE in (lead.obstacle, fallback.obstacle)
        decided = decided or decides
        yield Considered(row, lead, fallback, decides)


def rows_by_specificity(rows: RowTable, *, class_code: str, area: str, condition: str = EVERY) -> Iterator[Row]:
    """Every row that covers a case, the one that decides first."""
    return rows.covering(class_code, area, condition)


def includes_class(prefix: str, class_code: str) -> bool:
    """Whether a row's class or prefix covers a class."""
    return prefix == EVERY or class_code.startswith(prefix)


def includes_area(prefix: str, area: str) -> bool:
    """Whether a row's area or prefix covers an area."""
    return prefix == EVERY or area.startswith(prefix)


def includes_condition(given: str, condition: str) -> bool:
    """Whether a row's condition covers a filing condition."""
    return given in (EVERY, condition)


def includes(wider: RowKey, narrower: RowKey) -> bool:
    """Whether every case of the second place is also one of the first."""
    return (
        includes_class(wider[0], narrower[0])
        and includes_area(wider[1], narrower[1])
        and includes_condition(wider[2], narrower[2])
    )
