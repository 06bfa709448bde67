"""What the interface shows of a case: rows made by hand from columns, and the schemas that document them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from ninja import Schema

from liandong.cases.models import Assignment, Attachment, Case, Clock
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
    extensions: int
    urges: int
    supervised: int
    awaits_ruling: bool
    coordination: str
    suspended_for: str
    wake_on: date | None
    rating: int | None
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
    paused_at: datetime | None
    moved_seconds: int


class PhotoRow(Schema):
    """A photo of the case, named by its content."""

    sha256: str
    purpose: str
    content_type: str
    size: int
    added_by: str
    added_at: datetime


class AssignmentRow(Schema):
    """One unit's part in the case; `above` is the unit that handed it down."""

    unit: str
    part: str
    above: str
    sent_at: datetime
    received_at: datetime | None
    arrived_at: datetime | None
    handed_in_at: datetime | None
    returned_at: datetime | None
    ended_at: datetime | None
    ended_by: str


class AttachmentRow(PhotoRow):
    """A file of the case: `kind` is photo, audio, video, pdf or office; `scan` clean, unscanned, held or found."""

    id: int
    kind: str
    label: str
    scan: str


class WholeCase(CaseDetail):
    """A case with its clocks, assignments and files; `photos` are those of its attachments that are photos."""

    clocks: list[ClockRow]
    assignments: list[AssignmentRow]
    photos: list[PhotoRow]
    attachments: list[AttachmentRow]


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


def assignment_row(row: Assignment, above: Mapping[int, str]) -> dict[str, Any]:
    """An assignment; `above` gives the units by the ids of their assignments."""
    names = (name for name in AssignmentRow.model_fields if name != "above")
    return {**{name: getattr(row, name) for name in names}, "above": above.get(row.parent_id or 0, "")}


def photo_row(photo: Attachment, *, hidden: str = "") -> dict[str, Any]:
    """A photo; what the `hidden` account added was added by the reporter."""
    row = {name: getattr(photo, name) for name in PhotoRow.model_fields}
    return {**row, "added_by": _shown(photo.added_by, hidden)}


def attachment_row(attachment: Attachment, *, hidden: str = "") -> dict[str, Any]:
    """A file of whatever kind; what the `hidden` account added was added by the reporter."""
    row = {name: getattr(attachment, name) for name in AttachmentRow.model_fields}
    return {**row, "added_by": _shown(attachment.added_by, hidden)}


def entry_row(entry: Entry, *, actor: Actor, hidden: str = "") -> dict[str, Any]:
    """An entry of the timeline; those who only reported learn what happened, not what was said inside.

    What the `hidden` account did was done by the reporter.
    """
    said: Mapping[str, Any] = entry.data if works_here(actor) else {"version": entry.data.get("version", 0)}
    data = {name: value for name, value in said.items() if name != "became"}
    return {"seq": entry.seq, "event": entry.event, "actor": _shown(entry.actor, hidden), "at": entry.at, "data": data}


def works_here(actor: Actor) -> bool:
    """Whether the caller is of the staff, and not only somebody who reports."""
    return bool(actor.role_codes - {"citizen"})


def _shown(key: str, hidden: str) -> str:
    return "reporter" if hidden and key == hidden else key


def _plain(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value
