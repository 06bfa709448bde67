"""Briefings, reviews and handovers, for those they concern; and what is open at a desk now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from liandong.duty.models import Briefing, Handover
from liandong.duty.queries.rosters import watches_of
from liandong.duty.rules.items import Item, most_urgent
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Reach

EARLY = timedelta(hours=1)
THE_HANDOVER = marked("这份交接班")
THE_BRIEFING = marked("这份勤务记录")


def open_items(actor: Actor, *, at: datetime) -> list[Item]:
    """What is open where this person works, from every module that says so, most urgent first."""
    found: list[Item] = []
    for name in settings.LIANDONG_OPEN_ITEMS:
        found += import_string(name)(actor, at)
    return most_urgent(found)


def briefings_seen(actor: Actor) -> QuerySet[Briefing]:
    """The briefings of one's own units, and of those one may brief; latest first."""
    seen = Briefing.objects.filter(_concerned(actor, "duty.brief")).select_related("unit", "made_by")
    return seen.order_by("-day", "-made_at")


def handovers_seen(actor: Actor, *, at: datetime) -> QuerySet[Handover]:
    """The handovers of the units one belongs to, stands a watch of, or plans the duty of; latest first."""
    concerned = _concerned(actor, "duty.roster") | Q(unit__in=watched_units(actor, at=at))
    return Handover.objects.filter(concerned).select_related("unit", "outgoing", "incoming").order_by("-made_at")


def watched_units(actor: Actor, *, at: datetime) -> set[str]:
    """The units whose watch this person stands now or soon: whoever takes a desk over comes a little early."""
    found = watches_of(actor.user_id or 0, starts_at=at, ends_at=at + EARLY)
    return {roster.unit_id for roster, _watch in found}


def unsigned_handovers(actor: Actor, *, at: datetime) -> QuerySet[Handover]:
    """The handovers nobody has signed yet."""
    return handovers_seen(actor, at=at).filter(incoming__isnull=True)


def handover_for(actor: Actor, pk: int, *, at: datetime) -> Handover:
    """The handover of that id.

    :raises NotFound: there is none, or not for this actor
    """
    handover = handovers_seen(actor, at=at).filter(pk=pk).first()
    if handover is None:
        raise NotFound(what=THE_HANDOVER)
    return handover


def _concerned(actor: Actor, act: str) -> Q:
    concerned = Q(unit__in=sorted(actor.units - {""}))
    for ground in actor.scope(act).grounds:
        match ground.reach:
            case Reach.EVERYWHERE:
                concerned |= Q(pk__isnull=False)
            case Reach.AREA:
                concerned |= Q(unit__area__startswith=ground.value)
            case Reach.UNIT:
                concerned |= Q(unit=ground.value)
            case Reach.OWN:
                pass
    return concerned
