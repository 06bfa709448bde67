"""The page of one case."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, case_of_joined
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.calling import hand_overs_shown
from liandong.workbench.detail import case_context, steps_context

_PARTS = {"story": "workbench/case_live.html", "body": "workbench/case_body.html"}


@desk()
@require_safe
def case(request: DeskRequest, number: str) -> HttpResponse:
    """The whole case; `?part=` gives what a live page fetches again."""
    try:
        found = case_for(request.actor, number)
    except NotFound:
        # A joined reporter knows the number they were told; it leads to the case they joined.
        return HttpResponseRedirect(reverse("workbench:case", args=[case_of_joined(request.actor, number)]))
    part = request.GET.get("part", "")
    if part == "steps":
        return render(request, "workbench/steps.html", steps_context(request.actor, found, at=timezone.now()))
    context = case_context(request.actor, found, at=timezone.now())
    context["may_hand_over"] = found.ended_at is None and request.actor.may("channels.hand_over", thing_of(found))
    context["hand_overs"] = hand_overs_shown(found.number, at=timezone.now())
    context["may_see_access"] = request.actor.may("people.see_access", thing_of(found))
    return render(request, _PARTS.get(part, "workbench/case.html"), context)
