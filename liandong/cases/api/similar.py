"""Which cases are perhaps the same, joining one of them, and linking what came back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from liandong.cases import operations
from liandong.cases.api import bodies
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once
from liandong.cases.api.reading import READ, district_for, number_in, router
from liandong.cases.api.writing import CHANNEL, WRITE
from liandong.cases.changes.intake import check_point
from liandong.cases.idempotency import Answer
from liandong.cases.queries import (
    Past,
    Similar,
    case_for,
    closed_before,
    closed_before_case,
    matter_told,
    open_cases_like,
    reporters_of,
    similar_to,
    words_of,
)
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import LONGEST
from liandong.cases.rules.words import Identity
from liandong.cases.sealing import Contact
from liandong.kernel.datum import Datum, convert
from liandong.people.api import answer, caller_of


class ReasonRow(Schema):
    """One thing in which two matters agree; `value` is metres, minutes, hours or days where the code names them."""

    code: str
    value: int


class SimilarRow(Schema):
    """An open case that is perhaps the same: its score from 0 to 100, and why, in words."""

    number: str
    stage: str
    class_code: str
    description: str
    score: int
    why: str
    reasons: list[ReasonRow]


class PastRow(Schema):
    """A case of the class and place that was closed `days` ago; `recurs_as` is what its return becomes."""

    number: str
    class_code: str
    description: str
    days: int
    recurs_as: str


class Resemblances(Schema):
    """Open cases that are perhaps the same, best first, and closed ones that are perhaps back, latest first."""

    similar: list[SimilarRow]
    closed: list[PastRow]


class MatterBody(bodies.Body):
    """What is known so far of a matter. Phones, identity numbers and plates in it are not compared."""

    class_code: Annotated[str, Field(max_length=10)] = ""
    description: Annotated[str, Field(max_length=LONGEST)] = ""
    lon: bodies.Longitude | None = None
    lat: bodies.Latitude | None = None
    datum: Datum = Datum.WGS84
    area: Annotated[str, Field(max_length=15)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    district: Annotated[str, Field(max_length=6)] = ""


class JoinBody(bodies.Body):
    """Another reporter of a case that is open. The contact is sealed and never given back by this interface."""

    contact: bodies.ContactBody = bodies.ContactBody()
    identity: Identity | None = None
    note: bodies.Note = ""


class JoinedRow(Schema):
    """The number this reporter is told, the case they joined and its version, and how many told of it by now."""

    number: str
    case: str
    version: int
    reporters: int


class RecurrenceBody(bodies.Body):
    """The closed case of which this one is the return."""

    of: Annotated[str, Field(max_length=32)]


class RecurrenceRow(Schema):
    """A case as the return of another that was closed so many days before it was reported."""

    number: str
    of: str
    days: int


@router.post("/similar-cases", response=Resemblances, operation_id="find_similar", summary="查找相似案件")
def find_similar(request: HttpRequest, body: MatterBody) -> HttpResponse:
    """What is perhaps the same as a report that is being written. A POST, so that its words stand in no log."""
    actor, at = caller_of(request, READ).actor, timezone.now()
    district = district_for(actor, body.district)
    book = rulebook_for(district)
    check_point(body.lon, body.lat)
    lon, lat, area = body.lon, body.lat, body.area
    if lon is not None and lat is not None:
        lon, lat = convert(lon, lat, source=body.datum, target=Datum.WGS84)
        area = book.map.locator_on(book.day_of(at)).locate(lon, lat) or area
    matter = matter_told(
        class_code=body.class_code, text=body.description, at=at, area=area, lon=lon, lat=lat, address=body.address
    )
    found = open_cases_like(matter, district=district, actor=actor)
    return answer(_rows(found, closed_before(matter, book=book, actor=actor, at=at)))


@router.get(
    "/cases/{number}/similar", response=Resemblances, operation_id="similar_to_case", summary="与本案相似的案件"
)
def similar_to_case(request: HttpRequest, number: str) -> HttpResponse:
    """Open cases that are perhaps the same as a case, and closed ones of which it is perhaps the return."""
    actor = caller_of(request, READ).actor
    case = case_for(actor, number_in(number))
    past = closed_before_case(case, actor=actor, at=case.reported_at)
    return answer(_rows(similar_to(case, actor=actor), past))


@router.post(
    "/cases/{number}/join",
    response={201: JoinedRow},
    operation_id="join_case",
    summary="并入重复反映",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def join_case(request: HttpRequest, number: str, body: JoinBody) -> HttpResponse:
    """Keep another reporter of an open case, with a number of their own."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        row = operations.join_case(
            number_in(number),
            contact=Contact(**body.contact.model_dump()),
            identity=body.identity or "",
            note=body.note,
            channel=CHANNEL,
            actor=actor,
            at=at,
        )
        told = {"number": row.number, "case": row.case.number, "version": row.case.version}
        return Answer(201, {**told, "reporters": reporters_of([row.case.pk])[row.case.pk]})

    return answered_once(request, effect, actor=actor, at=at)


@router.post(
    "/cases/{number}/recurrence",
    response=RecurrenceRow,
    operation_id="link_recurrence",
    summary="登记回潮",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def link_recurrence(request: HttpRequest, number: str, body: RecurrenceBody) -> HttpResponse:
    """Link a case as the return of one that was closed; linking it again changes nothing."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        row = operations.link_recurrence(number_in(number), of=number_in(body.of), actor=actor, at=at)
        return Answer(200, {"number": row.case.number, "of": row.of.number, "days": row.days})

    return answered_once(request, effect, actor=actor, at=at)


def _rows(similar: list[Similar], past: list[Past]) -> dict[str, Any]:
    return {
        "similar": [
            {
                **{name: getattr(one.case, name) for name in ("number", "stage", "class_code", "description")},
                "score": one.likeness.score,
                "why": words_of(one.likeness.reasons),
                "reasons": [{"code": reason.code, "value": reason.value} for reason in one.likeness.reasons],
            }
            for one in similar
        ],
        "closed": [
            {
                **{name: getattr(one.case, name) for name in ("number", "class_code", "description")},
                "days": one.days,
                "recurs_as": one.recurs_as.value,
            }
            for one in past
        ],
    }
