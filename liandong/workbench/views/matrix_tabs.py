"""Beside the grid: gaps and doubles, what a version would have changed, its record, and why a case got its unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.matrices import (
    Explanation,
    Sent,
    changed_cases,
    coverage_of,
    explain_case,
    record_of,
    version_numbered,
    what_if,
)
from liandong.cases.queries import case_for
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.coverage import Coverage, Double, Gap
from liandong.cases.rules.responsibility import Considered, Row, RowKey
from liandong.kernel.refusal import marked
from liandong.people.desk import DeskRequest, desk
from liandong.people.queries import staff_by_key
from liandong.timeline.queries import Entry
from liandong.web.names import listed
from liandong.workbench.matrix_page import MatrixPage, page_context, page_for
from liandong.workbench.matrix_words import (
    IDLE,
    OBSTACLES,
    answer_label,
    area_label,
    class_label,
    condition_label,
    place_label,
    version_title,
    word_name,
)
from liandong.workbench.rows import area_path, class_name, unit_name

USUAL_SPAN: Final = timedelta(days=30)
LONGEST_SPAN: Final = timedelta(days=400)
PAGE: Final = 50
MOST_LINES: Final = 200
_TOLD: Final = {
    "MatrixDraftOpened": marked("建立草案"),
    "MatrixRowSet": marked("改了规则"),
    "MatrixRowRemoved": marked("移除规则"),
    "MatrixDraftCaughtUp": marked("并入新版"),
    "MatrixPublished": marked("发布"),
    "MatrixDraftDropped": marked("撤销草案"),
}


@desk("cases.view")
@require_safe
def gaps(request: DeskRequest, number: int) -> HttpResponse:
    """What a version leaves uncovered, decides twice, or says in vain."""
    page = page_for(request.actor, number, at=timezone.now())
    found = coverage_of(page.matrix, page.book, day=page.day)
    context = page_context(page, "matrix_gaps") | _gaps(found, page.book)
    return render(request, "workbench/matrix_gaps.html", context)


@desk("cases.view")
@require_safe
def trial(request: DeskRequest, number: int) -> HttpResponse:
    """Past cases by this version and by the one in force; `part=result` counts, `part=cases` lists."""
    at = timezone.now()
    page = page_for(request.actor, number, at=at)
    since, until = _span(request.GET, page.book, at=at)
    asked: dict[str, Any] = {"since": since, "until": until, "actor": request.actor, "at": at}
    days = {"since": since.date().isoformat(), "until": (until - timedelta(days=1)).date().isoformat()}
    here = reverse("workbench:matrix_trial", args=[number])
    part = request.GET.get("part", "")
    if part == "result":
        found = what_if(page.matrix, page.book, **asked)
        moves = [
            {
                "before": unit_name(move.before, page.book),
                "after": unit_name(move.after, page.book),
                "count": move.count,
                "numbers": move.numbers,
                "url": f"{here}?{urlencode({**days, 'part': 'cases', 'from': move.before, 'to': move.after})}",
            }
            for move in found.moves
        ]
        by_class = [(class_name(code, page.book), count) for code, count in found.by_class[:MOST_LINES]]
        by_town = [(area_label(code, page.book), count) for code, count in found.by_town]
        context = {"trial": found, "moves": moves, "by_class": by_class, "by_town": by_town, "version": page.facts}
        return render(request, "workbench/matrix_trial_result.html", context)
    if part == "cases":
        return render(request, "workbench/matrix_trial_cases.html", _moved(request, page, asked, here, days))
    context = page_context(page, "matrix_trial") | days | {"here": here}
    return render(request, "workbench/matrix_trial.html", context)


@desk("cases.view")
@require_safe
def record(request: DeskRequest, number: int) -> HttpResponse:
    """All versions, and everything done to this one, the newest first."""
    page = page_for(request.actor, number, at=timezone.now())
    version = version_numbered(page.book.map.district.code, number)
    entries = list(record_of(version).order_by("-seq")[:MOST_LINES])
    people = staff_by_key({entry.actor for entry in entries})
    context = page_context(page, "matrix_record") | {"entries": [_told(entry, people, page.book) for entry in entries]}
    return render(request, "workbench/matrix_record.html", context)


@desk("cases.view")
@require_safe
def why_unit(request: DeskRequest, number: str) -> HttpResponse:
    """Why the matrix named this unit for a case, and what people did then."""
    case = case_for(request.actor, number)
    book = rulebook_for(case.district)
    explanation, sent = explain_case(case, book)
    people = staff_by_key({one.actor for one in sent})
    context = {
        "case": case,
        "suggested": unit_name(case.suggested_unit, book),
        **_explained(explanation, book),
        "sent": [_sent(one, people, book) for one in sent],
    }
    return render(request, "workbench/why_unit.html", context)


def _gaps(found: Coverage, book: Rulebook) -> dict[str, Any]:
    return {
        "coverage": found,
        "covered": 1 - found.uncovered / found.combinations if found.combinations else None,
        "gaps": [_gap(gap, book) for gap in found.gaps[:MOST_LINES]],
        "doubles": [_double(one, book) for one in found.doubles[:MOST_LINES]],
        "idle": [
            {
                "place": place_label(one.row, book),
                "answer": answer_label(*one.row.answer, book),
                "why": _(IDLE[one.why]),
                "key": _key(one.row.key),
            }
            for one in found.idle[:MOST_LINES]
        ],
        "weak": [
            {
                "place": place_label(one.row, book),
                "answer": answer_label(*one.row.answer, book),
                "classes": [class_name(code, book) for code in one.classes[:6]],
                "count": len(one.classes),
                "key": _key(one.row.key),
            }
            for one in found.weak[:MOST_LINES]
        ],
    }


def _gap(gap: Gap, book: Rulebook) -> dict[str, Any]:
    return {
        "classes": [f"{code} {class_label(code, book)}".removeprefix("* ") for code in gap.classes],
        "areas": [area_label(code, book) for code in gap.areas],
        "count": gap.combinations,
        "lacks_force": gap.lacks_force,
        "key": _key((gap.classes[0], gap.areas[0], "*")),
    }


def _double(double: Double, book: Rulebook) -> dict[str, Any]:
    return {
        "wins": {"place": place_label(double.wins, book), "answer": answer_label(*double.wins.answer, book)},
        "loses": {"place": place_label(double.loses, book), "answer": answer_label(*double.loses.answer, book)},
        "example": f"{class_label(double.class_code, book)} × {area_label(double.area, book)}",
        "condition": condition_label(double.condition, double.class_code, book),
        "count": double.combinations,
        "key": _key(_settling(double.wins, double.loses)),
    }


def _settling(wins: Row, loses: Row) -> RowKey:
    """Where a rule of its own would settle two that contend: the narrower class in the narrower area."""
    condition = wins.condition if wins.condition != "*" else loses.condition
    return (
        max(wins.class_prefix, loses.class_prefix, key=_narrowness),
        max(wins.area_prefix, loses.area_prefix, key=_narrowness),
        condition,
    )


def _narrowness(prefix: str) -> int:
    return 0 if prefix == "*" else len(prefix)


def _key(key: RowKey) -> str:
    return urlencode({"class": key[0], "area": key[1], "condition": key[2]})


def _span(asked: Mapping[str, str], book: Rulebook, *, at: datetime) -> tuple[datetime, datetime]:
    """From the first day asked for until the end of the last; the last thirty days unless both are days."""
    zone = book.map.calendar.zone
    today = book.day_of(at)
    try:
        first, last = (date.fromisoformat(asked.get(name, "")) for name in ("since", "until"))
    except ValueError:
        first, last = today - USUAL_SPAN, today
    last = max(last, first)
    first = max(first, last - LONGEST_SPAN)
    begins = datetime.combine(first, time.min, zone)
    return begins, datetime.combine(last + timedelta(days=1), time.min, zone)


def _moved(
    request: DeskRequest, page: MatrixPage, asked: dict[str, Any], here: str, days: dict[str, str]
) -> dict[str, Any]:
    """One page of the cases of one move."""
    given = request.GET
    below = given.get("below", "")
    move: dict[str, Any] = {"before": given.get("from", ""), "after": given.get("to", "")}
    found = changed_cases(
        page.matrix, page.book, **asked, **move, below=int(below) if below.isdigit() else None, limit=PAGE + 1
    )
    shown = found[:PAGE]
    more = {**days, "part": "cases", "from": move["before"], "to": move["after"]}
    return {
        "before": unit_name(move["before"], page.book),
        "after": unit_name(move["after"], page.book),
        "cases": [
            {
                "number": one.number,
                "kind": class_name(one.class_code, page.book),
                "place": area_path(one.area, page.book),
                "reported_at": one.reported_at,
                "sent_to": unit_name(one.sent_to, page.book),
            }
            for one in shown
        ],
        "older_url": f"{here}?{urlencode({**more, 'below': shown[-1].pk})}" if len(found) > PAGE else "",
    }


def _told(entry: Entry, people: Mapping[str, tuple[str, str]], book: Rulebook) -> dict[str, Any]:
    data = entry.data
    place = ""
    if "class_prefix" in data:
        key = (data["class_prefix"], data["area_prefix"], data["condition"])
        place = place_label(Row(key[0], key[1], "", (), "", "", key[2]), book)
    name, unit = people.get(entry.actor, (_("平台"), ""))
    return {
        "what": _(_TOLD[entry.event]) if entry.event in _TOLD else entry.event,
        "event": entry.event,
        "who": name,
        "unit": unit_name(unit, book),
        "at": entry.at.astimezone(book.map.calendar.zone),
        "place": place,
        "before": _words(data.get("before"), book),
        "after": _words(data.get("after"), book),
        "title": _(data["title"]) if data.get("title") else "",
        "data": data,
    }


def _words(told: Mapping[str, Any] | None, book: Rulebook) -> dict[str, str]:
    if not told:
        return {}
    answer = answer_label(told.get("lead", ""), told.get("assisting", ()), told.get("fallback", ""), book)
    return {"answer": answer, "reason": told.get("reason", "")}


def _explained(explanation: Explanation, book: Rulebook) -> dict[str, Any]:
    return {
        "explanation": explanation,
        "matrix_title": version_title(explanation.matrix.title, explanation.matrix.number),
        "unit": unit_name(explanation.unit, book),
        "why": _(explanation.why) if explanation.why else "",
        "helpers": listed(unit_name(code, book) for code in explanation.assisting),
        "kind": class_name(explanation.class_code, book),
        "place": area_label(explanation.area, book),
        "condition": condition_label(explanation.condition, explanation.class_code, book),
        "about": unit_name(explanation.about_unit, book),
        "considered": list(_rows(explanation.considered, book)),
    }


def _rows(considered: Iterable[Considered], book: Rulebook) -> Iterable[dict[str, Any]]:
    decided = False
    for one in considered:
        yield {
            "place": place_label(one.row, book),
            "reason": _(one.row.reason) if one.row.reason else "",
            "lead": _candidate(one.lead.word, one.lead.unit, one.lead.obstacle, book),
            "fallback": _candidate(one.fallback.word, one.fallback.unit, one.fallback.obstacle, book),
            "decides": one.decides,
            "used_fallback": one.used_fallback,
            "is_beyond": decided,
        }
        decided = decided or one.decides


def _candidate(word: str, unit: str, obstacle: str, book: Rulebook) -> dict[str, str]:
    name = unit_name(unit, book)
    general = word_name(word, book) if word else ""
    return {
        "name": name or general or "—",
        "word": general if general != name else "",
        "obstacle": _(OBSTACLES[obstacle]) if obstacle else "",
    }


def _sent(one: Sent, people: Mapping[str, tuple[str, str]], book: Rulebook) -> dict[str, Any]:
    name, unit = people.get(one.actor, (_("平台"), ""))
    return {
        "is_return": one.event == "CaseReturned",
        "at": one.at.astimezone(book.map.calendar.zone),
        "who": name,
        "of": unit_name(unit, book),
        "unit": unit_name(one.unit, book),
        "note": one.note,
        "why": _(one.why) if one.why else "",
        "is_as_suggested": one.is_as_suggested,
    }
