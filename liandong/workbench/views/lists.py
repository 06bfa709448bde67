"""Lists of cases: all of them by filter, the late ones, and the inbox of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.docket import thing_of
from liandong.cases.operations import BATCH_VERBS
from liandong.cases.queries import SOON, CaseFilter, number_typed, parts_of, permitted_cases, solved_by_force, view_of
from liandong.cases.queries.asking import MORE, order_in, question_in
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import (
    CHANNEL_WORDS,
    CLOSING_WORDS,
    FORCE_WORDS,
    NATURE_WORDS,
    RUN_BY_WORDS,
    STAGE_WORDS,
    URGENCY_WORDS,
    Part,
)
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of
from liandong.workbench.columns import COLUMNS, chosen, lines_of
from liandong.workbench.paging import page_of
from liandong.workbench.queues import LONGEST_QUEUE, QUEUES, cases_in, waiting_counts
from liandong.workbench.rows import class_name, rows_of, unit_name

if TYPE_CHECKING:
    from liandong.cases.models import Case

PAGE = 50
THE_LIST = "cases"
LATELY = timedelta(days=7)
"""How far back the shares by kind of force look; longer spans are for assessment."""
INBOX_TABS: Final = ("receive", "hand_in", "handed_down", "due_soon", "late")


@desk("cases.view")
@require_safe
def cases(request: DeskRequest) -> HttpResponse:
    """All cases one may see, by filter and order, 50 at a time; the address holds the whole question."""
    at = timezone.now()
    view = view_of(request.actor, THE_LIST)
    columns = chosen(view.columns if view else ())
    asked = asked_for(request, at=at)
    order = order_in(request.GET, asked, usual=view.order if view else "newest")
    seen = asked.narrowed(permitted_cases(request.actor))
    shown, behind = page_of(
        asked.sought_among(seen),
        order=order,
        text=asked.text,
        after=request.GET.get("after", ""),
        size=PAGE,
        seen=seen,
    )
    context = {
        "lines": lines_of(shown, columns, at=at),
        "columns": [{"code": one.code, "word": _(one.word), "order": one.order} for one in columns],
        "order": order,
        "is_dense": bool(view and view.is_dense),
        "now": at,
        "pager": _pager(request.GET, shown, behind=behind),
        "query": urlencode(_kept(request.GET)),
        "may": [code for code, verb in BATCH_VERBS.items() if request.actor.may(verb.act)],
        "this_url": request.get_full_path(),
        "joined_as": _joined_as(asked, shown),
    }
    part = request.GET.get("part") == "rows" or request.headers.get("HX-Target", "").endswith("#rows")
    if part:
        return render(request, "workbench/cases_rows.html", context)
    return render(request, "workbench/cases.html", context | _form(request))


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
    """A unit's own cases: to receive, in hand, handed down, due soon, late."""
    at = timezone.now()
    tabs, chosen = tabs_of(request, "workbench:inbox", INBOX_TABS, at=at)
    cases = list(cases_in(chosen, request.actor, at=at)[:LONGEST_QUEUE])
    context = {"tabs": tabs, "tab": chosen, "tasks": _tasks(request.actor, cases, at=at), "now": at}
    part = request.GET.get("part") == "rows"
    return render(request, "workbench/inbox_rows.html" if part else "workbench/inbox.html", context)


def tabs_of(
    request: DeskRequest, view: str, codes: tuple[str, ...], *, at: datetime
) -> tuple[list[dict[str, Any]], str]:
    """Tabs of the queues among `codes` this person works off, and the chosen one: the first with something in it."""
    mine = tuple(code for code in codes if request.actor.may(QUEUES[code].act))
    counts = waiting_counts(request.actor, mine, at=at)
    chosen = request.GET.get("tab", "")
    if chosen not in mine:
        chosen = next((code for code in mine if counts[code]), mine[0])
    tabs = [
        {
            "url": f"{reverse(view)}?tab={code}",
            "label": _(QUEUES[code].word),
            "count": counts[code],
            "active": code == chosen,
            "late": code == "late",
            "key": f"alt+{place}",
        }
        for place, code in enumerate(mine, start=1)
    ]
    return tabs, chosen


