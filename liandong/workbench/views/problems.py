"""Lasting problems: the list with what is suggested, one problem with its cases, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.cases import operations
from liandong.cases.queries import (
    LASTING,
    case_for,
    cases_of_problem,
    permitted_problems,
    problem_for,
    suggested_problems,
    thing_of_problem,
    trace_of_problem,
)
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain
from liandong.workbench.problem_forms import ProblemForm
from liandong.workbench.problem_words import tell_problem
from liandong.workbench.rows import area_path, class_name, row_of, unit_name
from liandong.workbench.views.steps import seen_version

if TYPE_CHECKING:
    from liandong.cases.models import Problem

LONGEST_LIST: Final = 200
STATES: Final = ("open", "solved")


@desk()
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """The problems one may see, and classes and places that keep coming back."""
    at = timezone.now()
    book = rulebook_for(district_of(request.actor))
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    found = permitted_problems(request.actor).filter(state=state).order_by("-pk")[:LONGEST_LIST]
    keeps = request.actor.may("cases.keep_problems")
    suggested = suggested_problems(request.actor, district=book.map.district.code, at=at) if keeps else []
    context = {
        "state": state,
        "problems": [_line(problem) for problem in found],
        "suggested": [
            {"kind": class_name(one.class_code, book), "area": area_path(one.area, book), "one": one}
            for one in suggested
        ],
        "threshold": LASTING,
    }
    return render(request, "workbench/problems.html", context)


@desk("cases.keep_problems")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Open a problem from a case, or put the case into one that is known."""
    at = timezone.now()
    case = case_for(request.actor, request.POST.get("case") or request.GET.get("case", ""))
    book = rulebook_for(case.district)
    form = ProblemForm(request.POST or None, initial={"owner_unit": case.unit or case.suggested_unit})
    form.show_owner(request.POST.get("owner_unit_text") or unit_name(case.unit or case.suggested_unit, book))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                opened = operations.open_problem(case.number, **form.cleaned_data, actor=request.actor, at=at)
                messages.success(request, _("已立为问题。"))
                return HttpResponseRedirect(reverse("workbench:problem", args=[opened.pk]))
            except NotFound:
                raise
            except Refusal as refusal:
                form.add_error(None, _told(refusal))
                status = refusal.status
    known = permitted_problems(request.actor).filter(state="open", district=case.district)
    near = known.filter(area__startswith=case.area[:9]).order_by("-pk")[:LONGEST_LIST]
    context = {"case": case, "row": row_of(case, book, at=at), "form": form, "known": [_line(one) for one in near]}
    return render(request, "workbench/problem_new.html", context, status=status)


@desk()
@require_safe
def problem(request: DeskRequest, problem: int) -> HttpResponse:
    """One problem: what it is, where, its cases and what happened to it."""
    return _page(request, problem_for(request.actor, problem))


@desk("cases.keep_problems")
@require_POST
def act(request: DeskRequest, problem: int, act: str) -> HttpResponse:
    """Change, link, unlink, solve or take up again. What was refused is said on the page."""
    if act not in _ACTS:
        raise Http404
    found = problem_for(request.actor, problem)
    operation, names = _ACTS[act]
    given = {name: request.POST.get(name, "") for name in names}
    try:
        operation(found.pk, **given, actor=request.actor, at=timezone.now(), version=seen_version(request))
    except NotFound as missing:
        return _page(request, problem_for(request.actor, problem), refused=_told(missing), status=404)
    except Refusal as refusal:
        return _page(request, problem_for(request.actor, problem), refused=_told(refusal), status=refusal.status)
    messages.success(request, _("已办理。"))
    return HttpResponseRedirect(reverse("workbench:problem", args=[found.pk]))


_ACTS: Final[Mapping[str, tuple[Callable[..., Problem], tuple[str, ...]]]] = {
    "change": (operations.change_problem, ("title", "owner_unit", "description")),
    "link": (operations.link_problem_case, ("case", "reason")),
    "unlink": (operations.unlink_problem_case, ("case", "reason")),
    "solve": (operations.solve_problem, ("reason",)),
    "reopen": (operations.reopen_problem, ("reason",)),
}


def _page(request: DeskRequest, found: Problem, *, refused: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    book = rulebook_for(found.district)
    cases = cases_of_problem(found, actor=request.actor)
    form = ProblemForm(initial={"title": found.title, "owner_unit": found.owner_unit, "description": found.description})
    form.show_owner(unit_name(found.owner_unit, book))
    context = {
        "problem": found,
        "facts": _facts(found, book, at=at),
        "cases": [{"row": row_of(case, book, at=at), "link": link} for case, link in cases],
        "told": tell_problem(trace_of_problem(found), book),
        "form": form,
        "may_keep": request.actor.may("cases.keep_problems", thing_of_problem(found)),
        "refused": refused,
        "now": at,
    }
    return render(request, "workbench/problem.html", context, status=status)


def _facts(found: Problem, book: Rulebook, *, at: datetime) -> list[tuple[str, str]]:
    zone = book.map.calendar.zone
    until = found.solved_at or at
    pairs = [
        (_("类别"), class_name(found.class_code, book)),
        (_("区域"), area_path(found.area, book)),
        (_("地址"), found.address),
        (_("牵头单位"), unit_name(found.owner_unit, book)),
        (_("立为问题"), found.opened_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")),
        (_("解决时间"), found.solved_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if found.solved_at else ""),
        (_("历时"), _("%(days)s 天") % {"days": (until - found.opened_at).days}),
    ]
    return [(label, value) for label, value in pairs if value]


def _line(found: Any) -> dict[str, Any]:
    book = rulebook_for(found.district)
    return {
        "problem": found,
        "kind": class_name(found.class_code, book),
        "area": area_path(found.area, book),
        "owner": unit_name(found.owner_unit, book),
        "cases": found.cases,
    }


def _told(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"
