"""Why a unit: for one case, and for any class, area and condition on any day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from liandong.cases.api.asking import Code
from liandong.cases.api.reading import READ, district_for, number_in, router
from liandong.cases.api.rows import works_here
from liandong.cases.matrices import Explanation, Sent, explain_case, why_unit
from liandong.cases.matrices.checking import AreaNotInForce
from liandong.cases.queries import case_for
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.responsibility import Candidate, Considered
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, Forbidden
from liandong.people.api import answer, caller_of


class CandidateRow(Schema):
    """A word of a row, and what it came to: `obstacle` is empty, or unnamed, absent, closed or weak."""

    word: str
    unit: str
    obstacle: str


class ConsideredRow(Schema):
    """A row of the matrix that covers the case, in the order of specificity; at most one decides."""

    class_prefix: str
    area_prefix: str
    condition: str
    reason: str
    lead: CandidateRow
    fallback: CandidateRow
    decides: bool
    used_fallback: bool


class SentRow(Schema):
    """Where the case was sent afterwards, or which unit returned it."""

    event: str
    at: datetime
    actor: str
    unit: str
    why: str
    note: str
    is_as_suggested: bool


class MatrixRow(Schema):
    """The version of the matrix that was asked; number 0 where there was none on that day."""

    number: int
    title: str
    since_on: date


class Responsible(Schema):
    """Who is responsible, and how the matrix came to it. `unit` is empty where nobody named may."""

    class_code: str
    area: str
    condition: str
    force: str
    day: date
    matrix: MatrixRow
    unit: str
    assisting: list[str]
    why: str
    by_centre: bool
    is_about_itself: bool
    considered: list[ConsideredRow]


class ResponsibleForCase(Responsible):
    """Why a case was suggested to its unit, and what people did then."""

    number: str
    suggested_unit: str
    sent: list[SentRow]


class Asked(Schema):
    """What is asked: a class, an area, perhaps a filing condition, and when; now unless said otherwise."""

    class_code: Annotated[str, Field(alias="class", max_length=10)]
    area: Annotated[str, Field(max_length=15)]
    condition: Annotated[str, Field(max_length=20)] = ""
    at: AwareDatetime | None = None
    district: Code = ""


@router.get(
    "/cases/{number}/why-unit", response=ResponsibleForCase, operation_id="why_unit", summary="为什么是这个单位"
)
def why_unit_of_case(request: HttpRequest, number: str) -> HttpResponse:
    """Every row of the matrix that was considered for a case, which one decided, and where the case was sent."""
    actor = _of_the_staff(request)
    case = case_for(actor, number_in(number))
    explanation, sent = explain_case(case, rulebook_for(case.district))
    body = _row(explanation) | {
        "number": case.number,
        "suggested_unit": case.suggested_unit,
        "sent": [_sent(one) for one in sent],
    }
    return answer(body)


@router.get("/responsibility", response=Responsible, tags=["rules"], operation_id="responsibility", summary="谁负责")
def responsibility(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """Who is responsible for a class, in an area, under a condition, by the matrix of a day."""
    actor = _of_the_staff(request)
    book = rulebook_for(district_for(actor, asked.district))
    at = asked.at or timezone.now()
    kind = book.class_of(asked.class_code)
    condition = book.condition_of(kind.code, asked.condition) if asked.condition else ""
    if asked.area not in book.map.areas_on(book.day_of(at)):
        raise AreaNotInForce(area=asked.area)
    return answer(_row(why_unit(book, class_code=kind.code, area=asked.area, condition=condition, at=at)))


def _of_the_staff(request: HttpRequest) -> Actor:
    """The caller, who must be of the staff.

    :raises Forbidden: they only report
    """
    actor = caller_of(request, READ).actor
    if not works_here(actor):
        raise Forbidden(act=marked("查看派遣依据"))
    return actor


def _row(explanation: Explanation) -> dict[str, Any]:
    names = ("class_code", "area", "condition", "force", "day", "unit", "by_centre", "is_about_itself")
    matrix = explanation.matrix
    return {name: getattr(explanation, name) for name in names} | {
        "assisting": list(explanation.assisting),
        "why": gettext(explanation.why) if explanation.why else "",
        "matrix": {"number": matrix.number, "title": matrix.title, "since_on": matrix.since_on},
        "considered": [_considered(one) for one in explanation.considered],
    }


def _considered(one: Considered) -> dict[str, Any]:
    return {
        "class_prefix": one.row.class_prefix,
        "area_prefix": one.row.area_prefix,
        "condition": one.row.condition,
        "reason": gettext(one.row.reason) if one.row.reason else "",
        "lead": _candidate(one.lead),
        "fallback": _candidate(one.fallback),
        "decides": one.decides,
        "used_fallback": one.used_fallback,
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"word": one.word, "unit": one.unit, "obstacle": one.obstacle.value}


def _sent(one: Sent) -> dict[str, Any]:
    return {name: getattr(one, name) for name in SentRow.model_fields}
