"""Rosters ready to be asked: plans, changes and absences of many at once, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from liandong.areas.queries import district_map
from liandong.duty.models import Absence, Cover, Duty, PlanVersion, Roster, Swap, SwapState, Turn
from liandong.duty.rules.rotation import (
    FOR_EVER,
    Away,
    Change,
    Plan,
    Schedule,
    TurnBy,
    Watch,
    Why,
    instant,
    occurrences,
)
from liandong.duty.rules.wording import restored
from liandong.people.queries import posts_in

_EVER_BEFORE = datetime(1, 1, 2, tzinfo=UTC)
_DAY = timedelta(days=1)

ROLE_OF_DUTY: Final[Mapping[str, str]] = {
    Duty.OPERATOR: "operator",
    Duty.DISPATCHER: "dispatcher",
    Duty.SUPERVISOR: "supervisor",
}
"""The role a duty needs; duties that are not here need no more than a post in the unit or below it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A time during which a person may stand the watches of a unit or, by a role, of a duty."""

    role: str
    units: frozenset[str]
    starts_at: datetime
    ends_at: datetime

    def serves(self, roster: Roster) -> bool:
        """Whether who holds this may stand the watches of `roster`."""
        return roster.unit_id in self.units and ROLE_OF_DUTY.get(roster.duty, self.role) == self.role


@dataclass(frozen=True, slots=True)
class Book:
    """Rosters with all that decides who is on them."""

    zone: ZoneInfo
    rosters: Mapping[int, Roster]
    schedules: Mapping[int, Schedule]
    away: Mapping[int, Mapping[int, tuple[Away, ...]]]

    def watches(self, roster: int, starts_at: datetime, ends_at: datetime) -> list[Watch]:
        """The watches of one roster that reach into a window."""
        return occurrences(self.schedules[roster], starts_at, ends_at, away=self.away[roster])


def book_of(district: str, rosters: QuerySet[Roster]) -> Book:
    """Read rosters of a district with their plans, changes and the absences of everybody on them. Ten statements."""
    zone = district_map(district).calendar.zone
    found = {roster.pk: roster for roster in rosters.filter(district=district).select_related("unit")}
    plans = _plans(found)
    changes = _changes(found)
    people = {
        roster: {person for plan in plans[roster] for person in plan.turns}
        | {person for change in changes[roster] for person in (change.to, change.giver) if person is not None}
        for roster in found
    }
    everybody = set().union(*people.values()) if people else set()
    held, absent = holdings(district, everybody, zone=zone), _absences(everybody)
    schedules = {
        pk: Schedule(zone, tuple(plans[pk]), roster.until_on, roster.unit.until_on, tuple(changes[pk]))
        for pk, roster in found.items()
    }
    away: dict[int, dict[int, tuple[Away, ...]]] = {}
    for pk, roster in found.items():
        gone = {person: (*absent[person], *_not_held(held[person], roster)) for person in people[pk]}
        away[pk] = {person: times for person, times in gone.items() if times}
    return Book(zone, found, schedules, away)


def holdings(district: str, people: Iterable[int], *, zone: ZoneInfo) -> dict[int, list[Holding]]:
    """The posts, lent posts and grants of people, as times at which they may stand a unit's watches."""
    found: dict[int, list[Holding]] = defaultdict(list)
    posts = posts_in(district).filter(user__in=set(people), user__is_active=True).order_by("id")
    above = ("unit", "unit__parent", "unit__parent__parent", "unit__parent__parent__parent")
    for person, role, since, until, *units in posts.values_list("user", "role", "since_on", "until_on", *above):
        found[person].append(_holding(role, units, since, until, zone))
    lent = posts.filter(lendings__isnull=False)
    columns = ("user", "role", "lendings__since_on", "lendings__until_on", "lendings__team", "lendings__team__parent")
    for person, role, since, until, *units in lent.values_list(*columns):
        found[person].append(_holding(role, units, since, until, zone))
    granted = posts.filter(user__grants__unit__isnull=False, user__grants__revoked_at__isnull=True)
    given = ("user", "user__grants__role", "user__grants__unit", "user__grants__since_at", "user__grants__until_at")
    for person, role, unit, since_at, until_at in (
        granted.order_by("user", "user__grants").distinct().values_list(*given)
    ):
        found[person].append(Holding(role, frozenset({unit}), since_at, until_at))
    return found


