"""Uploads outside the clone, plain static files, and no key remembered from one test to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from liandong.people.keys import forget_keys
from tests.world import World


@pytest.fixture(autouse=True)
def plain_files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Spare the tests a collected manifest, and keep uploads out of the clone."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.MEDIA_ROOT = tmp_path / "uploads"
    forget_keys()
    yield
    forget_keys()


@pytest.fixture(autouse=True)
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock of the story."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.at)
