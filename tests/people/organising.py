"""What tests of the organisation share: rows to begin with, and units and posts made by the administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

from liandong.people.models import Post, Unit, User
from liandong.people.operations import UnitRow, appoint, open_unit
from liandong.people.rules.posts import PostFacts
from liandong.timeline.queries import Entry, trace
from tests.world import DISTRICT, World

TODAY = date(2026, 3, 2)
"""The day of the story in Shanghai."""
TOWN_1, TOWN_2 = f"{DISTRICT}001", f"{DISTRICT}002"


def unit_code(local: str) -> str:
    """The whole code of a unit of the small district."""
    return f"{DISTRICT}-{local}"


def unit_row(local: str, *, parent: str = "T01", kind: str = "bureau", **facts: Any) -> UnitRow:
    """A bureau of Dongqiao, unless told otherwise."""
    given = {"force": "management", "name": f"单位{local}", "name_en": "", "area": TOWN_1, "phone": "", "level": ""}
    return UnitRow(code=unit_code(local), parent=unit_code(parent) if parent else "", kind=kind, **{**given, **facts})


def opened(world: World, local: str, *, by: str = "admin", **facts: Any) -> Unit:
    """A unit that the administrator has set up."""
    return open_unit(unit_row(local, **facts), actor=world.actor(by), at=world.at)


def facts_of(account: str, unit: str, **facts: Any) -> PostFacts:
    """A bureau clerk's post, unless told otherwise."""
    given = {"person": f"人员{account}", "role": "bureau", "area": ""}
    return PostFacts(account=account, unit=unit_code(unit), **{**given, **facts})


def appointed(world: World, account: str, unit: str, *, by: str = "admin", **facts: Any) -> Post:
    """A post to which the administrator has appointed somebody."""
    return appoint(facts_of(account, unit, **facts), actor=world.actor(by), at=world.at)


def account(name: str) -> User:
    """The account of that name."""
    return User.objects.get(username=name)


def post_of(name: str) -> Post:
    """The first post of an account."""
    return Post.objects.filter(user__username=name).order_by("id")[0]


def told_of(user: User, event: str) -> list[Entry]:
    """The entries of one kind about an account."""
    return list(trace("account", user.pk).filter(event=event))


def told_of_district(event: str) -> list[Entry]:
    """The entries of one kind about the district's organisation."""
    return list(trace("organisation", int(DISTRICT)).filter(event=event))
