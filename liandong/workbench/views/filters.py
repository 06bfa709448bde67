"""Saved filters and the look of a list: what somebody asks again, and how they like to read the answer."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.cases.operations import keep_list_view, pin_filters, remove_filter, save_filter
from liandong.cases.queries import COUNTED_TO, Question, counts_for, pinned_by, questions_of
from liandong.cases.queries.asking import ORDERS, address_of, order_in, question_in
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk
from liandong.web.refusals import explain
from liandong.workbench.columns import COLUMNS
from liandong.workbench.rows import unit_name
from liandong.workbench.views.lists import THE_LIST

MOST_CHIPS: Final = 12


@desk("cases.view")
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """All filters one may ask by; `?part=chips` and `?part=tiles` give the first of them with their counts."""
    part = request.GET.get("part", "")
    questions = questions_of(request.actor)
    if part not in ("chips", "tiles"):
        shown = [_shown(one, None) for one in questions]
        return render(request, "workbench/filters.html", {"filters": shown})
    picked = [one for one in questions if one.place] if part == "tiles" else questions
    picked = picked[:MOST_CHIPS]
    counts = counts_for(request.actor, [one.asked for one in picked], at=timezone.now())
    shown = [_shown(one, count) for one, count in zip(picked, counts, strict=True)]
    context = {"filters": shown, "more": len(questions) > len(picked) and part == "chips"}
    return render(request, f"workbench/filter_{part}.html", context)


@desk("cases.view")
@require_POST
def save(request: DeskRequest) -> HttpResponse:
    """Keep the question of a list under a name."""
    asked = QueryDict(request.POST.get("query", "")[:2000])
    question = question_in(asked)
    name, unit = request.POST.get("name", ""), request.POST.get("unit", "")
    order = order_in(asked, question)
    try:
        kept = save_filter(question, name=name, order=order, unit=unit, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        told = explain(refusal)
        messages.error(request, f"{told.says}{told.remedy}")
    else:
        messages.success(request, _("筛选“%(name)s”已保存。") % {"name": kept.name})
    return HttpResponseRedirect(f"{reverse('workbench:cases')}?{asked.urlencode()}")


@desk("cases.view")
@require_POST
def change(request: DeskRequest, pk: int) -> HttpResponse:
    """Pin a filter, move it up, unpin it, or remove it, as the button pressed says."""
    at, act, pinned = timezone.now(), request.POST.get("act", ""), pinned_by(request.actor)
    if act == "remove":
        remove_filter(pk, actor=request.actor, at=at)
    elif act == "pin":
        pin_filters([*(one for one in pinned if one != pk), pk], actor=request.actor, at=at)
    elif act == "unpin":
        pin_filters([one for one in pinned if one != pk], actor=request.actor, at=at)
    elif act == "up" and pk in pinned:
        place = max(pinned.index(pk) - 1, 0)
        others = [one for one in pinned if one != pk]
        pin_filters([*others[:place], pk, *others[place:]], actor=request.actor, at=at)
    else:
        raise NotFound(what=_("这个筛选"))
    return HttpResponseRedirect(reverse("workbench:filters"))


@desk("cases.view")
@require_POST
def look(request: DeskRequest) -> HttpResponse:
    """Remember the columns, the usual order and the density of the list."""
    columns = [code for code in request.POST.getlist("column") if code in COLUMNS]
    order = request.POST.get("order", "")
    keep_list_view(
        THE_LIST,
        columns=columns,
        order=order if order in ORDERS else "newest",
        is_dense=request.POST.get("dense") == "yes",
        actor=request.actor,
        at=timezone.now(),
    )
    asked = QueryDict(request.POST.get("query", "")[:2000])
    return HttpResponseRedirect(f"{reverse('workbench:cases')}?{asked.urlencode()}")


def _shown(one: Question, count: int | None) -> dict[str, Any]:
    address = [*address_of(one.asked), *([("order", one.order)] if one.order != "newest" else [])]
    return {
        "pk": one.pk,
        "name": one.name,
        "url": f"{reverse('workbench:cases')}?{urlencode(address)}",
        "unit": unit_name(one.unit, rulebook_for(one.unit[:6])) if one.unit else "",
        "is_own": one.is_own,
        "place": one.place,
        "count": _counted(count),
    }


def _counted(count: int | None) -> str:
    """A count as a tile shows it: over a thousand is as good as a thousand, and what is too slow has none."""
    if count is None:
        return "…"
    return f"{COUNTED_TO:,}+" if count > COUNTED_TO else f"{count:,}"
