"""`servicerequestupdates`, as FixMyStreet and its peers speak it: what became of requests, and what peers add to them.

No part of GeoReport v2, but spoken by those who follow many requests. What a unit does inside is not told: only the
states a reporter is told, and the answer once there is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext

from liandong.cases.idempotency import Answer, once
from liandong.cases.operations import add_note, attach_file, dispute_case
from liandong.cases.queries import case_for, digest_of_call, is_numbered, public_cases_by_key, public_updates
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.intake_channels.open311.faults import (
    RequestUnknown,
    SpanTooLong,
    TooManyFiles,
    TooManyNumbers,
    UpdateIncomplete,
    UpdateStatusUnknown,
)
from liandong.intake_channels.open311.parameters import Parameters, files_in
from liandong.intake_channels.open311.requests import LONGEST_SPAN, MOST_ROWS, page_in, told_at
from liandong.people.access import Actor, NotFound
from liandong.timeline.queries import Entry

if TYPE_CHECKING:
    from liandong.cases.models import Case

USUAL_SPAN: Final = timedelta(days=1)
LONGEST_WORDS: Final = 4000
MOST_FILES: Final = 5
_STAGES: Final[Mapping[str, Stage]] = {
    "CaseAccepted": Stage.ACCEPTED,
    "CaseRefused": Stage.REFUSED,
    "CaseAnswered": Stage.ANSWERED,
    "CaseVerified": Stage.VERIFIED,
    "CaseFiled": Stage.FILED,
    "CaseDeclined": Stage.DECLINED,
    "CaseDispatched": Stage.DISPATCHED,
    "CaseDispatchedByPhone": Stage.DISPATCHED,
    "CaseReceived": Stage.RECEIVED,
    "CaseArrived": Stage.ON_SCENE,
    "CaseHandedIn": Stage.HANDLED,
    "CaseSentBack": Stage.DISPATCHED,
    "CaseClosed": Stage.CLOSED,
    "CaseSolvedOnSpot": Stage.CLOSED,
    "CaseReopened": Stage.DISPATCHED,
    "CaseMerged": Stage.MERGED,
    "CaseUnmerged": Stage.FILED,
    "CaseVoided": Stage.VOID,
    "CaseWithdrawn": Stage.WITHDRAWN,
}
"""Event → the state a reporter is told after it."""
_ENDS: Final = frozenset({Stage.REFUSED, Stage.ANSWERED, Stage.DECLINED, Stage.CLOSED, Stage.VOID, Stage.WITHDRAWN})
_EXTENDED: Final[Mapping[Stage, str]] = {
    Stage.ACCEPTED: "investigating",
    Stage.VERIFIED: "investigating",
    Stage.FILED: "investigating",
    Stage.DISPATCHED: "action_scheduled",
    Stage.RECEIVED: "in_progress",
    Stage.ON_SCENE: "in_progress",
    Stage.HANDLED: "in_progress",
    Stage.CLOSED: "fixed",
    Stage.ANSWERED: "fixed",
    Stage.REFUSED: "no_further_action",
    Stage.DECLINED: "no_further_action",
    Stage.VOID: "no_further_action",
    Stage.WITHDRAWN: "no_further_action",
    Stage.MERGED: "duplicate",
}
"""The states of FixMyStreet, for those who ask with `extended_statuses=true`."""


def updates_found(parameters: Parameters, *, district: str, at: datetime) -> list[dict[str, Any]]:
    """The updates of a time, the earliest first: of the last day unless told otherwise, of ninety days at most.

    :raises SpanTooLong: it is asked for more, or backwards
    :raises TooManyNumbers: more requests are named than an answer has rows
    """
    zone = rulebook_for(district).map.calendar.zone
    since, until = _span(parameters, zone=zone, at=at)
    numbers = parameters.items("service_request_id")
    if len(numbers) > MOST_ROWS:
        raise TooManyNumbers(longest=MOST_ROWS)
    first, size = page_in(parameters)
    told = public_updates(district, events=_STAGES, since=since, until=until, numbers=numbers)
    entries = list(told[first : first + size])
    cases = public_cases_by_key({entry.about_id for entry in entries})
    is_extended = parameters.text("extended_statuses", longest=10).lower() == "true"
    return [
        _row(entry, cases[entry.about_id], zone=zone, is_extended=is_extended)
        for entry in entries
        if entry.about_id in cases
    ]


def take_update(
    request: HttpRequest, parameters: Parameters, *, district: str, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Add what a peer says to a request it may follow; the same `update_id` within a day is taken once.

    `status=open` of a closed request means that its reporter does not agree with the closing.

    :raises UpdateIncomplete, UpdateStatusUnknown, TooManyFiles: it says too little, or what nobody understands
    :raises RequestUnknown: the request is neither public nor the peer's own
    """
    number, mark = parameters.text("service_request_id", longest=80), parameters.text("update_id", longest=200)
    words, status = parameters.text("description", longest=LONGEST_WORDS), parameters.text("status", longest=40)
    if not (number and mark and words):
        raise UpdateIncomplete
    if status.lower() not in ("", "open", "closed"):
        raise UpdateStatusUnknown(status=status)
    case = _case(number, district=district, actor=actor)
    files = files_in(request)
    if len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)

    def effect() -> Answer:
        is_disputed = status.lower() == "open" and case.stage == Stage.CLOSED
        (dispute_case if is_disputed else add_note)(case.number, reason=words, actor=actor, at=at)
        for sent in files:
            stream = cast("BinaryIO", sent)
            attach_file(case.number, stream=stream, name=sent.name or "", purpose="report", actor=actor, at=at)
        return Answer(200, {"update_id": mark})

    key = f"open311 {hashlib.sha256(mark.encode()).hexdigest()}"
    digest = digest_of_call(number.encode(), status.encode(), words.encode())
    return once(key, account=actor.user_id, digest=digest, at=at, effect=effect).body


