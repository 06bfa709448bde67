"""Taking a step from a page: the form, the operation, and the answer each desk expects."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.cases import operations
from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, changes_since, hidden_reporter, photos_of
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk
from liandong.web.refusals import explain
from liandong.web.templatetags.ui import step_word
from liandong.workbench.desks import STEP_DESKS
from liandong.workbench.detail import case_context, place_form, step_form
from liandong.workbench.forms import RevealForm, StepForm
from liandong.workbench.story import sentence, tell
from liandong.workbench.views.consoles import CONSOLES, next_item

if TYPE_CHECKING:
    from liandong.cases.models import Case

STALE = 409


@desk()
@require_POST
def step(request: DeskRequest, number: str, code: str) -> HttpResponse:
    """Take one step. 422 and 409 answer with the form as it was filled in."""
    if code not in STEP_DESKS:
        raise Http404
    case = case_for(request.actor, number)
    form = step_form(code, case, rulebook_for(case.district), request.POST, at=timezone.now())
    if not form.is_valid():
        return _form_again(request, case, code, form, status=422)
    try:
        taken = STEP_DESKS[code].take(
            number, actor=request.actor, at=timezone.now(), version=seen_version(request), **_details(form, case, code)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        case = case_for(request.actor, number)
        return _refused(request, case, code, form, refusal)
    message = _("%(step)s已办：%(number)s") % {"step": step_word(code).label, "number": number}
    if isinstance(taken, operations.PassedOut):
        return _passed_out(request, taken, message=message)
    return _done(request, taken, message=message)


@desk()
@require_POST
def place(request: DeskRequest, number: str) -> HttpResponse:
    """Say where the problem is."""
    case = case_for(request.actor, number)
    form = place_form(case, request.POST)
    if form.is_valid():
        try:
            case = operations.place_case(
                number, **form.cleaned_data, actor=request.actor, at=timezone.now(), version=seen_version(request)
            )
            return _done(request, case, message=_("位置已更新。"))
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error(None, _told(refusal))
            return _place_again(request, case_for(request.actor, number), form, status=refusal.status)
    return _place_again(request, case, form, status=422)


@desk("cases.reveal_reporter")
@require_POST
def reveal(request: DeskRequest, number: str) -> HttpResponse:
    """Show who reported, for the purpose just stated; never kept by the browser."""
    case = case_for(request.actor, number)
    form = RevealForm(request.POST)
    contact, status = None, 422
    if form.is_valid():
        try:
            contact, status = (
                operations.reveal_reporter(
                    number, purpose=form.cleaned_data["purpose"], actor=request.actor, at=timezone.now()
                ),
                200,
            )
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error(None, _told(refusal))
            status = refusal.status
    context = {"case": case, "contact": contact, "reveal_form": form, "may_reveal": True}
    response = render(request, "workbench/reporter.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def seen_version(request: DeskRequest) -> int | None:
    """The version the form was made from; none when it carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def announced(response: HttpResponse, *, message: str, events: Mapping[str, Any] | None = None) -> HttpResponse:
    """Add a toast, and whatever else the page should hear, to an htmx answer."""
    response["HX-Trigger"] = json.dumps(
        {"ld:toast": {"level": "success", "message": message}, "ld:queue": {}, **(events or {})}
    )
    return response


def conflict_of(case: Case, refusal: Refusal) -> str:
    """What happened since the reader's version, as sentences; nothing when the refusal is of another kind."""
    if not isinstance(refusal, operations.StaleVersion):
        return ""
    seen = int(str(refusal.values["seen"]))
    told = tell(changes_since(case, seen), rulebook_for(case.district), hidden=hidden_reporter(case))
    return "；".join(sentence(one) for one in reversed(told)) or explain(refusal).says


def _details(form: StepForm, case: Case, code: str) -> dict[str, Any]:
    details = form.details()
    if code == "hand_in":
        details["photos"] = tuple(photo.sha256 for photo in photos_of(case) if photo.purpose == "after")
    if code == "solve_on_spot":
        details["drawn"] = random.SystemRandom().random()
    return details


def _told(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"


def _refused(request: DeskRequest, case: Case, code: str, form: StepForm, refusal: Refusal) -> HttpResponse:
    conflict = conflict_of(case, refusal)
    if not conflict:
        form.add_error(None, _told(refusal))
    return _form_again(request, case, code, form, status=refusal.status, conflict=conflict)


def _form_again(
    request: DeskRequest, case: Case, code: str, form: StepForm, *, status: int, conflict: str = ""
) -> HttpResponse:
    offered = STEP_DESKS[code]
    context = {
        "case": case,
        "step": code,
        "url": reverse("workbench:step", args=[case.number, code]),
        "version": case.version,
        "form": form,
        "key": "",
        "look": offered.style,
        "hint": offered.hint,
        "conflict": conflict,
        "desk": request.POST.get("desk", ""),
    }
    template = "ui/step_form.html" if request.headers.get("HX-Request") else "workbench/step.html"
    return render(request, template, context, status=status)


def _place_again(request: DeskRequest, case: Case, form: Any, *, status: int) -> HttpResponse:
    return render(request, "workbench/place.html", {"case": case, "place_form": form}, status=status)


def _done(request: DeskRequest, case: Case, *, message: str) -> HttpResponse:
    """Answer a change: the next case at a console, nothing at a list, the case itself anywhere else."""
    where = request.POST.get("desk", "")
    still_seen = request.actor.may("cases.view", thing_of(case))
    if not request.headers.get("HX-Request"):
        messages.success(request, message)
        url = reverse("workbench:case", args=[case.number]) if still_seen else reverse("workbench:home")
        return HttpResponseRedirect(url)
    if where in CONSOLES:
        response = next_item(request, where, after=case, at=timezone.now())
        return announced(_put_into(response, "#detail"), message=message)
    if where == "inbox":
        response = HttpResponse()
        response["HX-Reswap"] = "none"
        return announced(response, message=message)
    if not still_seen:
        messages.success(request, message)
        response = HttpResponse()
        response["HX-Redirect"] = reverse("workbench:inbox")
        return response
    context = case_context(request.actor, case, at=timezone.now())
    return announced(_put_into(render(request, "workbench/case_body.html", context), "#case"), message=message)


def _passed_out(request: DeskRequest, made: operations.PassedOut, *, message: str) -> HttpResponse:
    """Show the link of an outside firm, this once."""
    link = request.build_absolute_uri(reverse("workbench:outside", args=[made.token]))
    context = {**case_context(request.actor, made.case, at=timezone.now()), "outside_link": link}
    template = "workbench/case_body.html" if request.headers.get("HX-Request") else "workbench/case.html"
    response = announced(_put_into(render(request, template, context), "#case"), message=message)
    response["Cache-Control"] = "no-store"
    return response


def _put_into(response: HttpResponse, selector: str) -> HttpResponse:
    response["HX-Retarget"] = selector
    response["HX-Reswap"] = "innerHTML"
    return response
