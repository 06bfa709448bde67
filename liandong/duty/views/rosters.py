"""值班表: the list of rosters, one roster's month, one watch with swap and cover, and the gaps ahead."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liandong.duty import operations
from liandong.duty.forms import MOMENT_FORMAT, AwayForm, CoverForm, EndForm, SwapForm, day_in, slot_in
from liandong.duty.models import Absence, PlanVersion, Roster
from liandong.duty.queries import (
    gaps,
    may_plan,
    plannable_units,
    roster_for,
    rosters_seen,
    staff_below,
    strain_of_swap,
    strain_of_watch,
)
from liandong.duty.rules.rotation import Slot, Watch, holder_of, instant, span_of
from liandong.duty.schedules import Book, book_of, names_of
from liandong.duty.views.pages import heads_of, page, shift_word, strain_words, told, why_word, zone_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of

MOST_ROWS = 200
DAYS_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's watches on one day, or what nobody stands then."""

    day: date
    words: str
    title: str
    url: str
    tone: str


@desk("duty.view")
@require_safe
def rosters(request: DeskRequest) -> HttpResponse:
    """The rosters of the district, one's own units first, and where a planner begins a new one."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = [
        {"roster": roster, "unit": name_of(roster.unit), "own": roster.unit_id in request.actor.units}
        for roster in rosters_seen(request.actor).order_by("unit__area", "unit", "duty", "name")
    ]
    found = [row for row in found if text.lower() in f"{row['unit']} {row['roster']}".lower()]
    found.sort(key=lambda row: not row["own"])
    district = district_of(request.actor)
    plannable = plannable_units(request.actor, district) if request.actor.may("duty.roster") else []
    units = [(unit.code, name_of(unit)) for unit in plannable]
    context = {"text": text, "rows": found[:MOST_ROWS], "more": max(len(found) - MOST_ROWS, 0), "units": units}
    return page(request, "rosters", context, tab="rosters")


@desk("duty.view")
@require_safe
def roster(request: DeskRequest, pk: int) -> HttpResponse:
    """One month of one roster: people down, days across."""
    return roster_page(request, roster_for(request.actor, pk))


def roster_page(
    request: DeskRequest,
    found: Roster,
    *,
    away_form: AwayForm | None = None,
    end_form: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a roster as it stands, or with a planner's form that comes back."""
    book = _book(found)
    today = timezone.now().astimezone(book.zone).date()
    first = _month(request.GET.get("month", ""), today)
    days = [first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1])]
    planner = may_plan(request.actor, found.unit)
    context = {
        "roster": found,
        "unit": name_of(found.unit),
        "month": date_format(first, "Y-m"),
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{days[-1] + timedelta(days=1):%Y-%m}",
        "days": heads_of(days),
        "today": today,
        "lines": _lines(book, found, days, me=request.actor.user_id, planner=planner, at=timezone.now()),
        "planner": planner,
        "plans": [_plan_row(version) for version in found.plans.order_by("-number")[:5]],
        "zone": book.zone,
        "away_form": away_form,
        "end_form": end_form or EndForm(initial={"until_on": found.until_on or today}),
    }
    if planner:
        people = staff_of(found, today)
        context["away_form"] = away_form or new_away_form(found, today, zone=book.zone)
        absences = Absence.objects.filter(user__in=people, until_at__gt=timezone.now()).order_by("since_at")
        context["absences"] = [(absence, people[absence.user_id]) for absence in absences[:MOST_ROWS]]
    return page(request, "roster", context, tab="rosters", status=status)


def staff_of(found: Roster, today: date) -> dict[int, str]:
    """Whoever may stand the watches of a roster, by name."""
    return {person: name for person, name, _title in staff_below(found.unit, on=today, duty=found.duty)}


def new_away_form(found: Roster, today: date, data: Any = None, *, zone: ZoneInfo) -> AwayForm:
    """The form that says who of a roster is away: the whole of tomorrow, unless told otherwise."""
    starts = datetime.combine(today + timedelta(days=1), time.min)
    initial = {"since_at": starts.strftime(MOMENT_FORMAT),
               "until_at": (starts + timedelta(days=1)).strftime(MOMENT_FORMAT)}  # fmt: skip
    form = AwayForm(data, zone=zone, initial=initial, auto_id="away_%s")
    choices = [("", "—"), *((str(person), name) for person, name in staff_of(found, today).items())]
    form.fields["person"].choices = choices  # type: ignore[attr-defined]
    return form


