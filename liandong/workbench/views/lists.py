"""Lists of cases: all of them by filter, the late ones, and the inbox of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.queries import CaseFilter, permitted_cases, solved_by_force
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import CHANNEL_WORDS, STAGE_WORDS, Stage
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of
from liandong.workbench.queues import LONGEST_QUEUE, QUEUES, cases_in, waiting_counts
from liandong.workbench.rows import SOON, class_name, rows_of, unit_name

if TYPE_CHECKING:
    from liandong.cases.models import Case

PAGE = 50
LONGEST_TEXT = 100
LATELY = timedelta(days=7)
"""How far back the shares by kind of force look; longer spans are for assessment."""
INBOX_TABS: Final = ("receive", "hand_in", "due_soon", "late")
_FLAGS: Final = {"yes": True, "no": False}


@desk("cases.view")
@require_safe
def cases(request: DeskRequest) -> HttpResponse:
    """All cases one may see, by filter, newest first, 50 at a time; the address holds the whole question."""
    at = timezone.now()
    filtered = asked_for(request, at=at).apply(permitted_cases(request.actor)).defer("terms")
    found = list(newest_first(filtered, after=_position(request.GET.get("after", "")))[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "rows": rows_of(shown, at=at),
        "now": at,
        "pager": _pager(request.GET, shown, more=len(found) > PAGE),
        "asked": request.GET,
        "picked": _picked(request),
        "stages": [(stage.value, _(word)) for stage, word in STAGE_WORDS.items()],
        "channels": [(code, _(word)) for code, word in CHANNEL_WORDS.items()],
        "this_url": request.get_full_path(),
    }
    part = request.GET.get("part") == "rows" or request.headers.get("HX-Target", "").endswith("#rows")
    return render(request, "workbench/cases_rows.html" if part else "workbench/cases.html", context)


@desk("cases.dispatch", "cases.close_special", "cases.check")
@require_safe
def late(request: DeskRequest) -> HttpResponse:
    """What is late now, and what will be within four hours, longest late first."""
    at = timezone.now()
    if request.GET.get("part") == "solved":
        return render(request, "workbench/late_solved.html", {"solved": _solved_lately(request, at=at)})
    seen = permitted_cases(request.actor).filter(ended_at__isnull=True).defer("terms").prefetch_related("clocks")
    is_late = list(seen.filter(due_at__lt=at).order_by("due_at", "id")[:LONGEST_QUEUE])
    soon = list(seen.filter(due_at__gte=at, due_at__lte=at + SOON).order_by("due_at", "id")[:LONGEST_QUEUE])
    context = {
        "groups": [
            {
                "code": "late",
                "word": _("已超时"),
                "lines": _with_clock(is_late, at=at),
                "full": len(is_late) == LONGEST_QUEUE,
            },
            {
                "code": "due_soon",
                "word": _("四小时内到期"),
                "lines": _with_clock(soon, at=at),
                "full": len(soon) == LONGEST_QUEUE,
            },
        ],
        "now": at,
    }
    part = request.GET.get("part") == "rows"
    return render(request, "workbench/late_rows.html" if part else "workbench/late.html", context)


@desk("cases.receive")
@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """A unit's own cases: to receive, in hand, due soon, late."""
    at = timezone.now()
    chosen = request.GET.get("tab", "")
    counts = waiting_counts(request.actor, INBOX_TABS, at=at)
    if chosen not in INBOX_TABS:
        chosen = next((code for code in INBOX_TABS if counts[code]), INBOX_TABS[0])
    tabs = [
        {
            "url": f"{reverse('workbench:inbox')}?tab={code}",
            "label": _(QUEUES[code].word),
            "count": counts[code],
            "active": code == chosen,
            "late": code == "late",
            "key": f"alt+{place}",
        }
        for place, code in enumerate(INBOX_TABS, start=1)
    ]
    rows = rows_of(cases_in(chosen, request.actor, at=at)[:LONGEST_QUEUE], at=at)
    context = {"tabs": tabs, "tab": chosen, "rows": rows, "now": at}
    part = request.GET.get("part") == "rows"
    return render(request, "workbench/inbox_rows.html" if part else "workbench/inbox.html", context)


def asked_for(request: DeskRequest, *, at: datetime) -> CaseFilter:
    """The filter an address asks for; words it does not know narrow nothing."""
    asked = request.GET
    return CaseFilter(
        stages=tuple(stage for stage in asked.getlist("stage") if stage in set(Stage)),
        class_prefix=_plain(asked, "class_code"),
        area_prefix=_plain(asked, "area"),
        unit=_plain(asked, "unit"),
        channel=_plain(asked, "channel"),
        text=asked.get("text", "").replace("\x00", "")[:LONGEST_TEXT],
        is_open=_FLAGS.get(asked.get("open", "")),
        is_late=True if asked.get("late") == "yes" else None,
        is_placed=_FLAGS.get(asked.get("placed", "")),
    )


def _solved_lately(request: DeskRequest, *, at: datetime) -> list[dict[str, Any]]:
    """How many of the cases of the last days each kind of force solved, and its share."""
    solved = solved_by_force(permitted_cases(request.actor).filter(reported_at__gte=at - LATELY))
    total = sum(solved.values())
    return [
        {"force": force.value, "count": count, "share": count / total if total else None}
        for force, count in solved.items()
    ]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after the case reported at this instant with this id."""

    at: datetime
    pk: int


def newest_first(cases: QuerySet[Case], *, after: Position | None) -> QuerySet[Case]:
    """Cases by their report, the latest first, those that come after a position."""
    if after is not None:
        later = Q(reported_at__lt=after.at) | Q(reported_at=after.at, pk__lt=after.pk)
        cases = cases.filter(later, reported_at__lte=after.at)
    return cases.order_by("-reported_at", "-id")


def _plain(asked: QueryDict, name: str) -> str:
    return asked.get(name, "").replace("\x00", "")[:40]


def _position(text: str) -> Position | None:
    instant, _bar, pk = text.rpartition("~")
    try:
        at = datetime.fromisoformat(instant)
        return Position(at, int(pk)) if at.tzinfo else None
    except ValueError:
        return None


def _pager(asked: QueryDict, shown: list[Case], *, more: bool) -> dict[str, Any]:
    kept = [(name, value) for name, values in asked.lists() for value in values if name not in ("after", "part")]
    older = ""
    if more:
        last = shown[-1]
        older = "?" + urlencode([*kept, ("after", f"{last.reported_at.isoformat()}~{last.pk}")])
    return {
        "shown": len(shown),
        "first_url": "?" + urlencode(kept) if asked.get("after") else "",
        "older_url": older,
    }


def _picked(request: DeskRequest) -> dict[str, str]:
    """The words of what was picked, which the address holds as codes."""
    book = rulebook_for(district_of(request.actor))
    area = book.map.areas.get(_plain(request.GET, "area"))
    return {
        "class_code": class_name(_plain(request.GET, "class_code"), book),
        "unit": unit_name(_plain(request.GET, "unit"), book),
        "area": name_of(area) if area else "",
    }


def _with_clock(cases: list[Case], *, at: datetime) -> list[dict[str, Any]]:
    """Rows with the clock that falls due first."""
    lines = []
    for case, row in zip(cases, rows_of(cases, at=at), strict=True):
        running = sorted(
            (clock for clock in case.clocks.all() if clock.stopped_at is None), key=lambda clock: clock.due_at
        )
        lines.append({"row": row, "kind": running[0].kind if running else ""})
    return lines
