"""What a person holds at one instant: own posts, posts lent to a joint team, grants and covers. One query."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from liandong.people.models import Grant, Lending, Post, User

Held = tuple[int, int, str, str | None, str, str, str, str | None, str, datetime | None]
"""(order, id, by, unit, role, area, title, home unit, force, when it ends)."""

_COLUMNS = ("order", "id", "by", "in_unit", "as_role", "over", "called", "home", "carries", "ends_at")


class _EndOfDay(Func):
    """The instant at which a day is over, in the platform's zone; nothing for no day."""

    template = "(((%(expressions)s) + 1)::timestamp AT TIME ZONE %(zone)s)"
    output_field = DateTimeField(null=True)

    def __init__(self, day: Any) -> None:
        super().__init__(day, zone=f"'{timezone.get_default_timezone_name()}'")


def held_at(user: User, *, at: datetime) -> list[Held]:
    """Everything `user` holds at `at`, own posts first."""
    on = timezone.localdate(at, timezone.get_default_timezone())
    in_force = Q(since_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gte=on))
    posts = Post.objects.filter(in_force, user=user)
    lent = Lending.objects.filter(in_force, post__user=user, post__since_on__lte=on).exclude(post__until_on__lt=on)
    grants = Grant.objects.filter(user=user, since_at__lte=at, until_at__gt=at, revoked_at__isnull=True)
    rows = _own_columns(posts).union(_lent_columns(lent), _granted_columns(grants), all=True)
    return sorted(rows, key=lambda row: row[:2])


def _own_columns(posts: QuerySet[Post, Any]) -> QuerySet[Post, Any]:
    return posts.annotate(
        order=Value(0, IntegerField()),
        by=Value("post", CharField()),
        in_unit=F("unit_id"),
        as_role=F("role"),
        over=F("area"),
        called=F("title"),
        home=F("unit_id"),
        carries=Coalesce(NullIf(F("force"), Value("")), F("unit__force")),
        ends_at=_EndOfDay(F("until_on")),
    ).values_list(*_COLUMNS)


def _lent_columns(lent: QuerySet[Lending, Any]) -> QuerySet[Lending, Any]:
    return lent.annotate(
        order=Value(1, IntegerField()),
        by=Value("lent", CharField()),
        in_unit=F("team_id"),
        as_role=F("post__role"),
        over=F("post__area"),
        called=F("post__title"),
        home=F("post__unit_id"),
        carries=Coalesce(NullIf(F("post__force"), Value("")), F("post__unit__force")),
        ends_at=_EndOfDay(F("until_on")),
    ).values_list(*_COLUMNS)


def _granted_columns(grants: QuerySet[Grant, Any]) -> QuerySet[Grant, Any]:
    """A cover acts for the covered unit; a grant without a unit carries no force."""
    return grants.annotate(
        order=Value(2, IntegerField()),
        by=F("purpose"),
        in_unit=F("unit_id"),
        as_role=F("role"),
        over=F("area"),
        called=F("reason"),
        home=F("unit_id"),
        carries=Coalesce(F("unit__force"), Value("")),
        ends_at=F("until_at"),
    ).values_list(*_COLUMNS)
