"""Whose accounts an administrator looks after: those of people who hold something in the administrator's area."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.models import Grant, Lending, Post, User
from liandong.people.rules.scope import Reach, Thing
from liandong.people.structure import day_of
from liandong.timeline.operations import Subject

MANAGE = "people.manage_accounts"
_THE_ACCOUNT = marked("这个账号")


class AccountBeyondArea(Refusal):
    """An account that also holds posts or rights outside the administrator's area."""

    status = 403
    says = marked("此账号在您的辖区之外还有岗位或授权。")
    remedy = marked("请由管辖其全部岗位的管理员办理。")


class NotYourOwn(Refusal):
    """An administrator's act on their own account."""

    status = 409
    says = marked("不能对自己的账号执行此操作。")
    remedy = marked("自己的密码、动态口令和会话请在“我的账号”中办理；其他请由另一名管理员办理。")


def manageable(actor: Actor, act: str = MANAGE) -> QuerySet[User]:
    """The accounts `actor` sees in the administration; who holds nothing at all belongs to no area but a district."""
    grounds = actor.scope(act).grounds
    if any(ground.reach is Reach.EVERYWHERE for ground in grounds):
        return User.objects.all()
    found = Q(pk__in=[])
    for ground in grounds:
        if ground.reach is Reach.AREA:
            found |= Q(posts__area__startswith=ground.value) | Q(grants__area__startswith=ground.value)
    if any(ground.is_of_the_centre for ground in grounds):
        found |= Q(posts__isnull=True, grants__isnull=True)
    return User.objects.filter(pk__in=User.objects.filter(found).values("pk"))


def manage(user: User, *, actor: Actor, at: datetime, act: str = MANAGE) -> User:
    """Return the account, locked, when `actor` may manage it.

    :raises Forbidden: the actor manages no accounts
    :raises NotFound: the account is none of theirs
    :raises AccountBeyondArea: the account holds something beyond their area
    """
    require(actor, act)
    if not manageable(actor, act).filter(pk=user.pk).exists():
        raise NotFound(what=_THE_ACCOUNT)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not all(actor.may(act, Thing(area)) for area in _areas_of(user, at=at)):
        raise AccountBeyondArea
    return user


def manage_another(user: User, *, actor: Actor, at: datetime) -> User:
    """As `manage`, of somebody else's account.

    :raises NotYourOwn: it is the actor's own
    """
    if user.pk == actor.user_id:
        raise NotYourOwn
    return manage(user, actor=actor, at=at)


def _areas_of(user: User, *, at: datetime) -> set[str]:
    """Where an account holds anything now or later, and the whole areas of the units it holds it in."""
    today = day_of(at)
    posts = Post.objects.filter(user=user).exclude(until_on__lt=today).values_list("area", "unit__area")
    lent = Lending.objects.filter(post__user=user).exclude(until_on__lt=today).exclude(post__until_on__lt=today)
    grants = Grant.objects.filter(user=user, until_at__gt=at, revoked_at__isnull=True).values_list("area", "unit__area")
    return {area for row in (*posts, *lent.values_list("team__area"), *grants) for area in row if area}


def about_account(user: User) -> Subject:
    """How the timeline names the account; the person's own open pages hear of it and look again who they are."""
    return Subject("account", user.pk, hearers=(f"person/{user.pk}",))
