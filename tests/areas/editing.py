"""What the tests of the editor share: a browser at the desk on the Monday of the story, and what it posts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from liandong.areas.operations import open_redrawing
from liandong.areas.queries import export_areas
from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.world import DISTRICT, MONDAY_MORNING, World

GRID = "310198001001001"
NEXT_GRID = "310198001001002"
FAR_GRID = "310198002001004"
COMMUNITY = "310198001001"
TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
# Through grid 1 from south to north, a little beyond it at both ends.
CUT = {"type": "LineString", "coordinates": [[121.405, 30.99], [121.405, 31.03]]}
SPLIT = {"do": "split", "area": GRID, "line": CUT}
JSON = {"Accept": "application/json"}


@contextmanager
def monday_at_the_desk(settings: Settings) -> Iterator[None]:
    """The clock of the story, and static files under their plain names."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


def browser_of(account: str) -> Client:
    """An account at a browser."""
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def open_plan(world: World, *, area: str = "", title: str = "东桥网格调整") -> int:
    """A draft for tomorrow, over the whole district unless told otherwise."""
    actor = world.actor("admin")
    opened = open_redrawing(DISTRICT, title=title, effective_on=TOMORROW, area=area, actor=actor, at=world.at)
    return int(opened.pk)


def post(client: Client, path: str, content: Any = None) -> Any:
    """Post JSON, as the editor does."""
    body = content if isinstance(content, bytes) else json.dumps(content or {})
    return client.post(path, body, content_type="application/json", headers=JSON)


def post_step(client: Client, plan: int, step: Any) -> Any:
    """Post one step of a plan."""
    return post(client, f"/desk/areas/redrawings/{plan}/steps/", step)


def post_file(client: Client, plan: int, content: Any, **fields: str) -> Any:
    """Import a file into a plan; None sends the form without one."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = SimpleUploadedFile("grids.geojson", body, content_type="application/geo+json")
    given = {**fields} if content is None else {"file": file, **fields}
    return client.post(f"/desk/areas/redrawings/{plan}/import/", given, headers=JSON)


def moved_border() -> dict[str, Any]:
    """All grids as a file, with the border between 1 and 2 moved east by a fifth of a grid."""
    content = export_areas(DISTRICT, level="grid", day=TOMORROW)
    for feature in content["features"]:
        if feature["properties"]["code"] in {GRID, NEXT_GRID}:
            west, east = (121.4, 121.412) if feature["properties"]["code"] == GRID else (121.412, 121.42)
            ring = [[west, 31.0], [east, 31.0], [east, 31.02], [west, 31.02], [west, 31.0]]
            feature["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    return content


def refusal_in(answer: Any, status: int, code: str) -> dict[str, Any]:
    """What a refusal told, which must be the one expected and say what to do."""
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"urn:liandong:refusal:{code}"
    assert told["detail"]
    assert told["remedy"]
    return told
