"""A district is never left without an administrator: who else would appoint the next one?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import roles
from liandong.people.models import Grant, Post
from liandong.people.operations.beats import lock_organisation
from liandong.people.rules.scope import Reach
from liandong.people.structure import day_of, holding_on


class LastAdministrator(Refusal):
    """A right whose loss would leave a district without anybody who may organise and grant."""

    status = 409
    says = marked("这是本区最后一名管理员，不能去除其权限。")
    remedy = marked("请先任命另一名全区管理员，再办理此事。")


def administering_roles() -> frozenset[str]:
    """The roles that organise and grant over their area."""
    needed = {("people.organise", Reach.AREA), ("people.grant", Reach.AREA)}
    return frozenset(code for code, role in roles().items() if needed <= role.acts)


def keep_an_administrator(
    district: str,
    *,
    at: datetime,
    without_posts: Collection[int] = (),
    without_grants: Collection[int] = (),
) -> None:
    """Return when `district` still has an administrator at `at` without these posts and grants.

    Asked only of what administers: whatever else is taken away leaves the district as it was. What ends by itself does
    not stand in for what lasts longer: no grant for a post, and nobody whose post ends, or who leaves, for one who
    stays. Locks the organisation until the transaction ends.

    :raises LastAdministrator: nobody would be left
    """
    lock_organisation(district)
    posts = Post.objects.filter(role__in=administering_roles(), area=district, user__is_service=False)
    grants = Grant.objects.filter(role__in=administering_roles(), area=district)
    today = day_of(at)
    taken = [_last_day(post) for post in posts.filter(pk__in=without_posts).select_related("user")]
    if not taken and not grants.filter(pk__in=without_grants).exists():
        return
    stays = Q(user__is_active=True) & (Q(user__leaves_on__isnull=True) | Q(user__leaves_on__gte=today))
    left = posts.filter(stays, holding_on(today)).exclude(pk__in=without_posts).select_related("user")
    if any(_last_day(post) >= max(taken, default=today) for post in left):
        return
    running = grants.filter(stays, since_at__lte=at, until_at__gt=at, revoked_at__isnull=True)
    if taken or not running.exclude(pk__in=without_grants).exists():
        raise LastAdministrator


def _last_day(post: Post) -> date:
    """Until when somebody holds a post, as far as is known."""
    return min(post.until_on or date.max, post.user.leaves_on or date.max)
