"""The responsibility matrix as a grid: see who leads where, and change it in a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.cases import operations
from liandong.cases.matrices import notes_on, version_numbered
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import storable
from liandong.cases.rules.responsibility import EVERY, Row, RowKey
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import Explanation, explain
from liandong.workbench.matrix_grid import Grid, Wanted
from liandong.workbench.matrix_page import ACT, MatrixPage, page_context, page_for
from liandong.workbench.matrix_words import (
    answer_label,
    area_label,
    class_label,
    conditions_below,
    note_words,
    place_label,
    word_name,
    word_options,
)
from liandong.workbench.rows import unit_name
from liandong.workbench.views.steps import announced

LONGEST_QUESTION = 60


@desk("cases.view")
@require_safe
def matrix(request: DeskRequest) -> HttpResponse:
    """The matrix in force."""
    return _grid_page(request, page_for(request.actor, None, at=timezone.now()))


@desk("cases.view")
@require_safe
def version(request: DeskRequest, number: int) -> HttpResponse:
    """One version, whatever its state."""
    return _grid_page(request, page_for(request.actor, number, at=timezone.now()))


@desk("cases.view")
@require_safe
def lines(request: DeskRequest, number: int) -> HttpResponse:
    """The lines below one that was opened (`under`), or all that are open."""
    page = page_for(request.actor, number, at=timezone.now())
    grid = _grid(page, request.GET)
    under = request.GET.get("under", "")
    found = grid.lines_under(under) if under else grid.lines()
    return render(request, "workbench/matrix_lines.html", {"lines": found})


@desk("cases.view")
@require_safe
def cell(request: DeskRequest, number: int) -> HttpResponse:
    """One cell: which rules meet here, and the form to change it."""
    page = page_for(request.actor, number, at=timezone.now())
    key = (_given(request.GET, "class") or EVERY, _given(request.GET, "area") or EVERY, _condition(request.GET))
    return render(request, "workbench/matrix_cell.html", _cell_context(page, key))


@desk(ACT)
@require_POST
def set_cell(request: DeskRequest, number: int) -> HttpResponse:
    """State who is responsible in a cell of a draft."""
    given = request.POST
    asked: dict[str, Any] = {name: given.get(name, "") for name in ("lead", "fallback", "reason")}
    asked["assisting"] = _assisting(given)
    return _change(request, number, lambda draft, **place: operations.set_row(draft, **place, **asked))


@desk(ACT)
@require_POST
def remove_cell(request: DeskRequest, number: int) -> HttpResponse:
    """Take a cell's own rule out of a draft."""
    return _change(request, number, operations.remove_row)


@desk("cases.view")
@require_safe
def words(request: DeskRequest) -> HttpResponse:
    """Whom a rule may name, as choices."""
    book = rulebook_for(district_of(request.actor))
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUESTION]
    return JsonResponse({"options": word_options(text, book, book.day_of(timezone.now()))})


@desk(ACT)
@require_POST
def open_draft(request: DeskRequest) -> HttpResponse:
    """Open a draft based on a version."""
    based_on = request.POST.get("based_on", "")
    title, back = request.POST.get("title", ""), int(based_on) if based_on.isdigit() else None

    def do() -> int:
        district, actor = district_of(request.actor), request.actor
        return operations.open_draft(district, title=title, based_on=back, actor=actor, at=timezone.now()).number

    return _done(request, do, back=back, said=_("草案已建立，点选格子即可修改。"))


@desk(ACT)
@require_POST
def publish(request: DeskRequest, number: int) -> HttpResponse:
    """Let a draft hold from a day on."""
    given = request.POST.get("since_on", "")
    try:
        since_on = date.fromisoformat(given) if given else None
    except ValueError:
        since_on = date.min
    draft = _id_of(request, number)

    def do() -> int:
        operations.publish_draft(draft, since_on=since_on, actor=request.actor, at=timezone.now())
        return number

    return _done(request, do, back=number, said=_("已发布。生效日之前报告的案件仍按原来的版本。"))


@desk(ACT)
@require_POST
def catch_up(request: DeskRequest, number: int) -> HttpResponse:
    """Take over what was published since a draft was opened."""
    draft = _id_of(request, number)

    def do() -> int:
        operations.catch_up_draft(draft, actor=request.actor, at=timezone.now())
        return number

    return _done(request, do, back=number, said=_("已并入新版，您改过的格子保持不变。"))


@desk(ACT)
@require_POST
def drop(request: DeskRequest, number: int) -> HttpResponse:
    """Throw a draft away."""
    draft = _id_of(request, number)

    def do() -> None:
        operations.drop_draft(draft, actor=request.actor, at=timezone.now())

    return _done(request, do, back=number, said=_("草案已撤销，记录保留。"))


def _done(request: DeskRequest, do: Callable[[], int | None], *, back: int | None, said: str) -> HttpResponse:
    """Do it and show the version it led to; a refusal comes back to where the reader was."""
    try:
        number = do()
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        page = page_for(request.actor, back, at=timezone.now())
        return _grid_page(request, page, refused=told)
    messages.success(request, said)
    url = reverse("workbench:matrix_version", args=[number]) if number else reverse("workbench:matrix")
    return HttpResponseRedirect(url)


