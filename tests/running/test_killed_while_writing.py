"""Processes killed in the middle of their work leave no half of it behind."""

from __future__ import annotations

import itertools
import os
import signal
import time
import traceback
from datetime import UTC, datetime

from django.db import connection

from liandong.cases.models import Case, Clock
from liandong.cases.queries import cases_without_entries, entries_without_cases
from liandong.timeline.verify import verify
from tests.world import World

KILLS = 4


def test_no_case_without_its_audit_row_and_no_audit_row_without_its_case(shared_world: World) -> None:
    for kill in range(KILLS):
        before = Case.objects.count()
        connection.close()
        writer = _writer(shared_world)
        _wait_for_cases(before + 3)
        time.sleep(0.011 * kill)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    assert cases_without_entries() == 0
    assert entries_without_cases() == 0
    assert not Case.objects.exclude(pk__in=Clock.objects.values("case")).exists()
    verdict = verify()
    assert verdict.entries > 3 * KILLS
    assert not verdict.breaks


def test_numbers_stay_without_gaps_when_writers_are_killed(shared_world: World) -> None:
    connection.close()
    writers = [_writer(shared_world) for _ in range(2)]
    _wait_for_cases(5)
    for writer in writers:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    numbers = sorted(number.split("-")[2] for number in Case.objects.values_list("number", flat=True))
    assert numbers == [f"{place:06}" for place in range(1, len(numbers) + 1)]


def _writer(world: World) -> int:
    """Start a process that writes until it is killed, or its test has gone; return its number."""
    test = os.getpid()
    writer = os.fork()
    if writer == 0:
        _write_for_ever(world, test)
    return writer


def _write_for_ever(world: World, test: int) -> None:
    """Report and step; never return into the test."""
    try:
        for turn in itertools.count():
            if os.getppid() != test:
                break
            world.at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
            case = world.report(external_id=f"{os.getpid()}-{turn}")
            world.do("accept_case", case, "operator")
    except Exception:
        # Nobody else would hear of it: pytest shows what was written here when the test fails.
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(1)


def _wait_for_cases(count: int) -> None:
    until = time.monotonic() + 10
    while Case.objects.count() < count:
        assert time.monotonic() < until, "the writer wrote nothing"
        time.sleep(0.005)
