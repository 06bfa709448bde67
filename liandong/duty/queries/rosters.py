"""Rosters as pages ask for them: the month, the gaps, a person's own watches and swaps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from liandong.duty.models import CalendarLink, Cover, Roster, Swap, SwapState, Turn
from liandong.duty.rules.rotation import Watch
from liandong.duty.rules.rotation import gaps as gaps_between
from liandong.duty.schedules import book_of
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.queries import units_of
from liandong.people.rules.scope import Thing

if TYPE_CHECKING:
    from liandong.people.models import Unit

THE_ROSTER = marked("这张值班表")
THE_SWAP = marked("这次换班")


@dataclass(frozen=True, slots=True)
class Gap:
    """A time at which a watch of a roster has nobody."""

    roster: Roster
    watch: Watch


def may_plan(actor: Actor, unit: Unit, *, act: str = "duty.roster") -> bool:
    """Whether an actor may do `act` for a unit."""
    return actor.may(act, thing_of(unit))


def thing_of(unit: Unit) -> Thing:
    """A unit as permission sees it."""
    return Thing(area=unit.area, units=frozenset({unit.code}))


def plannable_units(actor: Actor, district: str, *, act: str = "duty.roster") -> list[Unit]:
    """The units of a district for which an actor may do `act`: their own first, then in the order of the areas."""
    scope = actor.scope(act)
    units = [unit for unit in units_of(district).order_by("area", "code") if scope.covers(thing_of(unit))]
    return sorted(units, key=lambda unit: unit.code not in actor.units)


def rosters_seen(actor: Actor) -> QuerySet[Roster]:
    """The rosters of the districts an actor works in, if they may see any."""
    if not actor.may("duty.view"):
        return Roster.objects.none()
    districts = {post.area[:6] for post in actor.posts}
    return Roster.objects.filter(district__in=districts).select_related("unit")


def roster_for(actor: Actor, pk: int) -> Roster:
    """The roster of that id.

    :raises NotFound: there is none, or not for this actor
    """
    roster = rosters_seen(actor).filter(pk=pk).first()
    if roster is None:
        raise NotFound(what=THE_ROSTER)
    return roster


def swap_for(actor: Actor, pk: int) -> Swap:
    """The swap of that id, for the two it is between and whoever plans the roster.

    :raises NotFound: there is none, or not for this actor
    """
    swap = Swap.objects.filter(pk=pk).select_related("roster__unit").first()
    if swap is None or (actor.user_id not in (swap.asker_id, swap.other_id) and not may_plan(actor, swap.roster.unit)):
        raise NotFound(what=THE_SWAP)
    return swap


def gaps(district: str, *, starts_at: datetime, days: int = 30, rosters: QuerySet[Roster] | None = None) -> list[Gap]:
    """Every time within `days` at which a watch has nobody, soonest first. Statements do not grow with the rosters."""
    ends_at = starts_at + timedelta(days=days)
    book = book_of(district, Roster.objects.all() if rosters is None else rosters)
    found = [
        Gap(roster, watch)
        for pk, roster in book.rosters.items()
        for watch in gaps_between(book.watches(pk, starts_at, ends_at), starts_at, ends_at)
    ]
    return sorted(found, key=lambda gap: (gap.watch.starts_at, gap.roster.unit_id, gap.roster.pk))


def watches_of(person: int, *, starts_at: datetime, ends_at: datetime) -> list[tuple[Roster, Watch]]:
    """One person's watches in a window, of all rosters, soonest first."""
    found: list[tuple[Roster, Watch]] = []
    concerned = _rosters_with(person)
    for district in sorted(set(concerned.values_list("district", flat=True))):
        book = book_of(district, concerned)
        found += [
            (roster, watch)
            for pk, roster in book.rosters.items()
            for watch in book.watches(pk, starts_at, ends_at)
            if watch.person == person
        ]
    return sorted(found, key=lambda row: (row[1].starts_at, row[0].pk))


def watch_now(person: int, *, at: datetime) -> tuple[Roster, Watch] | None:
    """The watch a person stands at an instant."""
    if not _rosters_with(person).exists():
        return None
    return next(iter(watches_of(person, starts_at=at, ends_at=at + timedelta(seconds=1))), None)


def swaps_of(person: int, *, at: datetime) -> QuerySet[Swap]:
    """The swaps a person asked for or was asked for that still matter: undecided ones, and those decided lately."""
    recent = Q(state__in=[SwapState.ASKED, SwapState.AGREED], starts_at__gt=at) | Q(
        asked_at__gt=at - timedelta(days=14)
    )
    own = Swap.objects.filter(Q(asker=person) | Q(other=person), recent)
    return own.select_related("roster__unit", "asker", "other").order_by("-asked_at", "-id")


def swaps_to_confirm(actor: Actor, *, at: datetime) -> list[Swap]:
    """The agreed swaps that wait for this planner."""
    waiting = Swap.objects.filter(state=SwapState.AGREED, starts_at__gt=at, roster__in=rosters_seen(actor))
    found = waiting.select_related("roster__unit", "asker", "other").order_by("starts_at", "id")
    return [swap for swap in found if may_plan(actor, swap.roster.unit)]


def link_holder(secret: str) -> CalendarLink | None:
    """The calendar link a secret belongs to."""
    digest = hashlib.sha256(secret.encode()).digest()
    return CalendarLink.objects.filter(digest=digest, user__is_active=True).select_related("user").first()


def _rosters_with(person: int) -> QuerySet[Roster]:
    """The rosters a person has, had or may have a watch in."""
    by_turn = Turn.objects.filter(user=person).values("plan__roster")
    by_cover = Cover.objects.filter(user=person).values("roster")
    by_swap = Swap.objects.filter(Q(asker=person) | Q(other=person), state=SwapState.IN_FORCE).values("roster")
    return Roster.objects.filter(Q(pk__in=by_turn) | Q(pk__in=by_cover) | Q(pk__in=by_swap))
