"""Gaps and doubles of a matrix: what no row covers, where two rows contend, and rows that decide nothing.

Classes that the same rows cover and that demand the same force are judged once, and so are areas that the same rows
cover and whose words stand for units of the same force: a district of 500 classes and 706 grids comes to some hundred
kinds of class and some tens of kinds of area.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from liandong.cases.rules.responsibility import (
    EVERY,
    Row,
    RowKey,
    RowTable,
    includes,
    includes_area,
    includes_class,
)

Item = TypeVar("Item", bound=Hashable)

Strength = Callable[[str, str], int]
"""(word, area) → how strong the unit is that it stands for there, -1 where there is none."""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class as far as coverage goes: how strong its unit must be, and its filing conditions."""

    code: str
    demands: int
    conditions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gap:
    """Classes × areas (or the prefixes that hold them) without a unit: no row, or none with a unit strong enough."""

    classes: tuple[str, ...]
    areas: tuple[str, ...]
    combinations: int
    lacks_force: bool = False


@dataclass(frozen=True, slots=True)
class Double:
    """Two rows of which neither is more specific than the other; `wins` decides by the order of the matrix.

    `class_code`, `area`, `condition` are one place where both apply and name different units.
    """

    wins: Row
    loses: Row
    class_code: str
    area: str
    condition: str
    combinations: int


@dataclass(frozen=True, slots=True)
class Idle:
    """A row that decides nothing, and why: class, area, condition, unit, or hidden by more specific rows."""

    row: Row
    why: str


@dataclass(frozen=True, slots=True)
class Weak:
    """A row passed over for some classes because its units carry too little force."""

    row: Row
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is amiss with a matrix. `combinations` counts every leaf class × smallest area."""

    gaps: tuple[Gap, ...]
    doubles: tuple[Double, ...]
    idle: tuple[Idle, ...]
    weak: tuple[Weak, ...]
    combinations: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What coverage is judged over: leaf classes, smallest areas, the headings above both, and what words mean."""

    classes: Sequence[ClassFacts]
    areas: Sequence[str]
    headings: frozenset[str]
    strength: Strength
    unit: Callable[[str, str], str | None]


IDLE_ORDER: Final = ("class", "area", "condition", "unit", "hidden")


def coverage(rows: RowTable, ground: Ground) -> Coverage:
    """Judge a matrix over all leaf classes and smallest areas."""
    prefixes = frozenset(key[0] for key in rows)
    special = [key for key in rows if key[2] != EVERY]
    classes = _grouped(ground.classes, lambda kind: _class_kind(kind, prefixes, special))
    return _Judged(rows, ground, classes, _area_groups(rows, ground)).coverage()


