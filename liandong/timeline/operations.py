"""Writing the timeline: record what happened, seal what was recorded, renumber after a restore."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import connection, transaction

from liandong.timeline.copying import copy_rows
from liandong.timeline.kept import insert_rows
from liandong.timeline.models import Entry, Seal

__all__ = [
    "Entry",
    "Subject",
    "entry_for",
    "record",
    "record_all",
    "record_in_bulk",
    "renumber_after_restore",
    "seal",
]

_FILLED_BY_THE_DATABASE = frozenset({"id", "seq", "recorded_at", "written_in", "previous", "hash"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about, and who may hear of it besides those who watch its area.

    Hearers are unit codes, `person/<id>` for whoever reported, and `not/<unit>` for a unit that must not hear.
    """

    kind: str
    id: int
    area: str = ""
    hearers: tuple[str, ...] = ()


def record(event: Any, *, about: Subject, actor: str, at: datetime) -> Entry:
    """Write one event (a frozen dataclass) in the caller's transaction. Recording it is announcing it."""
    entry = entry_for(event, about=about, actor=actor, at=at)
    entry.save(force_insert=True)
    return entry


def record_all(entries: Iterable[Entry]) -> None:
    """Write prepared entries in their order, in the caller's transaction."""
    insert_rows(Entry, list(entries), leave_out=_FILLED_BY_THE_DATABASE)


def record_in_bulk(entries: Iterable[Entry]) -> None:
    """Write thousands of prepared entries in their order, in the caller's transaction; they do not learn their ids."""
    copy_rows(Entry, entries, leave_out=_FILLED_BY_THE_DATABASE)


def entry_for(event: Any, *, about: Subject, actor: str, at: datetime) -> Entry:
    """Return the unsaved entry that tells of `event`."""
    return Entry(
        about=about.kind,
        about_id=about.id,
        event=type(event).__name__,
        actor=actor,
        at=at,
        area=about.area,
        hearers=list(about.hearers),
        data={name: _plain(value) for name, value in _fields_of(event) if value not in (None, "", (), [])},
        # The database overwrites the rest; saying so here spares Django an expression per column and entry.
        seq=0,
        recorded_at=at,
        written_in=0,
        previous=b"",
        hash=b"",
    )


def _fields_of(event: Any) -> Iterator[tuple[str, Any]]:
    for name in event.__dataclass_fields__:
        yield name, getattr(event, name)


def seal(entries: Sequence[Entry], *, at: datetime) -> Seal:
    """Seal a batch that was read in commit order. The caller makes sure that no other batch overlaps it."""
    previous = Seal.objects.order_by("-id").first()
    before = bytes(previous.hash) if previous else b""
    digest = hashlib.sha256(before)
    for entry in entries:
        digest.update(bytes(entry.hash))
    return Seal.objects.create(
        sealed_at=at,
        first_written_in=entries[0].written_in,
        first_id=entries[0].id,
        last_written_in=entries[-1].written_in,
        last_id=entries[-1].id,
        count=len(entries),
        previous=before,
        hash=digest.digest(),
    )


@transaction.atomic
def renumber_after_restore() -> None:
    """Give restored entries transaction numbers below every number of the new cluster, in the old order.

    A dump carries the old cluster's transaction numbers; a new cluster counts from the start, so old numbers
    would look unfinished to followers for ever. The number is no part of an entry's hash.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RENUMBER)


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value.value if isinstance(value, Enum) else value
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


_RENUMBER = """
ALTER TABLE timeline_entry DISABLE TRIGGER timeline_refuses_change;
ALTER TABLE timeline_seal DISABLE TRIGGER timeline_refuses_change;
CREATE TEMPORARY TABLE renumbered ON COMMIT DROP AS
    SELECT written_in AS old, rank() OVER (ORDER BY written_in) - 1 - count(*) OVER () AS new
    FROM (SELECT DISTINCT written_in FROM timeline_entry) AS numbers;
CREATE UNIQUE INDEX ON renumbered (old);
ANALYZE renumbered;
UPDATE timeline_entry SET written_in = new FROM renumbered WHERE written_in = old;
UPDATE timeline_seal SET first_written_in = new FROM renumbered WHERE first_written_in = old;
UPDATE timeline_seal SET last_written_in = new FROM renumbered WHERE last_written_in = old;
UPDATE timeline_followerposition SET written_in = coalesce(
    (SELECT max(new) FROM renumbered WHERE old <= timeline_followerposition.written_in), -(2::bigint ^ 62)::bigint);
ALTER TABLE timeline_seal ENABLE TRIGGER timeline_refuses_change;
ALTER TABLE timeline_entry ENABLE TRIGGER timeline_refuses_change;
"""
