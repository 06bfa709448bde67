"""Pages by key: open work by what is due first, everything else by what was reported last, searches by what fits best.

A page starts behind the last row of the one before it, so it costs the same however deep it lies, and cases that come
or go in between move nothing. Work without a due time comes after all work that has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from liandong.cases.api.rows import COLUMNS
from liandong.cases.models import Case
from liandong.cases.queries import BEST_SHOWN, best_first, latest_with_words
from liandong.web.cursors import BadCursor, packed, unpacked

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value of its last row, and that row's id."""

    by_due: bool
    at: datetime | None
    id: int

    def __str__(self) -> str:
        """The cursor as callers see it."""
        instant = "" if self.at is None else (self.at - _START) // _MICROSECOND
        return packed(f"{'d' if self.by_due else 'r'}{instant}.{self.id}")


def read_cursor(text: str, *, by_due: bool) -> Cursor | None:
    """Return the cursor a caller sent, None for the first page.

    :raises BadCursor: it is none, or of a list in another order
    """
    if not text:
        return None
    try:
        plain = unpacked(text)
        instant, _, number = plain[1:].partition(".")
        if plain[:1] != ("d" if by_due else "r") or not (instant or by_due) or not number.isdigit():
            raise BadCursor
        at = _START + int(instant) * _MICROSECOND if instant else None
        found = Cursor(by_due, at, int(number))
    except (ValueError, OverflowError):
        raise BadCursor from None
    if found.id >= 2**63:
        raise BadCursor
    return found


def page_of(
    cases: QuerySet[Case], *, by_due: bool, after: Cursor | None, limit: int, seen: QuerySet[Case], text: str
) -> tuple[list[tuple[Any, ...]], Cursor | None]:
    """Return up to `limit` rows of `COLUMNS`, and the cursor behind the last of them when more follow.

    `seen` is what `cases` were before the words of `text` narrowed them.
    """
    wanted = limit + 1
    if by_due:
        rows = _by_due(cases, after, wanted)
    else:
        keys = latest_with_words(_reported_before(seen, after), text, most=wanted)
        found = cases.model.objects.filter(pk__in=keys) if keys else _reported_before(cases, after)
        rows = list(found.order_by("-reported_at", "-id").values_list("id", *COLUMNS)[:wanted])
    if len(rows) < wanted:
        return [row[1:] for row in rows], None
    last = rows[limit - 1]
    at = last[1 + COLUMNS.index("due_at" if by_due else "reported_at")]
    return [row[1:] for row in rows[:limit]], Cursor(by_due, at, last[0])


def page_of_best(
    cases: QuerySet[Case], text: str, *, cursor: str, limit: int
) -> tuple[list[tuple[Any, ...]], str | None]:
    """Return up to `limit` rows of what answers `text` best, and the cursor behind them when more follow.

    :raises BadCursor: the cursor is of a list in another order
    """
    begins = _place_in(cursor)
    keys = best_first(cases, text)
    wanted = keys[begins : begins + limit]
    found = {row[0]: row[1:] for row in cases.model.objects.filter(pk__in=wanted).values_list("id", *COLUMNS)}
    behind = begins + limit
    after = packed(f"b{behind}") if behind < len(keys) else None
    return [found[key] for key in wanted if key in found], after


def _place_in(cursor: str) -> int:
    plain = unpacked(cursor) or "b0"
    if plain[0] != "b" or not plain[1:].isdecimal() or int(plain[1:]) > BEST_SHOWN:
        raise BadCursor
    return int(plain[1:])


def _by_due(cases: QuerySet[Case], after: Cursor | None, wanted: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    if after is None or after.at is not None:
        dated = cases.filter(due_at__isnull=False)
        if after is not None:
            # The first condition is what the index can jump to; the second drops what the last page showed.
            dated = dated.filter(due_at__gte=after.at).filter(Q(due_at__gt=after.at) | Q(id__gt=after.id))
        rows = list(dated.order_by("due_at", "id").values_list("id", *COLUMNS)[:wanted])
    if len(rows) < wanted:
        undated = cases.filter(due_at__isnull=True)
        if after is not None and after.at is None:
            undated = undated.filter(id__gt=after.id)
        rows += undated.order_by("id").values_list("id", *COLUMNS)[: wanted - len(rows)]
    return rows


def _reported_before(cases: QuerySet[Case], after: Cursor | None) -> QuerySet[Case]:
    if after is None:
        return cases
    return cases.filter(reported_at__lte=after.at).filter(Q(reported_at__lt=after.at) | Q(id__lt=after.id))
