"""What a desk has beside the cases themselves: its queues, lists as files, and the sheet that goes with a case."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from liandong.cases.api.asking import Narrowing, Order, filter_in, refuse_unknown_parameters
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once
from liandong.cases.api.reading import READ, number_in
from liandong.cases.api.rows import COLUMNS, CaseRow, row_of, works_here
from liandong.cases.api.writing import WRITE
from liandong.cases.idempotency import Answer
from liandong.cases.operations import ask_for_export
from liandong.cases.queries import case_for, export_for, permitted_cases
from liandong.cases.queries.asking import address_of
from liandong.kernel.refusal import marked
from liandong.people.access import Forbidden, NotFound, act_word, require
from liandong.people.api import answer, caller_of
from liandong.workbench.columns import chosen
from liandong.workbench.orders import orders_of
from liandong.workbench.pdf import pdf_of
from liandong.workbench.queues import QUEUES, cases_in, waiting_counts
from liandong.workbench.views.export import csv_of
from liandong.workbench.views.printing import SHEET
from liandong.workbench.workbooks import folder_of_exports

router = Router(tags=["desk"])
THE_QUEUE = marked("这个队列")
THE_EXPORT = marked("这次导出")
_OF_A_QUEUE = 200


class QueueRow(Schema):
    """What waits for whom: the act it waits for, in a word, and how many cases do."""

    code: str
    act: str
    word: str
    waiting: int


class QueueList(Schema):
    """The queues the caller may work off."""

    queues: list[QueueRow]


class QueuedCases(Schema):
    """The first cases of a queue in its order; the rest moves up as these are worked off."""

    queue: str
    cases: list[CaseRow]
    has_more: bool


class NarrowingBody(Narrowing):
    """What the exported list narrows; everything given must hold."""

    model_config = ConfigDict(extra="forbid")


class ExportBody(Schema):
    """A list as a workbook: what it holds, in which order, and the codes of its columns; the usual ones without any."""

    model_config = ConfigDict(extra="forbid")

    asked: NarrowingBody = NarrowingBody()
    order: Order = Order.NEWEST
    columns: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=40)] = []


class ExportRow(Schema):
    """How far a workbook is: waiting, making, ready or refused. It is kept for a day."""

    id: int
    state: str
    done: int
    total: int
    asked_at: datetime


@router.get("/queues", response=QueueList, operation_id="list_queues", summary="待办队列")
def list_queues(request: HttpRequest) -> HttpResponse:
    """Every queue the caller may work off, with how many cases wait in it."""
    actor, at = caller_of(request, READ).actor, timezone.now()
    mine = [queue for queue in QUEUES.values() if actor.may(queue.act)]
    counts = waiting_counts(actor, tuple(queue.code for queue in mine), at=at)
    rows = [
        {"code": queue.code, "act": queue.act, "word": gettext(queue.word), "waiting": counts[queue.code]}
        for queue in mine
    ]
    return answer({"queues": rows})


@router.get("/queues/{queue}", response=QueuedCases, operation_id="read_queue", summary="队列中的案件")
def read_queue(
    request: HttpRequest, queue: str, limit: Annotated[int, Field(ge=1, le=_OF_A_QUEUE)] = 50
) -> HttpResponse:
    """The cases of one queue: an inbox. Work them off by the steps of each case, and ask again."""
    actor = caller_of(request, READ).actor
    if queue not in QUEUES:
        raise NotFound(what=THE_QUEUE)
    require(actor, QUEUES[queue].act)
    rows = list(cases_in(queue, actor, at=timezone.now()).values_list(*COLUMNS)[: limit + 1])
    return answer({"queue": queue, "cases": [row_of(row) for row in rows[:limit]], "has_more": len(rows) > limit})


@router.get(
    "/exports/cases.csv",
    operation_id="export_csv",
    summary="导出 CSV",
    openapi_extra={
        "responses": {200: {"description": "the list", "content": {"text/csv": {"schema": {"type": "string"}}}}}
    },
)
def export_csv(request: HttpRequest, asked: Query[Narrowing]) -> StreamingHttpResponse:
    """All cases a list would show, newest first, as it is asked for now. What was handed out stands on the record."""
    actor, at = caller_of(request, READ).actor, timezone.now()
    require(actor, "cases.view")
    refuse_unknown_parameters(request, Narrowing)
    question = filter_in(asked)
    found = question.settled(actor, at=at).apply(permitted_cases(actor)).defer("terms")
    language = translation.get_language() or ""
    lines = csv_of(found, actor, asked=dict(address_of(question)), language=language, at=at)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cases.csv"'
    response["Cache-Control"] = "no-store"
    return response


@router.post(
    "/exports",
    response={202: ExportRow},
    operation_id="ask_for_export",
    summary="导出工作簿",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def ask_export(request: HttpRequest, body: ExportBody) -> HttpResponse:
    """Ask for a list as a workbook; a worker makes it with the rights the caller has then."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        job = ask_for_export(
            filter_in(body.asked),
            order=body.order.value,
            columns=[column.code for column in chosen(body.columns)],
            language=translation.get_language() or "",
            actor=actor,
            at=at,
        )
        return Answer(202, _row(job))

    return answered_once(request, effect, actor=actor, at=at, location=lambda told: f"{request.path}/{told['id']}")


@router.get("/exports/{export}", response=ExportRow, operation_id="read_export", summary="导出进度")
def read_export(request: HttpRequest, export: int) -> HttpResponse:
    """How far a workbook is."""
    return answer(_row(export_for(caller_of(request, READ).actor, _fit(export))))


@router.get(
    "/exports/{export}/file",
    operation_id="export_file",
    summary="下载工作簿",
    openapi_extra={
        "responses": {
            200: {
                "description": "the workbook",
                "content": {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                        "schema": {"type": "string", "format": "binary"}
                    }
                },
            }
        }
    },
)
def export_file(request: HttpRequest, export: int) -> HttpResponseBase:
    """The workbook itself, for whoever asked for it."""
    found = export_for(caller_of(request, READ).actor, _fit(export))
    path = Path(folder_of_exports()) / found.file
    if found.state != "ready" or not path.is_file():
        raise NotFound(what=THE_EXPORT)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"cases-{found.pk}.xlsx")
    response["Cache-Control"] = "no-store"
    return response


@router.get(
    "/cases/{number}/work-order.pdf",
    operation_id="work_order",
    summary="派单 PDF",
    openapi_extra={
        "responses": {
            200: {
                "description": "the sheet",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def work_order(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet that goes with whoever must solve the case. Nothing on it tells who reported."""
    actor, at = caller_of(request, READ).actor, timezone.now()
    case = case_for(actor, number_in(number))
    if not works_here(actor):
        raise Forbidden(act=act_word("cases.view"))
    orders = orders_of([case], address=request.build_absolute_uri("/")[:-1], at=at)
    context = {"orders": orders, "at": at, "by": actor.name, "chosen": "", "pdf": True}
    page = render_to_string("workbench/order.html", context, request=request)
    response = HttpResponse(pdf_of(page, sheet=SHEET), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _fit(export: int) -> int:
    if not 0 < export < 2**63:
        raise NotFound(what=THE_EXPORT)
    return export


def _row(job: Any) -> dict[str, Any]:
    return {"id": job.pk, **{name: getattr(job, name) for name in ExportRow.model_fields if name != "id"}}
