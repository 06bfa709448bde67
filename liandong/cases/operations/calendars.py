"""A corrected calendar moves the clocks that still run: each is computed anew, with before and after on the record.

An overdue mark stays: only a supervisor lifts it, with a reason (`CASE.md` §5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from liandong.cases.docket import Docket, limit_of
from liandong.cases.events import ClockMoved
from liandong.cases.models import Case, Clock, ClockMove
from liandong.cases.queries import moves_of
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import ClockKind
from liandong.cases.saving import save_docket
from liandong.kernel.refusal import marked
from liandong.kernel.working_time import Limit, TimeUnit, due, resumed_due
from liandong.kernel.working_time.limits import WORKING_UNITS
from liandong.people.access import Actor, require

CORRECTED = marked("节假日日历更正")
BATCH = 200
LATEST: Final = datetime.max.replace(tzinfo=UTC)


def recompute_clocks(district: str, *, actor: Actor, at: datetime) -> int:
    """Compute every running clock of working time anew by the calendar now in force. Returns how many moved.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    moved = 0
    for keys in _in_batches(district):
        with transaction.atomic():
            cases = Case.objects.select_for_update().defer("terms").filter(pk__in=keys).order_by("pk")
            for case in cases:
                docket = Docket(case, rulebook_for(district))
                docket.start_of(actor, at)
                found = _recompute(docket)
                if found:
                    save_docket(docket)
                moved += found
    return moved


def _in_batches(district: str) -> Iterator[list[int]]:
    units = [unit.value for unit in WORKING_UNITS]
    running = Clock.objects.filter(case__district=district, stopped_at=None, unit__in=units)
    keys = sorted(set(running.values_list("case_id", flat=True)))
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _recompute(docket: Docket) -> int:
    moves = moves_of(docket.case)
    count = 0
    for clock in docket.running():
        after = _due_anew(docket, clock, moves)
        if after == clock.due_at:
            continue
        before = clock.due_at
        docket.move(clock, after, by="calendar", reason=CORRECTED)
        unit = next((row.unit for row in docket.assignments if row.pk == clock.assignment_id), docket.case.unit)
        told = (before.isoformat(), after.isoformat(), CORRECTED, unit)
        docket.record(ClockMoved(clock.kind, *told), is_change=False)
        count += 1
    return count


def _due_anew(
    docket: Docket, clock: Clock, moves: Mapping[int, Sequence[ClockMove]], *, until: datetime = LATEST
) -> datetime:
    """When a clock falls due by today's calendar: its limit from its start, then every move it had, in order.

    With `until`, when it fell due at that instant: a hop began no later than the case was due then, and has had every
    move of its own since.
    """
    calendar, limit = docket.rulebook.map.calendar, limit_of(clock)
    instant = due(limit, since=clock.started_at, calendar=calendar)
    handle = docket.clock_of(ClockKind.HANDLE)
    if clock.kind == ClockKind.HOP and handle is not None:
        instant = max(min(instant, _due_anew(docket, handle, moves, until=clock.started_at)), clock.started_at)
    for move in moves.get(clock.pk, ()):
        if move.at > until:
            break
        if move.since_at is not None:
            stood = {"stopped_at": move.since_at, "resumed_at": move.at}
            instant = resumed_due(limit, due_at=instant, calendar=calendar, **stood)
        elif move.amount is not None:
            instant = due(Limit(move.amount, TimeUnit(move.unit)), since=instant, calendar=calendar)
    return instant
