"""Why this time: each clock of a case with the lines that lead from its start to its due instant."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from liandong.cases.api.headers import etag_of
from liandong.cases.api.reading import READ, number_in, router
from liandong.cases.api.rows import ClockRow, clock_row
from liandong.cases.models import Clock, ClockMove
from liandong.cases.queries import case_for, clocks_of, moves_of
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.kernel.working_time import Limit, TimeUnit, explain
from liandong.people.api import answer, caller_of


class LineRow(Schema):
    """A stretch of time: `count` runs, `skip` does not, and `note` says why; minutes to two places."""

    kind: str
    note: str
    start: datetime
    end: datetime
    minutes: Decimal


class MoveRow(Schema):
    """What moved the clock afterwards, and from when to when its due instant went."""

    by: str
    at: datetime
    before: datetime
    after: datetime


class ExplainedClock(ClockRow):
    """A clock with its lines and moves."""

    lines: list[LineRow]
    moves: list[MoveRow]


class ClocksOfCase(Schema):
    """Every clock of a case, in the order in which they started."""

    number: str
    clocks: list[ExplainedClock]


@router.get("/cases/{number}/clocks", response=ClocksOfCase, operation_id="explain_clocks", summary="为什么是这个时间")
def explain_clocks(request: HttpRequest, number: str) -> HttpResponse:
    """Each clock line by line: when it ran, when it did not and why, what moved it."""
    case = case_for(caller_of(request, READ).actor, number_in(number))
    book, moves = rulebook_for(case.district), moves_of(case)
    rows = [_row(clock, book, moves.get(clock.pk, [])) for clock in clocks_of(case)]
    return answer({"number": case.number, "clocks": rows}, headers={"ETag": etag_of(case.version)})


def _row(clock: Clock, book: Rulebook, moves: list[ClockMove]) -> dict[str, Any]:
    limit = Limit(Decimal(clock.amount), TimeUnit(clock.unit), clock.clause)
    lines = explain(limit, since=clock.started_at, calendar=book.map.calendar)
    return {
        **clock_row(clock),
        "lines": [
            {
                "kind": line.kind.value,
                "note": line.note_key,
                "start": line.start,
                "end": line.end,
                "minutes": str(line.minutes),
            }
            for line in lines
        ],
        "moves": [{name: getattr(move, name) for name in MoveRow.model_fields} for move in moves],
    }
