"""What runs beside the worker: it may hang or fail without anybody else noticing, and ends with the worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from liandong.project import beside
from liandong.project.beside import run_beside
from tests.running.processes import wait_until

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
begun: list[str] = []
released = threading.Event()


def hang(stop: threading.Event, clock: Callable[[], datetime]) -> None:
    begun.append("hang")
    released.wait()


def fail(stop: threading.Event, clock: Callable[[], datetime]) -> None:
    begun.append("fail")
    raise ValueError("a fault beside the worker")


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    begun.clear()
    released.clear()
    monkeypatch.setattr(beside, "AGAIN_SECONDS", 0.01)


def test_work_that_hangs_holds_up_neither_the_caller_nor_what_runs_beside_it() -> None:
    stop = threading.Event()
    threads = run_beside([f"{__name__}.hang", f"{__name__}.fail"], stop=stop, clock=lambda: MORNING)
    wait_until(lambda: begun.count("fail") > 2, what="work that fails to be begun anew")
    assert begun.count("hang") == 1
    assert all(thread.daemon for thread in threads)
    stop.set()
    released.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
