"""A test client per person of the cast, at the desks of the small district."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.world import World

SignedIn = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


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