@desk("duty.view")
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: DeskRequest, pk: int, day: str, shift: str) -> HttpResponse:
    """One watch: who has it, asking a colleague to take it, or putting somebody on it."""
    found = roster_for(request.actor, pk)
    book, on = _book(found), day_in(day)
    span = span_of(book.schedules[pk], (on, shift)) if on else None
    if on is None or span is None:
        raise Http404
    holder = holder_of(book.schedules[pk], (on, shift))
    ahead = span[0] > timezone.now()
    swap, cover = SwapForm(request.POST or None), CoverForm(request.POST or None)
    _offer(swap, cover, book, found, (on, shift), holder)
    asks = holder is not None and holder == request.actor.user_id and ahead
    plans = may_plan(request.actor, found.unit) and span[1] > timezone.now()
    status = 200
    if request.method == "POST":
        form = swap if request.POST.get("do") == "swap" else cover
        if _taken(request, form, found, (on, shift)):
            return redirect("duty:today" if form is swap else "duty:roster", *([] if form is swap else [pk]))
        status = 422
    pieces = [piece for piece in book.watches(pk, *span) if piece.slot == (on, shift)]
    names = names_of(piece.person for piece in pieces if piece.person)
    context = {
        "roster": found,
        "unit": name_of(found.unit),
        "day": on,
        "shift": shift_word(shift),
        "zone": book.zone,
        "span": span,
        "pieces": [(piece, names.get(piece.person or 0, ""), why_word(piece.why)) for piece in pieces],
        "swap_form": (swap if request.POST.get("do") == "swap" else _fresh(SwapForm(), swap)) if asks else None,
        "cover_form": (cover if request.POST.get("do") == "cover" else _fresh(CoverForm(), cover)) if plans else None,
    }
    return page(request, "watch", context, tab="rosters", status=status)


@desk("duty.view")
@require_safe
def gap_list(request: DeskRequest) -> HttpResponse:
    """Every watch within thirty days that has nobody, soonest first; planners go from here to the watch."""
    at = timezone.now()
    district = district_of(request.actor)
    only_mine = request.GET.get("mine") == "yes"
    seen = rosters_seen(request.actor).filter(district=district)
    found = gaps(district, starts_at=at, days=DAYS_AHEAD, rosters=seen)
    planners: dict[str, bool] = {}
    rows = []
    for gap in found:
        unit = gap.roster.unit
        mine = planners.setdefault(unit.code, may_plan(request.actor, unit))
        if mine or not only_mine:
            row = {"gap": gap, "unit": name_of(unit), "shift": shift_word(gap.watch.shift), "mine": mine}
            rows.append({**row, "why": why_word(gap.watch.why)})
    context = {
        "rows": rows[:MOST_ROWS],
        "more": max(len(rows) - MOST_ROWS, 0),
        "only_mine": only_mine,
        "zone": zone_of(request),
        "may_plan": request.actor.may("duty.roster"),
        "rosters": seen.count(),
    }
    return page(request, "gaps", context, tab="gaps")


def lines_of(
    watches: list[Watch], days: list[date], people: dict[int, str], *, url: Any = None
) -> list[dict[str, Any]]:
    """A grid: a line of cells for each person, in the order of their first watch, and one for what nobody stands."""
    by_person: dict[int, dict[date, list[Watch]]] = {}
    for one in watches:
        by_person.setdefault(one.person or 0, {}).setdefault(one.day, []).append(one)
    lines = []
    for person in sorted(by_person, key=lambda person: person != 0):
        cells = [_cell(by_person[person].get(day, []), day, url=url) for day in days]
        lines.append({"name": people.get(person, ""), "gap": person == 0, "cells": cells})
    return lines


