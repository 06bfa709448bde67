"""Working on many: questions that are kept, one step on many cases, and reminding the unit that has one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Schema
from pydantic import ConfigDict, Field

from liandong.cases import operations
from liandong.cases.api import bodies, law_bodies
from liandong.cases.api.asking import Narrowing, Order, filter_in
from liandong.cases.api.headers import IDEMPOTENCY_KEY, IF_MATCH, answered_once
from liandong.cases.api.reading import READ, number_in, router
from liandong.cases.api.rows import CaseDetail
from liandong.cases.api.writing import WRITE, change_case
from liandong.cases.idempotency import Answer
from liandong.cases.models import Batch, BatchRow
from liandong.cases.operations.batches import MOST_ROWS
from liandong.cases.queries import Question, batch_for, counts_for, questions_of, rows_of_batch
from liandong.kernel.refusal import marked
from liandong.people.access import NotFound
from liandong.people.api import answer, caller_of
from liandong.web.cursors import BadCursor, id_cursor, id_in

THE_FILTER = marked("这个筛选")
THE_BATCH = marked("这次批量办理")


class FilterRow(Schema):
    """A question that is kept: `place` is where the caller pinned it, 0 where they did not."""

    id: int
    name: str
    asked: dict[str, Any]
    order: str
    unit: str
    is_own: bool
    place: int
    count: int | None


class FilterList(Schema):
    """The questions the caller may ask by, pinned ones first. `count` stops at 1,001; null was too slow to count."""

    filters: list[FilterRow]


class NarrowingBody(Narrowing):
    """What a kept question narrows; everything given must hold."""

    model_config = ConfigDict(extra="forbid")


class FilterBody(bodies.Body):
    """A question under a name, in the place of one's own of that name; `unit` shares it with one's unit."""

    name: Annotated[str, Field(max_length=100)]
    asked: NarrowingBody
    order: Order = Order.NEWEST
    unit: bodies.UnitCode = ""
    pin: bool = True


class SavedRow(Schema):
    """The question that was kept."""

    id: int
    name: str


class PinsBody(bodies.Body):
    """The kept questions that stand on the home page, in this order; the others no longer."""

    filters: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(max_length=100)]


class ChosenBody(bodies.Body):
    """A case, and the version of it that was seen."""

    number: Annotated[str, Field(max_length=32)]
    version: Annotated[int, Field(ge=0, lt=2**31)]


class BatchBody(bodies.Body):
    """One step on many cases: accept, dispatch (`to`, `note`), receive or remind (`note`)."""

    verb: Annotated[str, Field(max_length=16, examples=["accept", "dispatch", "receive", "remind"])]
    cases: Annotated[list[ChosenBody], Field(max_length=MOST_ROWS)]
    to: bodies.UnitCode = ""
    note: bodies.Note = ""


class BatchState(Schema):
    """How far a batch is. It goes on without its caller; each row is an ordinary step."""

    id: int
    verb: str
    asked_at: datetime
    ended_at: datetime | None
    total: int
    done: int
    refused: int


class BatchCase(Schema):
    """What came of one case: waiting, done, or refused with the name of the refusal and its words."""

    number: str
    state: str
    refusal: str
    says: str
    remedy: str
    done_at: datetime | None


class BatchRows(BatchState):
    """A batch with one page of its cases, in their order; `next` is the cursor of the page after it."""

    cases: list[BatchCase]
    next: str | None


@router.get("/filters", response=FilterList, tags=["lists"], operation_id="list_filters", summary="已存筛选")
def list_filters(request: HttpRequest, with_counts: bool = False) -> HttpResponse:  # noqa: FBT001, FBT002 - a query parameter
    """The questions the caller kept or shares, with how many cases answer them now where that is asked for."""
    actor = caller_of(request, READ).actor
    questions = questions_of(actor)
    asked = [one.asked for one in questions]
    counts: list[int | None] = [None] * len(asked)
    if with_counts:
        counts = counts_for(actor, asked, at=timezone.now())
    return answer({"filters": [_question(one, count) for one, count in zip(questions, counts, strict=True)]})


@router.post(
    "/filters",
    response={201: SavedRow},
    tags=["lists"],
    operation_id="save_filter",
    summary="保存筛选",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def save_filter(request: HttpRequest, body: FilterBody) -> HttpResponse:
    """Keep a question under a name."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        asked = filter_in(body.asked)
        kept = operations.save_filter(
            asked, name=body.name, order=body.order.value, unit=body.unit, pin=body.pin, actor=actor, at=at
        )
        return Answer(201, {"id": kept.pk, "name": kept.name})

    return answered_once(request, effect, actor=actor, at=at)


