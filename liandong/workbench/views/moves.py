"""After the map was redrawn: what still names an ended code, and moving it to the new codes in one act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.areas.queries import RedrawingView, redrawing_view, uses_of
from liandong.areas.rules.recoding import Recoding
from liandong.cases.matrices import RowOver, rows_over
from liandong.cases.operations import move_to_successors
from liandong.cases.operations.moving import Moved
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.responsibility import RowKey
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import posts_over, units_over
from liandong.people.rules.scope import Thing
from liandong.web.names import name_of
from liandong.web.refusals import explain
from liandong.workbench.matrix_words import answer_label, place_label

THE_PLAN: Final = marked("这个区划调整方案")
MOVED_HERE: Final = frozenset({marked("单位"), marked("岗位"), marked("责任矩阵")})
"""The kinds of uses that this page moves; the others are told."""


@dataclass(frozen=True, slots=True)
class PartShown:
    """A new code that may be chosen: `share` of the old surface went to it."""

    code: str
    name: str
    share: float
    is_heir: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ToMove:
    """Something that names an ended code: what it is, where it stands, and the codes it may go to."""

    field: str
    name: str
    note: str
    old: str
    old_name: str
    parts: tuple[PartShown, ...]


@desk("areas.redraw")
@require_http_methods(["GET", "HEAD", "POST"])
def moves(request: DeskRequest, redrawing: int) -> HttpResponse:
    """What names an ended code of an adopted plan, and the form that moves it."""
    at = timezone.now()
    view = redrawing_view(redrawing, actor=request.actor)
    if view.facts.district != district_of(request.actor) or view.facts.adopted_at is None:
        raise NotFound(what=THE_PLAN)
    refusal = None
    if request.method == "POST":
        try:
            moved = move_to_successors(redrawing, **_chosen(view, request.POST), actor=request.actor, at=at)
            _say(request, moved, view)
            return HttpResponseRedirect(reverse("workbench:moves", args=[redrawing]))
        except Refusal as found:
            refusal = found
    data = request.POST if request.method == "POST" else None
    context = _context(view, request.actor, data, at=at) | {"refusal": explain(refusal) if refusal else None}
    return render(request, "workbench/moves.html", context, status=refusal.status if refusal else 200)


def _context(view: RedrawingView, actor: Actor, data: QueryDict | None, *, at: datetime) -> dict[str, Any]:
    book = rulebook_for(view.facts.district)
    parts = _parts_of(view)
    codes = sorted(parts)
    day = max(view.facts.effective_on, book.day_of(at))
    rows = rows_over(view.facts.district, codes)
    is_due = book.day_of(at) >= view.facts.effective_on
    return {
        "plan": view.facts,
        "is_due": is_due,
        "posts": _posts(posts_over(codes, after=day), parts, book, actor, data),
        "rows": _rows([one for one in rows if not one.drafts], parts, book, actor, data),
        "moved_rows": [(place_label(one.row, book), one.drafts) for one in rows if one.drafts],
        "units": _units(units_over(codes), parts, book, actor, data if is_due else None),
        "others": [use for use in uses_of(codes) if use.kind not in MOVED_HERE],
    }


def _posts(
    posts: Iterable[Any], parts: Mapping[str, Sequence[Recoding]], book: Rulebook, actor: Actor, data: QueryDict | None
) -> list[ToMove]:
    """Posts one may change; the heir is chosen beforehand."""
    return [
        ToMove(
            field := f"post-{post.pk}",
            f"{post.user.name} {post.title}".strip(),
            name_of(post.unit),
            post.area,
            _area_name(post.area, book),
            _shown(parts[post.area], book, data, field, usual={one.new for one in parts[post.area] if one.is_heir}),
        )
        for post in posts
        if actor.may("people.organise", Thing(post.unit.area))
    ]


def _units(
    units: Iterable[Any], parts: Mapping[str, Sequence[Recoding]], book: Rulebook, actor: Actor, data: QueryDict | None
) -> list[ToMove]:
    """Units one may change; a unit answers for one area, so its heir is offered first and alone chosen."""
    return [
        ToMove(
            field := f"unit-{unit.code}",
            name_of(unit),
            unit.code,
            unit.area,
            _area_name(unit.area, book),
            _shown(parts[unit.area], book, data, field, usual={one.new for one in parts[unit.area] if one.is_heir}),
        )
        for unit in units
        if actor.may("people.organise", Thing(unit.area))
    ]


def _rows(
    rows: Iterable[RowOver],
    parts: Mapping[str, Sequence[Recoding]],
    book: Rulebook,
    actor: Actor,
    data: QueryDict | None,
) -> list[ToMove]:
    """Rows one may change; chosen beforehand for all parts, but of rows that would collide only the first."""
    taken: dict[RowKey, str] = {}
    found = []
    for one in rows:
        row, field = one.row, f"row-{one.id}"
        if not actor.may("cases.set_matrix", Thing(row.area_prefix)):
            continue
        says = answer_label(row.lead, row.assisting, row.fallback, book)
        usual = set()
        for part in parts[row.area_prefix]:
            if taken.setdefault((row.class_prefix, part.new, row.condition), says) == says:
                usual.add(part.new)
        shown = _shown(parts[row.area_prefix], book, data, field, usual=usual)
        found.append(
            ToMove(field, place_label(row, book), says, row.area_prefix, _area_name(row.area_prefix, book), shown)
        )
    return found


def _shown(
    parts: Sequence[Recoding], book: Rulebook, data: QueryDict | None, field: str, *, usual: set[str]
) -> tuple[PartShown, ...]:
    chosen = set(data.getlist(field)) if data is not None else usual
    return tuple(
        PartShown(one.new, _area_name(one.new, book), one.share, one.is_heir, one.new in chosen) for one in parts
    )


def _chosen(view: RedrawingView, data: QueryDict) -> dict[str, Any]:
    """What was ticked, as the operation takes it. A number that names no row any more is left out."""
    keys = {str(one.id): one.row.key for one in rows_over(view.facts.district, sorted(_parts_of(view)))}
    posts: dict[int, list[str]] = {}
    units: dict[str, str] = {}
    rows: dict[RowKey, list[str]] = {}
    for field in data:
        kind, _dash, name = field.partition("-")
        areas = [area for area in data.getlist(field) if area]
        if not areas:
            continue
        if kind == "post" and name.isascii() and name.isdecimal() and len(name) < 12:
            posts[int(name)] = areas
        elif kind == "unit":
            units[name[:40]] = areas[0]
        elif kind == "row" and name in keys:
            rows[keys[name]] = areas
    return {"posts": posts, "units": units, "rows": rows}


def _parts_of(view: RedrawingView) -> dict[str, list[Recoding]]:
    """What took over from each ended code, the heir first."""
    parts: dict[str, list[Recoding]] = {}
    for one in sorted(view.recoding, key=lambda one: (one.old, not one.is_heir, -one.share, one.new)):
        parts.setdefault(one.old, []).append(one)
    return parts


def _area_name(code: str, book: Rulebook) -> str:
    area = book.map.areas.get(code)
    return name_of(area) if area else code


def _say(request: DeskRequest, moved: Moved, view: RedrawingView) -> None:
    parts = []
    if moved.posts:
        parts.append(_("岗位 %(count)s 个") % {"count": moved.posts})
    if moved.units:
        parts.append(_("单位 %(count)s 个") % {"count": moved.units})
    if moved.rows:
        day = view.facts.effective_on.isoformat()
        given = {"count": moved.rows, "number": moved.draft, "day": day}
        parts.append(_("规则 %(count)s 条（在责任矩阵草案第 %(number)s 版，请自 %(day)s 起发布）") % given)
    messages.success(request, _("已改写：%(what)s。") % {"what": _("、").join(parts)})