def _case(number: str, *, district: str, actor: Actor) -> Case:
    """A request that a peer may add to: a public one, or one it brought itself."""
    if not is_numbered(district, number):
        raise RequestUnknown(number=number)
    try:
        case = case_for(actor, number)
    except NotFound:
        raise RequestUnknown(number=number) from None
    if not case.is_public and case.reporter != actor.user_id:
        raise RequestUnknown(number=number)
    return case


def _span(parameters: Parameters, *, zone: ZoneInfo, at: datetime) -> tuple[datetime, datetime]:
    until = parameters.instant("end_date", zone=zone) or at
    since = parameters.instant("start_date", zone=zone)
    try:
        since = since or until - USUAL_SPAN
        if parameters.is_day("end_date"):
            until += timedelta(days=1)
        if until < since or until - since > LONGEST_SPAN + timedelta(days=1):
            raise SpanTooLong(days=LONGEST_SPAN.days)
    except OverflowError:
        raise SpanTooLong(days=LONGEST_SPAN.days) from None
    return since, until


def _row(entry: Entry, case: Case, *, zone: ZoneInfo, is_extended: bool) -> dict[str, Any]:
    stage = _STAGES[entry.event]
    goes_on = entry.event == "CaseWithdrawn" and bool(entry.data.get("goes_on"))
    is_over = stage in _ENDS and not goes_on
    words = gettext(STAGE_WORDS[stage])
    has_answer = is_over and case.ended_at is not None and bool(case.answer)
    state = "closed" if is_over else "open"
    return {
        "update_id": f"{case.number}-{entry.seq}",
        "service_request_id": case.number,
        "status": _EXTENDED[stage] if is_extended and not goes_on else state,
        "updated_datetime": told_at(entry.at, zone),
        "description": f"{words}: {case.answer}" if has_answer else words,
        "media_url": None,
    }
