"""Reading the timeline: one subject's whole trace, and what is new in commit order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from liandong.timeline.models import Entry, FollowerPosition, Position

__all__ = [
    "START",
    "Entry",
    "Position",
    "Wanted",
    "end_of_batch",
    "entries_after",
    "entries_between",
    "latest_about",
    "newest_settled",
    "trace",
    "unread_by",
]

START: Position = (-(2**62), 0)
"""Before every entry: restored entries carry negative transaction numbers."""

_BETWEEN = "(written_in, id) > (%s, %s) AND (written_in, id) <= (%s, %s)"
_SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_END = f"""
SELECT written_in, id FROM (
    SELECT written_in, id FROM timeline_entry WHERE (written_in, id) > (%s, %s) AND written_in < ({_SETTLED})
    ORDER BY written_in, id LIMIT %s
) AS batch ORDER BY written_in DESC, id DESC LIMIT 1
"""


def trace(kind: str, subject_id: int) -> QuerySet[Entry]:
    """Everything that happened to one subject, oldest first."""
    return Entry.objects.filter(about=kind, about_id=subject_id).order_by("seq")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries a reader cares about; the others are passed by in the database, at a hundredth of the cost.

    :param events: of these events; of any, where there are none
    :param fresh: not longer ago than this
    :param holding: whose data this jsonpath finds something in
    :param columns: what is read of an entry beside its position; all, where there are none
    """

    events: frozenset[str] = frozenset()
    fresh: timedelta | None = None
    holding: str = ""
    columns: tuple[str, ...] = ()


EVERYTHING = Wanted()


def end_of_batch(position: Position, *, most: int) -> Position | None:
    """Where the next batch of at most so many entries ends; None where nothing is new.

    An entry is shown once every transaction numbered below its own has ended, so nothing is ever skipped.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, [*position, most])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def entries_between(
    after: Position, end: Position, *, wanted: Wanted = EVERYTHING, at: datetime | None = None
) -> tuple[int, Sequence[Entry]]:
    """How many entries lie behind `after` up to and with `end`, and those of them that are wanted, in commit order."""
    conditions: list[str] = [_BETWEEN]
    values: list[Any] = [*after, *end]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM timeline_entry WHERE {_BETWEEN}", values)
        count = cursor.fetchone()[0]
    for condition, value in (
        ("event = ANY(%s)", sorted(wanted.events)),
        ("at >= %s", at - wanted.fresh if at and wanted.fresh else None),
        ("data @? %s::jsonpath", wanted.holding),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    columns = ", ".join(("id", "written_in", *wanted.columns)) if wanted.columns else "*"
    found = Entry.objects.raw(
        f"SELECT {columns} FROM timeline_entry WHERE {' AND '.join(conditions)} ORDER BY written_in, id", values
    )
    return count, list(found)


def entries_after(position: Position, *, limit: int) -> Sequence[Entry]:
    """The next entries in commit order that no unfinished transaction can still come before."""
    end = end_of_batch(position, most=limit)
    return entries_between(position, end)[1] if end else []


def newest_settled() -> Position:
    """The position a reader starts from who wants only what comes next."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT written_in, id FROM timeline_entry WHERE written_in < ({_SETTLED})"
            " ORDER BY written_in DESC, id DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else START


def latest_about(kind: str) -> Entry | None:
    """The latest entry about subjects of a kind that no unfinished transaction can still come before."""
    found = Entry.objects.raw(
        f"SELECT * FROM timeline_entry WHERE about = %s AND written_in < ({_SETTLED})"
        " ORDER BY written_in DESC, id DESC LIMIT 1",
        [kind],
    )
    return next(iter(found), None)


def unread_by(name: str) -> int:
    """How many entries the named follower has not read yet, unfinished ones included."""
    place = FollowerPosition.objects.filter(name=name).first()
    written_in, entry_id = (place.written_in, place.entry_id) if place else START
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM timeline_entry WHERE (written_in, id) > (%s, %s)", [written_in, entry_id])
        row = cursor.fetchone()
    return int(row[0])
