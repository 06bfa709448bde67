"""编排: the editor of a roster's plan, with thirty days to look at before anything is saved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.duty import operations
from liandong.duty.forms import PlanForm, turns_in
from liandong.duty.models import PlanVersion, Roster
from liandong.duty.operations import PlanFacts
from liandong.duty.operations.rosters import preview_of
from liandong.duty.queries import may_plan, roster_for, staff_below
from liandong.duty.queries.resolver import THE_UNIT
from liandong.duty.queries.rosters import thing_of
from liandong.duty.rules.rotation import EVERY_DAY, Shift
from liandong.duty.rules.wording import MOST_SHIFTS, restored
from liandong.duty.schedules import names_of
from liandong.duty.views.pages import heads_of, page, shift_word, told, weekday_word, zone_of
from liandong.duty.views.rosters import lines_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound, require
from liandong.people.desk import DeskRequest, desk
from liandong.people.queries import unit_named
from liandong.web.names import name_of

ROWS = 4
PREVIEW_DAYS = 30
MOST_PEOPLE = 200
"""A form has a field for each; more than this nobody reads, and servers take only so many."""
A_MONDAY = date(2026, 3, 2)


@desk("duty.roster")
@require_http_methods(["GET", "HEAD", "POST"])
def new_roster(request: DeskRequest) -> HttpResponse:
    """Plan a roster for a unit that has none of that name."""
    unit = unit_named((request.GET.get("unit") or request.POST.get("unit", "")).replace("\x00", ""))
    if unit is None or not may_plan(request.actor, unit):
        raise NotFound(what=THE_UNIT)
    today = timezone.now().astimezone(zone_of(request)).date()
    initial = {"name": _("%(unit)s值班表") % {"unit": name_of(unit)}, "since_on": today, "anchor": today, "every": 1,
               "duty": "duty_person"}  # fmt: skip
    form = PlanForm(request.POST or None, initial=initial)
    return _edited(request, unit, None, form)


@desk("duty.roster")
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: DeskRequest, pk: int) -> HttpResponse:
    """Change the plan a roster follows, from today or a later day on."""
    roster = roster_for(request.actor, pk)
    require(request.actor, "duty.roster", thing_of(roster.unit))
    newest = roster.plans.order_by("-number").first()
    today = timezone.now().astimezone(zone_of(request)).date()
    initial: dict[str, Any] = {"name": roster.name, "duty": roster.duty, "since_on": today,
                               "needs_confirmation": roster.needs_confirmation}  # fmt: skip
    if newest is not None:
        initial |= {"anchor": newest.anchor, "by": newest.turn_by, "every": newest.every}
    form = PlanForm(request.POST or None, initial=initial)
    for name in ("name", "duty"):
        form.fields[name].disabled = True
    return _edited(request, roster.unit, roster, form, newest)


def _edited(
    request: DeskRequest, unit: Any, roster: Roster | None, form: PlanForm, newest: PlanVersion | None = None
) -> HttpResponse:
    lines: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    posted = request.method == "POST"
    if posted and form.is_valid():
        try:
            facts = form.facts(request.POST)
            if request.POST.get("do") == "save":
                return _saved(request, unit, roster, form, facts)
            lines, days = _preview(unit, facts)
        except NotFound:
            raise
        except ValidationError as error:
            form.add_error(None, error)
        except Refusal as refusal:
            form.add_error(None, told(refusal))
    day = form.cleaned_data.get("since_on") if posted and form.is_valid() else None
    shifts, turns = _rows(request.POST if posted else None, newest)
    on = day or timezone.now().astimezone(zone_of(request)).date()
    context = {
        "roster": roster,
        "unit": unit,
        "unit_name": name_of(unit),
        "form": form,
        "shifts": shifts,
        **_people(unit, on, turns, duty=roster.duty if roster else ""),
        "weekdays": [(str(number), weekday_word(A_MONDAY + timedelta(days=number))) for number in range(7)],
        "lines": lines,
        "days": days,
    }
    status = 422 if posted and not form.is_valid() else 200
    return page(request, "plan", context, tab="rosters", status=status)


def _saved(request: DeskRequest, unit: Any, roster: Roster | None, form: PlanForm, facts: PlanFacts) -> HttpResponse:
    at, needs = timezone.now(), form.cleaned_data["needs_confirmation"]
    if roster is None:
        roster = operations.make_roster(
            unit.code,
            duty=form.cleaned_data["duty"],
            name=form.cleaned_data["name"],
            plan=facts,
            needs_confirmation=needs,
            actor=request.actor,
            at=at,
        )
    else:
        operations.change_plan(roster.pk, plan=facts, needs_confirmation=needs, actor=request.actor, at=at)
    messages.success(request, _("编排已保存，自 %(day)s 起执行。") % {"day": facts.since_on.isoformat()})
    return redirect("duty:roster", roster.pk)


def _preview(unit: Any, facts: PlanFacts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    _schedule, watches = preview_of(unit, facts, days=PREVIEW_DAYS)
    days = [facts.since_on + timedelta(days=number) for number in range(PREVIEW_DAYS)]
    names = names_of(watch.person for watch in watches if watch.person)
    return lines_of(watches, days, names), heads_of(days)


def _rows(data: QueryDict | None, newest: PlanVersion | None) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """The shift rows and the places in line, as typed or as they stand."""
    shifts: list[Shift] = []
    turns: tuple[int, ...] = ()
    if data is not None:
        turns = turns_in(data)
        rows = [
            {
                "name": data.get(f"shift{row}_name", ""),
                "starts": data.get(f"shift{row}_starts", ""),
                "ends": data.get(f"shift{row}_ends", ""),
                "days": data.getlist(f"shift{row}_days"),
            }
            for row in range(MOST_SHIFTS)
            if row < ROWS or data.get(f"shift{row}_name")
        ]
    else:
        shifts = list(restored(newest.shifts)) if newest else list(_USUAL)
        turns = tuple(newest.turns.order_by("position").values_list("user", flat=True)) if newest else ()
        rows = [
            {
                "name": shift_word(shift.name),
                "starts": shift.starts.isoformat("minutes"),
                "ends": shift.ends.isoformat("minutes"),
                "days": [str(day) for day in sorted(shift.weekdays)] if shift.weekdays != EVERY_DAY else [],
            }
            for shift in shifts
        ]
        rows += [{"name": "", "starts": "", "ends": "", "days": []} for _row in range(max(ROWS - len(rows), 1))]
    places: dict[int, str] = {}
    for place, person in enumerate(turns, start=1):
        places[person] = f"{places[person]},{place}" if person in places else str(place)
    return rows[:MOST_SHIFTS], places


def _people(unit: Any, on: date, turns: dict[int, str], *, duty: str) -> dict[str, Any]:
    """The people who may stand the watches of a duty with their places in line, those who have one first.

    Of a unit with very many below it, only the nearest are listed, besides those who stand in the line.
    """
    everybody = staff_below(unit, on=on, duty=duty)
    staff = [row for place, row in enumerate(everybody) if place < MOST_PEOPLE or row[0] in turns]
    known = {person for person, _name, _title in staff}
    gone = names_of(person for person in turns if person not in known)
    rows = [
        {"id": person, "name": name, "title": title, "place": turns.get(person, "")} for person, name, title in staff
    ]
    rows += [
        {"id": person, "name": name, "title": _("已不在岗"), "place": turns[person]} for person, name in gone.items()
    ]
    rows.sort(key=lambda row: (not row["place"], float(str(row["place"]).split(",")[0] or 0)))
    return {"people": rows, "people_left_out": len(everybody) - len(staff)}


_USUAL = restored(
    [
        {"name": "day", "starts": "08:00", "ends": "20:00", "weekdays": list(range(7))},
        {"name": "night", "starts": "20:00", "ends": "08:00", "weekdays": list(range(7))},
    ]
)
