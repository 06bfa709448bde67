"""What the schedule does for the portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from liandong.citizen.publishing.operations import refresh_figures
from liandong.people.access import platform


def count_figures(at: datetime, *, clock: Callable[[], datetime]) -> None:
    """Count the public figures anew: over a million cases that takes seconds, which nothing else waits for."""
    refresh_figures(actor=platform("figures"), at=at)