def _lines(
    book: Book, found: Roster, days: list[date], *, me: int | None, planner: bool, at: datetime
) -> list[dict[str, Any]]:
    starts = instant(book.zone, datetime.combine(days[0], time.min))
    ends = instant(book.zone, datetime.combine(days[-1] + timedelta(days=1), time.min))
    watches = [one for one in book.watches(found.pk, starts, ends) if days[0] <= one.day <= days[-1]]

    def url(one: Watch) -> bool:
        return one.ends_at > at and (planner or (one.person == me and one.starts_at > at))

    return lines_of(watches, days, names_of(one.person for one in watches if one.person), url=url)


def _cell(watches: list[Watch], day: date, *, url: Any) -> Cell:
    if not watches:
        return Cell(day, "", "", "", "")
    # A watch in parts is one watch.
    words = "".join(dict.fromkeys(shift_word(one.shift)[:1] for one in watches))
    zone_free = "；".join(dict.fromkeys(f"{shift_word(one.shift)} {why_word(one.why)}" for one in watches))
    open_watch = next((one for one in watches if url and url(one)), None)
    tone = "gap" if watches[0].person is None else "changed" if any(w.why != "rotation" for w in watches) else "on"
    return Cell(day, words, zone_free, open_watch.shift if open_watch else "", tone)


def _offer(swap: SwapForm, cover: CoverForm, book: Book, found: Roster, slot: Slot, holder: int | None) -> None:
    """Fill the choices: colleagues who may stand this watch, and their own watches of the next weeks."""
    staff = [(str(person), f"{name} {title}") for person, name, title in staff_below(
        found.unit, on=slot[0], duty=found.duty) if person != holder]  # fmt: skip
    now = timezone.now()
    ahead = [one for one in book.watches(found.pk, now, now + timedelta(days=45))
             if one.starts_at > now and one.person not in (None, holder)]  # fmt: skip
    names = names_of(one.person for one in ahead if one.person)
    backs = [
        (f"{one.day.isoformat()}~{one.shift}~{one.person}",
         f"{names.get(one.person or 0, '')} {one.day:%m-%d} {shift_word(one.shift)}")
        for one in ahead
    ]  # fmt: skip
    swap.fields["other"].choices = [("", "—"), *staff]  # type: ignore[attr-defined]
    swap.fields["back"].choices = [("", _("不换回，请对方替班")), *backs]  # type: ignore[attr-defined]
    cover.fields["person"].choices = [("", "—"), *staff]  # type: ignore[attr-defined]


def _fresh(form: Any, offered: Any) -> Any:
    """An empty form with the choices of one that was filled in for the other purpose."""
    for name, field in offered.fields.items():
        if hasattr(field, "choices"):
            form.fields[name].choices = field.choices
    return form


def _taken(request: DeskRequest, form: SwapForm | CoverForm, found: Roster, slot: Slot) -> bool:
    """Do what the form asks; on a refusal it tells why."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    at = timezone.now()
    try:
        if isinstance(form, SwapForm):
            back, _tilde, giver = given["back"].rpartition("~")
            if giver and giver != given["other"]:
                form.add_error("back", _("这一班不是所选同事的班。"))
                return False
            swap = operations.ask_swap(
                found.pk, day=slot[0], shift=slot[1], other=int(given["other"]), back=slot_in(back),
                note=given["note"], actor=request.actor, at=at,
            )  # fmt: skip
            messages.success(request, _("已向对方提出换班，等待同意。"))
            strain = strain_of_swap(swap)
        else:
            operations.cover_watch(
                found.pk, day=slot[0], shift=slot[1], person=int(given["person"]), reason=given["reason"],
                actor=request.actor, at=at,
            )  # fmt: skip
            messages.success(request, _("顶班已安排。"))
            strain = strain_of_watch(found, slot, int(given["person"]))
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return False
    for sentence in strain_words(strain, zone_of(request)):
        messages.warning(request, sentence)
    return True


def _plan_row(version: PlanVersion) -> dict[str, Any]:
    """A version of a plan as its roster's page lists it."""
    hours = [f"{shift_word(shift['name'])} {shift['starts']}–{shift['ends']}" for shift in version.shifts]
    return {"version": version, "shifts": "、".join(hours)}


def _book(found: Roster) -> Book:
    return book_of(found.district, Roster.objects.filter(pk=found.pk))


def _month(text: str, today: date) -> date:
    found = day_in(f"{text}-01") if text else None
    return found if found and 2000 <= found.year <= 2100 else today.replace(day=1)