class _Judged:
    """One pass over kinds of class × kinds of area × conditions, and what it collects."""

    def __init__(
        self,
        rows: RowTable,
        ground: Ground,
        classes: list[list[ClassFacts]],
        areas: list[list[str]],
    ) -> None:
        self.rows, self.ground, self.classes, self.areas = rows, ground, classes, areas
        self.deciding: set[RowKey] = set()
        self.weak: dict[RowKey, list[str]] = {}
        self.doubles: dict[tuple[RowKey, RowKey], Double] = {}
        self.bare: dict[bool, dict[str, list[str]]] = {False: {}, True: {}}

    def coverage(self) -> Coverage:
        """Collect everything, then fold it into short lists."""
        conditional = {key[2] for key in self.rows if key[2] != EVERY}
        for kinds in self.classes:
            for areas in self.areas:
                for condition in (EVERY, *sorted(conditional & kinds[0].conditions)):
                    self._judge(kinds, areas, condition)
        gaps = [
            gap for lacks_force, bare in self.bare.items() for gap in fold(bare, self.ground, lacks_force=lacks_force)
        ]
        return Coverage(
            gaps=tuple(gaps),
            doubles=tuple(sorted(self.doubles.values(), key=lambda double: (double.wins.key, double.loses.key))),
            idle=tuple(self._idle()),
            weak=tuple(Weak(self.rows[key], tuple(sorted(set(codes)))) for key, codes in sorted(self.weak.items())),
            combinations=len(self.ground.classes) * len(self.ground.areas),
            uncovered=sum(gap.combinations for gap in gaps),
        )

    def _judge(self, kinds: list[ClassFacts], areas: list[str], condition: str) -> None:
        """Judge one kind of class in one kind of area: any member stands for all."""
        kind, area = kinds[0], areas[0]
        decider: Row | None = None
        lacks_force = False
        for row in self.rows.covering(kind.code, area, condition):
            strengths = [self.ground.strength(word, area) for word in (row.lead, row.fallback)]
            if max(strengths) < kind.demands:
                if max(strengths) >= 0 and decider is None:
                    lacks_force = True
                    self._too_weak(row, kinds)
                continue
            if decider is None:
                decider = row
                self.deciding.add(row.key)
                if 0 <= strengths[0] < kind.demands:
                    self._too_weak(row, kinds)
            elif not includes(row.key, decider.key):
                self._contend(decider, row, kinds, areas, condition)
        if decider is None and condition == EVERY:
            for one in kinds:
                self.bare[lacks_force].setdefault(one.code, []).extend(areas)

    def _too_weak(self, row: Row, kinds: list[ClassFacts]) -> None:
        self.weak.setdefault(row.key, []).extend(kind.code for kind in kinds)

    def _contend(self, wins: Row, loses: Row, kinds: list[ClassFacts], areas: list[str], condition: str) -> None:
        differing = [
            area for area in areas if self._answer(wins, kinds[0], area) != self._answer(loses, kinds[0], area)
        ]
        if not differing:
            return
        known = self.doubles.get((wins.key, loses.key))
        count = len(kinds) * len(differing) + (known.combinations if known else 0)
        first = known or Double(wins, loses, kinds[0].code, differing[0], condition, 0)
        self.doubles[wins.key, loses.key] = Double(wins, loses, first.class_code, first.area, first.condition, count)

    def _answer(self, row: Row, kind: ClassFacts, area: str) -> str | None:
        lead = self.ground.unit(row.lead, area)
        return lead if self.ground.strength(row.lead, area) >= kind.demands else self.ground.unit(row.fallback, area)

    def _idle(self) -> Iterator[Idle]:
        for key, row in sorted(self.rows.items()):
            # The row for everything is there for what nobody thought of: it need not decide today.
            if key not in self.deciding and key != (EVERY, EVERY, EVERY):
                yield Idle(row, self._why_idle(row))

    def _why_idle(self, row: Row) -> str:
        kinds = [kind for kind in self.ground.classes if includes_class(row.class_prefix, kind.code)]
        areas = [area for area in self.ground.areas if includes_area(row.area_prefix, area)]
        if not kinds:
            return "class"
        if not areas:
            return "area"
        if row.condition != EVERY and not any(row.condition in kind.conditions for kind in kinds):
            return "condition"
        words = (row.lead, row.fallback)
        if all(self.ground.strength(word, area) < 0 for area in areas for word in words):
            return "unit"
        return "hidden"


def fold(bare: Mapping[str, Iterable[str]], ground: Ground, *, lacks_force: bool) -> list[Gap]:
    """Fold class → uncovered areas into few lines: whole subtrees by heading, classes with equal areas together."""
    lines: dict[frozenset[str], list[str]] = {}
    for code, places in bare.items():
        lines.setdefault(frozenset(places), []).append(code)
    every = [kind.code for kind in ground.classes]
    gaps = (
        Gap(
            fold_codes(codes, every, ground.headings),
            fold_codes(places, ground.areas, ground.headings),
            len(codes) * len(places),
            lacks_force,
        )
        for places, codes in lines.items()
    )
    return sorted(gaps, key=lambda gap: (-gap.combinations, gap.classes))


def fold_codes(codes: Collection[str], every: Collection[str], headings: frozenset[str]) -> tuple[str, ...]:
    """Replace codes by the widest headings under which nothing else stands; `*` for all of `every`."""
    others = set(every) - set(codes)
    if codes and not others:
        return (EVERY,)
    taken = {code[:size] for code in others for size in range(1, len(code) + 1)}
    return tuple(sorted({_widest(code, headings - taken) for code in codes}))


def _widest(code: str, free: frozenset[str]) -> str:
    return next((code[:size] for size in range(1, len(code)) if code[:size] in free), code)


def _grouped(items: Iterable[Item], kind_of: Callable[[Item], Hashable]) -> list[list[Item]]:
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(kind_of(item), []).append(item)
    return list(groups.values())


def _class_kind(kind: ClassFacts, prefixes: frozenset[str], special: Sequence[RowKey]) -> Hashable:
    names = tuple(kind.code[:size] for size in range(1, len(kind.code) + 1) if kind.code[:size] in prefixes)
    asked = frozenset(key[2] for key in special if key[2] in kind.conditions and includes_class(key[0], kind.code))
    return (names, kind.demands, asked)


def _area_groups(rows: RowTable, ground: Ground) -> list[list[str]]:
    prefixes = {key[1] for key in rows}
    words = sorted({word for row in rows.values() for word in (row.lead, row.fallback) if word})

    def kind_of(area: str) -> Hashable:
        places = tuple(area[:size] for size in (6, 9, 12, 15) if size <= len(area) and area[:size] in prefixes)
        return (places, tuple(ground.strength(word, area) for word in words))

    return _grouped(ground.areas, kind_of)
