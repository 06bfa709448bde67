"""The worker: each task once per period, failures left alone for a while, a lost database waited out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from liandong.project.models import Heartbeat, ScheduledRun
from liandong.project.worker import CHANNEL, FORGET_AFTER, Worker, _listen
from tests.running.processes import wait_until

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Task:
    name: str = "sweep"
    every: timedelta = timedelta(minutes=1)
    ran: list[datetime] = field(default_factory=list)
    fails: bool = False

    def run(self, at: datetime) -> object:
        if self.fails:
            raise ValueError("a fault in the task")
        self.ran.append(at)
        return None


@dataclass(slots=True)
class Follower:
    name: str = "sealer"
    waiting: list[int] = field(default_factory=list)
    trouble: Exception | None = None

    def run_batch(self, at: datetime) -> int:
        if self.trouble:
            raise self.trouble
        return self.waiting.pop(0) if self.waiting else 0


@pytest.mark.django_db
def test_a_task_runs_once_per_period_whichever_worker_gets_there_first() -> None:
    clock, task = Clock(), Task()
    workers = [Worker(followers=[], schedule=[task], clock=clock) for _ in range(2)]
    for seconds in (0, 10, 59, 60, 61, 130):
        clock.now = MORNING + timedelta(seconds=seconds)
        for worker in workers:
            worker.run_once()
    assert [(at - MORNING).seconds for at in task.ran] == [0, 60, 130]


@pytest.mark.django_db
def test_a_task_that_fails_has_not_run_and_hinders_nobody_else() -> None:
    faulty, sound = Task(name="faulty", fails=True), Task(name="sound")
    Worker(followers=[], schedule=[faulty, sound], clock=Clock()).run_once()
    assert ScheduledRun.objects.get(name="faulty").last_at is None
    assert sound.ran == [MORNING]
    faulty.fails = False
    Worker(followers=[], schedule=[faulty], clock=Clock()).run_once()
    assert faulty.ran == [MORNING]


@pytest.mark.django_db(transaction=True)
def test_a_task_another_worker_is_just_taking_is_left_to_it() -> None:
    task = Task()
    ScheduledRun.objects.create(name=task.name)
    taken, done = threading.Event(), threading.Event()
    other = threading.Thread(target=_hold_row, args=(task.name, taken, done))
    other.start()
    assert taken.wait(10)
    Worker(followers=[], schedule=[task], clock=Clock()).run_once()
    done.set()
    other.join()
    assert task.ran == []


@pytest.mark.django_db
def test_followers_read_until_nothing_is_left() -> None:
    assert Worker(followers=[Follower(waiting=[500, 500, 20])], schedule=[], clock=Clock()).run_once() == 1020


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [OperationalError("gone"), ValueError("a fault in the follower")])
def test_a_follower_in_trouble_is_left_alone_for_a_while_and_the_others_go_on(trouble: Exception) -> None:
    troubled, sound = Follower(name="troubled", trouble=trouble), Follower(waiting=[1, 2])
    worker = Worker(followers=[troubled, sound], schedule=[], clock=Clock())
    assert worker._guarded("x", lambda: 1) == 1
    _without_closing(worker.run_once)
    troubled.trouble, troubled.waiting = None, [7]
    assert worker.run_once() == 0
    assert troubled.waiting == [7]


@pytest.mark.django_db
def test_a_beat_tells_that_the_worker_lives_and_forgets_the_dead() -> None:
    Heartbeat.objects.create(name="worker:other:1", at=MORNING - FORGET_AFTER - timedelta(seconds=1))
    worker = Worker(followers=[], schedule=[], clock=Clock())
    worker.beat(MORNING)
    worker.beat(MORNING + timedelta(seconds=5))
    assert [(beat.name, beat.at) for beat in Heartbeat.objects.all()] == [(worker.name, MORNING + timedelta(seconds=5))]


@pytest.mark.django_db(transaction=True)
def test_news_on_the_timeline_wakes_a_sleeping_worker() -> None:
    follower = Follower()
    worker = Worker(followers=[follower], schedule=[], clock=Clock())
    worker.beat = lambda at: None  # type: ignore[method-assign]
    running = threading.Thread(target=worker.run)
    running.start()
    wait_until(lambda: worker._listener is not None, what="the worker listens")
    follower.waiting.append(3)
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
    wait_until(lambda: not follower.waiting, what="the follower read")
    worker.stop()
    running.join(5)
    assert not running.is_alive()


@pytest.mark.django_db(transaction=True)
def test_news_of_a_burst_are_gathered_once_not_each_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(followers=[], schedule=[], clock=Clock())
    worker._wait_for_news()
    assert worker._listener is not None
    waits: list[float] = []
    monkeypatch.setattr(worker.stopping, "wait", waits.append)
    with connection.cursor() as cursor:
        for _ in range(50):
            cursor.execute(f"NOTIFY {CHANNEL}")
    worker._listener.execute("SELECT 1")  # its connection has heard them all by the answer
    worker._wait_for_news()
    assert len(waits) == 1
    worker._forget_listener()


@pytest.mark.django_db(transaction=True)
def test_a_worker_survives_the_loss_of_its_connections() -> None:
    follower = Follower()
    worker = Worker(followers=[follower], schedule=[Task(every=timedelta(0))], clock=Clock())
    worker.beat = lambda at: None  # type: ignore[method-assign]
    running = threading.Thread(target=worker.run)
    running.start()
    wait_until(lambda: worker._listener is not None, what="the worker listens")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    follower.waiting.append(3)
    wait_until(lambda: not follower.waiting, what="the follower read again")
    worker.stop()
    running.join(5)
    assert not running.is_alive()


def _hold_row(name: str, taken: threading.Event, done: threading.Event) -> None:
    with _listen() as other:
        other.autocommit = False
        other.execute("SELECT name FROM project_scheduledrun WHERE name = %s FOR UPDATE", [name])
        taken.set()
        done.wait(10)


def _without_closing(run: Callable[[], object]) -> None:
    """A test's transaction lives on the connection the worker gives up in trouble."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "close", lambda: None)
        run()
