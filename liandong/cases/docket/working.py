"""The units of a docket: who was sent the case, who holds it now, and which part of it the actor works on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from liandong.cases.docket.papers import parent_of
from liandong.cases.docket.timing import Timing
from liandong.cases.models import Application, Assignment
from liandong.cases.rules.words import ClockKind, Part, WorkState
from liandong.kernel.refusal import Refusal, marked
from liandong.people.hands import Hand, hands_of
from liandong.people.queries import successor_of

_OF_THE_HOP = (ClockKind.RECEIVE, ClockKind.HOP)
_COORDINATION = {"granted": "accepted", "refused": "declined", "lapsed": ""}
"""What a case says of a town's request to the district, by what became of it."""


class InOtherHands(Refusal):
    """The unit handed the case down: whoever has it now acts, or it is taken back first."""

    status = 409
    says = marked("案件已下派给%(unit)s，现由其处置。")
    remedy = marked("需要自行处置的，请先收回。")


class NotAssigned(Refusal):
    """A step of a unit, on a case that no unit has."""

    status = 409
    says = marked("案件现在没有承办单位。")
    remedy = marked("请先派遣。")


@dataclass(slots=True)
class Working(Timing):
    """A docket's assignments, as trees: what was handed down hangs below the assignment it came from."""

    def standing(self, part: Part | None = None) -> list[Assignment]:
        """The assignments that have not ended, of one part or of all."""
        return [row for row in self.assignments if row.ended_at is None and (part is None or row.part == part)]

    def below(self, row: Assignment) -> Assignment | None:
        """The assignment to which a standing one was handed down, where it has not come back."""
        return next((other for other in self.standing() if parent_of(other, self.assignments) is row), None)

    def is_above_work(self, row: Assignment) -> bool:
        """Whether a row was handed down, and whoever has it now is not done."""
        lower = self.below(row)
        return lower is not None and lower.handed_in_at is None

    def handed_down_by(self, units: Collection[str]) -> Assignment | None:
        """What one of `units` handed down to a unit that is not done with it: what they may take back."""
        return next((row for row in self.standing() if row.unit in units and self.is_above_work(row)), None)

    def above(self, row: Assignment) -> list[Assignment]:
        """The assignments a row was handed down from, the nearest first."""
        found: list[Assignment] = []
        upper = parent_of(row, self.assignments)
        while upper is not None:
            found.append(upper)
            upper = parent_of(upper, self.assignments)
        return found

    def returns_to(self, unit: str) -> int:
        """How often the lead's part was returned to a unit by one to which it had handed it down."""
        returned = [row for row in self.assignments if row.part == Part.LEAD and row.returned_at is not None]
        uppers = [parent_of(row, self.assignments) for row in returned]
        return sum(upper is not None and upper.unit == unit for upper in uppers)

    def line(self, row: Assignment) -> list[Assignment]:
        """A row, everything above it and everything below it: one order through all its levels, the lowest first."""
        lowest = row
        while (lower := self.below(lowest)) is not None:
            lowest = lower
        return [lowest, *self.above(lowest)]

    def lead(self) -> Assignment:
        """The assignment of the unit that holds the case now: the lowest of the lead line.

        :raises NotAssigned: no unit has the case
        """
        rows = self.standing(Part.LEAD)
        if not rows:
            raise NotAssigned
        return self.line(rows[0])[0]

    def in_hand_of(self, units: Iterable[str]) -> Assignment:
        """The assignment that somebody of `units` works on: as the lead, else as an assistant, else the lead's.

        Whoever is of none of the case's units is the platform or an interface, which passes on what the lead did.

        :raises InOtherHands: their units have only handed it down
        :raises NotAssigned: no unit has the case
        """
        wanted = set(units)
        mine = [row for row in self.standing() if row.unit in wanted and row.part != Part.TOLD]
        free = [row for row in mine if self.below(row) is None]
        if free:
            return min(free, key=lambda row: (row.part != Part.LEAD, row.handed_in_at is not None))
        if mine:
            lower = self.below(mine[0])
            raise InOtherHands(unit=self.rulebook.unit(lower.unit).name if lower else "")
        return self.lead()

    def assign(
        self, unit: str, *, assisting: Iterable[str] = (), told: Iterable[str] = (), by: str = "dispatch"
    ) -> Assignment:
        """Send the case to its lead and to more assisting units; whoever led it before is done. Returns the lead's."""
        for row in self.standing():
            if row.ended_at is None and (row.part != Part.ASSIST or row.unit == unit):
                self.end(row, by=by)
        lead = self.send(unit, Part.LEAD)
        for part, codes in ((Part.ASSIST, assisting), (Part.TOLD, told)):
            for code in codes:
                if code not in {row.unit for row in self.standing()}:
                    self.send(code, part)
        self.case.first_unit = self.case.first_unit or unit
        self.place_work()
        return lead

    def send(self, unit: str, part: Part, *, parent: Assignment | None = None) -> Assignment:
        """Send the case, or a part of it, to one unit."""
        row = Assignment(case=self.case, parent=parent, unit=unit, part=part.value, sent_at=self.at)
        self.assignments.append(row)
        self.touched.append(row)
        return row

    def end(self, row: Assignment, *, by: str) -> None:
        """End one assignment, with whatever was handed down from it, and the clocks beside them."""
        lower = self.below(row)
        if lower is not None:
            self.end(lower, by=by)
        for kind in _OF_THE_HOP:
            clock = self.clock_of(kind, row)
            if clock is not None:
                self.stop(clock, by=by)
        row.ended_at, row.ended_by = self.at, by
        self.touch(row)
        if row.part == Part.LEAD and self.case.asks:
            self.lapse(asked_by=row.unit)

    def lapse(self, *, asked_by: str = "") -> None:
        """Drop what was asked for and not answered, by one unit or by any: the case has gone past it."""
        for application in self.waiting:
            if asked_by in ("", application.asked_unit):
                self.answer(application, "lapsed")

    def answer(self, application: Application, state: str, *, by: str = "", answer: str = "") -> None:
        """Note what became of an application, and stop the clock that waited for it."""
        application.state, application.answer = state, answer
        application.answered_by, application.answered_at = by, self.at
        self.touch(application)
        case = self.case
        case.asks = [kind for kind in case.asks if kind != application.kind]
        if application.kind == "coordination":
            case.coordination = _COORDINATION[state]
            for clock in self.running(ClockKind.COORDINATION):
                self.stop(clock, by=self.step_code())

    def end_assignments(self, *, by: str) -> None:
        """End every standing assignment; the case still says who had it, until `place_work`."""
        for row in self.standing():
            if row.ended_at is None:
                self.end(row, by=by)

    def place_work(self) -> None:
        """Note on the case who has it: the unit that holds it, those that assist, and everybody involved."""
        rows = self.standing()
        leads = [row for row in rows if row.part == Part.LEAD]
        self.case.unit = self.line(leads[0])[0].unit if leads else ""
        self.case.assisting = list(dict.fromkeys(row.unit for row in rows if row.part == Part.ASSIST))
        self.case.involved = list(dict.fromkeys(row.unit for row in rows if row.unit != self.case.unit))

    def resend(self, units: Sequence[str], *, by: str) -> Assignment:
        """Send the case down a line of units again, the lowest first. Returns the assignment that then holds it.

        Whoever only handed it down has it as received; the lowest must receive it anew.
        """
        for row in self.standing(Part.LEAD):
            if row.ended_at is None:
                self.end(row, by=by)
        holder: Assignment | None = None
        for unit in reversed(units):
            holder = self.send(unit, Part.LEAD, parent=holder)
            if unit != units[0]:
                holder.received_at = self.at
        assert holder is not None
        self.place_work()
        return holder

    def last_line(self) -> list[Assignment]:
        """The lead line as it stood when the case ended, the lowest first."""
        ended = [row for row in self.assignments if row.part == Part.LEAD and row.returned_at is None]
        lowest = max(ended, key=lambda row: (row.ended_at or self.at, self.assignments.index(row)))
        return [lowest, *self.above(lowest)]

    def heir_of(self, unit: str) -> str:
        """The unit itself where it is at work, else the one that took over and is; nothing where there is none."""
        day, known = self.rulebook.day_of(self.at), set[str]()
        while unit in self.rulebook.units and unit not in known:
            if self.rulebook.units[unit].holds_on(day):
                return unit
            known.add(unit)
            unit = successor_of(unit)
        return ""

    def unfinished(self) -> list[Assignment]:
        """The assisting assignments, each the lowest of its line, whose work has not been handed in."""
        rows = self.standing(Part.ASSIST)
        return [row for row in rows if row.handed_in_at is None and self.below(row) is None]

    def hands(self, unit: str) -> tuple[Hand, ...]:
        """Who can act for a unit now: asked only where it is a joint team, or to say who could have done it."""
        return hands_of(unit, at=self.at)


def is_open(row: Assignment) -> bool:
    """Whether an assignment still stands."""
    return row.ended_at is None


def state_of(row: Assignment) -> WorkState:
    """How far a unit has come with an assignment."""
    if row.handed_in_at is not None:
        return WorkState.DONE
    if row.arrived_at is not None:
        return WorkState.ON_SCENE
    return WorkState.RECEIVED if row.received_at is not None else WorkState.SENT
