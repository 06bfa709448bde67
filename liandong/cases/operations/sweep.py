"""What happens by itself: clocks remind, fall due and call for supervision; cases wake up; silence is acceptance.

Cost follows what is due, not what is open. Safe to run anywhere, any number of times: each thing is done once, in the
transaction that notes it done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from liandong.cases import changes
from liandong.cases.docket import Docket
from liandong.cases.events import ClockFellDue, ClockRemindedOf
from liandong.cases.models import Case, Clock
from liandong.cases.queries import cases_to_review, cases_to_wake, waking_clocks
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.ladder import Rung, rung_after
from liandong.cases.rules.words import ClockKind, Part
from liandong.cases.saving import save_docket
from liandong.people.access import Actor


def mark_overdue(*, actor: Actor, at: datetime, batch: int = 500) -> int:
    """Do what clocks call for whose instant has come: remind, mark overdue, supervise, accept by silence.

    Returns how many clocks did something.
    """
    done = 0
    while True:
        found = list(waking_clocks(at=at, limit=batch).values_list("case_id", flat=True))
        if not found:
            return done
        with transaction.atomic():
            moved = _each(set(found), _climb_all, actor=actor, at=at)
        done += moved
        if not moved or len(found) < batch:
            # Nothing moved: another worker has these cases in hand.
            return done


def wake_cases(*, actor: Actor, at: datetime) -> int:
    """Let suspended cases whose day has come go on, and remind of those that have rested for a month."""
    with transaction.atomic():
        woken = _each(set(cases_to_wake(at=at)), _wake, actor=actor, at=at)
    with transaction.atomic():
        return woken + _each(set(cases_to_review(at=at)), _review, actor=actor, at=at)


def _each(keys: set[int], act: Callable[[Docket], int], *, actor: Actor, at: datetime) -> int:
    cases = Case.objects.select_for_update(skip_locked=True).defer("terms").filter(pk__in=keys).order_by("pk")
    count = 0
    for case in cases:
        docket = Docket(case, rulebook_for(case.district))
        docket.start_of(actor, at)
        found = act(docket)
        if found:
            save_docket(docket)
        count += found
    return count


def _wake(docket: Docket) -> int:
    if docket.case.suspended_at is None:
        return 0
    docket.begin("resume", actor=docket.actor, at=docket.at)
    changes.resume_case(docket, is_woken=True)
    return 1


def _review(docket: Docket) -> int:
    if docket.case.suspended_at is None:
        return 0
    changes.remind_of_rest(docket)
    return 1


def _climb_all(docket: Docket) -> int:
    count = 0
    # The case's own time last: it is not supervised once more for a hop that has just been.
    for clock in sorted(docket.running(), key=lambda clock: clock.kind == ClockKind.HANDLE):
        count += _climb(docket, clock)
    return count


def _climb(docket: Docket, clock: Clock) -> int:
    """Let one clock do everything its instant has come for. What was missed while nobody swept is done at once."""
    climbed = 0
    while clock.wake_at is not None and clock.wake_at < docket.at:
        rung, kind = Rung(clock.rung), ClockKind(clock.kind)
        clock.rung = int(rung_after(kind, rung))
        docket.wind(clock)
        docket.touch(clock)
        climbed = 1
        _act(docket, clock, kind, rung)
    return climbed


def _act(docket: Docket, clock: Clock, kind: ClockKind, rung: Rung) -> None:
    unit = _answering(docket, clock)
    match rung:
        case Rung.REMIND:
            if clock.due_at > docket.at:
                # News, but nobody's decision: what a handler is about to save stays valid.
                docket.record(ClockRemindedOf(kind.value, clock.due_at.isoformat(), unit), is_change=False)
        case Rung.DUE:
            clock.overdue_at = clock.due_at
            docket.record(ClockFellDue(kind.value, clock.due_at.isoformat(), unit), is_change=False)
            if kind is ClockKind.COORDINATION:
                docket.begin("accept_coordination", actor=docket.actor, at=docket.at)
                changes.accept_coordination(docket, by_silence=True)
        case Rung.FIRST | Rung.SECOND | Rung.THIRD:
            if not (kind is ClockKind.HANDLE and _has_late_hop(docket)):
                changes.supervise_lateness(docket, kind=kind, level=rung.level, unit=unit)


def _answering(docket: Docket, clock: Clock) -> str:
    """The unit whose clock it is: the one beside whose assignment it runs, else whoever has the case."""
    if clock.assignment_id is not None:
        return next((row.unit for row in docket.assignments if row.pk == clock.assignment_id), docket.case.unit)
    return docket.case.unit


def _has_late_hop(docket: Docket) -> bool:
    """Whether the lead's own hop is late too: it is supervised, and once is enough."""
    return any(
        (clock := docket.clock_of(ClockKind.HOP, row)) is not None and clock.overdue_at is not None
        for row in docket.standing(Part.LEAD)
    )
