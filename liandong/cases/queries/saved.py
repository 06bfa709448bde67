"""Saved filters, what they count, and how somebody looks at a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet

from liandong.cases.models import Batch, BatchRow, Case, ExportJob, ListView, PinnedFilter, SavedFilter
from liandong.cases.queries.cases import permitted_cases
from liandong.cases.queries.filters import CaseFilter, filter_of
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound

COUNTED_TO: Final = 1_000
"""A count stops here: whether there are more than a thousand is all a tile needs to say."""
WITHIN_MS: Final = 400
"""What all counts together may take; what takes longer is counted filter by filter, and the slow ones not at all."""
ALONE_MS: Final = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A saved filter as its reader sees it: `place` is where they pinned it, 0 where they did not."""

    pk: int
    name: str
    asked: CaseFilter
    order: str
    unit: str
    is_own: bool
    place: int


def questions_of(actor: Actor) -> list[Question]:
    """The filters somebody may ask by, pinned ones first in their order: one statement."""
    me = actor.user_id or -1
    pin = FilteredRelation("pins", condition=Q(pins__account=me))
    rows = SavedFilter.objects.filter(_readable(actor)).annotate(pin=pin, pinned_at=F("pin__place"))
    found = [
        Question(row.pk, row.name, filter_of(row.asked), row.order, row.unit, row.account == me, row.pinned_at or 0)
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.place == 0, one.place, one.name, one.pk))


def filter_for(actor: Actor, pk: int, *, own: bool = False) -> SavedFilter:
    """The filter of that key.

    :raises NotFound: there is none this actor may read, or, asked for `own`, none of theirs
    """
    condition = Q(account=actor.user_id or 0) if own else _readable(actor)
    found = SavedFilter.objects.filter(condition, pk=pk).first()
    if found is None:
        raise NotFound(what=marked("这个筛选"))
    return found


def pinned_by(actor: Actor) -> list[int]:
    """The keys of the filters somebody pinned, in their order."""
    pins = PinnedFilter.objects.filter(account=actor.user_id or 0).order_by("place", "id")
    return list(pins.values_list("filter_id", flat=True))


def counts_for(actor: Actor, filters: Sequence[CaseFilter], *, at: datetime) -> list[int | None]:
    """How many cases each filter finds among those the actor may see, `COUNTED_TO` + 1 for more; one statement.

    None stands for a filter too slow to be counted. What names an area or a unit out of reach counts nothing, because
    nothing of it may be seen.
    """
    if not filters:
        return []
    seen = [one.settled(actor, at=at).apply(permitted_cases(actor)) for one in filters]
    try:
        return list(_bounded(seen, within_ms=WITHIN_MS))
    except DatabaseError:
        return [_alone(one) for one in seen]


def view_of(actor: Actor, list_name: str) -> ListView | None:
    """How somebody looks at a list; nothing where they never said."""
    return ListView.objects.filter(account=actor.user_id or 0, list=list_name).first()


def batch_for(actor: Actor, pk: int) -> Batch:
    """The batch of that key, which only whoever asked for it may see.

    :raises NotFound: there is none of theirs
    """
    found = Batch.objects.filter(pk=pk, account=actor.user_id or -1).first()
    if found is None:
        raise NotFound(what=marked("这次批量办理"))
    return found


def rows_of_batch(batch: Batch) -> QuerySet[BatchRow]:
    """The rows of a batch in their order."""
    return BatchRow.objects.filter(batch=batch).order_by("place")


def export_for(actor: Actor, pk: int) -> ExportJob:
    """The export of that key, which only whoever asked for it may see.

    :raises NotFound: there is none of theirs
    """
    found = ExportJob.objects.filter(pk=pk, account=actor.user_id or -1).first()
    if found is None:
        raise NotFound(what=marked("这次导出"))
    return found


def bounded_count(cases: QuerySet[Case], *, most: int) -> int:
    """How many cases there are, at most `most`: no more is read."""
    return len(cases.order_by().values_list("pk", flat=True)[:most])


def _readable(actor: Actor) -> Q:
    return Q(account=actor.user_id or -1) | Q(unit__in=sorted(actor.units - {""}))


def _alone(cases: QuerySet[Case]) -> int | None:
    try:
        return next(iter(_bounded([cases], within_ms=ALONE_MS)))
    except DatabaseError:
        return None


def _bounded(all_cases: Sequence[QuerySet[Case]], *, within_ms: int) -> tuple[int, ...]:
    """Count up to one past the bound in each, as columns of one row.

    :raises DatabaseError: it took longer than it may
    """
    columns: list[str] = []
    parameters: list[Any] = []
    for cases in all_cases:
        text, values = cases.order_by().values("pk")[: COUNTED_TO + 1].query.sql_with_params()
        columns.append(f"(SELECT count(*) FROM ({text}) AS found)")
        parameters += values
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute(_LIMIT, [str(within_ms)])
        cursor.execute(f"SELECT {', '.join(columns)}", parameters)
        row = cursor.fetchone()
        # A test, or a caller, may hold a transaction around this one: the limit must not outlive the count.
        cursor.execute(_LIMIT, [before])
    return tuple(row)


_LIMIT = "SELECT set_config('statement_timeout', %s, true)"
