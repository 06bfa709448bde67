"""培训: one's own record, and for who keeps records those of their units."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.duty import operations
from liandong.duty.forms import TrainingForm, attended_in
from liandong.duty.queries import may_plan, plannable_units, staff_below, trainings_of, trainings_seen
from liandong.duty.queries.people import keeps_records_of
from liandong.duty.queries.resolver import THE_UNIT
from liandong.duty.schedules import names_of
from liandong.duty.views.pages import page, told, zone_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import unit_named
from liandong.web.names import name_of

MOST_PEOPLE = 200
THE_RECORD = marked("这份培训记录")


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
    kept = trainings_seen(request.actor).prefetch_related("attendances__user")
    context = {
        "own": [(one, name_of(one.training.unit)) for one in trainings_of(wanted)],
        "whose": "" if wanted == me else names_of([wanted]).get(wanted, ""),
        "rows": [{"training": one, "unit": name_of(one.unit), "people": list(one.attendances.all())} for one in kept],
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
    words = {None: "took", True: "passed", False: "failed"}
    people = [
        {"id": person, "name": name, "title": title, "state": words[attended[person]] if person in attended else ""}
        for place, (person, name, title) in enumerate(staff_below(unit, on=on))
        if place < MOST_PEOPLE or person in attended
    ]
    context = {"form": form, "unit": unit, "unit_name": name_of(unit), "people": people}
    return page(request, "training_new", context, tab="trainings", status=status)
