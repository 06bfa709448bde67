"""Long work beside the worker's loop, in a thread of its own: a file of many rows must not delay what falls due."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from django.db import connections

Clock = Callable[[], datetime]

_log = structlog.get_logger("liandong.worker")


class InBackground:
    """A task of the schedule that begins its work and does not wait for it; while it goes on, no second begins."""

    def __init__(self, work: Callable[..., object], *, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._work = work
        self._clock = clock
        self._busy = threading.Lock()

    def __call__(self, at: datetime) -> None:
        """Begin, unless the last one is still at it."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._run, args=[at], name="background", daemon=True).start()

    def _run(self, at: datetime) -> None:
        try:
            self._work(at, clock=self._clock)
        except Exception:
            _log.exception("work failed", work=getattr(self._work, "__name__", "background"))
        finally:
            connections.close_all()
            self._busy.release()
