"""Reading the organisation: who stands in for whom, who sits in a crew, who was lent, who assists, what a tree shows.

Re-exported by `queries`, the only part of this that other modules import. What lies above people, such as areas and
open work, is asked for through functions that the settings name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.module_loading import import_string

from liandong.people.models import Delegation, Grant, Lending, Post, Rank, Unit, UnitKind, User
from liandong.people.rules.force import carried
from liandong.people.rules.posts import CREW_SEATS, STATION_TEAMS, team_named_in
from liandong.people.rules.scope import Reach, Scope


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a grid crew and who sits in it; nobody, where it is empty."""

    title: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class TeamSeen:
    """One of the six teams of a station: the town's units of that name, and who of them serves the station.

    Without a unit the team is missing; with one but nobody serving here, it is there and none of it was sent.
    """

    name: str
    units: tuple[Unit, ...]
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts in a joint team: the home unit that answers for them, and the force they bring."""

    person: User
    home: Unit
    force: str
    lending: Lending


def day_of(at: datetime) -> date:
    """The day on which an instant falls, where the platform stands."""
    return timezone.localdate(at, timezone.get_default_timezone())


def holding_on(day: date) -> Q:
    """A condition on units, posts and lendings: they stand on that day."""
    begun = Q(since_on__isnull=True) | Q(since_on__lte=day)
    return begun & (Q(until_on__isnull=True) | Q(until_on__gte=day))


def areas_of(district: str) -> Mapping[str, Named]:
    """The areas of a district by code; empty when its map is not loaded."""
    ask: Callable[[str], Mapping[str, tuple[str, str]]] = import_string(settings.LIANDONG_AREA_NAMES)
    return {code: Named(*names) for code, names in ask(district).items()}


def open_work_of(codes: Collection[str]) -> dict[str, int]:
    """How much open work each of these units holds, of all kinds together; units without any are left out."""
    counted: Counter[str] = Counter()
    for name in settings.LIANDONG_OPEN_WORK if codes else ():
        counted.update(import_string(name)(codes))
    return {code: count for code, count in counted.items() if count}


def stand_ins(unit: str, on: date) -> list[Post]:
    """Who answers for a unit on a day: its heads, then its deputies, in the order in which they were appointed."""
    order = Case(When(rank=Rank.HEAD, then=Value(0)), default=Value(1), output_field=IntegerField())
    posts = Post.objects.filter(holding_on(on), unit=unit, rank__in=(Rank.HEAD, Rank.DEPUTY), user__is_active=True)
    return list(posts.select_related("user", "unit").order_by(order, "since_on", "id"))


def crew_of(grid: str, on: date) -> list[Seat]:
    """一长四员 of a grid's crew on a day: every seat with whoever sits in it, and last those of other titles."""
    posts = list(posts_of_unit(grid, on))
    seats = [Seat(title, tuple(post for post in posts if post.title == title)) for title in CREW_SEATS]
    others = tuple(post for post in posts if post.title not in CREW_SEATS)
    return [*seats, Seat("", others)] if others else seats


def members_of(team: str, on: date) -> list[Member]:
    """Who acts in a joint team on a day; each keeps home unit and force (`CASE.md` §4)."""
    lent = Lending.objects.filter(holding_on(on), team=team, post__user__is_active=True)
    found = lent.select_related("post__user", "post__unit").order_by("post__unit__code", "id")
    return [
        Member(one.post.user, one.post.unit, carried(one.post.force, of_the_unit=one.post.unit.force), one)
        for one in found
        if one.post.since_on <= on and (one.post.until_on is None or one.post.until_on >= on)
    ]


def lent_to(teams: Collection[str], on: date) -> Counter[str]:
    """How many act in each of these joint teams on a day."""
    begun = Q(post__since_on__lte=on) & (Q(post__until_on__isnull=True) | Q(post__until_on__gte=on))
    lent = Lending.objects.filter(holding_on(on), begun, team__in=teams, post__user__is_active=True)
    return Counter(dict(lent.values_list("team").annotate(people=Count("post__user", distinct=True)).order_by()))


def assistants_of(station: str, on: date) -> list[Post]:
    """The assistants a station may use on a day: posts over its community in teams that its town manages."""
    unit = Unit.objects.filter(pk=station, kind=UnitKind.STATION).first()
    if unit is None:
        return []
    posts = Post.objects.filter(
        holding_on(on), role="assistant", unit__kind=UnitKind.TEAM, area__startswith=unit.area, user__is_active=True
    )
    return list(posts.select_related("user", "unit").order_by("unit__code", "id"))


