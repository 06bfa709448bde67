"""My checks: what was drawn for me, on a phone; and the fragments of the verifying console."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from liandong.cases import operations
from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, permitted_cases
from liandong.cases.queries.draws import (
    REDRAW,
    failed_audits,
    involved_units,
    looks_for,
    may_look,
    waiting_draw,
)
from liandong.cases.queries.verification import verification_figures
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.drawing import DrawKind
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk
from liandong.web.refusals import explain
from liandong.workbench.attachment_forms import AttachmentForm
from liandong.workbench.files import files_context
from liandong.workbench.law_forms import reason_form
from liandong.workbench.rows import row_of, unit_name
from liandong.workbench.verifying import attempts_of, draws_shown, figures_shown, looks_shown
from liandong.workbench.verifying_forms import LookForm, SendBackLookForm
from liandong.workbench.views.consoles import FIGURES_ACTS
from liandong.workbench.views.steps import seen_version

if TYPE_CHECKING:
    from liandong.cases.models import Case, Draw

FIGURES_OVER = timedelta(days=30)
MOST_LOOKS = 100
_LOOKERS = ("cases.check", "cases.spot_check")
THE_LOOK = marked("这次核查")


@desk(*_LOOKERS)
@require_safe
def mine(request: DeskRequest) -> HttpResponse:
    """What was drawn for me, and what is open to everybody who may."""
    at = timezone.now()
    looks = looks_shown(looks_for(request.actor)[:MOST_LOOKS], at=at)
    context = {
        "mine": [look for look in looks if not look.is_open],
        "open": [look for look in looks if look.is_open],
        "now": at,
    }
    part = request.GET.get("part") == "list"
    return render(request, "workbench/looks_list.html" if part else "workbench/looks.html", context)


@desk(*_LOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: DeskRequest, number: str, kind: str) -> HttpResponse:
    """One place: what was reported, what was done, the photos side by side, and one form."""
    case = case_for(request.actor, number)
    row = waiting_draw(case, DrawKind(kind)) if kind in list(DrawKind) else None
    if row is None or not may_look(request.actor, row):
        raise NotFound(what=THE_LOOK)
    form_class = SendBackLookForm if kind == DrawKind.CHECK else LookForm
    if request.method != "POST":
        return _look_page(request, case, row, form_class())
    form = form_class(request.POST)
    if not form.is_valid():
        return _form_again(request, case, kind, form, status=422)
    try:
        message = _looked(request, case, kind, form)
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        form.add_error(None, f"{told.says}{told.remedy}")
        return _form_again(request, case, kind, form, status=refusal.status)
    messages.success(request, message)
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Redirect"] = reverse("workbench:looks")
        return response
    return HttpResponseRedirect(reverse("workbench:looks"))


@desk("cases.check", REDRAW)
@require_GET
def drawn(request: DeskRequest, number: str) -> HttpResponse:
    """Who was drawn, for those outside the units concerned."""
    return _drawn(request, _case_of_draws(request, number))


@desk(REDRAW)
@require_POST
def redraw(request: DeskRequest, number: str) -> HttpResponse:
    """Have another person drawn."""
    case = _case_of_draws(request, number)
    form = _redraw_form(request.POST)
    if not form.is_valid():
        return _drawn(request, case, form, status=422)
    try:
        case = operations.redraw_check(
            number,
            reason=form.cleaned_data["reason"],
            drawn=random.SystemRandom().random(),
            actor=request.actor,
            at=timezone.now(),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        form.add_error(None, f"{told.says}{told.remedy}")
        return _drawn(request, case, form, status=refusal.status)
    return _drawn(request, case)


@desk("cases.call_back")
@require_GET
def calling(request: DeskRequest, number: str) -> HttpResponse:
    """What to say on the telephone, and who was tried when."""
    case = case_for(request.actor, number)
    book = rulebook_for(case.district)
    context = {
        "case": case,
        "row": row_of(case, book, at=timezone.now()),
        "attempts": attempts_of(case),
        "answer": case.answer or (case.merged_into.answer if case.merged_into else ""),
        "centre": unit_name(request.actor.posts[0].unit, book),
    }
    return render(request, "workbench/calling.html", context)


@desk(*FIGURES_ACTS)
@require_GET
def figures(request: DeskRequest) -> HttpResponse:
    """The figures of the last thirty days, calls that rest until later, and audits that wait for a decision."""
    at = timezone.now()
    found = verification_figures(request.actor, since=at - FIGURES_OVER, until=at)
    resting = permitted_cases(request.actor, "cases.call_back").filter(ended_at=None, call_again_at__gt=at)
    failed = failed_audits(request.actor)[:20]
    context = {
        "figures": figures_shown(found),
        "undrawn": found.undrawn,
        "resting": resting.count(),
        "failed": looks_shown(failed, at=at),
    }
    return render(request, "workbench/verify_figures.html", context)


@transaction.atomic
def _looked(request: DeskRequest, case: Case, kind: str, form: LookForm) -> str:
    """Take the look; a failed check goes back to its unit at once where the form says so."""
    ok, note, at = form.is_ok(), form.cleaned_data["note"], timezone.now()
    if kind != DrawKind.CHECK:
        operations.spot_check_case(
            case.number, ok=ok, note=note, actor=request.actor, at=at, version=seen_version(request)
        )
        return _("抽查结果已登记：%(number)s") % {"number": case.number}
    operations.check_case(case.number, ok=ok, note=note, actor=request.actor, at=at, version=seen_version(request))
    if not ok and form.cleaned_data.get("send_back"):
        operations.send_back_case(case.number, reason=note, actor=request.actor, at=at)
        return _("核查不合格，已返工：%(number)s") % {"number": case.number}
    return _("核查结果已登记：%(number)s") % {"number": case.number}


def _look_page(request: DeskRequest, case: Case, row: Draw, form: LookForm) -> HttpResponse:
    at = timezone.now()
    context = {
        **files_context(request.actor, case, form=_own_photos()),
        **_form_context(case, row.kind, form),
        "row": row_of(case, rulebook_for(case.district), at=at),
        "now": at,
        "shown": looks_shown([row], at=at)[0],
    }
    return render(request, "workbench/look.html", context)


def _own_photos() -> AttachmentForm:
    """What a verifier takes is evidence of the check, neither before nor after the work."""
    form = AttachmentForm()
    form.fields["purpose"] = forms.ChoiceField(label=_("用途"), choices=[("evidence", _("佐证"))])
    return form


def _form_again(request: DeskRequest, case: Case, kind: str, form: LookForm, *, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "ui/step_form.html", _form_context(case, kind, form), status=status)
    row = waiting_draw(case, DrawKind(kind))
    if row is None:
        raise NotFound(what=THE_LOOK)
    response = _look_page(request, case, row, form)
    response.status_code = status
    return response


def _form_context(case: Case, kind: str, form: LookForm) -> dict[str, Any]:
    return {
        "case": case,
        "step": "check",
        "url": reverse("workbench:look", args=[case.number, kind]),
        "version": case.version,
        "form": form,
        "label": _("提交核查结果"),
    }


def _case_of_draws(request: DeskRequest, number: str) -> Case:
    """A case whose draws this person may see: nobody of a unit concerned learns who comes."""
    case = case_for(request.actor, number)
    may_redraw = request.actor.may(REDRAW, thing_of(case))
    may_check = request.actor.may("cases.check", thing_of(case)) and not request.actor.units & involved_units(case)
    if not may_redraw and not may_check:
        raise NotFound(what=THE_LOOK)
    return case


def _redraw_form(data: Any = None) -> Any:
    return reason_form(_("重新抽取的理由"), hint=_("例如：病假、出差、与当事人相识。"))(data, auto_id="redraw_%s")


def _drawn(request: DeskRequest, case: Case, form: Any = None, *, status: int = 200) -> HttpResponse:
    rows = draws_shown(case)
    may_redraw = request.actor.may(REDRAW, thing_of(case)) and any(row.state == "waiting" for row in rows)
    context = {"case": case, "draws": rows, "form": (form or _redraw_form()) if may_redraw else None}
    return render(request, "workbench/drawn.html", context, status=status)
