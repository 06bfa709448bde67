"""The organisation to look at: the tree of units, one unit, and answers for searchable choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.people.access import Actor, role_word
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.models import Force, Post, Unit, UnitKind, User
from liandong.people.operations.beats import ORGANISE
from liandong.people.rules.unit_tree import kinds_below
from liandong.people.structure import (
    areas_of,
    assistants_of,
    crew_of,
    day_of,
    delegations_with,
    holding_on,
    lent_out,
    lent_to,
    members_of,
    open_work_of,
    posts_of_unit,
    teams_of_station,
    units_in_tree,
    units_matching,
)
from liandong.people.views.organisation_facts import (
    ACTS,
    KIND_ICONS,
    may_organise,
    path_to,
    post_rows,
    seen_units,
    story_of_unit,
    unit_facts,
    unit_seen,
)
from liandong.people.views.organisation_forms import (
    BorrowForm,
    ChangeUnitForm,
    CloseUnitForm,
)
from liandong.web.names import name_of

MOST_FOUND: Final = 100
MOST_OPTIONS: Final = 20
_ORDER: Final = {kind: place for place, kind in enumerate(UnitKind.values)}


@desk(*ACTS)
@require_safe
def organisation(request: DeskRequest) -> HttpResponse:
    """The tree from its topmost unit one may see, or what a search finds in it."""
    on = day_of(timezone.now())
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("text", "kind", "force")}
    district = district_of(request.actor)
    seen = seen_units(request.actor).filter(district=district)
    standing = seen.filter(holding_on(on))
    counts = Counter(dict(standing.values_list("kind").annotate(count=Count("pk")).order_by()))
    context: dict[str, Any] = {
        "asked": asked,
        "kinds": [(kind, word, counts[kind]) for kind, word in UnitKind.choices],
        "forces": Force.choices,
        "total": sum(counts.values()),
        "staff": Post.objects.filter(holding_on(on), unit__in=standing).values("user").distinct().count(),
        "may_organise": request.actor.may(ORGANISE),
    }
    if any(asked.values()):
        found = units_in_tree(units_matching(seen, **asked), on).select_related("parent")[: MOST_FOUND + 1]
        context |= {"found": _nodes(found[:MOST_FOUND], on), "is_full": len(found) > MOST_FOUND}
    else:
        tops = _tops(standing)
        context["tops"] = [
            {**node, "open": len(tops) == 1, "below_nodes": _below(request.actor, node["unit"].code, on)}
            for node in _nodes(units_in_tree(Unit.objects.filter(pk__in=tops), on), on)
        ]
    return render(request, "people/organisation.html", context)


@desk(*ACTS)
@require_safe
def children(request: DeskRequest, code: str) -> HttpResponse:
    """The units directly below one, for a tree that opens as it is asked."""
    unit = unit_seen(request.actor, code)
    nodes = _below(request.actor, unit.code, day_of(timezone.now()))
    return render(request, "people/organisation_nodes.html", {"nodes": nodes})


@desk(*ACTS)
@require_safe
def unit(request: DeskRequest, code: str) -> HttpResponse:
    """All about one unit."""
    return unit_page(request, unit_seen(request.actor, code))


def unit_page(
    request: DeskRequest, unit: Unit, *, forms: Mapping[str, Any] | None = None, status: int = 200, opened: str = ""
) -> HttpResponse:
    """The page of a unit; `forms` are those just filled in, `opened` which of them is to be seen."""
    on = day_of(timezone.now())
    posts = list(posts_of_unit(unit.code, on))
    may = may_organise(request.actor, unit.area) and (unit.until_on is None or unit.until_on >= on)
    members = members_of(unit.code, on) if unit.kind == UnitKind.JOINT else []
    context: dict[str, Any] = {
        "unit": unit,
        "title": name_of(unit),
        "icon_name": KIND_ICONS[unit.kind],
        "path": path_to(unit, request.actor),
        "facts": unit_facts(unit),
        "posts": post_rows(posts),
        "later": post_rows(
            Post.objects.filter(unit=unit, since_on__gt=on).select_related("unit", "user").order_by("id")
        ),
        "heads": [post for post in posts if post.rank != "member"],
        "crew": crew_of(unit.code, on) if unit.kind == UnitKind.GRID else [],
        "members": members,
        "lent": list(lent_out(unit.code, on)),
        "assistants": post_rows(assistants_of(unit.code, on)) if unit.kind == UnitKind.STATION else [],
        "teams": teams_of_station(unit.code, on) if unit.kind == UnitKind.STATION else [],
        "nodes": _below(request.actor, unit.code, on),
        "delegations": list(delegations_with(unit.code, on)),
        "open_work": open_work_of([unit.code]).get(unit.code, 0),
        "story": story_of_unit(unit),
        "may": may,
        "may_have_children": bool(kinds_below(unit.kind)),
        "closed": unit.until_on is not None and unit.until_on < on,
        "opened": opened,
        **(_unit_forms(unit, on) if may else {}),
        **(forms or {}),
    }
    return render(request, "people/organisation_unit.html", context, status=status)


@desk(*ACTS)
@require_safe
def options(request: DeskRequest, what: str) -> HttpResponse:
    """Answers for a searchable choice, as JSON; only of what one may see."""
    if what not in _OPTIONS:
        raise Http404
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    return JsonResponse({"options": list(_OPTIONS[what](request.actor, text))[:MOST_OPTIONS]})


def _unit_forms(unit: Unit, on: date) -> dict[str, Any]:
    facts = {name: getattr(unit, name) for name in ("name", "name_en", "phone", "force", "area")}
    area = areas_of(unit.district).get(unit.area)
    texts = {"parent": name_of(unit.parent) if unit.parent else "", "area": name_of(area) if area else unit.area}
    change = ChangeUnitForm(initial={**facts, "parent": unit.parent_id or ""}, prefix="change", texts=texts)
    forms: dict[str, Any] = {"change_form": change, "close_form": CloseUnitForm(initial={"on": on}, prefix="close")}
    if unit.kind == UnitKind.JOINT:
        forms["borrow_form"] = BorrowForm(initial={"since": on}, prefix="borrow")
    return forms


def _tops(units: Any) -> list[str]:
    """The units below none that may be seen."""
    rows = list(units.values_list("code", "parent_id"))
    known = {code for code, _parent in rows}
    return [code for code, parent in rows if parent not in known]


def _below(actor: Actor, code: str, on: date) -> list[dict[str, Any]]:
    nodes = _nodes(units_in_tree(seen_units(actor).filter(parent=code), on), on)
    return sorted(nodes, key=lambda node: (_ORDER[node["unit"].kind], node["unit"].code))


def _nodes(units: Iterable[Unit], on: date) -> list[dict[str, Any]]:
    """Units as lines of a tree; a joint team's people are those lent to it besides its own."""
    units = list(units)
    teams = [unit.code for unit in units if unit.kind == UnitKind.JOINT]
    lent = lent_to(teams, on) if teams else Counter[str]()
    return [
        {
            "unit": unit,
            "name": name_of(unit),
            "icon": KIND_ICONS[unit.kind],
            "staff": getattr(unit, "staff", 0) + lent[unit.code],
        }
        for unit in units
    ]