def _change(request: DeskRequest, number: int, operation: Callable[..., Any]) -> HttpResponse:
    """Change one cell; the answer is the cell as it then stands, with what to mind or why it was refused."""
    given, at = request.POST, timezone.now()
    key = (_given(given, "class") or EVERY, _given(given, "area") or EVERY, _condition(given))
    place = dict(zip(("class_prefix", "area_prefix", "condition"), key, strict=True))
    seen = int(given["seen"]) if given.get("seen", "").isdigit() else None
    draft = _id_of(request, number)
    try:
        operation(draft, **place, seen=seen, actor=request.actor, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        page = page_for(request.actor, number, at=at)
        context = _cell_context(page, key) | {"refused": explain(refusal), "typed": _typed(given, page)}
        return render(request, "workbench/matrix_cell.html", context, status=refusal.status)
    page = page_for(request.actor, number, at=at)
    row = page.matrix.rows.get(key)
    notes = note_words(notes_on(row, page.book, day=page.day)) if row else []
    context = page_context(page, "matrix_version") | _cell_context(page, key) | {"saved": True, "notes": notes}
    response = render(request, "workbench/matrix_cell.html", context)
    said = _("这一格已保存。") if row else _("已移除，这里沿用更宽的规则。")
    return announced(response, message=said, events={"ld:matrix": {"class": key[0], "area": key[1]}})


def _id_of(request: DeskRequest, number: int) -> int:
    return version_numbered(district_of(request.actor), number).pk


def _grid_page(request: DeskRequest, page: MatrixPage, *, refused: Explanation | None = None) -> HttpResponse:
    sought = QueryDict(request.GET.get("at", ""))
    grid = _grid(page, request.GET, sought)
    context = page_context(page, "matrix_version") | {
        "columns": grid.columns,
        "lines": grid.lines(),
        "wanted": grid.wanted,
        "sought": sought,
        "unit_text": unit_name(grid.wanted.unit, page.book),
        "zoomed": area_label(grid.wanted.zoom, page.book) if grid.wanted.zoom else "",
        "above_zoom": grid.wanted.zoom[:-3] if len(grid.wanted.zoom) > 9 else "",
        "refused": refused,
    }
    return render(request, "workbench/matrix.html", context, status=refused.status if refused else 200)


def _grid(page: MatrixPage, asked: QueryDict, sought: Mapping[str, str] | None = None) -> Grid:
    """The grid as asked for: zoomed and opened so that the cell `sought`, if any, can be seen."""
    code, area = (sought or {}).get("class", ""), (sought or {}).get("area", "")
    above = {code[:size] for size in range(1, len(code))}
    wanted = Wanted(
        zoom=_given(asked, "zoom") or (area[:-3] if len(area) > 9 else ""),
        open=frozenset({*filter(None, _given(asked, "open", longest=8000).split(",")), *above}),
        text=_given(asked, "text"),
        unit=_given(asked, "unit"),
        only_changes=asked.get("only") == "changes",
    )
    return Grid(page.matrix, page.book, page.day, wanted, frozenset(change.key for change in page.changes))


def _given(asked: QueryDict, name: str, *, longest: int = 60) -> str:
    return storable(asked.get(name, "")).strip()[:longest]


def _condition(asked: QueryDict) -> str:
    return _given(asked, "condition") or EVERY


def _cell_context(page: MatrixPage, key: RowKey) -> dict[str, Any]:
    """What the panel beside the grid shows of one cell."""
    book, rows = page.book, page.matrix.rows
    class_prefix, area_prefix, condition = key
    place = book.map.district.code if area_prefix == EVERY else area_prefix
    covering = list(rows.covering("" if class_prefix == EVERY else class_prefix, place, condition))
    own = rows.get(key)
    shown = own or next(iter(covering), None)
    return {
        "version": page.facts,
        "class_prefix": class_prefix,
        "area_prefix": area_prefix,
        "condition": condition,
        "class_name": class_label(class_prefix, book),
        "area_name": area_label(area_prefix, book),
        "conditions": [
            (code, word, (class_prefix, area_prefix, code) in rows)
            for code, word in conditions_below(class_prefix, book)
        ],
        "own": own,
        "may_set": page.may_set(area_prefix),
        "keeps_some": page.keeps_some,
        "typed": _shown(shown, own, page),
        "met": [
            {
                "place": place_label(row, book),
                "answer": answer_label(*row.answer, book),
                "reason": _(row.reason) if row.reason else "",
                "is_own": row.key == key,
            }
            for row in covering
        ],
    }


def _shown(shown: Row | None, own: Row | None, page: MatrixPage) -> dict[str, Any]:
    """The form's values: the cell's own rule, else whom the wider one names, without its reason."""
    given = {"lead": shown.lead, "fallback": shown.fallback} if shown else {"lead": "", "fallback": ""}
    assisting = list(shown.assisting) if shown else []
    return _fields(given, assisting, page) | {"reason": own.reason if own else ""}


def _typed(given: Mapping[str, str], page: MatrixPage) -> dict[str, Any]:
    """The form's values as somebody filled them in."""
    return _fields(given, _assisting(given), page) | {"reason": given.get("reason", "")}


def _assisting(given: Mapping[str, str]) -> list[str]:
    """What stands in the numbered fields for assisting units, in their order."""
    return [given[name] for name in sorted(given) if name.startswith("assisting_") and name[10:].isdigit()]


def _fields(given: Mapping[str, str], assisting: list[str], page: MatrixPage) -> dict[str, Any]:
    helpers = [word for word in assisting if word]
    helpers += [""] * (max(2, len(helpers) + 1) - len(helpers))
    typed = {
        name: {"value": given.get(name, ""), "text": _name(given.get(name, ""), page) or given.get(f"{name}_text", "")}
        for name in ("lead", "fallback")
    }
    named = [
        {"name": f"assisting_{place}", "value": word, "text": _name(word, page)}
        for place, word in enumerate(helpers, start=1)
    ]
    return {**typed, "assisting": named}


def _name(word: str, page: MatrixPage) -> str:
    return word_name(word, page.book) if word else ""
