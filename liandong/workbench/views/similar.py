"""Duplicates while typing, joining a case, its return after closing, and who else told of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.cases import operations
from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, reporters_of
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain
from liandong.workbench.calling import callers_number, write_on_call
from liandong.workbench.intake_forms import IntakeForm
from liandong.workbench.join_forms import JoinedCallForm, JoinForm
from liandong.workbench.nearby import beside, while_typing
from liandong.workbench.rows import row_of
from liandong.workbench.views.steps import announced

if TYPE_CHECKING:
    from liandong.cases.models import Case, JoinedReport

TYPED = ("class_code", "lon", "lat", "area", "address", "description", "not_back")
"""What is looked at of a half-written report: never a name, a phone or an identity."""


@desk("cases.accept")
@require_POST
def duplicates(request: DeskRequest) -> HttpResponse:
    """Open cases that are perhaps the same and closed ones that are perhaps back. A POST: its words enter no log."""
    typed = {name: request.POST.get(name, "").replace("\x00", "")[:10_000] for name in TYPED}
    book = rulebook_for(district_of(request.actor))
    context = while_typing(typed, book, actor=request.actor, at=timezone.now())
    return render(request, "workbench/duplicates.html", context)


@desk()
@require_safe
def neighbours(request: DeskRequest, number: str) -> HttpResponse:
    """What stands beside a case."""
    return _beside(request, case_for(request.actor, number))


@desk("cases.join")
@require_POST
def join(request: DeskRequest, number: str) -> HttpResponse:
    """Keep the caller as another reporter of a case: from the desk with the form's fields, or on the case's page."""
    case = case_for(request.actor, number)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _refused(request, case, str(next(iter(form.errors.values()))[0]), status=422)
    at = timezone.now()
    try:
        row = operations.join_case(number, **form.details(callers_number(request)), actor=request.actor, at=at)
        write_on_call(request, number, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, case, _told(refusal), status=refusal.status)
    return _joined(request, row, at=at)


@desk("cases.recur")
@require_POST
def come_back(request: DeskRequest, number: str) -> HttpResponse:
    """Reopen a closed case whose problem is back, with whoever told of it."""
    case = case_for(request.actor, number)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _refused(request, case, str(next(iter(form.errors.values()))[0]), status=422)
    at = timezone.now()
    given = form.details(callers_number(request))
    reason = _("回潮：%(words)s") % {"words": given["note"].strip() or _("来电反映问题再次出现")}
    try:
        row = operations.reopen_recurrence(number, **given, reason=reason, actor=request.actor, at=at)
        write_on_call(request, number, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, case, _told(refusal), status=refusal.status)
    return _joined(request, row, at=at)


@desk("cases.recur")
@require_POST
def recurrence(request: DeskRequest, number: str) -> HttpResponse:
    """Link a case as the return of a closed one."""
    case = case_for(request.actor, number)
    try:
        operations.link_recurrence(number, of=request.POST.get("of", ""), actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _beside(request, case, refused=_told(refusal), status=refusal.status)
    return _done(request, case_for(request.actor, number), message=_("已登记为回潮。"))


@desk("cases.reveal_reporter")
@require_POST
def reveal_joined(request: DeskRequest, number: str, joined: str) -> HttpResponse:
    """Show who joined a case, for the purpose just stated; never kept by the browser."""
    case = case_for(request.actor, number)
    contact, refused, status = None, "", 200
    purpose = request.POST.get("purpose", "")
    try:
        contact = operations.reveal_joined(
            number, joined=joined, purpose=purpose, actor=request.actor, at=timezone.now()
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refused, status = _told(refusal), refusal.status
    more = {"shown_number": joined, "contact": contact}
    response = _beside(request, case, refused=refused, status=status, **more)
    response["Cache-Control"] = "no-store"
    return response


@desk("cases.call_back")
@require_POST
def call_back_joined(request: DeskRequest, number: str, joined: str) -> HttpResponse:
    """Note what a joined reporter said."""
    case = case_for(request.actor, number)
    form = JoinedCallForm(request.POST)
    if not form.is_valid():
        return _beside(request, case, refused=_("请选择回访结果。"), status=422)
    try:
        operations.call_back_joined(number, joined=joined, **form.details(), actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _beside(request, case, refused=_told(refusal), status=refusal.status)
    return _done(request, case_for(request.actor, number), message=_("回访已记录。"))


def _joined(request: DeskRequest, row: JoinedReport, *, at: datetime) -> HttpResponse:
    """The fresh form at the intake desk, the case anywhere else; either says which number the caller is told."""
    case = row.case
    said = {"case": case.number, "number": row.number, "count": reporters_of([case.pk])[case.pk]}
    message = _("已并入 %(case)s，共 %(count)s 人反映；请告知来电人编号 %(number)s") % said
    if not request.headers.get("HX-Request"):
        messages.success(request, message)
        return HttpResponseRedirect(reverse("workbench:case", args=[case.number]))
    if request.POST.get("desk") == "case":
        return _done(request, case, message=message)
    book = rulebook_for(case.district)
    context = {"form": IntakeForm(book=book), "last": row_of(case, book, at=at), "last_message": message}
    return announced(render(request, "workbench/intake_form.html", context), message=message)


def _refused(request: DeskRequest, case: Case, words: str, *, status: int) -> HttpResponse:
    """Say why it was refused where the person is: at the intake desk with all that was typed, or beside the case."""
    if request.POST.get("desk") == "case" or not request.headers.get("HX-Request"):
        return _beside(request, case, refused=words, status=status)
    form = IntakeForm(request.POST, book=rulebook_for(district_of(request.actor)))
    form.is_valid()
    form.errors.clear()
    form.add_error(None, words)
    return render(request, "workbench/intake_form.html", {"form": form, "failed": True}, status=status)


def _beside(request: DeskRequest, case: Case, *, refused: str = "", status: int = 200, **more: Any) -> HttpResponse:
    context = {**beside(case, actor=request.actor, at=timezone.now()), "refused": refused, **more}
    is_part = bool(request.headers.get("HX-Request"))
    template = "workbench/neighbours.html" if is_part else "workbench/neighbours_page.html"
    return render(request, template, context, status=status)


def _done(request: DeskRequest, case: Case, *, message: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        messages.success(request, message)
        return HttpResponseRedirect(reverse("workbench:case", args=[case.number]))
    if not request.actor.may("cases.view", thing_of(case)):
        raise NotFound(what=_("这个案件"))
    return announced(_beside(request, case), message=message)


def _told(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"
