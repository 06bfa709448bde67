"""今日值班: who is on duty now, and everything that waits for oneself: watches, swaps, absences, the calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.duty import operations
from liandong.duty.forms import MOMENT_FORMAT, AbsenceForm, is_id
from liandong.duty.models import Absence, CalendarLink, Duty, Swap, SwapState
from liandong.duty.queries import (
    on_duty_in,
    strain_of_swap,
    swaps_of,
    swaps_to_confirm,
    unread_by,
    watch_now,
    watches_of,
    who,
)
from liandong.duty.queries.daily import unsigned_handovers
from liandong.duty.queries.resolver import persons
from liandong.duty.rules.rotation import Watch
from liandong.duty.views.pages import page, shift_word, strain_words, told, why_word, zone_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of

MOST_ROWS = 80
MY_WATCHES = 6
AHEAD = timedelta(days=30)
BAR_SECONDS = 300
"""How long a browser keeps what the bar says of one's own watch."""
_ANSWERS = {
    "agree": operations.agree_swap,
    "confirm": operations.confirm_swap,
    "withdraw": operations.withdraw_swap,
}


@desk("duty.view")
@require_safe
def today(request: DeskRequest) -> HttpResponse:
    """Who is on duty now, by unit, and what concerns me."""
    return _today(request)


@desk("duty.view")
@require_POST
def settle_swap(request: DeskRequest, pk: int, verb: str) -> HttpResponse:
    """Agree to, refuse, confirm or withdraw a swap; a refusal is shown on the page the button stands on."""
    at = timezone.now()
    try:
        if verb == "refuse":
            operations.refuse_swap(pk, answer=request.POST.get("answer", ""), actor=request.actor, at=at)
        elif verb in _ANSWERS:
            _ANSWERS[verb](pk, actor=request.actor, at=at)
        else:
            raise Http404
    except NotFound:
        raise
    except Refusal as refusal:
        return _today(request, refused=refusal)
    messages.success(request, _("换班已处理。"))
    return redirect("duty:today")


