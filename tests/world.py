"""The standing cast and their district. Everything in it is reached by operations, as at a desk.

Lin dispatches for the district, Ouyang takes calls, Shen supervises, Wei verifies; `town01` runs Dongqiao, Zhao walks
grid 1 there; Mrs Chen reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from liandong.areas.queries import district_codes
from liandong.cases import operations
from liandong.cases.changes import Report
from liandong.cases.models import Case
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.sealing import Contact
from liandong.people.access import Actor, actor_for
from liandong.people.models import User
from liandong.project.districts import load_district
from liandong.web.remembered import Remembered

FOLDER = Path(__file__).parent / "districts" / "small"
DISTRICT = "310198"
PASSWORD = "liandong-demo"
MONDAY_MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""2026-03-02 09:30 in Shanghai: an ordinary Monday."""

GRID_1 = (121.405, 31.01)
GRID_9 = (121.445, 31.01)
MRS_CHEN = Contact("陈女士", "13812345678")


@dataclass
class World:
    """The small district, and short words for what its people do."""

    at: datetime = MONDAY_MORNING
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The actor an account is on the day of the story."""
        if name not in self._actors:
            self._actors[name] = actor_for(User.objects.get(username=name), at=MONDAY_MORNING)
        return self._actors[name]

    def later(self, **gap: float) -> datetime:
        """Let time pass, and return the new now."""
        self.at += timedelta(**gap)
        return self.at

    def load_again(self, folder: Path = FOLDER) -> None:
        """Load the district anew, from its own or another folder, and let everybody know."""
        load_district(folder, at=self.at, password=PASSWORD)
        forget_rules()

    def report(self, by: str = "operator", **details: Any) -> Case:
        """Report a matter in grid 1 unless `details` say otherwise."""
        details = {
            "class_code": "M06010",
            "description": "小区门口垃圾堆了三天没人清",
            "channel": "hotline",
            "lon": GRID_1[0],
            "lat": GRID_1[1],
            **details,
        }
        return operations.report_case(Report(**details), district=DISTRICT, actor=self.actor(by), at=self.at)

    def do(self, verb: str, case: Case, by: str, **details: Any) -> Case:
        """Take one step a minute later."""
        step = getattr(operations, verb)
        return step(case.number, actor=self.actor(by), at=self.later(minutes=1), **details)

    def filed(self, **details: Any) -> Case:
        """A case waiting to be dispatched."""
        case = self.report(**details)
        self.do("accept_case", case, "operator")
        return self.do("file_case", case, "operator")

    def dispatched(self, to: str = "", **details: Any) -> Case:
        """A case sent to its unit, bureau 2 of Dongqiao unless told otherwise."""
        return self.do("dispatch_case", self.filed(**details), "lin", to=to)

    def received(self, **details: Any) -> Case:
        """A case its unit has taken on."""
        return self.do("receive_case", self.dispatched(**details), "bureau002")

    def handled(self, **details: Any) -> Case:
        """A case handed in and waiting to be verified."""
        return self.do("hand_in_case", self.received(**details), "bureau002", result="已清运并冲洗地面")

    def checked(self, **details: Any) -> Case:
        """A case that may be closed."""
        return self.do("check_case", self.handled(**details), "verifier", ok=True)

    def closed(self, **details: Any) -> Case:
        """A closed case."""
        return self.do("close_case", self.checked(**details), "operator")


def load_small_district() -> None:
    """Load the district of the story, unless it is there already."""
    if DISTRICT not in district_codes():
        load_district(FOLDER, at=datetime(2026, 1, 1, tzinfo=UTC), password=PASSWORD)
        forget_rules()


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The small district, as every test finds it."""
    load_small_district()
    story = World()
    book = rulebook_for(DISTRICT)
    yield story
    # What the test changed goes with its transaction; what was remembered of it would stay for two seconds.
    if connection.needs_rollback or rulebook_for(DISTRICT) is not book:
        Remembered.forget_all()


@pytest.fixture
def shared_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The small district in a database of its own, where threads see what others have committed."""
    with django_db_blocker.unblock(), _database_of_its_own():
        load_small_district()
        forget_rules()
        yield World()
    Remembered.forget_all()


_TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND backend_type = 'client backend' AND usename = current_user
"""


@contextmanager
def _database_of_its_own() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    own = f"{name}_shared"
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")
        # Threads of tests that are over may still hold connections, and a template may have none; those that are not
        # ours to end are on their way out, and the copy waits for them.
        cursor.execute(_TERMINATE, [name])
        cursor.execute(f"CREATE DATABASE {own} TEMPLATE {name}")
    connection.settings_dict["NAME"] = own
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = name
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {own} WITH (FORCE)")