def teams_of_station(station: str, on: date) -> list[TeamSeen]:
    """The six teams of a station on a day, by name, those that are missing too; nothing for other kinds of units."""
    unit = Unit.objects.filter(pk=station, kind=UnitKind.STATION).first()
    if unit is None:
        return []
    around = Q(parent=unit.parent_id) | Q(parent=unit.code)
    teams = list(Unit.objects.filter(holding_on(on), around, kind=UnitKind.TEAM).order_by("code"))
    posts = assistants_of(station, on)
    return [
        TeamSeen(
            name,
            tuple(team for team in teams if team_named_in(team.name) == name),
            tuple(post for post in posts if team_named_in(post.title, post.unit.name) == name),
        )
        for name in STATION_TEAMS
    ]


def posts_of_unit(unit: str, on: date) -> QuerySet[Post]:
    """The posts of a unit that stand on a day, heads first."""
    order = Case(
        When(rank=Rank.HEAD, then=Value(0)), When(rank=Rank.DEPUTY, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    return Post.objects.filter(holding_on(on), unit=unit).select_related("user", "unit").order_by(order, "id")


def posts_of_person(user: User, *, since: date) -> QuerySet[Post]:
    """The posts a person holds on a day or later."""
    return Post.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=since), user=user).select_related("unit")


def lendings_of_person(user: User, *, since: date) -> QuerySet[Lending]:
    """The posts of a person that are lent to joint teams on a day or later."""
    still = Q(until_on__isnull=True) | Q(until_on__gte=since)
    return Lending.objects.filter(still, post__user=user).select_related("post__unit", "team").order_by("id")


def grants_of_person(user: User, *, at: datetime) -> QuerySet[Grant]:
    """What was granted to a person and is not over at `at`."""
    return Grant.objects.filter(user=user, until_at__gt=at, revoked_at__isnull=True).order_by("id")


def lent_out(unit: str, on: date) -> QuerySet[Lending]:
    """Which posts of a unit act in joint teams on a day."""
    return Lending.objects.filter(holding_on(on), post__unit=unit).select_related("post__user", "team").order_by("id")


def delegations_with(unit: str, on: date) -> QuerySet[Delegation]:
    """先期指挥权 that a unit has given or was given, running on a day or later."""
    of_unit = Q(department=unit) | Q(town=unit)
    running = Delegation.objects.filter(of_unit, until_on__gte=on, revoked_at__isnull=True)
    return running.select_related("department", "town").order_by("since_on", "id")


def within(scope: Scope, column: str = "area") -> Q:
    """A scope as a condition on units, or on whatever has its area in `column`; unit grounds reach their own unit."""
    found = Q(pk__in=[])
    for ground in scope.grounds:
        match ground.reach:
            case Reach.EVERYWHERE:
                return Q(pk__isnull=False)
            case Reach.AREA:
                found |= Q(**{f"{column}__startswith": ground.value})
            case Reach.UNIT:
                found |= Q(pk=ground.value) if column == "area" else Q(unit=ground.value)
            case Reach.OWN:
                continue
    return found


def units_in_tree(units: QuerySet[Unit], on: date) -> QuerySet[Unit]:
    """Units as a tree shows them: those that still stand, with how many stand below each and how many posts it has."""
    standing = units.filter(Q(until_on__isnull=True) | Q(until_on__gte=on))
    return standing.annotate(
        below=Count("children", filter=_open_at("children", on), distinct=True),
        staff=Count("posts__user", filter=_open_at("posts", on) & Q(posts__since_on__lte=on), distinct=True),
    ).order_by("code")


def units_matching(units: QuerySet[Unit], *, text: str = "", kind: str = "", force: str = "") -> QuerySet[Unit]:
    """Units whose code, name, telephone or people hold `text`, of one kind and force."""
    if kind:
        units = units.filter(kind=kind)
    if force:
        units = units.filter(force=force)
    if text:
        people = Post.objects.filter(Q(user__name__icontains=text) | Q(user__username=text.lower())).values("unit")
        named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text) | Q(phone__contains=text)
        units = units.filter(named | Q(pk__in=people))
    return units


def _open_at(relation: str, on: date) -> Q:
    until: dict[str, Any] = {f"{relation}__until_on__isnull": True}
    after: dict[str, Any] = {f"{relation}__until_on__gte": on}
    return Q(**{f"{relation}__isnull": False}) & (Q(**until) | Q(**after))
