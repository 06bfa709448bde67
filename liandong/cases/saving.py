"""Writing dockets: one, or thousands at once. The same rows, constraints and chain either way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from liandong.cases.docket import Docket
from liandong.cases.models import Assignment, Attachment, Case, Clock, SealedReporter
from liandong.cases.sealing import sealed
from liandong.kernel.bigrams import terms
from liandong.kernel.numbering import format_number
from liandong.timeline.copying import copy_rows, next_ids
from liandong.timeline.kept import Computed, insert_rows, update_row
from liandong.timeline.operations import record_all, record_in_bulk

Row = TypeVar("Row", bound=Model)

_CASE_FIELDS = tuple(
    field.attname for field in Case._meta.concrete_fields if field.attname not in ("id", "number", "terms")
)
_CLOCK_FIELDS = ("due_at", "stopped_at", "stopped_by", "overdue_at", "moved_seconds")
_ASSIGNMENT_FIELDS = (
    "received_at",
    "arrived_at",
    "arrived_lon",
    "arrived_lat",
    "enforcer",
    "answers_for",
    "handed_in_at",
    "returned_at",
    "ended_at",
)

_NEXT_NUMBER = """
INSERT INTO cases_numbersequence (district, day, last) VALUES (%s, %s, %s)
ON CONFLICT (district, day) DO UPDATE SET last = cases_numbersequence.last + excluded.last
RETURNING last
"""


def _terms(case: Case) -> list[str]:
    return list(terms(f"{case.description} {case.address}"))


_WITH_TERMS: Computed = {"terms": ("array_to_tsvector(%s::text[])", _terms)}


def save_docket(docket: Docket) -> None:
    """Write a docket's case, clocks, assignments and entries in the caller's transaction."""
    docket.settle()
    case = docket.case
    if docket.is_new:
        _number([docket])
        insert_rows(Case, [case], computed=_WITH_TERMS)
        if docket.reporter is not None:
            sealed(docket.reporter, case_id=case.pk).save(force_insert=True)
    else:
        changed = docket.changed(_CASE_FIELDS)
        update_row(case, changed, computed=_WITH_TERMS if "address" in changed else {})
    _save_rows(Clock, [row for row in docket.touched if isinstance(row, Clock)], _CLOCK_FIELDS)
    _save_rows(Assignment, [row for row in docket.touched if isinstance(row, Assignment)], _ASSIGNMENT_FIELDS)
    for entry in docket.entries:
        entry.about_id = case.pk
    record_all(docket.entries)
    docket.touched.clear()
    docket.entries.clear()
    docket.is_new = False


def save_lives(dockets: Sequence[Docket]) -> None:
    """Write many new dockets, each with all that happened to it, in the caller's transaction.

    The same rows as `save_docket` would leave, by COPY. Only the cases learn their ids.
    """
    _number(dockets)
    for docket, case_id in zip(dockets, next_ids(Case, len(dockets)), strict=True):
        docket.settle()
        docket.case.pk, docket.case._state.adding = case_id, False
        for row in _rows_of(docket):
            row.case_id = case_id
        for entry in docket.entries:
            entry.about_id = case_id
    copy_rows(Case, (docket.case for docket in dockets), leave_out=frozenset(), computed={"terms": _lexemes})
    reporters = (sealed(docket.reporter, case_id=docket.case.pk) for docket in dockets if docket.reporter is not None)
    copy_rows(SealedReporter, reporters, leave_out=frozenset())
    copy_rows(Clock, (row for docket in dockets for row in docket.clocks))
    copy_rows(Assignment, (row for docket in dockets for row in docket.assignments))
    copy_rows(Attachment, (row for docket in dockets for row in docket.photos))
    record_in_bulk(entry for docket in dockets for entry in docket.entries)
    for docket in dockets:
        docket.touched.clear()
        docket.photos.clear()
        docket.entries.clear()
        docket.is_new = False


def _rows_of(docket: Docket) -> Iterator[Clock | Assignment | Attachment]:
    yield from docket.clocks
    yield from docket.assignments
    yield from docket.photos


def _number(dockets: Sequence[Docket]) -> None:
    """Give each new case the next number of its district and day."""
    by_day: dict[tuple[str, date], list[Docket]] = defaultdict(list)
    for docket in dockets:
        zone = docket.rulebook.map.calendar.zone
        by_day[docket.case.district, docket.case.reported_at.astimezone(zone).date()].append(docket)
    for (district, day), waiting in sorted(by_day.items(), key=lambda item: item[0]):
        with connection.cursor() as cursor:
            cursor.execute(_NEXT_NUMBER, [district, day, len(waiting)])
            last = cursor.fetchone()[0]
        for sequence, docket in enumerate(waiting, start=last - len(waiting) + 1):
            docket.case.number = format_number(docket.rulebook.map.district.number_prefix, day, sequence)
            docket.entries[0].data["number"] = docket.case.number


def _lexemes(case: Case) -> str:
    """The terms as the text of a `tsvector`: each in quotes, quotes and backslashes doubled."""
    found = " ".join(terms(f"{case.description} {case.address}"))
    if "'" in found or "\\" in found:
        found = found.replace("\\", "\\\\").replace("'", "''")
    return "'" + found.replace(" ", "' '") + "'" if found else ""


def _save_rows(model: type[Row], rows: Iterable[Row], fields: Sequence[str]) -> None:
    fresh: list[Row] = []
    for row in rows:
        if row.pk is None:
            row.case_id = row.case.pk  # type: ignore[attr-defined]
            fresh.append(row)
        else:
            # What ends is written before what begins: a case has one lead unit and one clock of a kind at a time.
            update_row(row, fields)
    insert_rows(model, fresh)