def _tasks(actor: Actor, cases: list[Case], *, at: datetime) -> list[dict[str, Any]]:
    """Rows with how far the reader's own unit has come, which for an assistant is not the stage of the case."""
    parts = parts_of([case.pk for case in cases], actor.units - {""})
    tasks = []
    for case, row in zip(cases, rows_of(cases, at=at), strict=True):
        held = parts.get(case.pk)
        tasks.append(
            {
                "row": row,
                "state": held.state if held else _STATES.get(case.stage, ""),
                "assists": held is not None and held.part != Part.LEAD,
                "handed_to": unit_name(held.handed_to, rulebook_for(case.district)) if held else "",
                "may_hand_down": actor.may("cases.hand_down", thing_of(case)),
                "rests": case.suspended_at is not None,
            }
        )
    return tasks


_STATES: Final = {"dispatched": "sent", "received": "received", "on_scene": "on_scene"}


def asked_for(request: DeskRequest, *, at: datetime) -> CaseFilter:
    """The filter an address asks for; words it does not know narrow nothing."""
    return question_in(request.GET).settled(request.actor, at=at)


def _joined_as(asked: CaseFilter, shown: list[Case]) -> str:
    """The number that was typed, where it is that of a report joined to the one case shown."""
    typed = number_typed(asked.text)
    return typed if len(shown) == 1 and typed and typed != shown[0].number else ""


def _solved_lately(request: DeskRequest, *, at: datetime) -> list[dict[str, Any]]:
    """How many of the cases of the last days each kind of force solved, and its share."""
    solved = solved_by_force(permitted_cases(request.actor).filter(reported_at__gte=at - LATELY))
    total = sum(solved.values())
    return [
        {"force": force.value, "count": count, "share": count / total if total else None}
        for force, count in solved.items()
    ]


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """The names and values of an address that say what is asked for, without the page it is at."""
    return [(name, value) for name, values in asked.lists() for value in values if name not in ("after", "part")]


def _pager(asked: QueryDict, shown: list[Case], *, behind: str) -> dict[str, Any]:
    kept = _kept(asked)
    return {
        "shown": len(shown),
        "first_url": "?" + urlencode(kept) if asked.get("after") else "",
        "older_url": "?" + urlencode([*kept, ("after", behind)]) if behind else "",
    }


def _form(request: DeskRequest) -> dict[str, Any]:
    """What the form of the filter offers, and the panels around the list."""
    asked = request.GET
    return {
        "asked": asked,
        "picked": _picked(request),
        "choices": {name: [(code, _(word)) for code, word in words.items()] for name, words in _CHOICES.items()},
        "is_more": any(asked.get(name) for name in MORE),
        "may_find_phone": request.actor.may("cases.find_by_phone"),
        "all_columns": [(one.code, _(one.word)) for one in COLUMNS.values()],
        "units": [(code, unit_name(code, rulebook_for(code[:6]))) for code in sorted(request.actor.units - {""})],
    }


_SOLVED_WORDS: Final = {
    "grid": marked("网格"),
    "station": marked("居村工作站"),
    "town": marked("街镇"),
    "district": marked("区级"),
}
_CALLED_WORDS: Final = {"solved": marked("已解决"), "not_solved": marked("未解决"), "unreached": marked("未接通")}

_CHOICES: Final[dict[str, Mapping[Any, str]]] = {
    "stage": STAGE_WORDS,
    "channel": CHANNEL_WORDS,
    "urgency": URGENCY_WORDS,
    "nature": NATURE_WORDS,
    "force": FORCE_WORDS,
    "run_by": RUN_BY_WORDS,
    "closing": CLOSING_WORDS,
    "solved_level": _SOLVED_WORDS,
    "call_back_result": _CALLED_WORDS,
}


def _picked(request: DeskRequest) -> dict[str, str]:
    """The words of what was picked, which the address holds as codes."""
    book = rulebook_for(district_of(request.actor))
    area = book.map.areas.get(_code(request, "area"))
    return {
        "class_code": class_name(_code(request, "class_code"), book),
        "unit": unit_name(_code(request, "unit"), book),
        "area": name_of(area) if area else "",
    }


def _code(request: DeskRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:40]


def _with_clock(cases: list[Case], *, at: datetime) -> list[dict[str, Any]]:
    """Rows with the clock that falls due first."""
    lines = []
    for case, row in zip(cases, rows_of(cases, at=at), strict=True):
        running = sorted(
            (clock for clock in case.clocks.all() if clock.stopped_at is None), key=lambda clock: clock.due_at
        )
        lines.append({"row": row, "kind": running[0].kind if running else ""})
    return lines
