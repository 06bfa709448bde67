"""A crowd to try permission on: accounts with random posts, lendings, grants and stand-ins, some over, some to come."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from liandong.people.models import Grant, Lending, Post, Unit, UnitKind, User
from liandong.people.rules.scope import Thing
from liandong.project.roles import ROLES

AREAS = ["310198", "310198001", "310198001001", "310198001001001", "310198002", "310198002001"]
UNITS = ["310198-B002", "310198-D02", "310198-T01", "310198-T02", "310198-DC", "310198-S001", "310198-G001"]
GIVEN = [role for role in ROLES if role not in ("platform", "citizen")]


def some_people(dice: random.Random, count: int, *, at: datetime) -> list[User]:
    """Accounts with posts, lendings, grants and stand-ins, some of them over or yet to come."""
    on, day = at.date(), timedelta(days=1)
    team = Unit.objects.get_or_create(
        code="310198-J01",
        defaults={
            "district": "310198",
            "kind": UnitKind.JOINT,
            "level": "town",
            "force": "service",
            "name": "联勤队",
            "name_en": "Joint team",
            "area": "310198001",
        },
    )[0]
    people = [_account(number) for number in range(count)]
    for person in people:
        for _ in range(dice.choice([0, 1, 1, 2])):
            post = Post(user=person, unit_id=dice.choice(UNITS), role=dice.choice(GIVEN), area=dice.choice(AREAS))
            post.since_on, post.until_on = _days(dice, on)
            if not Post.objects.filter(user=person, unit=post.unit, role=post.role, area=post.area).exists():
                post.save()
                if dice.random() < 0.3:
                    since_on, until_on = _days(dice, on)
                    Lending.objects.create(post=post, team=team, since_on=since_on, until_on=until_on)
        for _ in range(dice.choice([0, 0, 1, 2])):
            since = at + day * dice.choice([-3, -2, 1])
            grant = Grant(user=person, role=dice.choice(GIVEN), area=dice.choice(AREAS), reason="试", made_by="x")
            grant.unit_id = dice.choice([*UNITS, None])
            grant.since_at, grant.until_at = since, since + day * dice.choice([1, 30])
            grant.revoked_at = dice.choice([None, None, None, at - day])
            if grant.unit_id and dice.random() < 0.5:
                grant.purpose, grant.colleague = "cover", dice.choice([other for other in people if other != person])
            grant.save()
    return people


def _days(dice: random.Random, on: date) -> tuple[date, date | None]:
    since = on + timedelta(days=dice.choice([-400, -30, -30, 5]))
    return since, dice.choice([None, None, on + timedelta(days=10), max(since, on - timedelta(days=1))])


def some_thing(dice: random.Random, people: list[User]) -> Thing:
    """Something permission can look at."""
    return Thing(
        area=dice.choice([*AREAS, "310198002001001", "310199001"]),
        level=dice.choice(["district", "town"]),
        units=frozenset(dice.sample([*UNITS, "310198-J01"], dice.choice([0, 1, 2]))),
        reporter=dice.choice([None, dice.choice(people).pk]),
        about_unit=dice.choice(["", *UNITS]),
    )


def _account(number: int) -> User:
    """An account of the demo: what is asked of others at their first sign-in is not what is tried here."""
    return User.objects.create(username=f"person{number:03}", name=f"人{number:03}", is_demo=True)
