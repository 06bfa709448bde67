"""Lasting problems: the list and one with its cases; opened, changed, linked with cases, solved and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from liandong.cases import operations
from liandong.cases.api import bodies
from liandong.cases.api.asking import Code
from liandong.cases.api.headers import IDEMPOTENCY_KEY, IF_MATCH, answered_once, etag_of, version_in
from liandong.cases.api.reading import READ, district_for, number_in, router
from liandong.cases.api.writing import WRITE
from liandong.cases.idempotency import Answer
from liandong.cases.models import Problem
from liandong.cases.queries import (
    THE_PROBLEM,
    cases_of_problem,
    permitted_problems,
    problem_for,
    suggested_problems,
    trace_of_problem,
)
from liandong.people.access import NotFound
from liandong.people.api import answer, caller_of
from liandong.web.cursors import id_cursor, id_in


class ProblemRow(Schema):
    """A lasting problem: a matter at a place, the unit that owns it, and how many cases belong to it."""

    id: int
    title: str
    description: str
    class_code: str
    area: str
    address: str
    lon: float | None
    lat: float | None
    owner_unit: str
    state: str
    version: int
    opened_at: datetime
    solved_at: datetime | None
    cases: int


class ProblemList(Schema):
    """One page of the problems the caller may see, the newest first; `next` is the cursor of the page after it."""

    problems: list[ProblemRow]
    next: str | None


class WholeProblem(ProblemRow):
    """A problem with the numbers of those of its cases that the caller may see, the latest first."""

    numbers: list[str]


class SuggestedRow(Schema):
    """A class in an area in which something keeps coming back, and that no open problem stands for yet."""

    class_code: str
    area: str
    returns: int
    last_case: str
    last_at: datetime


class SuggestedProblems(Schema):
    """Where problems should perhaps be opened, what comes back most often first."""

    suggested: list[SuggestedRow]


class ProblemEntry(Schema):
    """One thing that happened to a problem."""

    seq: int
    event: str
    actor: str
    at: datetime
    data: dict[str, Any]


class TimelineOfProblem(Schema):
    """All that happened to a problem, oldest first."""

    id: int
    entries: list[ProblemEntry]


class NewProblemBody(bodies.Body):
    """A problem opened from a case, which gives its class and place and is its first."""

    case: Annotated[str, Field(max_length=32)]
    title: str
    owner_unit: bodies.UnitCode
    description: Annotated[str, Field(max_length=10_000)] = ""


class ProblemBody(bodies.Body):
    """What a problem is called, who owns it, how it is described."""

    title: str
    owner_unit: bodies.UnitCode
    description: Annotated[str, Field(max_length=10_000)] = ""


class LinkBody(bodies.Body):
    """A case of the problem, and why."""

    case: Annotated[str, Field(max_length=32)]
    reason: bodies.Note = ""


@router.get("/problems", response=ProblemList, tags=["problems"], operation_id="list_problems", summary="问题列表")
def list_problems(
    request: HttpRequest,
    state: Literal["open", "solved"] = "open",
    limit: Annotated[int, Field(ge=1, le=200)] = 200,
    cursor: Annotated[str, Field(max_length=100)] = "",
) -> HttpResponse:
    """Lasting problems the caller may see."""
    actor = caller_of(request, READ).actor
    found = permitted_problems(actor).filter(state=state).order_by("-pk")
    if after := id_in(cursor):
        found = found.filter(pk__lt=after)
    rows = list(found[: limit + 1])
    more = id_cursor(rows[limit - 1].pk) if len(rows) > limit else None
    return answer({"problems": [_row(problem) for problem in rows[:limit]], "next": more})


@router.get(
    "/problems/suggested",
    response=SuggestedProblems,
    tags=["problems"],
    operation_id="suggested_problems",
    summary="建议列为问题",
)
def list_suggested(request: HttpRequest, district: Code = "") -> HttpResponse:
    """Classes and places that keep coming back: three times in ninety days."""
    actor = caller_of(request, READ).actor
    found = suggested_problems(actor, district=district_for(actor, district), at=timezone.now())
    rows = [{name: getattr(one, name) for name in SuggestedRow.model_fields} for one in found]
    return answer({"suggested": rows})


@router.get(
    "/problems/{problem}", response=WholeProblem, tags=["problems"], operation_id="read_problem", summary="问题详情"
)
def read_problem(request: HttpRequest, problem: int) -> HttpResponse:
    """One problem with its cases. The `ETag` is the version a change must name in `If-Match`."""
    actor = caller_of(request, READ).actor
    found = problem_for(actor, _fit(problem))
    numbers = [case.number for case, _link in cases_of_problem(found, actor=actor)]
    return answer({**_row(found), "numbers": numbers}, headers={"ETag": etag_of(found.version)})


@router.get(
    "/problems/{problem}/timeline",
    response=TimelineOfProblem,
    tags=["problems"],
    operation_id="read_problem_timeline",
    summary="问题全程记录",
)
def read_problem_timeline(request: HttpRequest, problem: int) -> HttpResponse:
    """Everything that happened to a problem, oldest first."""
    found = problem_for(caller_of(request, READ).actor, _fit(problem))
    names = ProblemEntry.model_fields
    rows = [{name: getattr(entry, name) for name in names} for entry in trace_of_problem(found)]
    return answer({"id": found.pk, "entries": rows})


@router.post(
    "/problems",
    response={201: ProblemRow},
    tags=["problems"],
    operation_id="open_problem",
    summary="列为问题",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def open_problem(request: HttpRequest, body: NewProblemBody) -> HttpResponse:
    """Open a problem from a case."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        said = body.model_dump(exclude={"case"})
        made = operations.open_problem(number_in(body.case), **said, actor=actor, at=at)
        return Answer(201, _row(problem_for(actor, made.pk)))

    return answered_once(request, effect, actor=actor, at=at, location=lambda told: f"{request.path}/{told['id']}")