@router.put(
    "/filters/pins",
    response=FilterList,
    tags=["lists"],
    operation_id="pin_filters",
    summary="固定筛选",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def pin_filters(request: HttpRequest, body: PinsBody) -> HttpResponse:
    """Pin these questions in this order, and no others."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        operations.pin_filters(body.filters, actor=actor, at=at)
        return Answer(200, {"filters": [_question(one, None) for one in questions_of(actor)]})

    return answered_once(request, effect, actor=actor, at=at)


@router.delete(
    "/filters/{filter}",
    response={204: None},
    tags=["lists"],
    operation_id="remove_filter",
    summary="删除筛选",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def remove_filter(request: HttpRequest, filter: int) -> HttpResponse:
    """Remove one's own question, for everybody it was shared with."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        if not 0 < filter < 2**63:
            raise NotFound(what=THE_FILTER)
        operations.remove_filter(filter, actor=actor, at=at)
        return Answer(204, {})

    return answered_once(request, effect, actor=actor, at=at)


@router.post(
    "/batches",
    response={202: BatchState},
    tags=["lists"],
    operation_id="ask_for_batch",
    summary="批量办理",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def ask_for_batch(request: HttpRequest, body: BatchBody) -> HttpResponse:
    """Ask for one step on up to a thousand cases, each with the version that was seen; a worker begins at once."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        chosen = [(number_in(one.number), one.version) for one in body.cases]
        details = {"to": body.to, "note": body.note}
        batch = operations.ask_for_batch(chosen, verb=body.verb, details=details, actor=actor, at=at)
        return Answer(202, _state(batch))

    return answered_once(request, effect, actor=actor, at=at, location=lambda told: f"{request.path}/{told['id']}")


@router.get("/batches/{batch}", response=BatchRows, tags=["lists"], operation_id="read_batch", summary="批量办理情况")
def read_batch(
    request: HttpRequest,
    batch: int,
    limit: Annotated[int, Field(ge=1, le=1000)] = 200,
    cursor: Annotated[str, Field(max_length=100)] = "",
) -> HttpResponse:
    """How far a batch is and what came of each case."""
    found = batch_for(caller_of(request, READ).actor, _fit(batch))
    after = id_in(cursor)
    if after >= 2**31:
        raise BadCursor
    rows = list(rows_of_batch(found).filter(place__gt=after)[: limit + 1])
    more = id_cursor(rows[limit - 1].place) if len(rows) > limit else None
    return answer({**_state(found), "cases": [_row(row) for row in rows[:limit]], "next": more})


@router.post(
    "/batches/{batch}/retry",
    response={202: BatchState},
    tags=["lists"],
    operation_id="retry_batch",
    summary="重试被拒的案件",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def retry_batch(request: HttpRequest, batch: int) -> HttpResponse:
    """Ask again for the cases that were refused, as a batch of its own."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        return Answer(202, _state(operations.retry_batch(_fit(batch), actor=actor, at=at)))

    return answered_once(request, effect, actor=actor, at=at)


@router.post(
    "/cases/{number}/remind",
    response=CaseDetail,
    operation_id="remind_unit",
    summary="催办提醒",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def remind(request: HttpRequest, number: str, body: law_bodies.NoteBody) -> HttpResponse:
    """Ask the unit that has the case in hand to get on. No clock and no version moves."""
    return change_case(request, number, operations.remind_unit, body)


def _question(one: Question, count: int | None) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "asked": one.asked.as_asked(),
        "order": one.order,
        "unit": one.unit,
        "is_own": one.is_own,
        "place": one.place,
        "count": count,
    }


def _state(batch: Batch) -> dict[str, Any]:
    states = list(rows_of_batch(batch).values_list("state", flat=True))
    told = {name: getattr(batch, name) for name in ("verb", "asked_at", "ended_at")}
    return {
        "id": batch.pk, **told, "total": len(states), "done": states.count("done"), "refused": states.count("refused")
    }  # fmt: skip


def _row(row: BatchRow) -> dict[str, Any]:
    """A row with its refusal in the caller's language."""
    values = {name: gettext(value) if isinstance(value, str) and value else value for name, value in row.values.items()}
    says, remedy = (gettext(text) if text else "" for text in (row.says, row.remedy))
    if values:
        says, remedy = says % values, remedy % values
    told = {name: getattr(row, name) for name in ("number", "state", "refusal", "done_at")}
    return {**told, "says": says, "remedy": remedy}


def _fit(batch: int) -> int:
    if not 0 < batch < 2**63:
        raise NotFound(what=THE_BATCH)
    return batch
