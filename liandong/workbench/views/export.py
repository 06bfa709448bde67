"""The list as a file: the cases the list page would show, page after page, in a CSV that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from liandong.cases.operations import ask_for_export, record_export
from liandong.cases.queries import bounded_count, export_for, permitted_cases, view_of
from liandong.cases.queries.asking import order_in, question_in
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound, still_holds
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.columns import Column, chosen, fields_of, head, safe_cells
from liandong.workbench.columns import safe_cell as safe_cell
from liandong.workbench.views.lists import THE_LIST, asked_for
from liandong.workbench.workbooks import BYTE_ORDER_MARK, folder_of_exports, newest_rows

if TYPE_CHECKING:
    from liandong.cases.models import Case

STREAMED_AT_MOST = 2_000
"""Cases that go out at once, without a page that shows how far it is: about two seconds' worth."""
_NOT_ASKED: Final = ("after", "part", "kind")


@desk("cases.view")
@require_GET
def cases(request: DeskRequest) -> HttpResponseBase:
    """The cases of the list's filter, all of them and none but those the list shows, newest first, as CSV.

    What takes longer than a moment is made by a worker instead, and a page shows how far it is.
    """
    at = timezone.now()
    found = asked_for(request, at=at).apply(permitted_cases(request.actor))
    if bounded_count(found, most=STREAMED_AT_MOST + 1) > STREAMED_AT_MOST:
        return HttpResponseRedirect(f"{reverse('workbench:workbook')}?{_kept(request.GET, kind='csv')}")
    language = translation.get_language() or ""
    view = view_of(request.actor, THE_LIST)
    columns = chosen(view.columns if view else ())
    lines = csv_of(found, request.actor, asked=_asked(request.GET), language=language, at=at, columns=columns)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    stamp = timezone.localtime(at).strftime("%Y%m%d-%H%M%S")
    response["Content-Disposition"] = f'attachment; filename="cases-{stamp}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@desk("cases.view")
@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: DeskRequest) -> HttpResponse:
    """Ask for the list as a file; a worker makes it while the page shows how far it is."""
    if request.method != "POST":
        kind = "csv" if request.GET.get("kind") == "csv" else "xlsx"
        context = {"query": _kept(request.GET)[:2000], "kind": kind, "most": STREAMED_AT_MOST}
        return render(request, "workbench/export_ask.html", context)
    asked = QueryDict(request.POST.get("query", "")[:2000])
    question = question_in(asked)
    view = view_of(request.actor, THE_LIST)
    job = ask_for_export(
        question,
        order=order_in(asked, question),
        columns=[one.code for one in chosen(view.columns if view else ())],
        language=translation.get_language() or "",
        actor=request.actor,
        at=timezone.now(),
        kind=request.POST.get("kind", "xlsx"),
    )
    return HttpResponseRedirect(reverse("workbench:export_job", args=[job.pk]))


@desk("cases.view")
@require_GET
def job(request: DeskRequest, pk: int) -> HttpResponse:
    """How far a file is; the link to it when it is ready."""
    found = export_for(request.actor, pk)
    part = request.GET.get("part") == "progress"
    return render(request, "workbench/export_progress.html" if part else "workbench/export_job.html", {"job": found})


@desk("cases.view")
@require_GET
def file(request: DeskRequest, pk: int) -> FileResponse:
    """The file itself, for whoever asked for it."""
    found = export_for(request.actor, pk)
    path = Path(folder_of_exports()) / found.file
    if found.state != "ready" or not path.is_file():
        raise NotFound(what=marked("这次导出"))
    name = timezone.localtime(found.asked_at).strftime(f"cases-%Y%m%d-%H%M%S.{found.kind}")
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response


def _kept(query: QueryDict, **more: str) -> str:
    """What an address asks for, with more beside it; the page it was at is left out."""
    kept = query.copy()
    for name in _NOT_ASKED:
        kept.pop(name, None)
    kept.update(more)
    return kept.urlencode()


def csv_of(
    found: QuerySet[Case],
    actor: Actor,
    *,
    asked: dict[str, str],
    language: str,
    at: datetime,
    columns: Sequence[Column] = (),
) -> Iterator[bytes]:
    """Head, then one chunk for each few hundred cases. What has gone out is on the record even if the reader leaves."""
    count, is_whole, columns = 0, False, columns or chosen(())
    batches = newest_rows(found, fields_of(columns))
    try:
        with translation.override(language):
            first = head(columns)
        yield (BYTE_ORDER_MARK + _lines([first])).encode()
        while not is_whole and still_holds(actor, at=timezone.now()):
            few = next(batches, None)
            is_whole = few is None
            if few is not None:
                # The file is made in a thread of its own, which knows nothing of the reader's language.
                with translation.override(language):
                    chunk = _lines(safe_cells(few, columns)).encode()
                count += len(few)
                yield chunk
        if not is_whole:
            yield _lines([_cut_short(language)]).encode()
    finally:
        record_export(asked, count=count, is_whole=is_whole, actor=actor, at=at)


def _cut_short(language: str) -> list[str]:
    with translation.override(language):
        return [_("文件不完整：您的权限在导出时到期或被收回。")]


def _lines(rows: Iterator[list[str]] | Sequence[list[str]]) -> str:
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue()


def _asked(query: QueryDict) -> dict[str, str]:
    """What the address asks for, as it is kept on the record."""
    return {name: "、".join(values)[:100] for name, values in query.lists() if name not in _NOT_ASKED and any(values)}
