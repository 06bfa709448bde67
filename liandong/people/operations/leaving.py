"""When a person leaves: everything they hold ends, a successor may take it over, and no open work is left to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.events import AccountClosed, PersonLeft
from liandong.people.models import Grant, Lending, Post, Source, StaffContact, Unit, User
from liandong.people.operations.beats import ORGANISE, about_person, lock_organisation, sees, tell
from liandong.people.operations.last_admin import LastAdministrator, keep_an_administrator
from liandong.people.operations.left_behind import left_empty, refuse_left_empty
from liandong.people.operations.posts import (
    EndedInThePast,
    end_lending,
    end_row,
    may_give,
    morning_after,
    taken,
    usable_account,
)
from liandong.people.rules.posts import PostFacts
from liandong.people.rules.scope import Thing
from liandong.people.structure import (
    day_of,
    grants_of_person,
    holding_on,
    lendings_of_person,
    posts_of_person,
)
from liandong.timeline.operations import record

_DAY = timedelta(days=1)
THE_PERSON = marked("这个人员")


class SuccessorUnfit(Refusal):
    """A successor who is the one leaving."""

    status = 422
    says = marked("接任人不能是离岗者本人。")
    remedy = marked("请选择另一位在岗人员。")


@dataclass(frozen=True, slots=True)
class Departure:
    """What ends when somebody leaves after a day, and what a successor takes over."""

    on: date
    posts: tuple[Post, ...]
    lendings: tuple[Lending, ...]
    grants: tuple[Grant, ...]
    taken_over: tuple[Post, ...]
    left_empty: tuple[tuple[Unit, int], ...]
    """Units with open work in which nobody would be left, and how much."""
    is_last_admin: bool


def departure_of(user: User, *, successor: User | None, on: date, at: datetime) -> Departure:
    """What would happen if somebody left after the day `on`: the very thing that `leave` does."""
    after = on + _DAY
    posts = tuple(posts_of_person(user, since=after).order_by("id"))
    lendings = tuple(lendings_of_person(user, since=after))
    grants = tuple(grants_of_person(user, at=at))
    held = set(posts_of_person(successor, since=after).values_list("unit_id", "role", "area") if successor else ())
    taken_over = tuple(post for post in posts if (post.unit_id, post.role, post.area) not in held) if successor else ()
    return Departure(
        on=on,
        posts=posts,
        lendings=lendings,
        grants=grants,
        taken_over=taken_over,
        left_empty=() if successor else left_empty(posts, lendings, after=after),
        # What is taken over goes on; rights given for a time end with whoever leaves.
        is_last_admin=_is_last_admin(
            [post for post in posts if post not in taken_over], grants, at=morning_after(on, at=at)
        ),
    )


@transaction.atomic
def leave(user: User, *, successor: User | None, on: date, actor: Actor, at: datetime) -> Departure:
    """Let somebody leave after the day `on`: posts, lendings and grants end, and the account closes.

    The account closes at once when `on` is today or over, else with the first sweep after it.

    :raises NotFound: the actor sees none of the person's posts
    :raises Forbidden: the actor may not organise all units in which the person holds posts
    :raises UnitLeftEmpty: open work would be left to nobody, and no successor is named
    :raises LastAdministrator: nobody would be left to administer the district
    """
    districts = _districts_within_reach(user, actor)
    for district in districts:
        lock_organisation(district)
    user = User.objects.select_for_update().get(pk=user.pk)
    departure = departure_of(user, successor=successor, on=on, at=at)
    for post in departure.posts:
        require(actor, ORGANISE, Thing(post.unit.area))
    if on < day_of(at) - _DAY:
        raise EndedInThePast(on=on.isoformat())
    _refuse(departure, user, successor, at=at)
    told = _told(departure, user, successor)
    if successor is not None:
        for post in departure.taken_over:
            _take_over(post, successor, on=on, actor=actor, at=at)
    _end_all(departure, at=at)
    user.leaves_on = on
    user.is_active = on > day_of(at)
    user.save(update_fields=["leaves_on", "is_active"])
    if not user.is_active:
        StaffContact.objects.filter(user=user).delete()
    area = min((post.unit.area for post in departure.posts), default="")
    record(told, about=about_person(user, area=area, units=told.units), actor=actor.key, at=at)
    for district in districts:
        tell(district)
    return departure


@transaction.atomic
def close_left_accounts(*, actor: Actor, at: datetime) -> int:
    """Close the accounts of those whose last day is over and who hold no post again; return how many."""
    today = day_of(at)
    holding = Post.objects.filter(holding_on(today), user=OuterRef("pk"))
    gone = User.objects.filter(~Exists(holding), leaves_on__lt=today, is_active=True)
    closed = list(gone.select_for_update(skip_locked=True).order_by("pk"))
    for user in closed:
        user.is_active = False
        user.save(update_fields=["is_active"])
        StaffContact.objects.filter(user=user).delete()
        told = AccountClosed(user.leaves_on.isoformat() if user.leaves_on else "")
        record(told, about=about_person(user), actor=actor.key, at=at)
    return len(closed)


def _districts_within_reach(user: User, actor: Actor) -> list[str]:
    """The districts in which a person holds posts, one of which the actor must see."""
    areas = Post.objects.filter(user=user).values_list("unit__area", "unit__district")
    if user.is_service or not any(sees(actor, area) for area, _district in areas):
        raise NotFound(what=THE_PERSON)
    return sorted({district for _area, district in areas})


def _is_last_admin(posts: Sequence[Post], grants: Sequence[Grant], *, at: datetime) -> bool:
    ids, given = [post.pk for post in posts], [grant.pk for grant in grants]
    try:
        for district in {post.unit.district for post in posts} | {grant.area[:6] for grant in grants}:
            keep_an_administrator(district, at=at, without_posts=ids, without_grants=given)
    except LastAdministrator:
        return True
    return False


def _refuse(departure: Departure, user: User, successor: User | None, *, at: datetime) -> None:
    if successor is not None:
        if successor.pk == user.pk:
            raise SuccessorUnfit
        usable_account(successor, PostFacts(successor.username, successor.name, "", "", ""), at=at)
    if departure.is_last_admin:
        raise LastAdministrator
    refuse_left_empty(departure.left_empty)


def _told(departure: Departure, user: User, successor: User | None) -> PersonLeft:
    return PersonLeft(
        account=user.key,
        on=departure.on.isoformat(),
        posts=tuple(post.pk for post in departure.posts),
        units=tuple(sorted({post.unit_id for post in departure.posts})),
        grants=len(departure.grants),
        lendings=len(departure.lendings),
        successor=successor.key if successor else "",
    )


def _take_over(post: Post, successor: User, *, on: date, actor: Actor, at: datetime) -> None:
    """Put the successor into a post from the day after; at once when the account of who leaves closes at once."""
    may_give(actor, PostFacts(successor.username, successor.name, post.unit_id, post.role, post.area))
    begins = max(post.since_on, day_of(at) if on <= day_of(at) else on + _DAY)
    held = Post.objects.create(
        user=successor,
        unit=post.unit,
        role=post.role,
        area=post.area,
        title=post.title,
        rank=post.rank,
        force=post.force,
        source=Source.HAND,
        since_on=begins,
        until_on=post.until_on,
    )
    about = about_person(successor, area=held.area, units=(held.unit_id,))
    record(taken(held), about=about, actor=actor.key, at=at)


def _end_all(departure: Departure, *, at: datetime) -> None:
    for lending in departure.lendings:
        end_lending(lending, departure.on)
    for post in departure.posts:
        end_row(post, departure.on)
    midnight = timezone.make_aware(datetime.combine(departure.on + _DAY, time.min), timezone.get_default_timezone())
    for grant in departure.grants:
        if midnight <= max(at, grant.since_at) or departure.on <= day_of(at):
            grant.revoked_at = at
            grant.save(update_fields=["revoked_at"])
        elif midnight < grant.until_at:
            grant.until_at = midnight
            grant.save(update_fields=["until_at"])
