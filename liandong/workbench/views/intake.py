"""The operator's desk: file a case in under a minute by keyboard, and take on what came by other channels."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liandong.cases import operations
from liandong.cases.changes import propose
from liandong.cases.queries import case_for, permitted_cases
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import STEPS, take
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import listed, name_of
from liandong.web.refusals import explain
from liandong.workbench.calling import callers_number, cited, write_on_call
from liandong.workbench.detail import facts_of
from liandong.workbench.intake_forms import IntakeForm, ReportForm
from liandong.workbench.queues import LONGEST_QUEUE
from liandong.workbench.rows import row_of, rows_of, unit_name
from liandong.workbench.views.maps import point_of
from liandong.workbench.views.steps import announced, conflict_of, seen_version

if TYPE_CHECKING:
    from liandong.cases.models import Case

ACTS: Final = ("file", "register", "answer")
_PARTIES: Final = (("110", "alt+7"), ("119", "alt+8"), ("120", "alt+9"))
_REPORT_ACTS: Final = {
    "reported": ("file", "accept", "answer", "refuse"),
    "accepted": ("file", "answer", "decline"),
    "verified": ("file", "decline"),
}


@desk("cases.accept")
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: DeskRequest) -> HttpResponse:
    """The desk; a POST registers what was typed, and files or answers it at once."""
    at = timezone.now()
    book = rulebook_for(district_of(request.actor))
    if request.method == "POST":
        return _take_down(request, book, at=at)
    if request.GET.get("part") == "queue":
        return render(request, "workbench/intake_queue.html", _queue(request.actor, at=at))
    return render(request, "workbench/intake.html", {"form": IntakeForm(book=book), **_whole(request.actor, at=at)})


@desk("cases.accept")
@require_safe
def advice(request: DeskRequest) -> HttpResponse:
    """What the desk knows of a class and a place: grid, unit with its reason."""
    book = rulebook_for(district_of(request.actor))
    return render(request, "workbench/advice.html", _advice(request, book, at=timezone.now()))


@desk("cases.accept")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: DeskRequest, number: str) -> HttpResponse:
    """A report from another channel: file, accept, answer, refuse or decline it."""
    case = case_for(request.actor, number)
    book = rulebook_for(case.district)
    if request.method != "POST":
        form = ReportForm(book=book, class_code=case.class_code)
        return _report_page(request, case, book, form, status=200)
    act = request.POST.get("act", "")
    form = ReportForm(request.POST, book=book, class_code=case.class_code)
    if not form.is_valid():
        return _report_page(request, case, book, form, status=422)
    try:
        _deal_with(case, act, form.cleaned_data, actor=request.actor, at=timezone.now(), version=seen_version(request))
    except NotFound:
        raise
    except Refusal as refusal:
        case = case_for(request.actor, number)
        conflict = conflict_of(case, refusal)
        if not conflict:
            told = explain(refusal)
            form.add_error(None, f"{told.says}{told.remedy}")
        return _report_page(request, case, book, form, status=refusal.status, conflict=conflict)
    response = render(request, "workbench/report_done.html", {"number": number})
    return announced(response, message=_("已办理：%(number)s") % {"number": number})


def _take_down(request: DeskRequest, book: Rulebook, *, at: datetime) -> HttpResponse:
    act = request.POST.get("act", "")
    act = act if act in ACTS else "register"
    form = IntakeForm(request.POST, book=book, act=act)
    status = 422
    if form.is_valid():
        try:
            back_from = _back_from(request) if act != "answer" else ""
            phone = callers_number(request)
            case = _open_case(form, act, book, actor=request.actor, at=at, back_from=back_from, phone=phone)
            write_on_call(request, case.number, at=at)
            return _taken_down(request, book, case, act, at=at)
        except Refusal as refusal:
            told = explain(refusal)
            form.add_error(None, f"{told.says}{told.remedy}")
            status = refusal.status
    template = "workbench/intake_form.html" if request.headers.get("HX-Request") else "workbench/intake.html"
    return render(request, template, {"form": form, "failed": True, **_whole(request.actor, at=at)}, status=status)


@transaction.atomic
def _open_case(
    form: IntakeForm, act: str, book: Rulebook, *, actor: Actor, at: datetime, back_from: str = "", phone: str = ""
) -> Case:
    """Register the report and go on with it: all of it, or nothing.

    `back_from` is the case whose return it is, `phone` the number of the call at hand.
    """
    case = operations.report_case(form.report(phone), district=book.map.district.code, actor=actor, at=at)
    if back_from:
        operations.link_recurrence(case.number, of=back_from, actor=actor, at=at)
    if act == "answer":
        article = cited(form.cleaned_data, book, at=at)
        return operations.answer_case(
            case.number, answer=form.cleaned_data["answer"], article=article, actor=actor, at=at
        )
    if act == "file":
        operations.accept_case(case.number, actor=actor, at=at)
        return operations.file_case(case.number, condition=form.cleaned_data["condition"], actor=actor, at=at)
    return case


def _back_from(request: DeskRequest) -> str:
    """The closed case whose return the desk was shown, unless the operator said that it is none."""
    shown = request.POST.get("back_from", "")
    return shown if shown and request.POST.get("not_back", "") != shown else ""


def _taken_down(request: DeskRequest, book: Rulebook, case: Case, act: str, *, at: datetime) -> HttpResponse:
    said = {
        "file": _("已受理并立案：%(number)s"),
        "register": _("已登记：%(number)s"),
        "answer": _("已答复：%(number)s"),
    }[act]
    message = said % {"number": case.number}
    if not request.headers.get("HX-Request"):
        messages.success(request, message)
        return HttpResponseRedirect(reverse("workbench:intake"))
    context = {"form": IntakeForm(book=book), "last": row_of(case, book, at=at), "last_message": message}
    return announced(render(request, "workbench/intake_form.html", context), message=message)


def _queue(actor: Actor, *, at: datetime) -> dict[str, Any]:
    waiting = permitted_cases(actor, "cases.accept").filter(stage__in=list(_REPORT_ACTS)).defer("terms")
    cases = list(waiting.order_by(F("due_at").asc(nulls_last=True), "id")[:LONGEST_QUEUE])
    return {"queue": rows_of(cases, at=at), "now": at}


def _whole(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """What the whole page shows besides the form: the queue, and whether the hotline is this person's."""
    return {
        **_queue(actor, at=at),
        "may_take_calls": actor.may("hotline.take_calls"),
        "may_hand_over": actor.may("hotline.hand_over"),
        "parties": _PARTIES,
    }


