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

from liandong.cases.queries import case_for
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.detail import case_context
from liandong.workbench.queues import LONGEST_QUEUE, QUEUES, cases_in, waiting_counts
from liandong.workbench.rows import rows_of

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
    "check": Console("check", "workbench:verify", "tab=check"),
    "call_back": Console("call_back", "workbench:verify", "tab=call_back"),
    "close": Console("close", "workbench:verify", "tab=close"),
}
VERIFY_TABS: Final = ("check", "call_back", "close")


@desk("cases.dispatch")
@require_safe
def dispatch(request: DeskRequest) -> HttpResponse:
    """The dispatcher's console: queue, map, case."""
    return _console(request, "dispatch", "workbench/dispatch.html", {})


@desk("cases.check", "cases.call_back", "cases.close")
@require_safe
def verify(request: DeskRequest) -> HttpResponse:
    """What is to be checked, called back or closed."""
    at = timezone.now()
    tabs = [code for code in VERIFY_TABS if request.actor.may(QUEUES[code].act)]
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else tabs[0]
    counts = waiting_counts(request.actor, tuple(tabs), at=at)
    shown = [
        {
            "url": CONSOLES[code].url,
            "label": _(QUEUES[code].word),
            "count": counts[code],
            "active": code == chosen,
            "key": f"alt+{place}",
        }
        for place, code in enumerate(tabs, start=1)
    ]
    return _console(request, chosen, "workbench/verify.html", {"tabs": shown})


@desk("cases.dispatch", "cases.check", "cases.call_back", "cases.close")
@require_safe
def item(request: DeskRequest, name: str, number: str) -> HttpResponse:
    """One case in the pane of a console."""
    case = case_for(request.actor, number)
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
