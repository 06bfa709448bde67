"""Work beside the worker that may hang, such as talking to gateways: each in its own thread, begun anew if it ends.

The threads die with the process: whatever they do must bear being killed at any moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db import connections
from django.utils.module_loading import import_string

Clock = Callable[[], datetime]
Beside = Callable[[threading.Event, Clock], None]

AGAIN_SECONDS = 5.0
_log = structlog.get_logger("liandong.worker")


def run_beside(names: Iterable[str], *, stop: threading.Event, clock: Clock) -> list[threading.Thread]:
    """Start each of the named functions `(stop, clock)` in its own thread, and return them."""
    threads = []
    for name in names:
        thread = threading.Thread(
            target=_keep_running, args=(import_string(name), stop, clock), name=name.rpartition(".")[2], daemon=True
        )
        thread.start()
        threads.append(thread)
    return threads


def _keep_running(work: Beside, stop: threading.Event, clock: Clock) -> None:
    while not stop.is_set():
        try:
            work(stop, clock)
        except Exception:
            _log.exception("work beside the worker failed", work=work.__name__)
        finally:
            connections.close_all()
        stop.wait(AGAIN_SECONDS)
