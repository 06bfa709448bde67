"""Appointing, changing and ending posts. One person may hold many; none carries more force than its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, role_word, roles
from liandong.people.events import PostChanged, PostEnded, PostRecalled, PostTaken
from liandong.people.models import Lending, Post, Source, Unit, User
from liandong.people.operations.beats import about_person, post_within_reach, spelt, unit_within_reach
from liandong.people.operations.last_admin import keep_an_administrator
from liandong.people.operations.left_behind import left_empty, refuse_left_empty
from liandong.people.rules.granting import OF_THE_DISTRICT, DistrictAdminNeeded, NotToOneself, is_wider
from liandong.people.rules.posts import Home, PostFacts, faults_of_post, faults_of_standing
from liandong.people.rules.scope import PostHeld, Thing
from liandong.people.structure import areas_of, day_of
from liandong.timeline.operations import record

CHANGEABLE = ("title", "rank", "force", "area")
_DAY = timedelta(days=1)


class AccountOfAnother(Refusal):
    """An account name that belongs to a person of another name."""

    status = 409
    says = marked("账号“%(account)s”已属于“%(name)s”。")
    remedy = marked("请核对账号；同名不同人时请另起账号。")


class AccountIsClosed(Refusal):
    """A post for an account that is closed, or whose holder is leaving."""

    status = 409
    says = marked("账号“%(account)s”已停用或已办理离岗。")
    remedy = marked("请先由管理员恢复账号，再任命岗位。")


class AccountOfAMachine(Refusal):
    """A person's post for an account that belongs to a program."""

    status = 422
    says = marked("“%(account)s”是接口账号，不能任职。")
    remedy = marked("请使用个人账号。")


class PostHeldAlready(Refusal):
    """A post that the person holds at that time already."""

    status = 409
    says = marked("此人在这段时间内已任该单位的同一岗位。")
    remedy = marked("如需改动，请修改现有岗位，或先终止再任命。")


class EndedInThePast(Refusal):
    """A post ended on a day that has long been over."""

    status = 422
    says = marked("终止日期 %(on)s 已经过去。")
    remedy = marked("最早可填昨天（即刻终止）；过去的任职不再改动。")


@transaction.atomic
def appoint(post: PostFacts, *, actor: Actor, at: datetime) -> Post:
    """Appoint somebody to a post, from today unless the facts say otherwise. A new account gets no password yet.

    :raises NotFound: the actor sees no such unit
    :raises Forbidden: the actor may not organise it
    :raises PostFault: the post cannot be, such as with more force than its unit
    :raises AccountOfAnother: the account belongs to a person of another name
    :raises PostHeldAlready: the person holds it already
    """
    unit = unit_within_reach(post.unit, actor)
    user = User.objects.select_for_update().filter(username=post.account).first()
    post = replace(
        post,
        since_on=post.since_on or day_of(at),
        area=post.area or unit.area,
        person=post.person or (user.name if user else ""),
    )
    areas = areas_of(unit.district)
    for fault in faults_of_post(post, home_of(unit), roles=roles(), areas=areas):
        raise fault
    may_give(actor, post)
    user = usable_account(user, post, at=at) if user else _new_account(post)
    if user.leaves_on is not None:
        user.leaves_on = None  # who left has come back
        user.save(update_fields=["leaves_on"])
    if _overlapping(user, post).exists():
        raise PostHeldAlready
    held = Post.objects.create(
        user=user, unit=unit, role=post.role, area=post.area, title=post.title, rank=post.rank, force=post.force,
        source=Source.HAND, since_on=post.since_on or day_of(at), until_on=post.until_on,
    )  # fmt: skip
    record(taken(held), about=about_person(user, area=held.area, units=(unit.code,)), actor=actor.key, at=at)
    return held


@transaction.atomic
def change_post(
    post: int,
    *,
    actor: Actor,
    at: datetime,
    title: str | None = None,
    rank: str | None = None,
    force: str | None = None,
    area: str | None = None,
) -> Post:
    """Change facts of a post; what is not named stays. Another unit or role is another post.

    :raises NotFound: the actor sees no such post
    :raises Forbidden: the actor may not organise its unit
    :raises PostFault: the post cannot be so
    """
    held = post_within_reach(post, actor)
    asked = {"title": title, "rank": rank, "force": force, "area": area}
    before = {fact: getattr(held, fact) for fact in CHANGEABLE}
    after = {**before, **{fact: value for fact, value in asked.items() if value is not None}}
    changes = {fact: (before[fact], after[fact]) for fact in CHANGEABLE if before[fact] != after[fact]}
    if changes:
        _check_change(held, after, actor)
        for fact, value in after.items():
            setattr(held, fact, value)
        held.save(update_fields=list(CHANGEABLE))
        about = about_person(held.user, area=held.area, units=(held.unit_id,))
        record(PostChanged(held.pk, held.unit_id, changes), about=about, actor=actor.key, at=at)
    return held


