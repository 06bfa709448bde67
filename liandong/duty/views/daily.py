"""交接班, 勤前提示 and 收岗讲评: short forms with sign-off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.duty import operations
from liandong.duty.forms import BriefingForm, HandoverForm
from liandong.duty.models import Duty, Handover
from liandong.duty.queries import (
    briefings_seen,
    handover_for,
    handovers_seen,
    open_items,
    plannable_units,
    watch_now,
)
from liandong.duty.queries.resolver import THE_UNIT
from liandong.duty.views.pages import page, shift_word, told, zone_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import units_of
from liandong.web.names import name_of

MOST_ROWS = 50


@desk("duty.view")
@require_http_methods(["GET", "HEAD", "POST"])
def briefings(request: DeskRequest) -> HttpResponse:
    """The latest briefings and reviews, each with its signatures, and the form of a new one for who may brief."""
    zone, at = zone_of(request), timezone.now()
    units = plannable_units(request.actor, district_of(request.actor), act="duty.brief")
    initial = {"day": at.astimezone(zone).date(), "kind": "before"}
    form = BriefingForm(request.POST or None, initial=initial) if units else None
    status = 200
    if form is not None:
        form.fields["unit"].choices = [(unit.code, name_of(unit)) for unit in units]  # type: ignore[attr-defined]
    if request.method == "POST":
        status = 422
        if form is None:
            raise NotFound(what=THE_UNIT)
        if form.is_valid():
            given = dict(form.cleaned_data)
            try:
                operations.write_briefing(given.pop("unit"), **given, actor=request.actor, at=at)
                messages.success(request, _("已发布，请参加人员签到。"))
                return redirect("duty:briefings")
            except Refusal as refusal:
                form.add_error(None, told(refusal))
                status = refusal.status
    me = request.actor.user_id
    shown = briefings_seen(request.actor).prefetch_related("signatures__user")[:MOST_ROWS]
    rows = [
        {
            "briefing": one,
            "unit": name_of(one.unit),
            "shift": shift_word(one.shift),
            "signed": [signature.user.name for signature in one.signatures.all()],
            "may_sign": one.unit_id in request.actor.units
            and all(signature.user_id != me for signature in one.signatures.all()),
        }
        for one in shown
    ]
    return page(request, "briefings", {"form": form, "rows": rows, "zone": zone}, tab="briefings", status=status)


@desk("duty.view")
@require_POST
def sign_briefing(request: DeskRequest, pk: int) -> HttpResponse:
    """Sign that I attended."""
    operations.sign_briefing(pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("已签到。"))
    return redirect("duty:briefings")


@desk("duty.view")
@require_safe
def handovers(request: DeskRequest) -> HttpResponse:
    """Handovers of the units that concern me, unsigned ones first."""
    rows = [_row(handover) for handover in handovers_seen(request.actor, at=timezone.now())[:MOST_ROWS]]
    rows.sort(key=lambda row: row["handover"].incoming_id is not None)
    return page(request, "handovers", {"rows": rows, "zone": zone_of(request)}, tab="handovers")


@desk("duty.view")
@require_http_methods(["GET", "HEAD", "POST"])
def new_handover(request: DeskRequest) -> HttpResponse:
    """Hand my desk over: what is open there, with a note where one is needed."""
    at = timezone.now()
    codes = [post.unit for post in request.actor.posts if post.unit]
    units = {unit.code: name_of(unit) for unit in units_of(district_of(request.actor)).filter(code__in=codes)}
    form = HandoverForm(request.POST or None, initial={"duty": _usual_duty(request, at=at)})
    form.fields["unit"].choices = [  # type: ignore[attr-defined]
        (code, units[code]) for code in dict.fromkeys(codes) if code in units
    ]
    status = 200
    if request.method == "POST":
        status = 422
        notes = {name[5:]: str(value) for name, value in request.POST.items() if name.startswith("note-") and value}
        if form.is_valid():
            given = dict(form.cleaned_data)
            try:
                made = operations.hand_over_shift(given.pop("unit"), **given, notes=notes, actor=request.actor, at=at)
                messages.success(request, _("已交班，等待接班人签收。"))
                return redirect("duty:handover", made.pk)
            except Refusal as refusal:
                form.add_error(None, told(refusal))
                status = refusal.status
    items = [(item, request.POST.get(f"note-{item.key}", "")) for item in open_items(request.actor, at=at)]
    context = {"form": form, "items": items, "now": at, "zone": zone_of(request)}
    return page(request, "handover_new", context, tab="handovers", status=status)


@desk("duty.view")
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: DeskRequest, pk: int) -> HttpResponse:
    """One handover as it was frozen; the incoming signs here. Prints on plain paper."""
    found = handover_for(request.actor, pk, at=timezone.now())
    refused, status = "", 200
    if request.method == "POST":
        try:
            operations.sign_handover(pk, actor=request.actor, at=timezone.now())
            messages.success(request, _("已签收接班。"))
            return redirect("duty:handover", pk)
        except Refusal as refusal:
            refused, status = told(refusal), refusal.status
    items = [{**item, "due": parse_datetime(item["due_at"]) if item["due_at"] else None} for item in found.items]
    context = {
        **_row(found),
        "items": items,
        "refused": refused,
        "zone": zone_of(request),
        "may_sign": found.incoming_id is None and found.outgoing_id != request.actor.user_id,
    }
    return page(request, "handover", context, tab="handovers", status=status)


def _row(handover: Handover) -> dict[str, Any]:
    late = sum(1 for item in handover.items if item["due_at"] and item["due_at"] < handover.made_at.isoformat())
    return {
        "handover": handover,
        "unit": name_of(handover.unit),
        "count": len(handover.items),
        "late": late,
        "noted": sum(1 for item in handover.items if item["note"]),
    }


def _usual_duty(request: DeskRequest, *, at: Any) -> str:
    """The duty of one's watch now, else of one's role, else the plain one."""
    now = watch_now(request.actor.user_id or 0, at=at)
    if now is not None:
        return now[0].duty
    return next((role for role in Duty.values if role in request.actor.role_codes), Duty.DUTY_PERSON.value)
