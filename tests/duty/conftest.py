"""Rosters of the small district, and a browser per person.

The desk of the operators is watched by day and by night; Ouyang and Hua take calls in turn, Hua holds the same post.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.duty import operations
from liandong.duty.models import Roster, Swap
from liandong.duty.operations import PlanFacts
from liandong.duty.rules.rotation import Shift, TurnBy
from liandong.people.access import Actor, actor_for
from liandong.people.backend import LOCAL
from liandong.people.models import Post, User
from tests.world import MONDAY_MORNING, PASSWORD, World

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
DAY_AND_NIGHT = (Shift("day", time(8), time(20)), Shift("night", time(20), time(8)))
CENTRE, TOWN, STATION = "310198-DC", "310198-T01", "310198-S001"
SignedIn = Callable[[str], Client]


@dataclass
class Rota:
    """Short words for what people of duty do."""

    world: World

    @property
    def at(self) -> datetime:
        return self.world.at

    def actor(self, name: str) -> Actor:
        return actor_for(User.objects.get(username=name), at=self.at)

    def hire(self, account: str, *, name: str, unit: str, role: str, rank: str = "member", **more: Any) -> User:
        """Give somebody new a post."""
        user = User.objects.create_user(account) if hasattr(User.objects, "create_user") else User(username=account)
        user.name, user.is_demo = name, True
        user.set_password(PASSWORD)
        user.save()
        area = more.pop("area", "310198")
        Post.objects.create(user=user, unit_id=unit, role=role, area=area, rank=rank, since_on=date(2026, 1, 1), **more)
        return user

    def pk(self, account: str) -> int:
        return User.objects.get(username=account).pk

    def plan(self, *accounts: str, **more: Any) -> PlanFacts:
        """A plan of day and night by watch, from Monday on."""
        given = {"shifts": DAY_AND_NIGHT, "anchor": MONDAY, "since_on": MONDAY, "by": TurnBy.WATCH, **more}
        return PlanFacts(turns=tuple(self.pk(account) for account in accounts), **given)

    def roster(
        self, *accounts: str, unit: str = CENTRE, duty: str = "operator", by: str = "admin", **more: Any
    ) -> Roster:
        """A roster with these people in line."""
        confirmed, name = more.pop("needs_confirmation", False), more.pop("name", "接线值班")
        return operations.make_roster(
            unit,
            duty=duty,
            name=name,
            plan=self.plan(*accounts, **more),
            needs_confirmation=confirmed,
            actor=self.actor(by),
            at=self.at,
        )

    def ask(self, roster: Roster, by: str, other: str, *, day: date, shift: str, **more: Any) -> Swap:
        """Ask a colleague to take a watch."""
        return operations.ask_swap(
            roster.pk, day=day, shift=shift, other=self.pk(other), **more, actor=self.actor(by), at=self.at
        )


def local(day: date, hour: int) -> datetime:
    """An hour of a day in Shanghai."""
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


@pytest.fixture
def rota(world: World) -> Rota:
    """The small district with a second operator, Hua, and a head of the centre, Mei."""
    story = Rota(world)
    story.hire("hua", name="华清", unit=CENTRE, role="operator")
    story.hire("mei", name="梅远", unit=CENTRE, role="leader", rank="head")
    return story


@pytest.fixture(autouse=True)
def plain_files(settings: Settings, tmp_path: Path) -> None:
    """Spare the tests a collected manifest, and keep uploads out of the clone."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def signed_in(world: World) -> SignedIn:
    """Return a function that seats an account at a browser."""

    def seat(account: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=account), backend=LOCAL)
        return client

    return seat


__all__ = ["CENTRE", "DAY", "MONDAY", "MONDAY_MORNING", "STATION", "TOWN", "Rota", "SignedIn", "local"]
