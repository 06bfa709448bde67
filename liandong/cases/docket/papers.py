"""The rows of one case in memory: read when first asked for, remembered when touched, and what was told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Model

from liandong.cases.models import Application, Assignment, Attachment, Case, Clock, Supervision
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.delta import (
    CASE,
    CLOCKS,
    UNTOLD,
    UNTOLD_OF_CLOCKS,
    UNTOLD_OF_WORK,
    WORK,
    State,
    difference,
)
from liandong.cases.sealing import Contact
from liandong.people.access import Actor
from liandong.timeline.kept import read_rows
from liandong.timeline.operations import Entry

_OF_THE_CASE: Final = "WHERE case_id = %s ORDER BY id"
_CASE_COLUMNS: Final = tuple(one.attname for one in Case._meta.concrete_fields if one.attname not in UNTOLD)
_CLOCK_COLUMNS: Final = tuple(one.attname for one in Clock._meta.concrete_fields if one.attname not in UNTOLD_OF_CLOCKS)
_WORK_COLUMNS: Final = tuple(
    one.attname for one in Assignment._meta.concrete_fields if one.attname not in UNTOLD_OF_WORK
)
BLANK: Final[State] = {
    name: tuple(value) if isinstance(value, list) else value
    for name, value in vars(Case()).items()
    if name in _CASE_COLUMNS
}
"""A case of which nothing has been told."""


@dataclass(slots=True)
class Papers:
    """One case and what belongs to it."""

    case: Case
    rulebook: Rulebook
    is_new: bool = False
    reporter: Contact | None = None
    entries: list[Entry] = field(default_factory=list)
    touched: list[Model] = field(default_factory=list)
    photos: list[Attachment] = field(default_factory=list)
    before: dict[str, Any] = field(init=False)
    actor: Actor = field(init=False)
    at: datetime = field(init=False)
    _clocks: list[Clock] | None = None
    _assignments: list[Assignment] | None = None
    _told_case: State = field(init=False)
    _told_clocks: list[State] = field(default_factory=list)
    _told_work: list[State] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note how things stand before anything changes."""
        self.before = dict(vars(self.case))
        self._told_case = BLANK if self.is_new else self._case_columns()

    def changed(self, names: tuple[str, ...]) -> list[str]:
        """Those of the case's columns that differ from what they were when the docket was opened."""
        now = vars(self.case)
        return [name for name in names if now[name] != self.before[name]]

    @property
    def clocks(self) -> list[Clock]:
        """Every clock of the case, read when first asked for."""
        if self._clocks is None:
            self._clocks = [] if self.is_new else read_rows(Clock, _OF_THE_CASE, [self.case.pk])
            self._told_clocks = [self.clock_columns(row) for row in self._clocks]
        return self._clocks

    @property
    def assignments(self) -> list[Assignment]:
        """Every assignment of the case, read when first asked for."""
        if self._assignments is None:
            self._assignments = [] if self.is_new else read_rows(Assignment, _OF_THE_CASE, [self.case.pk])
            self._told_work = [self.work_columns(row) for row in self._assignments]
        return self._assignments

    @property
    def waiting(self) -> list[Application]:
        """The applications that nobody has answered yet; asked of the database each time, for few steps ask."""
        fresh = [row for row in self.touched if isinstance(row, Application)]
        known = {row.pk for row in fresh if row.pk}
        stored = [] if self.is_new else Application.objects.filter(case=self.case, state="asked").order_by("id")
        return [row for row in (*fresh, *(row for row in stored if row.pk not in known)) if row.state == "asked"]

    @property
    def supervisions(self) -> list[Supervision]:
        """The supervisions of the case that were not replied to, the youngest last."""
        fresh = [row for row in self.touched if isinstance(row, Supervision)]
        known = {row.pk for row in fresh if row.pk}
        stored = [] if self.is_new else Supervision.objects.filter(case=self.case, replied_at=None).order_by("id")
        return [row for row in (*(row for row in stored if row.pk not in known), *fresh) if row.replied_at is None]

    def touch(self, row: Model) -> None:
        """Remember that a row must be saved."""
        if all(row is not other for other in self.touched):
            self.touched.append(row)

    def telling(self) -> dict[str, Any]:
        """What has become of the case, its clocks and assignments since this was last asked."""
        told: dict[str, Any] = {}
        now = self._case_columns()
        if case := difference(self._told_case, now):
            told[CASE] = case
        self._told_case = now
        if self._clocks is not None:
            columns = [self.clock_columns(row) for row in self._clocks]
            if clocks := _differences(self._told_clocks, columns):
                told[CLOCKS] = clocks
            self._told_clocks = columns
        if self._assignments is not None:
            columns = [self.work_columns(row) for row in self._assignments]
            if work := _differences(self._told_work, columns):
                told[WORK] = work
            self._told_work = columns
        return told

    def _case_columns(self) -> State:
        values = vars(self.case)
        return {name: _kept(values[name]) for name in _CASE_COLUMNS}

    def clock_columns(self, clock: Clock) -> State:
        """A clock as it is told."""
        columns = {name: getattr(clock, name) for name in _CLOCK_COLUMNS}
        if clock.assignment_id is not None or "assignment" in clock._state.fields_cache:
            columns["assignment_id"] = self._place(assignment_of(clock, self.assignments))
        return columns

    def work_columns(self, row: Assignment) -> State:
        """An assignment as it is told."""
        columns = {name: getattr(row, name) for name in _WORK_COLUMNS}
        columns["parent_id"] = self._place(parent_of(row, self._assignments or []))
        return columns

    def _place(self, row: Assignment | None) -> int | None:
        """Which of the case's assignments a row is, counted from 0: ids mean nothing outside one database."""
        if row is None:
            return None
        return next((place for place, other in enumerate(self._assignments or []) if other is row), None)


def assignment_of(clock: Clock, assignments: Sequence[Assignment]) -> Assignment | None:
    """The assignment beside which a clock runs, saved or not; None for a clock of the case's own."""
    return _pointed_at(clock, "assignment", assignments)


def parent_of(row: Assignment, assignments: Sequence[Assignment]) -> Assignment | None:
    """The assignment above one that was handed down, saved or not."""
    return _pointed_at(row, "parent", assignments)


def _pointed_at(row: Model, name: str, assignments: Sequence[Assignment]) -> Assignment | None:
    fresh = row._state.fields_cache.get(name)
    if fresh is not None:
        return fresh  # type: ignore[no-any-return]
    key = getattr(row, f"{name}_id")
    return next((other for other in assignments if other.pk == key), None) if key is not None else None


def _differences(before: list[State], now: list[State]) -> dict[str, State]:
    found = {}
    for place, columns in enumerate(now):
        known = before[place] if place < len(before) else {}
        changed = difference(known, columns)
        if changed:
            found[str(place)] = changed if known else {name: value for name, value in changed.items() if value != ""}
    return found


def _kept(value: Any) -> Any:
    """A value that later changes of a list cannot reach."""
    return tuple(value) if isinstance(value, list) else value
