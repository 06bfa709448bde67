"""What the schedule does for the map."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from liandong.livemap.operations import recount


def recount_everything(at: datetime, *, clock: Callable[[], datetime]) -> None:
    """Count every case anew: over ten millions that takes minutes, which nothing else waits for."""
    recount(at=at)
