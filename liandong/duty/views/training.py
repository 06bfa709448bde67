"""培训: one's own record, and for who keeps records those of their units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.duty import operations
from liandong.duty.forms import CorrectionForm, TrainingForm, attended_in
from liandong.duty.operations.training import THE_RECORD
from liandong.duty.queries import (
    may_plan,
    plannable_units,
    staff_below,
    training_named,
    trainings_of,
    trainings_seen,
)
from liandong.duty.queries.people import keeps_records_of
from liandong.duty.queries.resolver import THE_UNIT
from liandong.duty.schedules import names_of
from liandong.duty.views.pages import page, told, zone_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import staff_by_key, unit_named
from liandong.web.names import name_of

if TYPE_CHECKING:
    from liandong.duty.models import Training
    from liandong.people.models import Unit

MOST_PEOPLE = 200


@desk("duty.view")
@require_http_methods(["GET", "HEAD"])
def trainings(request: DeskRequest) -> HttpResponse:
    """My own record, the trainings of the units I keep records for, and where a new one begins."""
    district = district_of(request.actor)
    me = request.actor.user_id or 0
    person = request.GET.get("person", "")
    wanted = int(person) if person.isdecimal() and len(person) < 12 else me
    if wanted != me and not keeps_records_of(request.actor, wanted, district=district, at=timezone.now()):
        raise NotFound(what=THE_RECORD)
    kept = list(trainings_seen(request.actor).prefetch_related("attendances__user"))
    own = list(trainings_of(wanted))
    names = _correctors([*kept, *(one.training for one in own)])
    context = {
        "own": [(one, name_of(one.training.unit), _correction(one.training, names)) for one in own],
        "whose": "" if wanted == me else names_of([wanted]).get(wanted, ""),
        "rows": [
            {
                "training": one,
                "unit": name_of(one.unit),
                "people": list(one.attendances.all()),
                "correction": _correction(one, names),
            }
            for one in kept
        ],
        "units": [(unit.code, name_of(unit)) for unit in plannable_units(request.actor, district, act="duty.train")],
    }
    return page(request, "trainings", context, tab="trainings")


@desk("duty.train")
@require_http_methods(["GET", "HEAD", "POST"])
def new_training(request: DeskRequest) -> HttpResponse:
    """Put a training on record, with who took part."""
    unit = unit_named((request.GET.get("unit") or request.POST.get("unit", "")).replace("\x00", ""))
    if unit is None or not may_plan(request.actor, unit, act="duty.train"):
        raise NotFound(what=THE_UNIT)
    at = timezone.now()
    on = at.astimezone(zone_of(request)).date()
    form = TrainingForm(request.POST or None, initial={"held_on": on, "hours": 1})
    attended = attended_in(request.POST)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                operations.record_training(
                    unit.code, **form.cleaned_data, attended=attended, actor=request.actor, at=at
                )
                messages.success(request, _("培训已登记。"))
                return redirect("duty:trainings")
            except Refusal as refusal:
                form.add_error(None, told(refusal))
                status = refusal.status
    return _form_page(request, unit, form, people=_people(unit, attended, on=on), status=status)


@desk("duty.train")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: DeskRequest, number: int) -> HttpResponse:
    """Put a training on record as it should have been, beside the one that was wrong."""
    wrong = training_named(number)
    if wrong is None or not may_plan(request.actor, wrong.unit, act="duty.train"):
        raise NotFound(what=THE_RECORD)
    before = {one.user_id: (one.user.name, one.passed) for one in wrong.attendances.all()}
    facts = {"title": wrong.title, "held_on": wrong.held_on, "hours": wrong.hours}
    form = CorrectionForm(request.POST or None, initial=facts)
    attended = attended_in(request.POST) if request.method == "POST" else {key: row[1] for key, row in before.items()}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                operations.correct_training(
                    number, **form.cleaned_data, attended=attended, actor=request.actor, at=timezone.now()
                )
                messages.success(request, _("已更正；原来的记录保留在旁。"))
                return redirect("duty:trainings")
            except NotFound:
                raise
            except Refusal as refusal:
                form.add_error(None, told(refusal))
                status = refusal.status
    names = {key: row[0] for key, row in before.items()}
    people = _people(wrong.unit, attended, on=wrong.held_on, besides=names)
    return _form_page(request, wrong.unit, form, people=people, wrong=wrong, status=status)


def _form_page(
    request: DeskRequest,
    unit: Unit,
    form: TrainingForm,
    *,
    people: list[dict[str, Any]],
    wrong: Training | None = None,
    status: int,
) -> HttpResponse:
    context = {"form": form, "unit": unit, "unit_name": name_of(unit), "people": people, "wrong": wrong}
    return page(request, "training_new", context, tab="trainings", status=status)


def _people(
    unit: Unit, attended: Mapping[int, bool | None], *, on: date, besides: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """Who may have taken part, the unit's own first, with what is known of each; `besides` may be of it no longer."""
    words = {None: "took", True: "passed", False: "failed"}
    staff = staff_below(unit, on=on)
    gone = [(key, name, "") for key, name in (besides or {}).items() if key not in {person for person, *_rest in staff}]
    return [
        {"id": person, "name": name, "title": title, "state": words[attended[person]] if person in attended else ""}
        for place, (person, name, title) in enumerate([*gone, *staff])
        if place < MOST_PEOPLE or person in attended
    ]


def _correctors(trainings: list[Training]) -> dict[str, str]:
    """Who corrected any of these, by key."""
    keys = {one.correction.made_by for one in trainings if hasattr(one, "correction")}
    return {key: name for key, (name, _unit) in staff_by_key(keys).items()}


def _correction(training: Training, names: Mapping[str, str]) -> dict[str, Any] | None:
    """When, by whom and why a training was corrected; None where it stands."""
    if not hasattr(training, "correction"):
        return None
    found = training.correction
    return {"at": found.made_at, "by": names.get(found.made_by, ""), "reason": found.reason}
