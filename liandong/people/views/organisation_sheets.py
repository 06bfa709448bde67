"""The organisation from a workbook: upload, look at every row, take the good ones, get the bad ones back."""

from __future__ import annotations

from collections import Counter
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

from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound, role_word
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.models import SheetDraft
from liandong.people.operations import draft_from_workbook, dry_run, take_draft
from liandong.people.operations.beats import ORGANISE
from liandong.people.operations.sheet_lines import Line, State
from liandong.people.operations.sheet_shapes import KIND, SHAPES, name_of_sheet, template
from liandong.people.operations.sheets import StaleDraft, bad_rows, draft_for, reasons
from liandong.people.rules.posts import PostFacts
from liandong.people.views.organisation_facts import changes_in_words
from liandong.people.views.organisation_forms import UploadForm
from liandong.web.refusals import explain
from liandong.web.sheets import write_workbook

MOST_SHOWN: Final = 200
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STATES: Final = (State.WRONG, State.CHANGED, State.NEW, State.SAME)


@desk(ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: DeskRequest) -> HttpResponse:
    """Take a workbook in; it is kept as a draft until its good rows are taken."""
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                draft = draft_from_workbook(
                    file.read(),
                    name=file.name,
                    district=district_of(request.actor),
                    actor=request.actor,
                    at=timezone.now(),
                )
                return HttpResponseRedirect(reverse("organisation_sheet", args=[draft.pk]))
            except Refusal as refusal:
                told = explain(refusal)
                form.add_error("file", f"{told.says}{told.remedy}")
                status = told.status
    earlier = SheetDraft.objects.filter(made_by=request.actor.key, kind=KIND).defer("content").order_by("-id")[:10]
    return render(request, "people/organisation_upload.html", {"form": form, "earlier": earlier}, status=status)


@desk(ORGANISE)
@require_safe
def sheet(request: DeskRequest, number: int) -> HttpResponse:
    """What taking a draft would do: how many rows of each state, and the rows of one."""
    return _sheet_page(request, draft_for(request.actor, number))


@desk(ORGANISE)
@require_POST
def take(request: DeskRequest, number: int) -> HttpResponse:
    """Take the good rows of what was shown."""
    draft = draft_for(request.actor, number)
    try:
        plan = take_draft(number, shown=request.POST.get("shown", "")[:64], actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _sheet_page(request, draft, refusal=refusal)
    counts = plan.counts(SHAPES[0].name) + plan.counts(SHAPES[1].name)
    told = _("已导入：新增 %(new)s 行，变更 %(changed)s 行；退回 %(wrong)s 行。")
    messages.success(request, told % {state: counts[state] for state in ("new", "changed", "wrong")})
    return HttpResponseRedirect(reverse("organisation_sheet", args=[number]))


@desk(ORGANISE)
@require_safe
def bad(request: DeskRequest, number: int) -> HttpResponse:
    """The wrong rows as a workbook, reasons in its last column."""
    draft = draft_for(request.actor, number)
    plan = dry_run(draft, actor=request.actor, at=timezone.now())
    return _workbook(bad_rows(plan), _("有误的行") + f"-{draft.pk}.xlsx")


@desk(ORGANISE)
@require_safe
def empty_sheet(request: DeskRequest) -> HttpResponse:
    """A workbook to fill in."""
    area = request.actor.posts[0].area[:9]
    return _workbook(write_workbook(template(area=area)), _("机构人员导入模板") + ".xlsx")


def _sheet_page(request: DeskRequest, draft: SheetDraft, *, refusal: Refusal | None = None) -> HttpResponse:
    plan = dry_run(draft, actor=request.actor, at=timezone.now())
    counts = {shape.name: plan.counts(shape.name) for shape in SHAPES}
    asked = request.GET.get("state", "")
    total = sum(counts.values(), start=Counter[str]())
    state = State(asked) if asked in set(State) else next((one for one in _STATES if total[one.value]), State.SAME)
    lines = [line for line in plan.lines if line.state is state]
    context: dict[str, Any] = {
        "draft": draft,
        "plan": plan,
        "tabs": _tabs(draft, total, state),
        "state": state.value,
        "counts": [
            (name_of_sheet(shape), [(one.value, counts[shape.name][one.value]) for one in _STATES]) for shape in SHAPES
        ],
        "rows": _rows(lines[:MOST_SHOWN], draft.district),
        "more": max(0, len(lines) - MOST_SHOWN),
        "good": total["new"] + total["changed"],
        "wrong": total["wrong"],
        "is_empty": not total.total(),
        "told": explain(refusal) if refusal else None,
        "is_stale": isinstance(refusal, StaleDraft),
        "words": _words(),
    }
    return render(request, "people/organisation_sheet.html", context, status=refusal.status if refusal else 200)


def _words() -> dict[str, str]:
    return {"wrong": _("有误"), "changed": _("变更"), "new": _("新增"), "same": _("无变化")}


def _tabs(draft: SheetDraft, total: Mapping[str, int], chosen: State) -> list[dict[str, Any]]:
    url = reverse("organisation_sheet", args=[draft.pk])
    return [
        {
            "url": f"{url}?state={state.value}",
            "label": _words()[state.value],
            "count": total[state.value],
            "active": state is chosen,
            "late": state is State.WRONG,
        }
        for state in _STATES
    ]


def _rows(lines: Sequence[Line], district: str) -> list[dict[str, Any]]:
    names = {shape.name: name_of_sheet(shape) for shape in SHAPES}
    return [
        {
            "sheet": names[line.sheet],
            "number": line.number,
            "key": line.key.replace(f"{district}-", ""),
            "name": _name(line),
            "changes": changes_in_words({name: (before, after) for name, before, after in line.changes}),
            "reasons": reasons(line),
        }
        for line in lines
    ]


def _name(line: Line) -> str:
    if isinstance(line.wanted, PostFacts):
        return f"{line.wanted.person} · {_(role_word(line.wanted.role))}"
    return line.wanted.name


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
