"""Reading the timeline: one subject's whole trace, and what is new in commit order."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import QuerySet

from liandong.timeline.models import Entry, FollowerPosition, Position

__all__ = ["START", "Entry", "Position", "entries_after", "newest_settled", "trace", "unread_by"]

START: Position = (-(2**62), 0)
"""Before every entry: restored entries carry negative transaction numbers."""

_SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def trace(kind: str, subject_id: int) -> QuerySet[Entry]:
    """Everything that happened to one subject, oldest first."""
    return Entry.objects.filter(about=kind, about_id=subject_id).order_by("seq")


def entries_after(position: Position, *, limit: int) -> Sequence[Entry]:
    """The next entries in commit order that no unfinished transaction can still come before.

    An entry is shown once every transaction numbered below its own has ended, so nothing is ever skipped.
    """
    written_in, entry_id = position
    return list(
        Entry.objects.raw(
            f"SELECT * FROM timeline_entry WHERE (written_in, id) > (%s, %s) AND written_in < ({_SETTLED})"
            " ORDER BY written_in, id LIMIT %s",
            [written_in, entry_id, limit],
        )
    )


def newest_settled() -> Position:
    """The position a reader starts from who wants only what comes next."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT written_in, id FROM timeline_entry WHERE written_in < ({_SETTLED})"
            " ORDER BY written_in DESC, id DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else START


def unread_by(name: str) -> int:
    """How many entries the named follower has not read yet, unfinished ones included."""
    place = FollowerPosition.objects.filter(name=name).first()
    written_in, entry_id = (place.written_in, place.entry_id) if place else START
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM timeline_entry WHERE (written_in, id) > (%s, %s)", [written_in, entry_id])
        row = cursor.fetchone()
    return int(row[0])