@transaction.atomic
def end_post(post: int, *, until_on: date, actor: Actor, at: datetime) -> None:
    """End a post after a day: yesterday ends it at once. What had not begun by then never does.

    :raises NotFound: the actor sees no such post
    :raises Forbidden: the actor may not organise its unit
    :raises LastAdministrator: nobody would be left to administer the district
    :raises UnitLeftEmpty: open work of its unit, or of a team it is lent to, would be left to nobody
    """
    held = post_within_reach(post, actor)
    if until_on < day_of(at) - _DAY:
        raise EndedInThePast(on=until_on.isoformat())
    after = until_on + _DAY
    lent = Lending.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=after), post=held).select_related("team")
    refuse_left_empty(left_empty([held], list(lent), after=after))
    keep_an_administrator(held.unit.district, at=morning_after(until_on, at=at), without_posts=[held.pk])
    told = PostEnded(held.pk, held.unit_id, held.role, until_on.isoformat())
    about = about_person(held.user, area=held.area, units=(held.unit_id,))
    end_row(held, until_on)
    record(told, about=about, actor=actor.key, at=at)


def end_all(posts: Sequence[Post], lendings: Sequence[Lending], *, on: date, actor: Actor, at: datetime) -> None:
    """End posts and lendings of a unit that closes, and record it; a part of its operation.

    :raises LastAdministrator: nobody would be left to administer the district
    """
    for lending in lendings:
        told_of_lending = PostRecalled(lending.pk, lending.post_id, lending.team_id, on.isoformat())
        about = about_person(lending.post.user, area=lending.team.area, units=(lending.team_id,))
        end_lending(lending, on)
        record(told_of_lending, about=about, actor=actor.key, at=at)
    if posts:
        after = morning_after(on, at=at)
        keep_an_administrator(posts[0].unit.district, at=after, without_posts=[post.pk for post in posts])
    for held in posts:
        told = PostEnded(held.pk, held.unit_id, held.role, on.isoformat())
        about = about_person(held.user, area=held.area, units=(held.unit_id,))
        end_row(held, on)
        record(told, about=about, actor=actor.key, at=at)


def end_row(held: Post, until_on: date) -> None:
    """End a post and whatever of it is lent; a part of an operation that records it."""
    for lending in Lending.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=until_on), post=held):
        end_lending(lending, until_on)
    if held.since_on > until_on:
        held.delete()
    elif held.until_on is None or held.until_on > until_on:
        held.until_on = until_on
        held.save(update_fields=["until_on"])


def end_lending(lending: Lending, until_on: date) -> None:
    """End a lending; one that had not begun by then never does."""
    if lending.since_on > until_on:
        lending.delete()
    else:
        lending.until_on = until_on
        lending.save(update_fields=["until_on"])


def morning_after(day: date, *, at: datetime) -> datetime:
    """An instant at which what ends with `day` is over; never before `at`."""
    # Four o'clock UTC is noon: the next day has begun wherever the platform stands in China.
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + _DAY
    return max(at, noon)


def home_of(unit: Unit) -> Home:
    """A unit as the rules of posts see it."""
    return Home(unit.area, unit.force, unit.until_on)


def may_give(actor: Actor, post: PostFacts) -> None:
    """Return when the actor may put somebody into such a post.

    :raises DistrictAdminNeeded: the role is for an administrator of the whole district to give
    :raises NotToOneself: it would give the actor more than they hold
    """
    if post.role in OF_THE_DISTRICT and not actor.may("people.organise", Thing(post.area[:6])):
        raise DistrictAdminNeeded(role=role_word(post.role))
    given = PostHeld(post.unit, post.role, post.area)
    if actor.key == f"user/{post.account}" and is_wider(given, than=actor.posts, roles=roles()):
        raise NotToOneself


def usable_account(user: User, post: PostFacts, *, at: datetime) -> User:
    """The account a post is for, if it may hold one.

    :raises AccountOfAMachine: a program signs in with it
    :raises AccountOfAnother: its holder has another name
    :raises AccountIsClosed: it is closed, or its holder has left or is leaving
    """
    if user.is_service:
        raise AccountOfAMachine(account=user.username)
    if user.name != post.person:
        raise AccountOfAnother(account=user.username, name=user.name)
    if not user.is_active or (user.leaves_on is not None and user.leaves_on >= day_of(at)):
        raise AccountIsClosed(account=user.username)
    return user


def taken(post: Post) -> PostTaken:
    """The event that tells of a new post."""
    return PostTaken(post.pk, post.unit_id, post.role, post.area, spelt(post.since_on), spelt(post.until_on),
                     post.title, post.rank, post.force)  # fmt: skip


def _check_change(held: Post, after: Mapping[str, str], actor: Actor) -> None:
    wanted = PostFacts(held.user.username, held.user.name, held.unit_id, held.role, after["area"], after["title"],
                       after["rank"], after["force"], held.since_on, held.until_on)  # fmt: skip
    home = home_of(held.unit)
    # A person's name or a role may be as the rules of another day had them; only what changes must be right.
    is_moved = after["area"] != held.area
    for fault in (
        faults_of_post(wanted, home, roles=roles(), areas=areas_of(held.unit.district))
        if is_moved
        else faults_of_standing(wanted, home)
    ):
        raise fault
    may_give(actor, wanted)


def _new_account(post: PostFacts) -> User:
    return User.objects.create(
        username=post.account, name=post.person, password=make_password(None), must_change_password=True
    )


def _overlapping(user: User, post: PostFacts) -> QuerySet[Post]:
    begun = Q(since_on__lte=post.until_on) if post.until_on else Q()
    same = Post.objects.filter(user=user, unit=post.unit, role=post.role, area=post.area)
    return same.filter(begun, Q(until_on__isnull=True) | Q(until_on__gte=post.since_on))
