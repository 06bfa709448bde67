"""What a planner does with a roster besides planning it: give it a last day, say who of its people is away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.duty import operations
from liandong.duty.forms import EndForm
from liandong.duty.models import Roster
from liandong.duty.queries import roster_for
from liandong.duty.queries.rosters import thing_of
from liandong.duty.views.pages import told, zone_of
from liandong.duty.views.rosters import new_away_form, roster_page
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound, require
from liandong.people.desk import DeskRequest, desk


@desk("duty.roster")
@require_POST
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a roster its last day."""
    found = _planned(request, pk)
    form = EndForm(request.POST)
    status = 422
    if form.is_valid():
        day = form.cleaned_data["until_on"]
        try:
            operations.end_roster(pk, until_on=day, actor=request.actor, at=timezone.now())
            messages.success(request, _("值班表止于 %(day)s。") % {"day": day.isoformat()})
            return redirect("duty:roster", pk)
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error("until_on", told(refusal))
            status = refusal.status
    return roster_page(request, found, end_form=form, status=status)


@desk("duty.roster")
@require_POST
def note_away(request: DeskRequest, pk: int) -> HttpResponse:
    """Say that somebody of a roster takes no watch for a time."""
    found, at, zone = _planned(request, pk), timezone.now(), zone_of(request)
    form = new_away_form(found, at.astimezone(zone).date(), request.POST, zone=zone)
    status = 422
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            operations.note_absence(
                int(given.pop("person")), district=found.district, **given, actor=request.actor, at=at
            )
            messages.success(request, _("请假已登记，期间的班次列入缺口。"))
            return redirect("duty:roster", pk)
        except Refusal as refusal:
            form.add_error(None, told(refusal))
            status = refusal.status
    return roster_page(request, found, away_form=form, status=status)


def _planned(request: DeskRequest, pk: int) -> Roster:
    """The roster, for whoever plans it.

    :raises NotFound, Forbidden: it is not for this person, or not to plan
    """
    found = roster_for(request.actor, pk)
    require(request.actor, "duty.roster", thing_of(found.unit))
    return found
