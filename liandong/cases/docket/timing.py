"""The clocks of a docket: starting, stopping, pausing, moving them, and what the sweep looks at next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from liandong.cases.docket.papers import Papers, assignment_of
from liandong.cases.models import Assignment, Clock, ClockMove
from liandong.cases.rules.ladder import Rung, first_rung, wakes_at
from liandong.cases.rules.words import ClockKind, Urgency
from liandong.kernel.working_time import Calendar, Limit, TimeUnit, due, resumed_due


@dataclass(slots=True)
class Timing(Papers):
    """A docket's clocks. `running` are those nobody has stopped; a paused one is among them."""

    def running(self, *kinds: ClockKind) -> list[Clock]:
        """The clocks that have not been stopped, of some kinds or of all."""
        return [clock for clock in self.clocks if clock.stopped_at is None and (not kinds or clock.kind in kinds)]

    def clock_of(self, kind: ClockKind, row: Assignment | None = None) -> Clock | None:
        """The running clock of a kind: the case's own, or the one beside an assignment."""
        return next((clock for clock in self.running(kind) if assignment_of(clock, self._rows()) is row), None)

    def last_clock(self, kind: ClockKind) -> Clock | None:
        """The clock of a kind that started last, running or not."""
        # One that took another's place began when that one did: of two, the later row.
        places = (place for place, clock in enumerate(self.clocks) if clock.kind == kind)
        last = max(places, key=lambda place: (self.clocks[place].started_at, place), default=None)
        return None if last is None else self.clocks[last]

    def start(
        self, kind: ClockKind, *, of: Assignment | None = None, limit: Limit | None = None, by: datetime | None = None
    ) -> Clock:
        """Start a clock by the limit now in force; one of that kind that still runs is left as it is.

        `of` is the assignment it runs beside, `limit` one that was ordered; `by` is the latest it may fall due.
        """
        known = self.clock_of(kind, of) if kind is not ClockKind.SUPERVISION else None
        if known is not None:
            return known
        asked = {"class_code": self.case.class_code, "condition": self.case.condition}
        limit = limit or self.rulebook.limit(kind, at=self.at, **asked)
        due_at = self.rulebook.due(limit, since=self.at)
        clock = Clock(
            case=self.case,
            assignment=of,
            kind=kind.value,
            amount=limit.amount,
            unit=limit.unit.value,
            clause=limit.clause,
            calendar=self.rulebook.map.district.calendar,
            started_at=self.at,
            due_at=due_at if by is None or by > due_at else max(by, self.at),
            rung=first_rung(kind),
        )
        self.wind(clock)
        self.clocks.append(clock)
        self.touched.append(clock)
        return clock

    def start_hop(self, row: Assignment) -> None:
        """Start the clocks of an assignment: to receive it, and to be done with it by the case's own due time."""
        handle = self.last_clock(ClockKind.HANDLE)
        self.start(ClockKind.RECEIVE, of=row)
        self.start(ClockKind.HOP, of=row, by=handle.due_at if handle else None)

    def stop(self, clock: Clock, *, by: str) -> None:
        """Stop a clock: the step `by` did what it was waiting for, or ended the case.

        One that stood still first gets what was left: time that did not run makes nobody late.
        """
        if clock.paused_at is not None:
            self.unpause(clock)
        clock.stopped_at, clock.stopped_by, clock.wake_at = self.at, by, None
        if clock.overdue_at is None and self.at > clock.due_at:
            clock.overdue_at = clock.due_at
        self.touch(clock)

    def resume(self, kind: ClockKind) -> int:
        """Let the last stopped clock of a kind run on with what was left. Returns the seconds its due time moved."""
        clock = self.last_clock(kind)
        if clock is None or clock.stopped_at is None:
            return 0
        since, clock.stopped_at, clock.stopped_by = clock.stopped_at, None, ""
        return self._run_on(clock, since=since, by=self.step_code())

    def pause(self, clock: Clock) -> None:
        """Let a running clock stand still."""
        clock.paused_at, clock.wake_at = self.at, None
        self.touch(clock)

    def unpause(self, clock: Clock) -> None:
        """Let a paused clock run on with what was left."""
        assert clock.paused_at is not None
        since, clock.paused_at = clock.paused_at, None
        self._run_on(clock, since=since, by=self.step_code())

    def extend(self, clock: Clock, limit: Limit, *, reason: str) -> None:
        """Move a clock's due time on by a limit, in the clock's own kind of time."""
        after = self.rulebook.due(limit, since=clock.due_at)
        self.move(clock, after, reason=reason, limit=limit)

    def move(
        self,
        clock: Clock,
        after: datetime,
        *,
        reason: str = "",
        since: datetime | None = None,
        by: str = "",
        limit: Limit | None = None,
    ) -> None:
        """Set a clock's due time, on the record."""
        moved = ClockMove(
            case=self.case,
            clock=clock,
            by=by or self.step_code(),
            since_at=since,
            at=self.at,
            before=clock.due_at,
            after=after,
            amount=limit.amount if limit else None,
            unit=limit.unit.value if limit else "",
            reason=reason[:400],
        )
        clock.moved_seconds += int((after - clock.due_at).total_seconds())
        clock.due_at = after
        if clock.overdue_at is None:
            clock.rung = first_rung(ClockKind(clock.kind)) if clock.rung <= Rung.DUE else clock.rung
        self.wind(clock)
        self.touch(clock)
        self.touched.append(moved)

    def exchange(self, clock: Clock, *, moves: Sequence[ClockMove]) -> None:
        """Stop a clock and let another go on in its place by the limit now in force: the time spent stays spent."""
        kind = ClockKind(clock.kind)
        asked = {"class_code": self.case.class_code, "condition": self.case.condition}
        limit = self.rulebook.limit(kind, at=self.at, **asked)
        if (limit.amount, limit.unit) == (clock.amount, clock.unit):
            return
        self.stop(clock, by=self.step_code())
        fresh = self.start(kind, limit=limit)
        fresh.started_at = clock.started_at
        calendar = self.rulebook.map.calendar
        fresh.due_at = due_anew(limit, since=clock.started_at, moves=moves, calendar=calendar)
        self.wind(fresh)

    def wind(self, clock: Clock) -> None:
        """Say when the sweep must look at a clock next."""
        if clock.stopped_at is not None or clock.paused_at is not None:
            clock.wake_at = None
            return
        clock.wake_at = wakes_at(
            Rung(clock.rung),
            started_at=clock.started_at,
            due_at=clock.due_at,
            limit=limit_of(clock),
            is_urgent=self.case.urgency != Urgency.NORMAL,
            calendar=self.rulebook.map.calendar,
        )

    def step_code(self) -> str:
        """The step that is being taken; empty where something merely happens."""
        return ""

    def settle(self) -> None:
        """Draw the consequences: when the case is next due, and since when it is late."""
        going = [clock for clock in self.running() if clock.paused_at is None and clock.kind != ClockKind.SUPERVISION]
        self.case.due_at = min((clock.due_at for clock in going), default=None)
        self.case.late_since = min((clock.due_at for clock in going if clock.overdue_at), default=None)

    def _run_on(self, clock: Clock, *, since: datetime, by: str) -> int:
        before = clock.due_at
        after = resumed_due(
            limit_of(clock), due_at=before, stopped_at=since, resumed_at=self.at, calendar=self.rulebook.map.calendar
        )
        self.move(clock, after, since=since, by=by)
        return int((after - before).total_seconds())

    def _rows(self) -> list[Assignment]:
        """The assignments, without reading them where no clock asks for one."""
        return self.assignments if any(clock.assignment_id for clock in self.clocks) else self._assignments or []


def due_anew(limit: Limit, *, since: datetime, moves: Sequence[ClockMove], calendar: Calendar) -> datetime:
    """When a limit falls due that began at `since` and was moved so: stood still, or was given more, in that order."""
    instant = due(limit, since=since, calendar=calendar)
    for move in moves:
        if move.since_at is not None:
            stood = {"stopped_at": move.since_at, "resumed_at": move.at}
            instant = resumed_due(limit, due_at=instant, calendar=calendar, **stood)
        elif move.amount is not None:
            instant = due(Limit(move.amount, TimeUnit(move.unit)), since=instant, calendar=calendar)
    return instant


def limit_of(clock: Clock) -> Limit:
    """The limit a clock copied when it started."""
    return Limit(Decimal(clock.amount), TimeUnit(clock.unit), clock.clause)
