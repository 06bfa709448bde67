"""Watches for calendar programs: one's own at a secret address, a roster's for whoever may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.duty.feeds import Line, calendar_of, uid_of
from liandong.duty.models import Cover, Roster, Swap, SwapState
from liandong.duty.queries import link_holder, roster_for, watches_of
from liandong.duty.rules.rotation import Slot
from liandong.duty.schedules import book_of, names_of
from liandong.people.desk import DeskRequest, desk

BEHIND, AHEAD = timedelta(days=30), timedelta(days=90)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """One person's own watches. Whoever knows the address reads it: it is secret, and its owner can end it."""
    link = link_holder(secret)
    if link is None:
        raise Http404
    at = timezone.now()
    with translation.override(link.user.language):
        found = watches_of(link.user_id, starts_at=at - BEHIND, ends_at=at + AHEAD)
        lines = [Line(roster, watch, "") for roster, watch in found]
        content = calendar_of(lines, title=_("我的值班"), at=at, changed=_changed(roster for roster, _watch in found))
    return _answer(content, "duty")


@desk("duty.view")
@require_safe
def roster_feed(request: DeskRequest, pk: int) -> HttpResponse:
    """One roster's watches with their people."""
    roster = roster_for(request.actor, pk)
    at = timezone.now()
    book = book_of(roster.district, Roster.objects.filter(pk=pk))
    watches = book.watches(pk, at - BEHIND, at + AHEAD)
    names = names_of(watch.person for watch in watches if watch.person)
    lines = [Line(roster, watch, names.get(watch.person or 0, "") or _("缺口")) for watch in watches]
    return _answer(calendar_of(lines, title=roster.name, at=at, changed=_changed([roster])), f"roster-{pk}")


def _changed(rosters: Iterable[Roster]) -> Counter[str]:
    """How often each occurrence changed hands, by event id: what readers tell a new state from an old one by."""
    known = {roster.pk: roster for roster in rosters}
    slots: list[tuple[int, Slot]] = [
        (roster, (day, shift))
        for roster, day, shift in Cover.objects.filter(roster__in=known).values_list("roster", "day", "shift")
    ]
    for swap in Swap.objects.filter(roster__in=known, state=SwapState.IN_FORCE):
        slots.append((swap.roster_id, (swap.day, swap.shift)))
        if swap.back_day:
            slots.append((swap.roster_id, (swap.back_day, swap.back_shift)))
    return Counter(uid_of(known[roster], *slot) for roster, slot in slots)


def _answer(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
