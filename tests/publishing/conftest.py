"""The small district with its portal, the server's clock a day after the story, and rules a district may state."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.cases.models import Attachment, Case
from liandong.cases.operations import add_photo
from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.cases.files import made
from tests.world import FOLDER, World

SignedIn = Callable[[str], Client]
Rules = Callable[..., World]


@pytest.fixture(autouse=True)
def _surroundings(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain static files, uploads outside the clone, no limits of visits, and a clock that follows the story."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.LIANDONG_CITIZEN_LIMITS = {"download_address": 9_999, "question_address": 9_999}
    settings.LIANDONG_CITIZEN_SECONDS = 3
    for name in {"world", "shared_world"}.intersection(request.fixturenames):
        story: World = request.getfixturevalue(name)
        monkeypatch.setattr("django.utils.timezone.now", partial(now, story))


def now(world: World) -> datetime:
    """What the server's clock shows: one day after the story's last step."""
    return world.at + timedelta(days=1)


@pytest.fixture
def public() -> Client:
    """Somebody who has not signed in."""
    return Client()


@pytest.fixture
def signed_in(world: World) -> SignedIn:
    """Return a function that seats an account at a browser."""

    def seat(account: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=account), backend=LOCAL)
        return client

    return seat


@pytest.fixture
def ruled(world: World, tmp_path: Path) -> Rules:
    """Return a function that loads the district anew with these rows of `policies.csv` (class, policy, value)."""

    def load(*rows: tuple[str, str, str], portal: str = "") -> World:
        folder = tmp_path / "district"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(FOLDER, folder)
        lines = ["class,policy,value,clause", *(",".join((*row, "")) for row in rows)]
        (folder / "policies.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if portal:
            (folder / "portal.csv").write_text(portal, encoding="utf-8")
        world.load_again(folder)
        return world

    return load


def with_photo(world: World, seed: int = 1, **details: Any) -> tuple[Case, Attachment]:
    """A public case that came through Open311 with a photo."""
    case = world.report(**{"channel": "open311", **details})
    photo = add_photo(
        case.number, content=made.jpeg(seed), purpose="report", actor=world.actor("operator"), at=world.at
    )
    return case, photo


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    """The rows of the open data as CSV."""
    answer = client.get(f"/open-data/cases.csv{query}")
    assert answer.status_code == 200, answer.content
    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(content)))