@router.patch(
    "/problems/{problem}",
    response=ProblemRow,
    tags=["problems"],
    operation_id="change_problem",
    summary="修改问题",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def change_problem(request: HttpRequest, problem: int, body: ProblemBody) -> HttpResponse:
    """Say anew what it is called, who owns it and how it is described."""
    return _change(request, problem, operations.change_problem, **body.model_dump())


@router.post(
    "/problems/{problem}/link",
    response=ProblemRow,
    tags=["problems"],
    operation_id="link_problem_case",
    summary="关联案件",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def link_case(request: HttpRequest, problem: int, body: LinkBody) -> HttpResponse:
    """Put a case into a problem."""
    return _change(request, problem, operations.link_problem_case, case=body.case, reason=body.reason)


@router.post(
    "/problems/{problem}/unlink",
    response=ProblemRow,
    tags=["problems"],
    operation_id="unlink_problem_case",
    summary="移出案件",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def unlink_case(request: HttpRequest, problem: int, body: LinkBody) -> HttpResponse:
    """Take a case out of a problem, for a reason."""
    return _change(request, problem, operations.unlink_problem_case, case=body.case, reason=body.reason)


@router.post(
    "/problems/{problem}/solve",
    response=ProblemRow,
    tags=["problems"],
    operation_id="solve_problem",
    summary="问题已解决",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def solve_problem(request: HttpRequest, problem: int, body: bodies.ReasonBody) -> HttpResponse:
    """Say that a problem is solved, and how."""
    return _change(request, problem, operations.solve_problem, reason=body.reason)


@router.post(
    "/problems/{problem}/reopen",
    response=ProblemRow,
    tags=["problems"],
    operation_id="reopen_problem",
    summary="重新列为未解决",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def reopen_problem(request: HttpRequest, problem: int, body: bodies.ReasonBody) -> HttpResponse:
    """Take a solved problem up again."""
    return _change(request, problem, operations.reopen_problem, reason=body.reason)


def _change(request: HttpRequest, problem: int, operation: Callable[..., Problem], **said: Any) -> HttpResponse:
    actor, at, version = caller_of(request, WRITE).actor, timezone.now(), version_in(request)
    if "case" in said:
        said["case"] = number_in(said["case"])

    def effect() -> Answer:
        operation(_fit(problem), **said, version=version, actor=actor, at=at)
        return Answer(200, _row(problem_for(actor, problem)))

    return answered_once(request, effect, actor=actor, at=at)


def _fit(problem: int) -> int:
    """An id that can be one.

    :raises NotFound: it is larger than any there is
    """
    if not 0 < problem < 2**63:
        raise NotFound(what=THE_PROBLEM)
    return problem


def _row(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ProblemRow.model_fields}
