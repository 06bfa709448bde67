"""The matrix as a table: lines of the class tree × columns of areas, each cell with the rule that holds there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from liandong.areas.queries import AreaFacts
from liandong.cases.rulebook import Matrix, Rulebook
from liandong.cases.rules.responsibility import EVERY, Row, RowKey, RowTable
from liandong.web.names import name_of
from liandong.workbench.matrix_words import answer_label, area_label, class_label, word_name


@dataclass(frozen=True, slots=True)
class Column:
    """An area above its cells; `zoom` is the area whose parts a click shows."""

    area: str
    name: str
    zoom: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Who leads here: by a rule of this very place (`is_own`), or a wider one. `unit` is empty where it varies."""

    area: str
    lead: str
    hint: str
    is_own: bool
    is_changed: bool
    conditions: int = 0
    deeper: int = 0
    unit: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether no rule covers the place."""
        return not self.lead


@dataclass(frozen=True, slots=True)
class Line:
    """A class or heading with its cells; `rules` counts those that stand on it or below."""

    code: str
    parent: str
    name: str
    level: int
    is_leaf: bool
    is_open: bool
    rules: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the grid is asked for: the zoomed area, open lines, and filters."""

    zoom: str = ""
    open: frozenset[str] = frozenset()
    text: str = ""
    unit: str = ""
    only_changes: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether lines are chosen by a filter rather than by what is open."""
        return bool(self.text or self.unit or self.only_changes)


class ClassTree:
    """The catalogue's headings and classes, and whatever other prefixes have rules, each below its longest prefix."""

    def __init__(self, book: Rulebook, rows: RowTable) -> None:
        letters = {code[:1] for code in book.classes}
        self.codes = sorted(letters | set(book.classes) | {key[0] for key in rows} - {EVERY})
        known = set(self.codes)
        self.parent = {code: _parent_in(code, known) for code in self.codes} | {EVERY: ""}
        self.children: dict[str, list[str]] = {}
        for code in self.codes:
            self.children.setdefault(self.parent[code], []).append(code)
        self.level = {EVERY: 1}
        for code in self.codes:
            self.level[code] = self.level[self.parent[code]] + 1

    def with_ancestors(self, codes: Iterable[str]) -> set[str]:
        """These codes and everything above them."""
        found = {EVERY}
        for code in codes:
            while code and code not in found:
                found.add(code)
                code = self.parent[code]
        return found

    def walk(self, shown: Collection[str], opened: Collection[str], code: str = EVERY) -> Iterator[str]:
        """The lines in their order: `code` when it is shown, and below it what is open."""
        if code not in shown:
            return
        yield code
        if code in opened:
            for child in self.children.get(code, ()):
                yield from self.walk(shown, opened, child)


