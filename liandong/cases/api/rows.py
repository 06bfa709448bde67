"""What the interface shows of a case: rows made by hand from columns, and the schemas that document them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from ninja import Schema

from liandong.cases.models import Attachment, Case, Clock
from liandong.people.access import Actor
from liandong.timeline.queries import Entry


class CaseRow(Schema):
    """A case in a list. Codes as in the law of the case; times in UTC; coordinates in WGS-84."""

    number: str
    stage: str
    version: int
    run_by: str
    nature: str
    class_code: str
    condition: str
    urgency: str
    force: str
    channel: str
    external_id: str
    identity: str
    description: str
    address: str
    lon: float | None
    lat: float | None
    area: str
    unit: str
    assisting: list[str]
    suggested_unit: str
    closing: str
    reported_at: datetime
    stage_since: datetime
    due_at: datetime | None
    late_since: datetime | None
    ended_at: datetime | None
    updated_at: datetime


class CaseDetail(CaseRow):
    """A case with all that is on it but its reporter, who is shown on the record only."""

    district: str
    datum: str
    attributes: dict[str, Any]
    suggested_why: str
    first_unit: str
    about_unit: str
    result: str
    answer: str
    check_result: str
    call_back_result: str
    satisfaction: int | None
    call_attempts: int
    returns: int
    reworks: int
    reopenings: int
    solved_level: str
    solved_force: str
    steps: list[str]
    """The steps that are legal now and open to the caller."""


class ClockRow(Schema):
    """A clock, with the limit and clause it was started by."""

    kind: str
    amount: Decimal
    unit: str
    clause: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    stopped_by: str
    overdue_at: datetime | None
    moved_seconds: int


class PhotoRow(Schema):
    """A photo of the case, named by its content."""

    sha256: str
    purpose: str
    content_type: str
    size: int
    added_by: str
    added_at: datetime


class WholeCase(CaseDetail):
    """A case with its clocks and photos."""

    clocks: list[ClockRow]
    photos: list[PhotoRow]


class CasePage(Schema):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    cases: list[CaseRow]
    next: str | None


class EntryRow(Schema):
    """One thing that happened."""

    seq: int
    event: str
    actor: str
    at: datetime
    data: dict[str, Any]


class TimelineOfCase(Schema):
    """All that happened to a case, oldest first."""

    number: str
    entries: list[EntryRow]


COLUMNS = tuple(CaseRow.model_fields)
_MORE = tuple(name for name in CaseDetail.model_fields if name not in (*COLUMNS, "steps", "suggested_why"))
_INSIDE = ("result", "suggested_unit", "suggested_why", "about_unit")
"""What stays between those who work on the case."""


def row_of(values: tuple[Any, ...]) -> dict[str, Any]:
    """A list row from the values of `COLUMNS`."""
    return dict(zip(COLUMNS, values, strict=True))


def detail_of(case: Case, *, steps: list[str], actor: Actor) -> dict[str, Any]:
    """All that is on a case, without a query."""
    row = {name: getattr(case, name) for name in (*COLUMNS, *_MORE)}
    row["suggested_why"] = gettext(case.suggested_why) if case.suggested_why else ""
    row["steps"] = steps
    if not works_here(actor):
        row.update(dict.fromkeys(_INSIDE, ""))
    return row


def clock_row(clock: Clock) -> dict[str, Any]:
    """A clock."""
    return {name: _plain(getattr(clock, name)) for name in ClockRow.model_fields}


def photo_row(photo: Attachment) -> dict[str, Any]:
    """A photo."""
    return {name: getattr(photo, name) for name in PhotoRow.model_fields}


def entry_row(entry: Entry, *, actor: Actor) -> dict[str, Any]:
    """An entry of the timeline; those who only reported learn what happened, not what was said inside."""
    data: Mapping[str, Any] = entry.data if works_here(actor) else {"version": entry.data.get("version", 0)}
    return {"seq": entry.seq, "event": entry.event, "actor": entry.actor, "at": entry.at, "data": data}


def works_here(actor: Actor) -> bool:
    """Whether the caller is of the staff, and not only somebody who reports."""
    return bool(actor.role_codes - {"citizen"})


def _plain(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value
