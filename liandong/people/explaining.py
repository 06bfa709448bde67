"""Who may do something and why, and what one person may do: for those who look after permission.

Answers come by ground, not by testing ten thousand people one by one; that they are the same is a property test.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, actor_for, posts_of, role_word, roles
from liandong.people.held import Held, held_where
from liandong.people.models import Grant, Post, Purpose, User
from liandong.people.rules.granting import may_revoke, within_reach
from liandong.people.rules.scope import Because, PostHeld, Reach, Thing, explain, reasons

LOOKING_AFTER: Final = ("people.see_access", "people.grant", "people.cover")
"""Acts that open the pages about permission, each within its own area."""
KEPT_IN_SIGHT: Final = timedelta(days=30)
"""How long a right that has ended still stands in the list."""
_THE_PERSON = marked("这个人")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody, and why they may."""

    user_id: int
    account: str
    name: str
    is_service: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class WhoMay:
    """Everybody who may, and those who only may not because the thing is about their own unit."""

    may: tuple[Holder, ...]
    kept_out: tuple[Holder, ...]


def who_may(act: str, thing: Thing, *, at: datetime) -> WhoMay:
    """Everybody who may do `act` on `thing` at `at`, by name, and those kept out of what is about their unit."""
    found = {row.user_id for row in _holding_ground_for(act, thing, at=at)}
    people = {user.pk: user for user in User.objects.filter(pk__in=found, is_active=True)}
    may, kept_out = [], []
    for person, rows in _rows_of(people, at=at).items():
        posts = posts_of(rows)
        why = explain(posts, act, thing, roles=roles(), person=person)
        if why:
            may.append(_holder(people[person], why))
        elif thing.about_unit:
            alike = reasons(posts, act, roles=roles())
            otherwise = tuple(because for because in alike if because.ground.holds(thing, person=person))
            kept_out += [_holder(people[person], otherwise)] if otherwise else []
    return WhoMay(_by_name(may), _by_name(kept_out))


def people_like(text: str, *, actor: Actor, at: datetime, limit: int) -> list[User]:
    """People whom this actor looks after and whose account or name holds `text`."""
    sought = text.strip()
    found = User.objects.filter(_looked_after(actor, at=at), is_active=True, is_service=False)
    if sought:
        found = found.filter(Q(username__icontains=sought) | Q(name__icontains=sought))
    return list(found.order_by("username")[:limit])


def person_for(actor: Actor, account: str, *, at: datetime) -> User:
    """The account of that name: one's own, or one that this actor looks after.

    :raises NotFound: there is none, or it is not theirs to look after
    """
    named = User.objects.filter(username=account.replace("\x00", "").strip().lower())
    found = named.filter(Q(pk=actor.user_id or 0) | _looked_after(actor, at=at)).first()
    if found is None:
        raise NotFound(what=_THE_PERSON)
    return found


def actor_named(user: User, *, at: datetime) -> Actor:
    """Who an account is at `at`, for showing what it may; an account that is closed may nothing."""
    return actor_for(user, at=at) if user.is_active else Actor(user.key, user.pk, user.name, ())


def grants_of(user: User) -> QuerySet[Grant]:
    """Everything ever granted to somebody and every stand-in by them or for them, the latest first."""
    found = Grant.objects.filter(Q(user=user) | Q(colleague=user))
    return found.select_related("user", "colleague", "unit").order_by("-since_at", "-id")


def grants_for(actor: Actor, *, at: datetime) -> QuerySet[Grant]:
    """What is granted and covered in the areas this actor looks after, and what ended lately, the latest first."""
    lately = Q(until_at__gt=at - KEPT_IN_SIGHT) & (Q(revoked_at__isnull=True) | Q(revoked_at__gt=at - KEPT_IN_SIGHT))
    found = Grant.objects.filter(lately, _within(actor, "area"))
    return found.select_related("user", "colleague", "unit").order_by("-since_at", "-id")


def stood_in_for(grants: Iterable[int]) -> dict[int, str]:
    """The names of the colleagues for whom these grants stand in, by grant."""
    found = Grant.objects.filter(pk__in=list(grants), colleague__isnull=False)
    return dict(found.values_list("pk", "colleague__name"))


def may_end(actor: Actor, grant: Grant) -> bool:
    """Whether the actor could have given this right, and may take it. A stand-in is also a granter's to end."""
    unit_area = grant.unit.area if grant.unit else ""
    held, table = PostHeld(grant.unit_id or "", grant.role, grant.area), roles()
    try:
        may_revoke(actor.posts, held, roles=table, unit_area=unit_area, word=role_word(grant.role))
    except Refusal:
        if grant.purpose != Purpose.COVER:
            return False
    else:
        return True
    try:
        within_reach(actor.posts, "people.cover", held, roles=table, unit_area=unit_area)
    except Refusal:
        return False
    return True


def _holding_ground_for(act: str, thing: Thing, *, at: datetime) -> list[Held]:
    """What is held at `at` and gives a ground for `act` on `thing`, whatever else may keep its holder out."""
    roles_of = _roles_by_reach(act, thing.level)
    return held_where(
        "role = ANY(%(everywhere)s) OR role = ANY(%(by_area)s) AND area = ANY(%(around)s)"
        " OR role = ANY(%(by_unit)s) AND unit_id = ANY(%(units)s)"
        " OR role = ANY(%(by_report)s) AND user_id = %(reporter)s",
        at=at,
        everywhere=roles_of[Reach.EVERYWHERE],
        by_area=roles_of[Reach.AREA],
        by_unit=roles_of[Reach.UNIT],
        by_report=roles_of[Reach.OWN],
        # Every beginning of the area's code: a ground is an area around it, whatever the length of its code.
        around=[thing.area[:length] for length in range(1, len(thing.area) + 1)],
        units=sorted(thing.units),
        reporter=thing.reporter,
    )


def _roles_by_reach(act: str, level: str) -> dict[Reach, list[str]]:
    found: dict[Reach, list[str]] = {reach: [] for reach in Reach}
    for name, role in roles().items():
        for allowed, reach in role.acts:
            if allowed in (act, f"{act}@{level}"):
                found[reach].append(name)
    return found


def _rows_of(people: Iterable[int], *, at: datetime) -> dict[int, list[Held]]:
    rows: dict[int, list[Held]] = defaultdict(list)
    for row in held_where("user_id = ANY(%(people)s)", at=at, people=list(people)):
        rows[row.user_id].append(row)
    return rows


def _looked_after(actor: Actor, *, at: datetime) -> Q:
    """A condition on accounts: a post or a right of theirs lies where the actor looks after permission."""
    posts = Post.objects.filter(_within(actor, "area") | _within(actor, "unit__area"), user=OuterRef("pk"))
    grants = Grant.objects.filter(_within(actor, "area"), user=OuterRef("pk"), until_at__gt=at)
    return Q(Exists(posts)) | Q(Exists(grants))


def _within(actor: Actor, column: str) -> Q:
    found = Q(pk__in=[])
    for act in LOOKING_AFTER:
        for ground in actor.scope(act).grounds:
            if ground.reach is Reach.EVERYWHERE:
                return Q(pk__isnull=False)
            if ground.reach is Reach.AREA:
                found |= Q(**{f"{column}__startswith": ground.value})
    return found


def _holder(user: User, because: tuple[Because, ...]) -> Holder:
    return Holder(user.pk, user.username, user.name, user.is_service, because)


def _by_name(holders: list[Holder]) -> tuple[Holder, ...]:
    return tuple(sorted(holders, key=lambda holder: (holder.name, holder.account)))
