"""A worker killed at any moment, fifty times over: nothing that falls due, wakes or follows is lost or done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection

from liandong.areas.operations import load_calendar
from liandong.cases.models import BatchRow, Case, Clock, Supervision
from liandong.cases.notices.following import follow_cases
from liandong.cases.operations import ask_for_batch, live_through, record_lives
from liandong.cases.queries import cases_to_wake, waking_clocks
from liandong.notify.models import Message
from liandong.people.models import User
from liandong.people.operations import set_contact
from liandong.project.subscriptions import FOLLOWERS
from liandong.timeline.models import Entry
from liandong.timeline.queries import unread_by
from liandong.timeline.verify import verify
from tests.cases.test_lives import REPLAY, life
from tests.world import DISTRICT, World

CLONE = Path(__file__).resolve().parents[2]
KILLS = 50
PATIENCE_SECONDS = 120
SENT = ["accept", "file", "dispatch"]


def test_fifty_kills_lose_nothing_that_falls_due_and_double_nothing(shared_world: World) -> None:
    world, random = shared_world, Random(4)
    start = world.at + timedelta(days=20)
    _prepare(world)
    with _working(start) as keeper:
        for kill in range(KILLS):
            assert keeper.stdout is not None
            worker = int(keeper.stdout.readline())
            before = Entry.objects.filter(at=start).count()
            _live(world, 2)
            if kill == KILLS // 2:
                _correct_the_calendar(world)
            _wait(lambda before=before: Entry.objects.filter(at=start).count() > before)  # type: ignore[misc]
            time.sleep(random.uniform(0.0, 0.05))
            os.kill(worker, signal.SIGKILL)
        _wait(lambda: _is_quiet(start))
    _every_clock_was_marked_once(start)
    _every_rest_and_row_ended_once()
    _every_message_was_written(start)
    assert verify().breaks == []


def _prepare(world: World) -> None:
    """Cases that rest until before the worker's day, and others that a batch accepts."""
    user = User.objects.get(username="bureau002")
    set_contact(user, phone="13900001111", email="", actor=world.actor("bureau002"), at=world.at)
    for _ in range(6):
        case = world.received()
        told = {"awaited": "停气", "wake_on": (world.at + timedelta(days=10)).date(), "reason": "停气前不能施工"}
        world.do("suspend_case", case, "supervisor", **told)
    cases = [world.report() for _ in range(20)]
    chosen = [(case.number, case.version) for case in cases]
    ask_for_batch(chosen, verb="accept", actor=world.actor("operator"), at=world.at)


def _live(world: World, count: int) -> None:
    record_lives([live_through(life(world, SENT), district=DISTRICT) for _ in range(count)], actor=REPLAY)


def _correct_the_calendar(world: World) -> None:
    days = [(date(2026, 3, 23), False, "更正")]
    load_calendar("cn", days, [], district=DISTRICT, actor=world.actor("admin"), at=world.at)


def _is_quiet(start: datetime) -> bool:
    """Whether nothing is left to do."""
    waits = waking_clocks(at=start, limit=1).exists() or bool(list(cases_to_wake(at=start)))
    rows = BatchRow.objects.filter(state="waiting").exists()
    return not (waits or rows or any(unread_by(follower.name) for follower in FOLLOWERS))


def _every_clock_was_marked_once(start: datetime) -> None:
    late = Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lt=start)
    assert late.count() > 2 * KILLS
    assert not late.filter(overdue_at=None).exists()
    marks = list(Entry.objects.filter(event="ClockFellDue"))
    told = Counter((mark.about_id, mark.data["clock"]) for mark in marks)
    marked = Clock.objects.exclude(overdue_at=None)
    by_hand = Counter(marked.filter(overdue_at__isnull=False, stopped_by="").values_list("case_id", "kind"))
    assert {key: told[key] for key in by_hand} == dict(by_hand)
    calls = list(Entry.objects.filter(event="CaseSupervised"))
    rungs = Counter(
        (call.about_id, call.data.get("clock"), call.data["level"], call.data.get("unit")) for call in calls
    )
    assert calls
    assert max(rungs.values()) == 1, "a rung was climbed twice"
    assert Supervision.objects.count() == len(calls)


def _every_rest_and_row_ended_once() -> None:
    woken = Counter(Entry.objects.filter(event="CaseResumed").values_list("about_id", flat=True))
    assert len(woken) == 6
    assert set(woken.values()) == {1}
    assert set(BatchRow.objects.values_list("state", flat=True)) == {"done"}
    numbers = BatchRow.objects.values_list("number", flat=True)
    keys = Case.objects.filter(number__in=list(numbers)).values_list("pk", flat=True)
    accepted = Counter(
        Entry.objects.filter(event="CaseAccepted", about_id__in=list(keys)).values_list("about_id", flat=True)
    )
    assert len(accepted) == 20
    assert set(accepted.values()) == {1}


def _every_message_was_written(start: datetime) -> None:
    """Reading everything once more finds nothing that was not told; a cause has one message by the database."""
    causes = set(Message.objects.values_list("cause", flat=True))
    assert causes
    follow_cases(list(Entry.objects.filter(at=start).order_by("id")), start)
    assert set(Message.objects.values_list("cause", flat=True)) == causes


@contextmanager
def _working(start: datetime) -> Iterator[subprocess.Popen[str]]:
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.running.clerk", database, str(os.getpid()), start.isoformat()]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    keeper = subprocess.Popen(command, cwd=CLONE, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield keeper
    finally:
        keeper.kill()
        keeper.wait(10)
        if keeper.stdout is not None:
            keeper.stdout.close()


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until, "the worker came to no end"
        time.sleep(0.005)
