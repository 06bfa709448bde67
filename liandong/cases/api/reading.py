"""Reading: the list, one case, its timeline, the catalogue, the units."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from liandong.areas.queries import district_codes
from liandong.cases.api.asking import Code, Order, Wanted, filter_in, order_of, refuse_unknown_parameters
from liandong.cases.api.headers import etag_of
from liandong.cases.api.paging import page_of, page_of_best, read_cursor
from liandong.cases.api.rows import (
    CasePage,
    TimelineOfCase,
    WholeCase,
    assignment_row,
    attachment_row,
    clock_row,
    detail_of,
    entry_row,
    photo_row,
    row_of,
)
from liandong.cases.models import CaseClass
from liandong.cases.queries import (
    THE_CASE,
    assignments_of,
    attachments_of,
    case_for,
    clocks_of,
    hidden_reporter,
    permitted_cases,
    steps_open_to,
    trace_for,
)
from liandong.cases.rulebook import Rulebook, UnitFacts, rulebook_for
from liandong.cases.rules.files import FileKind
from liandong.kernel.numbering import MalformedNumber, parse_number
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound
from liandong.people.api import answer, caller_of

router = Router(tags=["cases"])

READ = "cases:read"


class DistrictNeeded(Refusal):
    """It cannot be told which district is meant."""

    status = 422
    says = marked("无法确定是哪个区。")
    remedy = marked("请用 district 写明区代码：%(known)s。")


class ConditionRow(Schema):
    """A filing condition, and when its case may be closed."""

    code: str
    name: str
    name_en: str
    close_when: str
    close_when_en: str


class ClassRow(Schema):
    """A class of the catalogue. Cases are reported and filed under leaves only."""

    code: str
    parent: str
    kind: str
    name: str
    name_en: str
    nature: str
    urgency: str
    is_public: bool
    is_leaf: bool
    demands: str
    force: str
    warn_first: bool
    attributes: list[Any]
    conditions: list[ConditionRow]


class UnitRow(Schema):
    """A unit that can be asked to solve something."""

    code: str
    parent: str
    kind: str
    level: str
    force: str
    name: str
    name_en: str
    area: str


@router.get("/cases", response=CasePage, operation_id="list_cases", summary="案件列表")
def list_cases(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Cases the caller may see: open or late ones by what is due first, all others by the latest report.

    `text` finds words of the text and the place, numbers, and the names of units and staff; with `order=best` the
    up to 200 cases that answer it best come first.
    """
    actor = caller_of(request, READ).actor
    refuse_unknown_parameters(request, Wanted)
    asked, order = filter_in(wanted).settled(actor, at=timezone.now()), order_of(wanted)
    seen = asked.narrowed(permitted_cases(actor))
    if order is Order.BEST:
        rows, behind = page_of_best(seen, asked.text, cursor=wanted.cursor, limit=wanted.limit)
        return answer({"cases": [row_of(row) for row in rows], "next": behind})
    by_due = order is Order.DUE
    cases, cursor = asked.sought_among(seen), read_cursor(wanted.cursor, by_due=by_due)
    rows, after = page_of(cases, by_due=by_due, after=cursor, limit=wanted.limit, seen=seen, text=asked.text)
    return answer({"cases": [row_of(row) for row in rows], "next": str(after) if after else None})


@router.get("/cases/{number}", response=WholeCase, operation_id="read_case", summary="案件详情")
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case with its clocks and files. The `ETag` is the version a step must name in `If-Match`."""
    actor = caller_of(request, READ).actor
    case = case_for(actor, number_in(number))
    body = detail_of(case, steps=[step.code for step in steps_open_to(actor, case)], actor=actor)
    body["clocks"] = [clock_row(clock) for clock in clocks_of(case)]
    work = list(assignments_of(case))
    above = {row.pk: row.unit for row in work}
    body["assignments"] = [assignment_row(row, above) for row in work]
    files, hidden = list(attachments_of(case)), hidden_reporter(case)
    body["photos"] = [photo_row(file, hidden=hidden) for file in files if file.kind == FileKind.PHOTO]
    body["attachments"] = [attachment_row(file, hidden=hidden) for file in files]
    return answer(body, headers={"ETag": etag_of(case.version)})


@router.get("/cases/{number}/timeline", response=TimelineOfCase, operation_id="read_timeline", summary="案件全程记录")
def read_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that happened to a case, oldest first."""
    actor = caller_of(request, READ).actor
    case = case_for(actor, number_in(number))
    hidden = hidden_reporter(case)
    entries = [entry_row(entry, actor=actor, hidden=hidden) for entry in trace_for(actor, case)]
    return answer({"number": case.number, "entries": entries}, headers={"ETag": etag_of(case.version)})


@router.get("/classes", response=list[ClassRow], tags=["rules"], operation_id="list_classes", summary="类别目录")
def list_classes(request: HttpRequest, district: Code = "") -> HttpResponse:
    """The district's catalogue with its filing conditions, in the order of the codes."""
    book = rulebook_for(district_for(caller_of(request).actor, district))
    return answer([_class_row(kind, book) for kind in book.classes.values()])


@router.get("/units", response=list[UnitRow], tags=["rules"], operation_id="list_units", summary="单位列表")
def list_units(request: HttpRequest, district: Code = "") -> HttpResponse:
    """The district's units, in the order of the codes."""
    book = rulebook_for(district_for(caller_of(request).actor, district))
    return answer([_unit_row(unit) for unit in sorted(book.units.values(), key=lambda unit: unit.code)])


def number_in(text: str) -> str:
    """Return a case number as it is written, whatever form it came in.

    :raises NotFound: it is no number, so there is no such case
    """
    try:
        return str(parse_number(text))
    except MalformedNumber:
        raise NotFound(what=THE_CASE) from None


def district_for(actor: Actor, asked: str) -> str:
    """Return the district a caller means: the one named, that of their posts, or the only one there is.

    :raises DistrictNeeded: several are possible and none was named
    """
    if asked:
        return asked
    known = sorted({post.area[:6] for post in actor.posts if post.area}) or district_codes()
    if len(known) != 1:
        raise DistrictNeeded(known="、".join(known))
    return known[0]


def _class_row(kind: CaseClass, book: Rulebook) -> dict[str, Any]:
    row = {name: getattr(kind, name) for name in ClassRow.model_fields if name != "conditions"}
    known = book.conditions_of(kind.code).values() if kind.is_leaf else ()
    row["conditions"] = [{name: getattr(condition, name) for name in ConditionRow.model_fields} for condition in known]
    return row


def _unit_row(unit: UnitFacts) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in UnitRow.model_fields}