@dataclass
class Grid:
    """One version of the matrix as a table, against the one in force."""

    matrix: Matrix
    book: Rulebook
    day: date
    wanted: Wanted
    changed: Collection[RowKey] = field(default_factory=frozenset)

    @cached_property
    def tree(self) -> ClassTree:
        """The lines there can be."""
        gone = [key for key in self.changed if key not in self.matrix.rows]
        extra = RowTable(Row(*key[:2], "", (), "", "", key[2]) for key in gone)
        return ClassTree(self.book, RowTable([*self.matrix.rows.values(), *extra.values()]))

    @cached_property
    def columns(self) -> list[Column]:
        """The whole district, what was zoomed into, and its parts."""
        zoom = self.wanted.zoom if self.wanted.zoom in self.areas else ""
        above = [Column(area.code, name_of(area)) for area in self.book.map.path(zoom)]
        parts = (area for area in self.areas.values() if area.parent == (zoom or self.book.map.district.code))
        has_parts = {area.parent for area in self.areas.values()}
        below = [Column(area.code, name_of(area), area.code if area.code in has_parts else "") for area in parts]
        return [Column(EVERY, _("全区")), *above, *below]

    @cached_property
    def areas(self) -> dict[str, AreaFacts]:
        """The areas of the day."""
        return self.book.map.areas_on(self.day)

    def lines(self) -> list[Line]:
        """The lines asked for: what is open, or whatever the filters choose with all that is above it."""
        tree = self.tree
        if not self.wanted.is_filtered:
            every = {EVERY, *tree.codes}
            opened = {EVERY, *self.wanted.open} & every
            return [self._line(code, is_open=code in opened) for code in tree.walk(every, opened)]
        chosen = tree.with_ancestors(code for code in (EVERY, *tree.codes) if self._is_wanted(code))
        return [self._line(code, is_open=True) for code in tree.walk(chosen, chosen)]

    def lines_under(self, code: str) -> list[Line]:
        """The lines right below one that was just opened."""
        return [self._line(child, is_open=False) for child in self.tree.children.get(code, ())]

    def _is_wanted(self, code: str) -> bool:
        wanted = self.wanted
        text = wanted.text.strip().lower()
        if text and not (code.lower().startswith(text) or text in class_label(code, self.book).lower()):
            return False
        if wanted.only_changes and code not in {key[0] for key in self.changed}:
            return False
        return not wanted.unit or any(self._names(code, column.area) for column in self.columns)

    def _names(self, code: str, area: str) -> bool:
        """Whether the wanted unit leads in a cell."""
        row = self._row_in(code, area)
        word = self._meant(row, area)[0] if row else ""
        return bool(word) and self.wanted.unit in (word, self.book.resolve(word, _place(area, self.book), self.day))

    def _line(self, code: str, *, is_open: bool) -> Line:
        children = self.tree.children.get(code, ())
        return Line(
            code=code,
            parent=self.tree.parent.get(code, ""),
            name=class_label(code, self.book),
            level=self.tree.level.get(code, 1),
            is_leaf=not children,
            is_open=is_open and bool(children),
            rules=self._rules_below(code),
            cells=tuple(self._cell(code, column.area) for column in self.columns),
        )

    def _cell(self, code: str, area: str) -> Cell:
        row = self._row_in(code, area)
        own = row if row is not None and row.key in self._keys_at(code, area) else None
        keys = self._special.get((code, area), [])
        is_changed = any(key in self.changed for key in (*self._keys_at(code, area), *keys))
        deeper = self._deeper(code, area)
        if row is None:
            return Cell(area, "", _("没有任何规则覆盖"), is_own=False, is_changed=is_changed, deeper=deeper)
        word, is_fallback = self._meant(row, area)
        place = _place(area, self.book)
        return Cell(
            area,
            self._short(word, place) + (_("（兜底）") if is_fallback else ""),
            self._hint(row, is_own=own is not None),
            is_own=own is not None,
            is_changed=is_changed,
            conditions=sum(key in self.matrix.rows for key in keys),
            deeper=deeper,
            unit=self.book.resolve(word, place, self.day) or "",
        )

    def _row_in(self, code: str, area: str) -> Row | None:
        """The most specific rule that names anybody anywhere in the cell."""
        place = _place(area, self.book)
        name = "" if code == EVERY else code
        covering = self.matrix.rows.covering(name, place, EVERY)
        return next((row for row in covering if self._meant(row, area)[0]), None)

    def _meant(self, row: Row, area: str) -> tuple[str, bool]:
        """The word that counts in a cell, and whether it is the fallback's; nothing where both mean nobody."""
        if self._has(row.lead, area):
            return row.lead, False
        return (row.fallback, True) if self._has(row.fallback, area) else ("", False)

    def _has(self, word: str, area: str) -> bool:
        known = self._known.get((word, area))
        if known is None:
            place = _place(area, self.book)
            places = (place, *self._parts(place))
            known = bool(word) and any(self.book.resolve(word, one, self.day) for one in places)
            self._known[word, area] = known
        return known

    @cached_property
    def _known(self) -> dict[tuple[str, str], bool]:
        return {}

    @cached_property
    def _sorted_areas(self) -> list[str]:
        return sorted(self.areas)

    def _parts(self, place: str) -> list[str]:
        codes = self._sorted_areas
        return codes[bisect_left(codes, place) : bisect_right(codes, place + "\uffff")]

    @cached_property
    def _own_classes(self) -> list[str]:
        return sorted(key[0] for key in self.matrix.rows if key[0] != EVERY)

    def _rules_below(self, code: str) -> int:
        if code == EVERY:
            return len(self.matrix.rows)
        codes = self._own_classes
        return bisect_right(codes, code + "\uffff") - bisect_left(codes, code)

    @cached_property
    def _special(self) -> dict[tuple[str, str], list[RowKey]]:
        """The keys with a condition, by class and area, those of changed rows too."""
        found: dict[tuple[str, str], list[RowKey]] = {}
        for key in {*self.matrix.rows, *self.changed}:
            if key[2] != EVERY:
                found.setdefault((key[0], key[1]), []).append(key)
        return found

    @cached_property
    def _areas_of(self) -> dict[str, set[str]]:
        """The areas with a rule of their own, by class."""
        found: dict[str, set[str]] = {}
        for key in self.matrix.rows:
            found.setdefault(key[0], set()).add(key[1])
        return found

    def _deeper(self, code: str, area: str) -> int:
        """How many rules of this very class stand in smaller areas than any column shows."""
        shown = {column.area for column in self.columns}
        own = self._areas_of.get(code, set()) - shown
        return sum(area != EVERY and place != area and place.startswith(area) for place in own)

    def _keys_at(self, code: str, area: str) -> tuple[RowKey, ...]:
        if area == EVERY:
            return ((code, EVERY, EVERY), (code, self.book.map.district.code, EVERY))
        return ((code, area, EVERY),)

    def _short(self, word: str, place: str) -> str:
        """The unit's name, without the town's where the column says that already."""
        name = word_name(word, self.book, area=place, day=self.day)
        town = self.areas.get(place[:9])
        short = name.removeprefix(name_of(town)).strip() if town else name
        return short or name

    def _hint(self, row: Row, *, is_own: bool) -> str:
        told = answer_label(row.lead, row.assisting, row.fallback, self.book)
        if is_own:
            return " · ".join([told, *([_(row.reason)] if row.reason else [])])
        where = f"{class_label(row.class_prefix, self.book)} × {area_label(row.area_prefix, self.book)}"
        return _("沿用 %(where)s：%(told)s") % {"where": where, "told": told}


def _place(area: str, book: Rulebook) -> str:
    return book.map.district.code if area == EVERY else area


def _parent_in(code: str, known: set[str]) -> str:
    return next((code[:size] for size in range(len(code) - 1, 0, -1) if code[:size] in known), EVERY)
