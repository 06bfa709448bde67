"""What waits for a decision or a promised day: requests of the units, rulings, disputes, visits, what rests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.queries import asked_in, visits_promised
from liandong.cases.rulebook import rulebook_for
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.queues import LONGEST_QUEUE, cases_in
from liandong.workbench.rows import rows_of, unit_name
from liandong.workbench.views.lists import tabs_of

if TYPE_CHECKING:
    from liandong.cases.models import Case

TABS: Final = ("coordination", "extension", "ruling", "appeal", "follow_up", "suspended")
_ANSWERED_BY: Final = {
    "coordination": "accept_coordination",
    "extension": "grant_extension",
    "ruling": "arbitrate",
    "appeal": "refuse_dispute",
    "follow_up": "follow_up",
    "suspended": "resume",
}


@desk(
    "cases.accept_coordination",
    "cases.grant_extension",
    "cases.arbitrate",
    "cases.refuse_dispute",
    "cases.follow_up",
    "cases.resume",
)
@require_safe
def asked(request: DeskRequest) -> HttpResponse:
    """One tab for each kind of question this person answers, each row with what was asked."""
    at = timezone.now()
    tabs, chosen = tabs_of(request, "workbench:asked", TABS, at=at)
    cases = list(cases_in(chosen, request.actor, at=at)[:LONGEST_QUEUE])
    context = {
        "tabs": tabs,
        "tab": chosen,
        "answer": _ANSWERED_BY[chosen],
        "lines": _lines(cases, chosen, at=at),
        "now": at,
    }
    part = request.GET.get("part") == "rows"
    return render(request, "workbench/asked_rows.html" if part else "workbench/asked.html", context)


def _lines(cases: list[Case], kind: str, *, at: datetime) -> list[dict[str, Any]]:
    """Rows with who asks what since when, or what is waited for until when; one statement more at most."""
    keys = [case.pk for case in cases]
    questions = asked_in(keys, kind) if kind in ("coordination", "extension", "appeal") else {}
    visits = visits_promised(keys) if kind == "follow_up" else {}
    lines = []
    for case, row in zip(cases, rows_of(cases, at=at), strict=True):
        line: dict[str, Any] = {"row": row, "who": row.unit, "said": "", "since": None, "day": None}
        if question := questions.get(case.pk):
            line |= {"said": question.reason, "since": question.asked_at}
            line["who"] = unit_name(question.asked_unit, rulebook_for(case.district))
        if visit := visits.get(case.pk):
            line |= {"who": unit_name(visit.unit, rulebook_for(case.district)), "day": visit.due_on}
        if kind == "suspended":
            line |= {"said": case.suspended_for, "since": case.suspended_at, "day": case.wake_on}
        if kind == "ruling":
            line["said"] = _("已退单 %(times)s 次，首接单位先行处置") % {"times": case.returns}
        lines.append(line)
    return lines
