"""Files of matters: upload, see the bad rows, have the good ones taken, see how far it is, get the bad ones back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.intake_channels.forms import FileForm
from liandong.intake_channels.models import BulkFile
from liandong.intake_channels.operations import ask_for_file, keep_file
from liandong.intake_channels.operations.bulk import UPLOAD, outlook_of, rows_kept
from liandong.intake_channels.plugins.bulk import COLUMNS, MATTERS
from liandong.intake_channels.queries import bulk_file_of, bulk_files_of
from liandong.intake_channels.rules.words import FileState
from liandong.kernel.refusal import Refusal
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import reads_english
from liandong.web.refusals import explain
from liandong.web.sheets import Written, write_workbook

MOST_SHOWN: Final = 200
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk(UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: DeskRequest) -> HttpResponse:
    """Take a file in; it is kept until its good rows are taken."""
    form, status = FileForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given, district = form.cleaned_data["file"], district_of(request.actor)
            try:
                kept = keep_file(
                    given.read(), name=given.name, district=district, actor=request.actor, at=timezone.now()
                )
                return HttpResponseRedirect(reverse("channels:file", args=[kept.pk]))
            except Refusal as refusal:
                form.add_error("file", _said(refusal))
                status = refusal.status
    context = {"form": form, "earlier": bulk_files_of(request.actor)[:10]}
    return render(request, "intake_channels/files.html", context, status=status)


@desk(UPLOAD)
@require_safe
def file(request: DeskRequest, pk: int) -> HttpResponse:
    """What taking a file would do; or how far it is, and what came of it."""
    found = bulk_file_of(request.actor, pk)
    if request.GET.get("part") == "progress":
        return render(request, "intake_channels/file_progress.html", _shown(found))
    return render(request, "intake_channels/file.html", _shown(found))


@desk(UPLOAD)
@require_POST
def take(request: DeskRequest, pk: int) -> HttpResponse:
    """Have the good rows taken."""
    try:
        ask_for_file(pk, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, _said(refusal))
    return HttpResponseRedirect(reverse("channels:file", args=[pk]))


@desk(UPLOAD)
@require_safe
def bad(request: DeskRequest, pk: int) -> HttpResponse:
    """The bad rows as a workbook: the cells as they were, and the reasons in the last column."""
    found = bulk_file_of(request.actor, pk)
    cells = _cells(found)
    rows = [
        [*(cells[row.number].get(column.name, "") for column in COLUMNS), str(row.number), row.says + row.remedy]
        for row in outlook_of(found, at=timezone.now()).bad
    ]
    headings = [*_headings(), _("原行号"), _("原因")]
    sheet = Written(_sheet_name(), headings, rows, (*(16 for _column in COLUMNS), 8, 80))
    return _workbook(write_workbook([sheet]), f"{_('有误的行')}-{found.pk}.xlsx")


@desk(UPLOAD)
@require_safe
def empty_file(request: DeskRequest) -> HttpResponse:
    """A workbook to fill in, with one row to go by."""
    example = [_(column.example) if column.example else "" for column in COLUMNS]
    return _workbook(write_workbook([Written(_sheet_name(), _headings(), [example])]), f"{_('事项导入模板')}.xlsx")


def _shown(found: BulkFile) -> dict[str, Any]:
    context: dict[str, Any] = {
        "file": found,
        "is_draft": found.state == FileState.DRAFT,
        "is_taking": found.state == FileState.TAKING,
        "told": None,
        "rows": [],
    }
    if context["is_taking"]:
        return context
    try:
        outlook, cells = outlook_of(found, at=timezone.now()), _cells(found)
    except Refusal as refusal:
        return context | {"told": explain(refusal)}
    rows = [
        {"number": row.number, "text": cells[row.number].get("content", "")[:60], "why": row.says + row.remedy}
        for row in outlook.bad[:MOST_SHOWN]
    ]
    counts = {"good": outlook.good, "same": outlook.same, "wrong": len(outlook.bad)}
    return context | counts | {"rows": rows, "more": max(0, len(outlook.bad) - MOST_SHOWN)}


def _cells(found: BulkFile) -> Mapping[int, Mapping[str, str]]:
    """What stands in the rows of a file, by their numbers.

    :raises FileForgotten: it is no longer kept
    """
    return {row.number: row.cells for row in rows_kept(found)}


def _headings() -> Sequence[str]:
    english = reads_english()
    return [(one.heading_en if english else one.heading) + ("*" if one.is_needed else "") for one in COLUMNS]


def _sheet_name() -> str:
    return MATTERS.name_en if reads_english() else MATTERS.name


def _said(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
