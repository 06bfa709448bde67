"""The docket itself: a step begun, taken and recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from liandong.cases.docket.working import InOtherHands, Working, state_of
from liandong.cases.models import Assignment, Attachment, Case
from liandong.cases.rules.words import ClockKind, Part, Stage
from liandong.cases.rules.workflow import AT_UNIT, ENDED, STEPS, Step, Suspended, take, take_assisting
from liandong.people.access import Actor
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, entry_for
from liandong.timeline.queries import trace

__all__ = ["STAY", "Docket", "InOtherHands", "thing_of"]

STAY: Final = object()
"""For `advance`: the stage stays, where the step may also leave it."""

_STOP_APART = frozenset({ClockKind.RECEIVE, ClockKind.HOP, ClockKind.COORDINATION})
"""Clocks that end with an assignment, or with the answer to what was asked from it, whatever the case does."""


@dataclass(slots=True)
class Docket(Working):
    """One case being worked on."""

    heard_before: tuple[str, ...] = ()
    step: Step = field(init=False)
    row: Assignment = field(init=False)
    """The assignment a step of a unit works on."""
    assists: bool = False
    """Whether the step is one of an assisting unit: the case's own stage and clocks are not touched."""

    def begin(self, code: str, *, actor: Actor, at: datetime) -> None:
        """Start a step at `at`.

        :raises IllegalStep: the case, or the actor's unit, is not at a stage from which it leads
        :raises Suspended: the case rests
        :raises InOtherHands: the actor's unit has handed the case down
        """
        self.start_of(actor, at)
        self.assists = False
        stage = Stage(self.case.stage)
        step = STEPS[code]
        is_at_unit = step.of_a_unit and stage in AT_UNIT
        rests = self.case.suspended_at is not None and not step.while_suspended
        if rests and (stage in step.from_ or is_at_unit):
            raise Suspended(awaited=self.case.suspended_for, step=step.word)
        if is_at_unit:
            self.row = self.in_hand_of(actor.units)
            if self.row.part == Part.ASSIST:
                self.assists = True
                self.step = take_assisting(code, stage, state_of(self.row))
                return
        self.step = take(code, stage)

    def start_of(self, actor: Actor, at: datetime) -> None:
        """Note who changes the case and when, before anything changes.

        Where the server's clock went back, the case's own time does not: nothing happens before what happened last.
        """
        self.actor, self.at = actor, at if self.is_new else max(at, self.case.updated_at)
        self.heard_before = self._hearers()

    def advance(self, to: Stage | object | None = None) -> None:
        """Move to the step's stage, or to another of those in which it may end, and stop its clocks.

        Clocks beside assignments stop with their assignment only, those of an application with its answer.
        """
        step = self.step
        for clock in self.running():
            if clock.kind in step.stops and clock.kind not in _STOP_APART:
                self.stop(clock, by=step.code)
        target = step.to if to is None else None if to is STAY else to
        assert target in step.ends_in, f"{step.code} does not lead to {target}"
        if isinstance(target, Stage):
            self.stand_at(target)

    def stand_at(self, stage: Stage) -> None:
        """Note that the case is at a stage from now on: by its own step, or by that of the case it was merged into."""
        case = self.case
        case.stage, case.stage_since = stage.value, self.at
        case.ended_at = self.at if stage in ENDED else None

    def advance_beside(self) -> None:
        """Take a step that changes neither stage nor clocks, though it might have."""
        assert None in self.step.ends_in, f"{self.step.code} always leads somewhere"

    def forget_rest(self) -> None:
        """The case rests no longer, for it has ended."""
        case = self.case
        case.suspended_at, case.suspended_for, case.wake_on, case.review_on = None, "", None, None

    def record(self, event: Any, *, is_change: bool = True) -> None:
        """Queue the event that tells of this change, with the version the case then has and what has become of it.

        `is_change` is false for what merely happens: the version stays, and so does the case's own time. Else a sweep
        by a clock that ran ahead would make everything people do afterwards late.
        """
        if is_change or self.is_new:
            self.case.version += is_change
            self.case.updated_at = self.at
        hearers = tuple(dict.fromkeys((*self.heard_before, *self._hearers())))
        about = Subject("case", self.case.pk or 0, area=self.case.area, hearers=hearers)
        entry = entry_for(event, about=about, actor=self.actor.key, at=self.at)
        entry.data["version"] = self.case.version
        if became := self.telling():
            entry.data["became"] = became
        self.entries.append(entry)

    def step_code(self) -> str:
        """The step that is being taken."""
        return self.step.code if hasattr(self, "step") else ""

    def has_happened(self, event: type) -> bool:
        """Whether an event of that kind stands in the trace of the case, saved or not."""
        name = event.__name__
        if any(entry.event == name for entry in self.entries):
            return True
        return not self.is_new and trace("case", self.case.pk).filter(event=name).exists()

    def proof(self) -> frozenset[str]:
        """What the photos added since the case was last sent out show: `before`, `after`, `evidence`."""
        since = min((row.sent_at for row in self.line(self.lead())), default=self.at)
        fresh = {photo.purpose for photo in self.photos if photo.added_at >= since}
        if self.is_new:
            return frozenset(fresh)
        stored = Attachment.objects.filter(case=self.case, added_at__gte=since).values_list("purpose", flat=True)
        return frozenset(fresh.union(stored))

    def forget_verification(self) -> None:
        """What was checked and asked before no longer counts: something new was done."""
        case = self.case
        case.check_result, case.call_back_result, case.satisfaction = "", "", None
        case.call_attempts, case.called_since, case.call_again_at = 0, None, None

    def thing(self) -> Thing:
        """The case as permission sees it."""
        return thing_of(self.case)

    def _hearers(self) -> tuple[str, ...]:
        case = self.case
        person = (f"person/{case.reporter}",) if case.reporter is not None else ()
        hidden = (f"not/{case.about_unit}",) if case.about_unit else ()
        return (*(code for code in (case.unit, *case.involved) if code), *person, *hidden)


def thing_of(case: Case) -> Thing:
    """The case as permission sees it: where, who has it, who reported it, whom it is about."""
    return Thing(
        area=case.area,
        level=case.run_by,
        units=frozenset(code for code in (case.unit, *case.involved) if code),
        reporter=case.reporter,
        about_unit=case.about_unit,
    )
