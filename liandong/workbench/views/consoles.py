"""Consoles: a queue on the left, the case in hand beside it. Dispatching, and verifying with its three tabs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.queries import case_for, hidden_reporter, trace_of
from liandong.cases.queries.draws import looks_for
from liandong.cases.rulebook import rulebook_for
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.detail import case_context
from liandong.workbench.queues import LONGEST_QUEUE, QUEUES, cases_in, waiting_counts
from liandong.workbench.rows import rows_of
from liandong.workbench.story import tell

if TYPE_CHECKING:
    from liandong.cases.models import Case


@dataclass(frozen=True, slots=True)
class Console:
    """A queue worked off case by case."""

    queue: str
    view: str
    query: str = ""

    @property
    def url(self) -> str:
        """Where its page stands."""
        return reverse(self.view) + (f"?{self.query}" if self.query else "")


CONSOLES: Final[dict[str, Console]] = {
    "dispatch": Console("dispatch", "workbench:dispatch"),
    "verify_report": Console("verify_report", "workbench:verify", "tab=verify_report"),
    "check": Console("check", "workbench:verify", "tab=check"),
    "call_back": Console("call_back", "workbench:verify", "tab=call_back"),
    "close": Console("close", "workbench:verify", "tab=close"),
}
FIGURES_ACTS: Final = ("cases.check", "cases.call_back", "cases.close")
VERIFY_ACTS: Final = ("cases.verify_report", *FIGURES_ACTS)
VERIFY_TABS: Final = ("verify_report", "check", "call_back", "close")


@desk("cases.dispatch")
@require_safe
def dispatch(request: DeskRequest) -> HttpResponse:
    """The dispatcher's console: queue, map, case."""
    return _console(request, "dispatch", "workbench/dispatch.html", {})


@desk(*VERIFY_ACTS)
@require_safe
def verify(request: DeskRequest) -> HttpResponse:
    """What is to be verified before it is filed, and checked, called back or closed afterwards."""
    at = timezone.now()
    tabs = [code for code in VERIFY_TABS if request.actor.may(QUEUES[code].act)]
    chosen = request.GET.get("tab", "")
    counts = waiting_counts(request.actor, tuple(tabs), at=at)
    if chosen not in tabs:
        # Most classes are never verified before filing: their empty tab is not what anybody came for.
        chosen = next((code for code in tabs if counts[code] or code != "verify_report"), tabs[0])
    shown: list[dict[str, Any]] = [
        {
            "url": CONSOLES[code].url,
            "label": _(QUEUES[code].word),
            "count": counts[code],
            "active": code == chosen,
            "key": f"alt+{place}",
        }
        for place, code in enumerate(tabs, start=1)
    ]
    if any(request.actor.may(act) for act in ("cases.check", "cases.spot_check")):
        label, count = _("我的核查"), looks_for(request.actor).count()
        shown.insert(0, {"url": reverse("workbench:looks"), "label": label, "count": count, "active": False})
    sees_figures = any(request.actor.may(act) for act in FIGURES_ACTS)
    return _console(request, chosen, "workbench/verify.html", {"tabs": shown, "sees_figures": sees_figures})


@desk("cases.dispatch", *VERIFY_ACTS)
@require_safe
def item(request: DeskRequest, name: str, number: str) -> HttpResponse:
    """One case in the pane of a console; `?part=story` is what happened to it, which the pane unfolds on demand."""
    case = case_for(request.actor, number)
    if request.GET.get("part") == "story":
        told = tell(trace_of(case), rulebook_for(case.district), hidden=hidden_reporter(case))
        return render(request, "ui/timeline.html", {"entries": told})
    context = case_context(request.actor, case, at=timezone.now(), desk=name)
    return render(request, "workbench/item.html", context)


def next_item(request: DeskRequest, name: str, *, after: Case, at: datetime) -> HttpResponse:
    """The pane with the case that comes after the one just worked off, or an empty pane."""
    waiting = [
        case for case in cases_in(CONSOLES[name].queue, request.actor, at=at)[:LONGEST_QUEUE] if case.pk != after.pk
    ]
    context = case_context(request.actor, waiting[0], at=at, desk=name) if waiting else {"desk": name}
    return render(request, "workbench/item.html", context)


def _console(request: DeskRequest, name: str, template: str, more: dict[str, Any]) -> HttpResponse:
    at = timezone.now()
    cases = list(cases_in(CONSOLES[name].queue, request.actor, at=at)[:LONGEST_QUEUE])
    context: dict[str, Any] = {
        "rows": rows_of(cases, at=at),
        "now": at,
        "desk": name,
        "queue_url": CONSOLES[name].url,
        **more,
    }
    if request.GET.get("part") == "queue":
        return render(request, "workbench/queue.html", context)
    sought = request.GET.get("case", "")
    chosen = next((case for case in cases if case.number == sought), cases[0] if cases else None)
    if chosen is not None:
        context |= case_context(request.actor, chosen, at=at, desk=name)
    context["selected"] = chosen.number if chosen else ""
    return render(request, template, context)
