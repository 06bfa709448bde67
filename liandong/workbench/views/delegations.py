"""先期指挥权: which department lets which town order its local force, for what, until when, and what was ordered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.operations import delegate_command, revoke_delegation
from liandong.people.queries import commands_used, delegations_in
from liandong.people.rules.scope import Thing
from liandong.web.names import name_of
from liandong.web.refusals import explain
from liandong.workbench.delegation_forms import ALL_CLASSES, DelegationForm, may_delegate_somewhere
from liandong.workbench.rows import area_path, class_name

if TYPE_CHECKING:
    from liandong.people.models import Delegation

SHOWN_USES = 5
_MOST = 200


@desk("people.delegate", "people.see_access", "cases.dispatch")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: DeskRequest) -> HttpResponse:
    """The delegations one may see, what was ordered under them, and the form of a new one."""
    at = timezone.now()
    book = rulebook_for(district_of(request.actor))
    form = DelegationForm(request.POST or None, book=book, actor=request.actor, day=book.day_of(at))
    if request.method == "POST" and form.is_valid():
        try:
            delegate_command(**form.details(), actor=request.actor, at=at)
        except Refusal as refusal:
            told = explain(refusal)
            form.add_error(None, f"{told.says}{told.remedy}")
            return _page(request, book, form, at=at, status=refusal.status)
        messages.success(request, _("已委托先期指挥权。"))
        return HttpResponseRedirect(reverse("workbench:delegations"))
    return _page(request, book, form, at=at, status=422 if form.errors else 200)


@desk("people.delegate")
@require_POST
def revoke(request: DeskRequest, delegation: int) -> HttpResponse:
    """End a delegation now."""
    at = timezone.now()
    book = rulebook_for(district_of(request.actor))
    if not any(row.pk == delegation and _is_seen(request, row) for row in delegations_in(book.map.district.code)):
        raise NotFound(what=_("这项委托"))
    try:
        revoke_delegation(delegation, actor=request.actor, at=at)
    except Refusal as refusal:
        told = explain(refusal)
        form = DelegationForm(None, book=book, actor=request.actor, day=book.day_of(at))
        return _page(request, book, form, at=at, status=refusal.status, failed=f"{told.says}{told.remedy}")
    messages.success(request, _("委托已撤销。"))
    return HttpResponseRedirect(reverse("workbench:delegations"))


def _page(
    request: DeskRequest, book: Rulebook, form: DelegationForm, *, at: datetime, status: int, failed: str = ""
) -> HttpResponse:
    district = book.map.district.code
    seen = [row for row in delegations_in(district)[:_MOST] if _is_seen(request, row)]
    uses = commands_used(district)
    rows = [_row(row, book, uses, request, day=book.day_of(at)) for row in seen]
    context = {
        "in_force": [row for row in rows if row["state"] != "over"],
        "over": [row for row in rows if row["state"] == "over"],
        "form": form if may_delegate_somewhere(request.actor, book, book.day_of(at)) else None,
        "failed": failed,
    }
    return render(request, "workbench/delegations.html", context, status=status)


def _row(
    row: Delegation, book: Rulebook, uses: Mapping[int, list[str]], request: DeskRequest, *, day: date
) -> dict[str, Any]:
    ended = row.revoked_at is not None or row.until_on < day
    ordered = uses.get(row.pk, [])
    return {
        "delegation": row,
        "state": "over" if ended else "coming" if row.since_on > day else "now",
        "department": name_of(row.department),
        "town": name_of(row.town),
        "classes": [_class_word(code, book) for code in row.classes],
        "area": _("整个街镇") if row.area == row.town.area else area_path(row.area, book),
        "used": len(ordered),
        "ordered": ordered[:SHOWN_USES],
        "may_revoke": not ended and request.actor.may("people.delegate", _department(row)),
    }


def _class_word(code: str, book: Rulebook) -> str:
    return _("全部事项") if code == ALL_CLASSES else f"{code} {class_name(code, book)}"


def _is_seen(request: DeskRequest, row: Delegation) -> bool:
    """Seen by both units, and by whoever watches over the area."""
    units = frozenset({row.department_id, row.town_id})
    place = Thing(area=row.area, units=units)
    return request.actor.may("cases.view", place) or request.actor.may("people.delegate", _department(row))


def _department(row: Delegation) -> Thing:
    return Thing(area=row.department.area, units=frozenset({row.department_id}))
