"""A case with its clocks and assignments in memory while a step changes it. No queries of its own but lazy reads.

`begin` asks whether the step is legal, the functions in `changes` change rows here, `settle` draws the consequences;
`operations` locks, asks for permission and saves. Bulk loads drive the same dockets without a database between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liandong.cases.models import Assignment, Attachment, Case, Clock
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.words import ClockKind, Stage
from liandong.cases.rules.workflow import ENDED, Step, take
from liandong.cases.sealing import Contact
from liandong.kernel.working_time import Limit, TimeUnit, resumed_due
from liandong.people.access import Actor
from liandong.people.hands import Hand, hands_of
from liandong.people.rules.scope import Thing
from liandong.timeline.kept import read_rows
from liandong.timeline.operations import Entry, Subject, entry_for
from liandong.timeline.queries import trace

_OF_THE_CASE = "WHERE case_id = %s ORDER BY id"


@dataclass(slots=True)
class Docket:
    """One case being worked on."""

    case: Case
    rulebook: Rulebook
    is_new: bool = False
    reporter: Contact | None = None
    entries: list[Entry] = field(default_factory=list)
    touched: list[Clock | Assignment] = field(default_factory=list)
    photos: list[Attachment] = field(default_factory=list)
    heard_before: tuple[str, ...] = ()
    before: dict[str, Any] = field(init=False)
    actor: Actor = field(init=False)
    at: datetime = field(init=False)
    step: Step = field(init=False)
    _clocks: list[Clock] | None = None
    _assignments: list[Assignment] | None = None

    def __post_init__(self) -> None:
        self.before = dict(vars(self.case))

    def changed(self, names: tuple[str, ...]) -> list[str]:
        """Those of the case's columns that differ from what they were when the docket was opened."""
        now = vars(self.case)
        return [name for name in names if now[name] != self.before[name]]

    def begin(self, code: str, *, actor: Actor, at: datetime) -> None:
        """Start a step at `at`.

        :raises IllegalStep: the case is not at a stage from which it leads
        """
        self.step = take(code, Stage(self.case.stage))
        self.start_of(actor, at)

    def start_of(self, actor: Actor, at: datetime) -> None:
        """Note who changes the case and when, before anything changes."""
        self.actor, self.at = actor, at
        self.heard_before = self._hearers()

    def advance(self) -> None:
        """Move to the step's stage, stop and start its clocks."""
        case, step = self.case, self.step
        for clock in self.running():
            if ClockKind(clock.kind) in step.stops:
                self.stop(clock, by=step.code)
        if step.to is not None:
            case.stage, case.stage_since = step.to.value, self.at
            case.ended_at = self.at if step.to in ENDED else None

    def record(self, event: Any, *, is_change: bool = True) -> None:
        """Queue the event that tells of this change, with the version the case then has.

        `is_change` is false for what merely happens: the version stays.
        """
        self.case.version += is_change
        self.case.updated_at = self.at
        hearers = tuple(dict.fromkeys((*self.heard_before, *self._hearers())))
        about = Subject("case", self.case.pk or 0, area=self.case.area, hearers=hearers)
        entry = entry_for(event, about=about, actor=self.actor.key, at=self.at)
        entry.data["version"] = self.case.version
        self.entries.append(entry)

    def start(self, kind: ClockKind) -> Clock:
        """Start a clock by the limit now in force; one of that kind that still runs is left as it is."""
        for clock in self.running():
            if clock.kind == kind:
                return clock
        limit = self.rulebook.limit(kind, class_code=self.case.class_code, condition=self.case.condition)
        clock = Clock(
            case=self.case,
            kind=kind.value,
            amount=limit.amount,
            unit=limit.unit.value,
            clause=limit.clause,
            calendar=self.rulebook.map.district.calendar,
            started_at=self.at,
            due_at=self.rulebook.due(limit, since=self.at),
        )
        self.clocks.append(clock)
        self.touched.append(clock)
        return clock

    def stop(self, clock: Clock, *, by: str) -> None:
        """Stop a clock: the step `by` did what it was waiting for, or ended the case."""
        clock.stopped_at, clock.stopped_by = self.at, by
        if clock.overdue_at is None and self.at > clock.due_at:
            clock.overdue_at = clock.due_at
        self.touch(clock)

    def resume(self, kind: ClockKind) -> int:
        """Let the last stopped clock of a kind run on with what was left. Returns the seconds its due time moved."""
        clock = max((clock for clock in self.clocks if clock.kind == kind), key=lambda clock: clock.started_at)
        if clock.stopped_at is None:
            return 0
        before = clock.due_at
        clock.due_at = resumed_due(
            Limit(clock.amount, TimeUnit(clock.unit), clock.clause),
            due_at=before,
            stopped_at=clock.stopped_at,
            resumed_at=self.at,
            calendar=self.rulebook.map.calendar,
        )
        moved = int((clock.due_at - before).total_seconds())
        clock.moved_seconds += moved
        clock.stopped_at, clock.stopped_by = None, ""
        self.touch(clock)
        return moved

    def touch(self, row: Clock | Assignment) -> None:
        """Remember that a row must be saved."""
        if all(row is not other for other in self.touched):
            self.touched.append(row)

    def settle(self) -> None:
        """Draw the consequences: when the case is next due, and since when it is late."""
        running = self.running()
        self.case.due_at = min((clock.due_at for clock in running), default=None)
        self.case.late_since = min((clock.due_at for clock in running if clock.overdue_at), default=None)

    @property
    def clocks(self) -> list[Clock]:
        """Every clock of the case, read when first asked for."""
        if self._clocks is None:
            self._clocks = [] if self.is_new else read_rows(Clock, _OF_THE_CASE, [self.case.pk])
        return self._clocks

    @property
    def assignments(self) -> list[Assignment]:
        """Every assignment of the case, read when first asked for."""
        if self._assignments is None:
            self._assignments = [] if self.is_new else read_rows(Assignment, _OF_THE_CASE, [self.case.pk])
        return self._assignments

    def hands(self, unit: str) -> tuple[Hand, ...]:
        """Who can act for a unit now: asked only where it is a joint team, or to say who could have done it."""
        return hands_of(unit, at=self.at)

    def has_happened(self, event: type) -> bool:
        """Whether an event of that kind stands in the trace of the case, saved or not."""
        name = event.__name__
        if any(entry.event == name for entry in self.entries):
            return True
        return not self.is_new and trace("case", self.case.pk).filter(event=name).exists()

    def running(self) -> list[Clock]:
        """The clocks that have not been stopped."""
        return [clock for clock in self.clocks if clock.stopped_at is None]

    def lead(self) -> Assignment:
        """The assignment of the unit that holds the case now."""
        return next(row for row in reversed(self.assignments) if row.is_lead and row.ended_at is None)

    def assign(self, unit: str, *, assisting: tuple[str, ...] = ()) -> None:
        """Send the case to its lead and assisting units, ending what was assigned before."""
        self.end_assignments()
        for code, is_lead in ((unit, True), *((code, False) for code in assisting)):
            row = Assignment(case=self.case, unit=code, is_lead=is_lead, sent_at=self.at)
            self.assignments.append(row)
            self.touched.append(row)
        self.case.unit = unit
        self.case.assisting = list(assisting)
        self.case.first_unit = self.case.first_unit or unit

    def end_assignments(self) -> None:
        """End every running assignment."""
        for row in self.assignments:
            if row.ended_at is None:
                row.ended_at = self.at
                self.touch(row)

    def forget_verification(self) -> None:
        """What was checked and asked before no longer counts: something new was done."""
        case = self.case
        case.check_result, case.call_back_result, case.satisfaction = "", "", None
        case.call_attempts, case.called_since = 0, None

    def thing(self) -> Thing:
        """The case as permission sees it."""
        return thing_of(self.case)

    def _hearers(self) -> tuple[str, ...]:
        case = self.case
        person = (f"person/{case.reporter}",) if case.reporter is not None else ()
        hidden = (f"not/{case.about_unit}",) if case.about_unit else ()
        return (*(code for code in (case.unit, *case.assisting) if code), *person, *hidden)


def thing_of(case: Case) -> Thing:
    """The case as permission sees it: where, who holds it, who reported it, whom it is about."""
    return Thing(
        area=case.area,
        level=case.run_by,
        units=frozenset(code for code in (case.unit, *case.assisting) if code),
        reporter=case.reporter,
        about_unit=case.about_unit,
    )