def _unit_options(actor: Actor, text: str, kinds: tuple[str, ...] = ()) -> Iterable[dict[str, str]]:
    units = seen_units(actor).filter(holding_on(day_of(timezone.now())))
    if kinds:
        units = units.filter(kind__in=kinds)
    named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text)
    for unit in units.filter(named).order_by("code")[:MOST_OPTIONS]:
        yield {"value": unit.code, "label": name_of(unit), "note": unit.code.partition("-")[2]}


def _area_options(actor: Actor, text: str) -> Iterable[dict[str, str]]:
    for code, area in areas_of(district_of(actor)).items():
        if text.lower() in f"{area.name}{area.name_en}{code}".lower() and may_organise(actor, code):
            yield {"value": code, "label": name_of(area), "note": code}


def _people_options(actor: Actor, text: str) -> Iterable[dict[str, str]]:
    units = seen_units(actor)
    found = User.objects.filter(Q(name__icontains=text) | Q(username__icontains=text), posts__unit__in=units)
    for user in found.filter(is_active=True, is_service=False).distinct().order_by("username")[:MOST_OPTIONS]:
        yield {"value": user.username, "label": user.name, "note": user.username}


def _post_options(actor: Actor, text: str) -> Iterable[dict[str, Any]]:
    found = Post.objects.filter(
        holding_on(day_of(timezone.now())),
        Q(user__name__icontains=text) | Q(user__username__icontains=text) | Q(unit__name__icontains=text),
        unit__in=seen_units(actor),
        user__is_active=True,
    )
    for post in found.select_related("user", "unit").order_by("unit__code", "id")[:MOST_OPTIONS]:
        note = f"{name_of(post.unit)} · {post.title or _(role_word(post.role))}"
        yield {"value": str(post.pk), "label": post.user.name, "note": note}


_OPTIONS: Final[Mapping[str, Callable[[Actor, str], Iterable[dict[str, Any]]]]] = {
    "units": _unit_options,
    "teams": lambda actor, text: _unit_options(actor, text, (UnitKind.JOINT.value,)),
    "areas": _area_options,
    "people": _people_options,
    "posts": _post_options,
}
