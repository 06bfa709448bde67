"""Writing dockets: one, or thousands at once. The same rows, constraints and chain either way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Any, Final, TypeVar

from django.db.models import Model

from liandong.cases.docket import Docket
from liandong.cases.models import (
    Application,
    Assignment,
    Attachment,
    Case,
    Clock,
    ClockMove,
    FollowUp,
    Note,
    OutsideTask,
    SealedReporter,
    Supervision,
)
from liandong.cases.numbers import next_numbers
from liandong.cases.sealing import sealed
from liandong.kernel.bigrams import terms
from liandong.kernel.cells import cell_at
from liandong.timeline.copying import copy_rows, next_ids
from liandong.timeline.kept import Computed, insert_rows, update_row
from liandong.timeline.operations import record_all, record_in_bulk

Row = TypeVar("Row", bound=Model)

_CASE_FIELDS = tuple(
    field.attname for field in Case._meta.concrete_fields if field.attname not in ("id", "number", "terms")
)
_SAVED: Final[Mapping[type[Model], tuple[str, ...]]] = {
    Assignment: (
        "received_at",
        "arrived_at",
        "arrived_lon",
        "arrived_lat",
        "enforcer",
        "answers_for",
        "acknowledged_by",
        "result",
        "handed_in_at",
        "returned_at",
        "ended_at",
        "ended_by",
    ),
    Clock: (
        "due_at",
        "paused_at",
        "stopped_at",
        "stopped_by",
        "overdue_at",
        "moved_seconds",
        "rung",
        "wake_at",
    ),
    ClockMove: (),
    Application: ("state", "answered_by", "answered_at", "answer"),
    Supervision: ("reply", "replied_by", "replied_at"),
    Note: (),
    FollowUp: ("done_at", "done_by", "is_relapse", "finding"),
    OutsideTask: ("received_at", "done_at", "report", "revoked_at"),
}
"""The rows of a case in the order in which they are written, and the columns of each that later change."""

_SOUGHT: Final = frozenset({"address", "description"})
"""The columns whose words are searched."""


def _terms(case: Case) -> list[str]:
    return list(terms(f"{case.description} {case.address}"))


_WITH_TERMS: Computed = {"terms": ("array_to_tsvector(%s::text[])", _terms)}


def save_docket(docket: Docket) -> None:
    """Write a docket's case, clocks, assignments and entries in the caller's transaction."""
    docket.settle()
    case = docket.case
    case.cell = cell_at(case.lon, case.lat)
    if docket.is_new:
        _number([docket])
        insert_rows(Case, [case], computed=_WITH_TERMS)
        if docket.reporter is not None:
            sealed(docket.reporter, case_id=case.pk).save(force_insert=True)
    else:
        changed = docket.changed(_CASE_FIELDS)
        update_row(case, changed, computed=_WITH_TERMS if _SOUGHT.intersection(changed) else {})
    for model, columns in _SAVED.items():
        _save_rows(model, [row for row in docket.touched if type(row) is model], columns)
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
        docket.case.cell = cell_at(docket.case.lon, docket.case.lat)
        docket.case.pk, docket.case._state.adding = case_id, False
        for row in _rows_of(docket):
            row.case_id = case_id
        for entry in docket.entries:
            entry.about_id = case_id
    copy_rows(Case, (docket.case for docket in dockets), leave_out=frozenset(), computed={"terms": _lexemes})
    reporters = (sealed(docket.reporter, case_id=docket.case.pk) for docket in dockets if docket.reporter is not None)
    copy_rows(SealedReporter, reporters, leave_out=frozenset())
    for model in _SAVED:
        rows = [row for docket in dockets for row in docket.touched if type(row) is model]
        _give_ids(model, rows)
        copy_rows(model, rows, leave_out=frozenset())
    copy_rows(Attachment, (row for docket in dockets for row in docket.photos))
    record_in_bulk(entry for docket in dockets for entry in docket.entries)
    for docket in dockets:
        docket.touched.clear()
        docket.photos.clear()
        docket.entries.clear()
        docket.is_new = False


def _rows_of(docket: Docket) -> Iterator[Any]:
    yield from docket.touched
    yield from docket.photos


def _give_ids(model: type[Model], rows: Sequence[Model]) -> None:
    """Number rows before they are copied, and let those that point at others know their numbers."""
    for row, key in zip(rows, next_ids(model, len(rows)), strict=True):
        row.pk = key
        _point(row)


def _point(row: Model) -> bool:
    """Take over the numbers of the rows of the same case that a row points at; return whether all have theirs."""
    for name in _POINTERS.get(type(row), ()):
        pointed = row._state.fields_cache.get(name)
        if pointed is not None:
            if pointed.pk is None:
                return False
            setattr(row, f"{name}_id", pointed.pk)
    return True


_POINTERS: Final[Mapping[type[Model], tuple[str, ...]]] = {
    Assignment: ("parent",),
    Clock: ("assignment",),
    ClockMove: ("clock",),
    Supervision: ("reply_clock",),
    OutsideTask: ("assignment",),
}


def _number(dockets: Sequence[Docket]) -> None:
    """Give each new case the next number of its district and day."""
    by_day: dict[tuple[str, date], list[Docket]] = defaultdict(list)
    for docket in dockets:
        zone = docket.rulebook.map.calendar.zone
        by_day[docket.case.district, docket.case.reported_at.astimezone(zone).date()].append(docket)
    for (_district, day), waiting in sorted(by_day.items(), key=lambda item: item[0]):
        numbers = next_numbers(waiting[0].rulebook.map.district, day, count=len(waiting))
        for number, docket in zip(numbers, waiting, strict=True):
            docket.case.number = docket.entries[0].data["number"] = number


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
    while fresh:
        # What was handed down points at the row above it, which has its number only when it is written.
        able = list(takewhile(_point, fresh))
        insert_rows(model, able)
        del fresh[: len(able)]
