"""Those who told of a case: shown for a stated purpose, on the record, to keys that were given for it by name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from liandong.cases import operations
from liandong.cases.api import bodies
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once
from liandong.cases.api.reading import READ, number_in, router
from liandong.cases.api.rows import COLUMNS, CaseRow, row_of, works_here
from liandong.cases.api.writing import CHANNEL, WRITE
from liandong.cases.idempotency import Answer
from liandong.cases.models import JoinedReport
from liandong.cases.queries import case_for, joined_to
from liandong.cases.rules.words import Identity
from liandong.cases.sealing import Contact
from liandong.kernel.refusal import marked
from liandong.people.access import Forbidden
from liandong.people.api import answer, caller_of

REVEAL = "reporters:reveal"


class JoinedReportRow(Schema):
    """Another reporter of a case: the number they were told, their words, and what their call-back found."""

    number: str
    channel: str
    identity: str
    note: str
    has_phone: bool
    joined_at: datetime
    call_attempts: int
    is_reached: bool | None
    is_solved: bool | None
    satisfaction: int | None


class JoinedReports(Schema):
    """Everybody who joined a case, in the order in which they told of it."""

    number: str
    joined: list[JoinedReportRow]


class PurposeBody(bodies.Body):
    """What the contact is needed for. It stands on the record of the case, with who asked."""

    purpose: Annotated[str, Field(max_length=200)]


class ContactRow(Schema):
    """Who reported. Empty where nothing was told, or where it has been forgotten."""

    name: str
    phone: str
    email: str
    dwelling: str


class PhoneSearchBody(bodies.Body):
    """A phone, whole or its last four digits, and what the search is for. A POST, so that it stands in no log."""

    phone: Annotated[str, Field(max_length=30)]
    purpose: Annotated[str, Field(max_length=200)]


class FoundByPhone(Schema):
    """The latest cases of that phone among those the caller may search, fifty at most."""

    cases: list[CaseRow]


class CallJoinedBody(bodies.Body):
    """What a joined reporter said when they were called back."""

    reached: bool
    solved: bool | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    words: bodies.Note = ""


class ComeBackBody(bodies.Body):
    """A closed case whose problem is back: why it is reopened, and who told of it."""

    reason: str
    contact: bodies.ContactBody = bodies.ContactBody()
    identity: Identity | None = None
    note: bodies.Note = ""


class CameBack(Schema):
    """The number this reporter is told, and the case that is open again."""

    number: str
    case: str
    version: int


@router.get("/cases/{number}/joined", response=JoinedReports, operation_id="list_joined", summary="并入的反映")
def list_joined(request: HttpRequest, number: str) -> HttpResponse:
    """Who else told of a case, without their contacts."""
    actor = caller_of(request, READ).actor
    case = case_for(actor, number_in(number))
    if not works_here(actor):
        raise Forbidden(act=marked("查看并入的反映"))
    rows = [_row(row) for row in joined_to(case)]
    return answer({"number": case.number, "joined": rows})


@router.post(
    "/cases/{number}/reporter",
    response=ContactRow,
    tags=["reporters"],
    operation_id="reveal_reporter",
    summary="查看报告人",
)
def reveal_reporter(request: HttpRequest, number: str, body: PurposeBody) -> HttpResponse:
    """Show who reported, for a stated purpose. Each call is a look of its own, and on the record."""
    actor, at = caller_of(request, REVEAL).actor, timezone.now()
    return answer(_contact(operations.reveal_reporter(number_in(number), purpose=body.purpose, actor=actor, at=at)))


@router.post(
    "/cases/{number}/joined/{joined}/reporter",
    response=ContactRow,
    tags=["reporters"],
    operation_id="reveal_joined",
    summary="查看并入的报告人",
)
def reveal_joined(request: HttpRequest, number: str, joined: str, body: PurposeBody) -> HttpResponse:
    """Show who joined a case, for a stated purpose."""
    actor, at = caller_of(request, REVEAL).actor, timezone.now()
    told = operations.reveal_joined(number_in(number), joined=joined, purpose=body.purpose, actor=actor, at=at)
    return answer(_contact(told))


@router.post(
    "/cases-by-phone",
    response=FoundByPhone,
    tags=["reporters"],
    operation_id="find_by_phone",
    summary="按电话查找",
)
def find_by_phone(request: HttpRequest, body: PhoneSearchBody) -> HttpResponse:
    """The latest cases reported from a phone, for a stated purpose. Each call is on the record."""
    actor, at = caller_of(request, REVEAL).actor, timezone.now()
    found = operations.find_by_phone(body.phone, purpose=body.purpose, actor=actor, at=at)
    return answer({"cases": [row_of(tuple(getattr(case, name) for name in COLUMNS)) for case in found]})


@router.post(
    "/cases/{number}/joined/{joined}/call_back",
    response=JoinedReportRow,
    operation_id="call_back_joined",
    summary="回访并入的报告人",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def call_back_joined(request: HttpRequest, number: str, joined: str, body: CallJoinedBody) -> HttpResponse:
    """Note what a joined reporter said. It decides nothing about the case."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        said = body.model_dump()
        return Answer(
            200, _row(operations.call_back_joined(number_in(number), joined=joined, **said, actor=actor, at=at))
        )

    return answered_once(request, effect, actor=actor, at=at)


@router.post(
    "/cases/{number}/come_back",
    response={201: CameBack},
    operation_id="reopen_recurrence",
    summary="回潮重开",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def come_back(request: HttpRequest, number: str, body: ComeBackBody) -> HttpResponse:
    """Reopen a closed case whose problem is back, and keep whoever told of it as a reporter of it."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        row = operations.reopen_recurrence(
            number_in(number),
            reason=body.reason,
            contact=Contact(**body.contact.model_dump()),
            identity=body.identity or "",
            note=body.note,
            channel=CHANNEL,
            actor=actor,
            at=at,
        )
        return Answer(201, {"number": row.number, "case": row.case.number, "version": row.case.version})

    return answered_once(request, effect, actor=actor, at=at)


def _row(row: JoinedReport) -> dict[str, Any]:
    return {name: getattr(row, name) for name in JoinedReportRow.model_fields}


def _contact(contact: Contact) -> dict[str, str]:
    return {name: getattr(contact, name) for name in ContactRow.model_fields}