def serves_throughout(held: Iterable[Holding], roster: Roster, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether somebody may stand the watches of a roster for a whole span."""
    gone = _not_held(held, roster)
    return not any(away.starts_at < ends_at and starts_at < away.ends_at for away in gone)


def names_of(people: Iterable[int]) -> dict[int, str]:
    """The names of accounts."""
    rows = get_user_model().objects.filter(pk__in=set(people)).values_list("pk", "name", "username")
    return {pk: name or username for pk, name, username in rows}


def plan_of(version: PlanVersion, turns: Iterable[int]) -> Plan:
    """A stored plan as the rules read it."""
    return Plan(
        version.since_on,
        restored(version.shifts),
        tuple(turns),
        version.anchor,
        version.every,
        TurnBy(version.turn_by),
    )


def _plans(rosters: Mapping[int, Roster]) -> dict[int, list[Plan]]:
    line: dict[int, list[int]] = defaultdict(list)
    turns = Turn.objects.filter(plan__roster__in=rosters).order_by("plan", "position")
    for plan, person in turns.values_list("plan", "user"):
        line[plan].append(person)
    versions: dict[int, list[PlanVersion]] = defaultdict(list)
    for version in PlanVersion.objects.filter(roster__in=rosters).order_by("number"):
        versions[version.roster_id].append(version)
    plans: dict[int, list[Plan]] = defaultdict(list)
    for roster, written in versions.items():
        plans[roster] = [plan_of(version, line[version.pk]) for version in in_effect(written)]
    return plans


def in_effect(versions: Iterable[PlanVersion]) -> list[PlanVersion]:
    """The versions that govern some day, by their first one; they are given in the order they were written."""
    known: list[PlanVersion] = []
    for version in versions:
        # A later version is the plan from its first day on, whatever earlier ones said of later days.
        known = [*(plan for plan in known if plan.since_on < version.since_on), version]
    return known


def _changes(rosters: Mapping[int, Roster]) -> dict[int, list[Change]]:
    told: dict[int, list[tuple[datetime, Change]]] = defaultdict(list)
    for cover in Cover.objects.filter(roster__in=rosters).order_by("id"):
        told[cover.roster_id].append(
            (cover.made_at, Change((cover.day, cover.shift), cover.user_id, since=cover.made_at))
        )
    for swap in Swap.objects.filter(roster__in=rosters, state=SwapState.IN_FORCE).order_by("id"):
        told[swap.roster_id].append((swap.settled_at or swap.asked_at, change_of(swap)))
    changes: dict[int, list[Change]] = defaultdict(list)
    for roster, rows in told.items():
        changes[roster] = [change for _at, change in sorted(rows, key=lambda row: row[0])]
    return changes


def change_of(swap: Swap) -> Change:
    """A swap as the rules read it."""
    back = (swap.back_day, swap.back_shift) if swap.back_day else None
    return Change((swap.day, swap.shift), swap.other_id, swap.asker_id, back)


def _absences(people: set[int]) -> dict[int, list[Away]]:
    found: dict[int, list[Away]] = defaultdict(list)
    rows = Absence.objects.filter(user__in=people).order_by("since_at")
    for person, since, until in rows.values_list("user", "since_at", "until_at"):
        found[person].append(Away(since, until, Why.ABSENT))
    return found


def absent_at(people: Iterable[int], *, at: datetime) -> set[int]:
    """Which of these people are away at an instant."""
    rows = Absence.objects.filter(Q(since_at__lte=at, until_at__gt=at), user__in=set(people))
    return set(rows.values_list("user_id", flat=True))


def _holding(role: str, units: Iterable[str | None], since: date, until: date | None, zone: ZoneInfo) -> Holding:
    ends = instant(zone, datetime.combine(until + _DAY, time.min)) if until else FOR_EVER
    starts = instant(zone, datetime.combine(since, time.min))
    return Holding(role, frozenset(unit for unit in units if unit), starts, ends)


def _not_held(held: Iterable[Holding], roster: Roster) -> list[Away]:
    """The times at which nothing somebody holds lets them stand the watches of `roster`."""
    spans = sorted((one.starts_at, one.ends_at) for one in held if one.serves(roster))
    gone, at = [], _EVER_BEFORE
    for starts_at, ends_at in spans:
        if starts_at > at:
            gone.append(Away(at, starts_at, Why.LEFT))
        at = max(at, ends_at)
    if at < FOR_EVER:
        gone.append(Away(at, FOR_EVER, Why.LEFT))
    return gone
