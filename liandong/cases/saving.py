"""Writing dockets: one, or thousands at once. The same rows, constraints and chain either way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection

from liandong.cases.docket import Docket
from liandong.cases.models import Assignment, Case, Clock, SealedReporter
from liandong.cases.search import Terms
from liandong.kernel.bigrams import terms
from liandong.kernel.numbering import format_number
from liandong.timeline.operations import record_all

_CASE_FIELDS = tuple(
    field.attname for field in Case._meta.concrete_fields if field.attname not in ("id", "number", "terms")
)
_CLOCK_FIELDS = ("due_at", "stopped_at", "stopped_by", "overdue_at", "moved_seconds")
_ASSIGNMENT_FIELDS = ("received_at", "arrived_at", "arrived_lon", "arrived_lat", "handed_in_at", "returned_at", "ended_at")

_NEXT_NUMBER = """
INSERT INTO cases_numbersequence (district, day, last) VALUES (%s, %s, %s)
ON CONFLICT (district, day) DO UPDATE SET last = cases_numbersequence.last + excluded.last
RETURNING last
"""


def save_docket(docket: Docket) -> None:
    """Write a docket's case, clocks, assignments and entries in the caller's transaction."""
    docket.settle()
    case = docket.case
    if docket.is_new:
        _number([docket])
        case.terms = _terms(case)
        case.save(force_insert=True)
        if docket.reporter is not None:
            docket.reporter.case = case
            docket.reporter.save(force_insert=True)
    else:
        case.save(update_fields=_CASE_FIELDS)
    _save_rows(Clock, [row for row in docket.touched if isinstance(row, Clock)], _CLOCK_FIELDS)
    _save_rows(Assignment, [row for row in docket.touched if isinstance(row, Assignment)], _ASSIGNMENT_FIELDS)
    for entry in docket.entries:
        entry.about_id = case.pk
    record_all(docket.entries)
    docket.touched.clear()
    docket.entries.clear()
    docket.is_new = False


def save_lives(dockets: Sequence[Docket]) -> None:
    """Write many new dockets, each with all that happened to it, in the caller's transaction."""
    _number(dockets)
    for docket in dockets:
        docket.settle()
        docket.case.terms = _terms(docket.case)
    Case.objects.bulk_create([docket.case for docket in dockets], batch_size=500)
    reporters = []
    for docket in dockets:
        if docket.reporter is not None:
            docket.reporter.case = docket.case
            reporters.append(docket.reporter)
        for entry in docket.entries:
            entry.about_id = docket.case.pk
    SealedReporter.objects.bulk_create(reporters, batch_size=1000)
    Clock.objects.bulk_create((row for docket in dockets for row in docket.clocks), batch_size=1000)
    Assignment.objects.bulk_create((row for docket in dockets for row in docket.assignments), batch_size=1000)
    record_all(entry for docket in dockets for entry in docket.entries)
    for docket in dockets:
        docket.touched.clear()
        docket.entries.clear()
        docket.is_new = False


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


def _terms(case: Case) -> object:
    return Terms(terms(f"{case.description} {case.address}"))


def _save_rows(model: type[Clock] | type[Assignment], rows: Iterable[Clock | Assignment], fields: Sequence[str]) -> None:
    fresh, known = [], []
    for row in rows:
        (fresh if row.pk is None else known).append(row)
    if fresh:
        model.objects.bulk_create(fresh)  # type: ignore[arg-type]
    if len(known) == 1:
        known[0].save(update_fields=list(fields))
    elif known:
        model.objects.bulk_update(known, list(fields))  # type: ignore[arg-type]
