"""Rights for a time: a role granted with a reason, a colleague's post taken over for a shift (AB 岗), and their end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from liandong.kernel.area_codes import validate
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require, role_word, roles
from liandong.people.events import PostCovered, RoleGranted, RoleRevoked
from liandong.people.explaining import may_end
from liandong.people.models import Grant, Post, Purpose, Unit, User
from liandong.people.operations.last_admin import administering_roles, keep_an_administrator
from liandong.people.rules.granting import (
    COVERABLE,
    LONGEST_GRANT,
    LONGEST_LEAVE,
    LONGEST_SHIFT,
    NotToOneself,
    StandInForOneself,
    is_wider,
    may_cover,
    may_grant,
    reason_given,
    term,
)
from liandong.people.rules.scope import PostHeld
from liandong.timeline.operations import Subject, record

_THE_ACCOUNT = marked("这个账号")
_THE_UNIT = marked("这个单位")
_THE_GRANT = marked("这项授权")


class HeldAlready(Refusal):
    """A right that the person holds for the whole of that time already."""

    status = 409
    says = marked("此人在这段时间内已有这项权限。")
    remedy = marked("如需延长，请把开始时间定在现有期限之后，或先撤销现有的再办理。")


class NothingToCover(Refusal):
    """A colleague who holds no such post."""

    status = 422
    says = marked("该同事在所选时间没有这个岗位。")
    remedy = marked("请核对同事现有的岗位；只有本人的岗位可以由他人代班，代班和授权得来的不行。")


class GrantOver(Refusal):
    """A right that has ended, by time or by being revoked."""

    status = 409
    says = marked("这项授权已经结束。")
    remedy = marked("无需再撤销；请刷新页面查看现有授权。")


@transaction.atomic
def grant_role(
    user: User,
    *,
    role: str,
    area: str,
    since_at: datetime,
    until_at: datetime,
    reason: str,
    actor: Actor,
    at: datetime,
    unit: str = "",
) -> Grant:
    """Give an account a role over an area from now, or `since_at`, until `until_at`: one year at most.

    :raises Forbidden: the actor grants nothing anywhere
    :raises Refusal: see `rules.granting`: what may be granted, by whom, how far and how long
    :raises HeldAlready: the account holds it already
    """
    user = _locked(user)
    require(actor, "people.grant")
    home = _unit_at(unit, at=at) if unit else None
    given = PostHeld(unit, role, validate(area))
    word = role_word(role)
    may_grant(actor.posts, given, roles=roles(), unit_area=home.area if home else "", word=word)
    if user.pk == actor.user_id and is_wider(given, than=actor.posts, roles=roles()):
        raise NotToOneself
    begins = term(since_at, until_at, at=at, longest=LONGEST_GRANT, word=marked("一年"))
    grant = Grant(user=user, role=role, unit=home, area=area, reason=reason_given(reason), made_by=actor.key)
    _add(grant, begins, until_at)
    event = RoleGranted(grant.pk, user.username, role, area, begins, until_at, grant.reason, unit)
    record(event, about=_about(grant), actor=actor.key, at=at)
    return grant


@transaction.atomic
def cover_post(
    user: User,
    *,
    colleague: User,
    unit: str,
    since_at: datetime,
    until_at: datetime,
    reason: str,
    actor: Actor,
    at: datetime,
    role: str = "",
    for_leave: bool = False,
) -> tuple[Grant, ...]:
    """Let an account stand in for a colleague in a unit: for a shift of 24 hours at most, for leave of 16 days.

    Every post of `role` that the colleague holds there is covered, or every one that can be. The stand-in acts with
    the lower of both forces: `access.posts_of` sees to it.

    :raises Forbidden: the actor arranges no stand-ins anywhere
    :raises NothingToCover: the colleague holds no such post then
    :raises Refusal: see `rules.granting`: which posts, by whom, how far and how long
    :raises HeldAlready: the account covers all of it already
    """
    user = _locked(user)
    require(actor, "people.cover")
    if user.pk == colleague.pk:
        raise StandInForOneself
    longest, word = (LONGEST_LEAVE, marked("16 天")) if for_leave else (LONGEST_SHIFT, marked("24 小时"))
    begins = term(since_at, until_at, at=at, longest=longest, word=word)
    why = reason_given(reason)
    posts = _coverable(colleague, unit, role, actor=actor, at=begins)
    if user.pk == actor.user_id and any(is_wider(_held(post), than=actor.posts, roles=roles()) for post in posts):
        raise NotToOneself
    covers = [Grant(user=user, colleague=colleague, role=post.role, unit=post.unit, area=post.area) for post in posts]
    for grant in covers:
        grant.purpose, grant.reason, grant.made_by = Purpose.COVER, why, actor.key
        _add(grant, begins, until_at)
        record(_covered(grant), about=_about(grant), actor=actor.key, at=at)
    return tuple(covers)


@transaction.atomic
def revoke_grant(grant_id: int, *, reason: str, actor: Actor, at: datetime) -> Grant:
    """End a granted role or a stand-in now.

    :raises NotFound: there is none, or none that lies where the actor grants or arranges stand-ins
    :raises GrantOver: it has ended already
    :raises GrantReasonNeeded: no word of why
    :raises LastAdministrator: the district would be left without one
    """
    grant = Grant.objects.select_related("user", "unit").filter(pk=grant_id).first()
    if grant is None or not may_end(actor, grant):
        raise NotFound(what=_THE_GRANT)
    running = Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True, until_at__gt=at)
    if not running.exists():
        raise GrantOver
    why = reason_given(reason)
    if grant.role in administering_roles():
        keep_an_administrator(grant.area[:6], at=at, without_grants=[grant.pk])
    # The organisation is locked before the grant, as everywhere: whoever was first to end it is found here.
    if not running.update(revoked_at=at):
        raise GrantOver
    grant.revoked_at = at
    event = RoleRevoked(grant.pk, grant.user.username, grant.purpose, grant.role, grant.area, why, grant.unit_id or "")
    record(event, about=_about(grant), actor=actor.key, at=at)
    return grant


def _locked(user: User) -> User:
    """The account, locked: two who give it something at once wait for each other."""
    found = User.objects.select_for_update().filter(pk=user.pk, is_active=True).first()
    if found is None:
        raise NotFound(what=_THE_ACCOUNT)
    return found


def _unit_at(code: str, *, at: datetime) -> Unit:
    on = timezone.localdate(at, timezone.get_default_timezone())
    standing = Q(until_on__isnull=True) | Q(until_on__gte=on)
    unit = Unit.objects.filter(standing, pk=code).first()
    if unit is None:
        raise NotFound(what=_THE_UNIT)
    return unit


def _coverable(colleague: User, unit: str, role: str, *, actor: Actor, at: datetime) -> list[Post]:
    """The colleague's own posts there that somebody may stand in for, all of them within the actor's reach."""
    on = timezone.localdate(at, timezone.get_default_timezone())
    held = Post.objects.filter(user=colleague, unit=unit, since_on__lte=on).exclude(until_on__lt=on)
    held = held.select_related("unit")
    posts = list(held.filter(role=role) if role else held)
    chosen = [post for post in posts if post.role in COVERABLE] or posts[:1]
    if not chosen:
        raise NothingToCover
    for post in chosen:
        word = role_word(post.role)
        may_cover(actor.posts, _held(post), roles=roles(), unit_area=post.unit.area, word=word)
    return chosen


def _held(row: Grant | Post) -> PostHeld:
    return PostHeld(row.unit_id or "", row.role, row.area)


def _add(grant: Grant, since_at: datetime, until_at: datetime) -> None:
    same = Grant.objects.filter(
        user=grant.user, role=grant.role, unit=grant.unit, area=grant.area, revoked_at__isnull=True
    )
    if same.filter(since_at__lte=since_at, until_at__gte=until_at).exists():
        raise HeldAlready
    grant.since_at, grant.until_at = since_at, until_at
    grant.save(force_insert=True)


def _covered(grant: Grant) -> PostCovered:
    return PostCovered(
        grant=grant.pk,
        account=grant.user.username,
        colleague=grant.colleague.username if grant.colleague else "",
        role=grant.role,
        unit=grant.unit_id or "",
        area=grant.area,
        since_at=grant.since_at,
        until_at=grant.until_at,
        reason=grant.reason,
    )


def _about(grant: Grant) -> Subject:
    """The account; both the one who stands in and the one stood in for are told."""
    hearers = (f"person/{grant.user_id}", *((f"person/{grant.colleague_id}",) if grant.colleague_id else ()))
    return Subject("account", grant.user_id, area=grant.area, hearers=hearers)
