"""Processes killed in the middle of their work leave no half of it behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from liandong.cases.models import Case, Clock
from liandong.cases.queries import cases_without_entries, entries_without_cases
from liandong.timeline.verify import verify
from tests.world import World

CLONE = Path(__file__).resolve().parents[2]
KILLS = 4
PATIENCE_SECONDS = 30


def test_no_case_without_its_audit_row_and_no_audit_row_without_its_case(shared_world: World) -> None:
    for kill in range(KILLS):
        before = Case.objects.count()
        writer = _writer()
        _wait_for_cases(before + 3)
        time.sleep(0.011 * kill)
        _kill(writer)
    assert cases_without_entries() == 0
    assert entries_without_cases() == 0
    assert not Case.objects.exclude(pk__in=Clock.objects.values("case")).exists()
    verdict = verify()
    assert verdict.entries > 3 * KILLS
    assert not verdict.breaks


def test_numbers_stay_without_gaps_when_writers_are_killed(shared_world: World) -> None:
    writers = [_writer() for _ in range(2)]
    _wait_for_cases(5)
    for writer in writers:
        _kill(writer)
    numbers = sorted(number.split("-")[2] for number in Case.objects.values_list("number", flat=True))
    assert numbers == [f"{place:06}" for place in range(1, len(numbers) + 1)]


def _writer() -> subprocess.Popen[bytes]:
    """Start a process that writes until it is killed, or its test has gone."""
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.running.writer", database, str(os.getpid())]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(command, cwd=CLONE, env=environment)


def _kill(writer: subprocess.Popen[bytes]) -> None:
    writer.kill()
    writer.wait(10)


def _wait_for_cases(count: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while Case.objects.count() < count:
        assert time.monotonic() < until, _what_goes_on()
        time.sleep(0.005)


def _what_goes_on() -> str:
    """What every session of the server waits for, for whoever must find out why nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname, state, wait_event_type, wait_event, left(query, 60) FROM pg_stat_activity")
        return f"the writer wrote nothing: {cursor.fetchall()}"
