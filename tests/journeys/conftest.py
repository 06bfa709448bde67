"""Journeys run in a real browser against our own server and the tests' database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings

from liandong.areas.models import District
from liandong.cases.rulebook import forget_rules
from liandong.project.districts import load_district
from tests.journeys.browser import Desk, serving
from tests.world import FOLDER, PASSWORD

# Playwright's own loop runs in this thread; Django takes that for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
# A microphone that hums, for those who tell it by voice.
ARGUMENTS = ["--no-sandbox", "--disable-3d-apis", "--use-fake-device-for-media-stream"]

Arrive = Callable[..., Desk]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium, without a GPU, as in an office of virtual desktops."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def address(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of a server over the small district."""
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True
    settings.MEDIA_ROOT = tmp_path / "uploads"
    if not District.objects.filter(code="310198").exists():
        load_district(FOLDER, at=datetime(2026, 1, 1, tzinfo=UTC), password=PASSWORD)
    forget_rules()
    with serving() as url:
        yield url
    forget_rules()


@pytest.fixture
def arrive(browser: Browser, address: str) -> Iterator[Arrive]:
    """Seat people at their desks; when the story ends all leave, having seen nothing amiss."""
    seated: list[Desk] = []

    def seat(account: str, **context: Any) -> Desk:
        seated.append(Desk(browser, address, account, **context))
        return seated[-1]

    yield seat
    for desk in seated:
        desk.leave()