@desk("duty.view")
@require_POST
def note_absence(request: DeskRequest) -> HttpResponse:
    """Note that I take no watch for a time."""
    form = AbsenceForm(request.POST, zone=zone_of(request))
    if not form.is_valid():
        return _today(request, absence=form, status=422)
    try:
        operations.note_absence(
            request.actor.user_id or 0,
            district=district_of(request.actor),
            **form.cleaned_data,
            actor=request.actor,
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _today(request, absence=form, status=refusal.status)
    messages.success(request, _("请假已登记，期间的班次列入缺口。"))
    return redirect("duty:today")


@desk("duty.view")
@require_POST
def cancel_absence(request: DeskRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    operations.cancel_absence(pk, district=district_of(request.actor), actor=request.actor, at=timezone.now())
    messages.success(request, _("请假已撤销。"))
    roster = request.POST.get("roster", "")
    # A planner came from a roster and goes back to it.
    return redirect("duty:roster", int(roster)) if is_id(roster) else redirect("duty:today")


@desk("duty.view")
@require_POST
def calendar_link(request: DeskRequest) -> HttpResponse:
    """Issue or revoke my secret calendar address; a new one is shown this once."""
    if request.POST.get("do") == "revoke":
        operations.revoke_calendar_link(actor=request.actor, at=timezone.now())
        messages.success(request, _("日历订阅地址已停用。"))
        return redirect("duty:today")
    secret = operations.issue_calendar_link(actor=request.actor, at=timezone.now())
    path = reverse("duty:feed", args=[secret])
    address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    response = _today(request, calendar_address=address)
    response["Cache-Control"] = "no-store"
    return response


@desk()
@require_safe
def mine(request: DeskRequest) -> HttpResponse:
    """Which watch I stand now, for the bar of every page; browsers ask again after some minutes."""
    at = timezone.now()
    found = watch_now(request.actor.user_id or 0, at=at) if request.actor.may("duty.view") else None
    if found is None:
        response = HttpResponse(status=204)
    else:
        context = {"roster": found[0], "shift": shift_word(found[1].shift), "watch": found[1], "zone": zone_of(request)}
        response = render(request, "duty/mine.html", context)
    response["Cache-Control"] = f"private, max-age={BAR_SECONDS}"
    return response


@desk()
@require_safe
def answers(request: DeskRequest) -> HttpResponse:
    """One line saying who answers for a unit now, for other pages to fetch."""
    duty = request.GET.get("duty", "") or Duty.DUTY_PERSON.value
    asked = request.GET.get("unit", "")
    if not request.actor.may("duty.view"):
        return HttpResponse(status=204)
    if duty not in Duty.values or not asked.startswith(district_of(request.actor)):
        raise Http404
    found = who(duty, unit=asked, at=timezone.now())
    elsewhere = name_of(found.unit) if found.unit.code != asked else ""
    context = {"on_duty": found, "elsewhere": elsewhere, "shift": shift_word(found.shift), "zone": zone_of(request)}
    return render(request, "duty/answers.html", context)


def _today(
    request: DeskRequest,
    *,
    refused: Refusal | None = None,
    absence: AbsenceForm | None = None,
    calendar_address: str = "",
    status: int = 200,
) -> HttpResponse:
    at, me, zone = timezone.now(), request.actor.user_id or 0, zone_of(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    rows = _rows(request, text, at=at)
    starts = at.astimezone(zone).replace(minute=0) + timedelta(hours=1)
    initial = {
        "since_at": starts.strftime(MOMENT_FORMAT),
        "until_at": (starts + timedelta(days=1)).strftime(MOMENT_FORMAT),
    }
    context = {
        "zone": zone,
        "now": at,
        "text": text,
        "rows": rows[:MOST_ROWS],
        "more": max(len(rows) - MOST_ROWS, 0),
        "mine": _mine(me, at=at),
        "swaps": [_swap(swap, me, at=at, zone=zone) for swap in swaps_of(me, at=at)],
        "to_confirm": [_swap(swap, me, at=at, zone=zone) for swap in swaps_to_confirm(request.actor, at=at)],
        "absences": Absence.objects.filter(user=me, until_at__gt=at).order_by("since_at"),
        "absence_form": absence or AbsenceForm(zone=zone, initial=initial),
        "link": CalendarLink.objects.filter(user=me).first(),
        "calendar_address": calendar_address,
        "unread": unread_by(request.actor),
        "unsigned": unsigned_handovers(request.actor, at=at).count(),
        "refused": told(refused) if refused else "",
    }
    return page(request, "today", context, tab="today", status=refused.status if refused else status)


def _rows(request: DeskRequest, text: str, *, at: datetime) -> list[dict[str, Any]]:
    """The rosters with a watch now or soon whose unit, name or people hold `text`; one's own units first."""
    told_rows = on_duty_in(district_of(request.actor), at=at)
    people = persons(watch.person for _r, now, later in told_rows for watch in (*now, *later) if watch.person)
    rows = []
    for roster, now, later in told_rows:
        row = {
            "roster": roster,
            "unit": name_of(roster.unit),
            "duty": roster.get_duty_display(),
            "now": [_line(watch, people) for watch in now],
            "later": [_line(watch, people) for watch in later],
            "own": roster.unit_id in request.actor.units,
        }
        names = " ".join(str(line["name"]) for line in (*row["now"], *row["later"]))  # type: ignore[misc]
        if text.lower() in f"{row['unit']} {roster.name} {row['duty']} {names}".lower():
            rows.append(row)
    return sorted(rows, key=lambda row: not row["own"])


def _line(watch: Watch, people: dict[int, Any]) -> dict[str, Any]:
    return {
        "watch": watch,
        "name": people[watch.person].name if watch.person in people else "",
        "shift": shift_word(watch.shift),
        "why": "" if watch.why == "rotation" else why_word(watch.why),
    }


def _mine(me: int, *, at: datetime) -> list[dict[str, Any]]:
    found = watches_of(me, starts_at=at, ends_at=at + AHEAD)
    return [
        {"roster": roster, **_line(watch, {}), "begun": watch.starts_at <= at} for roster, watch in found[:MY_WATCHES]
    ]


def _swap(swap: Swap, me: int, *, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A swap as one of its people sees it: in words, and with what they may do now."""
    is_open = swap.state in (SwapState.ASKED, SwapState.AGREED) and swap.starts_at > at
    expired = swap.state in (SwapState.ASKED, SwapState.AGREED) and not is_open
    return {
        "swap": swap,
        "shift": shift_word(swap.shift),
        "back_shift": shift_word(swap.back_shift) if swap.back_shift else "",
        "state": _("已过期") if expired else swap.get_state_display(),
        "may_answer": is_open and swap.state == SwapState.ASKED and swap.other_id == me,
        "may_withdraw": is_open and swap.asker_id == me,
        "is_open": is_open,
        "strain": strain_words(strain_of_swap(swap), zone) if is_open else [],
    }