def _advice(request: DeskRequest, book: Rulebook, *, at: datetime) -> dict[str, Any]:
    class_code = request.GET.get("class_code", "")
    point = point_of(request)
    area = request.GET.get("area", "")
    located = book.map.locator_on(book.day_of(at)).locate(*point) if point else None
    code = located or (area if area in book.map.areas_on(book.day_of(at)) else book.map.district.code)
    known_class = class_code in book.classes
    force = book.classes[class_code].force if known_class else ""
    found = propose(book, class_code=class_code, area=code, force=force, at=at) if known_class else None
    return {
        "path": [name_of(area) for area in book.map.path(code)],
        "is_outside": point is not None and located is None,
        "is_placed": point is not None,
        "known_class": known_class,
        "force": force,
        "unit": unit_name(found.unit, book) if found else "",
        "why": _(found.why) if found else "",
        "used_fallback": bool(found and found.used_fallback),
        "helpers": listed(unit_name(code, book) for code in found.assisting) if found else "",
        "now": at,
    }


def _deal_with(case: Case, act: str, given: dict[str, Any], *, actor: Actor, at: datetime, version: int | None) -> None:
    """Do what the operator chose. Filing a fresh report accepts it first, in the same transaction.

    :raises Http404: there is no such act
    :raises IllegalStep: it does not lead on from this stage
    """
    if act not in STEPS:
        raise Http404
    if act != "file":
        take(act, Stage(case.stage))
    changed = given["class_code"] if given["class_code"] != case.class_code else ""
    common: dict[str, Any] = {"actor": actor, "at": at, "version": version}
    with transaction.atomic():
        if act == "accept":
            operations.accept_case(case.number, class_code=changed, **common)
        elif act == "file":
            if case.stage == "reported":
                common["version"] = operations.accept_case(case.number, class_code=changed, **common).version
            operations.file_case(case.number, class_code=changed, condition=given["condition"], **common)
        elif act == "answer":
            article = cited(given, rulebook_for(case.district), at=at)
            operations.answer_case(case.number, answer=given["words"], article=article, **common)
        elif act == "refuse":
            operations.refuse_case(case.number, reason=given["words"], **common)
        else:
            operations.decline_case(case.number, reason=given["words"], **common)


def _report_page(
    request: DeskRequest, case: Case, book: Rulebook, form: ReportForm, *, status: int, conflict: str = ""
) -> HttpResponse:
    context = {
        "case": case,
        "row": row_of(case, book, at=timezone.now()),
        "facts": facts_of(case, book),
        "form": form,
        "acts": _REPORT_ACTS.get(case.stage, ()),
        "conflict": conflict,
        "now": timezone.now(),
    }
    template = "workbench/report.html" if request.headers.get("HX-Request") else "workbench/report_page.html"
    return render(request, template, context, status=status)
