"""Who can act at one instant: for a unit, and with what force, by own posts, lent ones and covers; and by role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from liandong.people.access import Actor, posts_of
from liandong.people.held import held_where
from liandong.people.models import User
from liandong.people.rules.force import strength


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who acts for a unit. `home` answers for what they do, `force` is what they carry there.

    `key` is how the timeline names them.
    """

    key: str
    name: str
    home: str
    force: str


def hands_of(unit: str, *, at: datetime) -> tuple[Hand, ...]:
    """Everybody who acts for `unit` at `at`, each once with the most force they carry there, by account."""
    members = {row.user_id for row in held_where("unit_id = %(unit)s", at=at, unit=unit)}
    people = User.objects.filter(pk__in=members, is_active=True, is_service=False).order_by("username")
    # What else they hold is read too: a right that was given carries no more force than their own posts do.
    rows = held_where("user_id = ANY(%(people)s)", at=at, people=list(members)) if members else []
    hands = []
    for user in people:
        posts = [post for post in posts_of(row for row in rows if row.user_id == user.pk) if post.unit == unit]
        best = max(posts, key=lambda post: strength(post.force))
        hands.append(Hand(user.key, user.name or user.username, best.home or best.unit, best.force))
    return tuple(hands)


def holders_of(roles: Collection[str], *, district: str, at: datetime) -> tuple[Actor, ...]:
    """Everybody who holds one of these roles somewhere in a district at `at`, by post, grant or cover; by account."""
    found = held_where(
        "role = ANY(%(roles)s) AND left(area, 6) = %(district)s", at=at, roles=list(roles), district=district
    )
    members = [row.user_id for row in found]
    rows = held_where("user_id = ANY(%(people)s)", at=at, people=members) if members else []
    people = User.objects.filter(pk__in=members, is_active=True, is_service=False).order_by("username")
    return tuple(
        Actor(user.key, user.pk, user.name or user.username, posts_of(row for row in rows if row.user_id == user.pk))
        for user in people
    )
