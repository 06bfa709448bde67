"""Pages of a list of cases by key: each begins behind the last row of the one before, however deep it lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from liandong.cases.queries import best_first, in_order, latest_with_words

if TYPE_CHECKING:
    from liandong.cases.models import Case


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after the case of this instant (none: without a due time) and this id."""

    at: datetime | None
    pk: int

    def __str__(self) -> str:
        """The position as it stands in an address."""
        return f"{self.at.isoformat() if self.at else ''}~{self.pk}"


def position_in(text: str) -> Position | None:
    """The position an address names; nothing for the first page, or for what is none."""
    instant, bar, pk = text.rpartition("~")
    if not bar or not pk.isdecimal() or len(pk) > 18:
        return None
    try:
        at = datetime.fromisoformat(instant) if instant else None
    except ValueError:
        return None
    return None if at is not None and at.tzinfo is None else Position(at, int(pk))


def page_of(
    cases: QuerySet[Case], *, order: str, text: str, after: str, size: int, seen: QuerySet[Case]
) -> tuple[list[Case], str]:
    """Up to `size` cases in an order, and what the next page begins after, empty on the last.

    `seen` is what may be found at all, before the words of `text` narrow it: `best` ranks among that.
    """
    if order == "best":
        begins = int(after) if after.isdecimal() and len(after) < 6 else 0
        keys = best_first(seen, text)
        found = in_order(seen.defer("terms"), keys[begins : begins + size])
        return found, str(begins + size) if begins + size < len(keys) else ""
    position = position_in(after)
    by_due = order == "due"
    if by_due:
        rows = _by_due(cases.defer("terms"), position, size + 1)
    else:
        latest = latest_with_words(newest_first(seen, after=position), text, most=size + 1)
        lot = cases.model.objects.filter(pk__in=latest) if latest else cases
        rows = list(newest_first(lot.defer("terms"), after=position)[: size + 1])
    shown = rows[:size]
    if len(rows) <= size:
        return shown, ""
    last = shown[-1]
    return shown, str(Position(last.due_at if by_due else last.reported_at, last.pk))


def newest_first(cases: QuerySet[Case], *, after: Position | None) -> QuerySet[Case]:
    """Cases by their report, the latest first, those that come after a position."""
    if after is not None and after.at is not None:
        later = Q(reported_at__lt=after.at) | Q(reported_at=after.at, pk__lt=after.pk)
        cases = cases.filter(later, reported_at__lte=after.at)
    return cases.order_by("-reported_at", "-id")


def _by_due(cases: QuerySet[Case], after: Position | None, wanted: int) -> list[Any]:
    """What is due first; work without a due time after all that has one."""
    rows: list[Any] = []
    if after is None or after.at is not None:
        dated = cases.filter(due_at__isnull=False)
        if after is not None:
            dated = dated.filter(due_at__gte=after.at).filter(Q(due_at__gt=after.at) | Q(pk__gt=after.pk))
        rows = list(dated.order_by("due_at", "id")[:wanted])
    if len(rows) < wanted:
        undated = cases.filter(due_at__isnull=True)
        if after is not None and after.at is None:
            undated = undated.filter(pk__gt=after.pk)
        rows += undated.order_by("id")[: wanted - len(rows)]
    return rows
