"""The worker process: followers of the timeline and tasks by the clock, in as many processes as one likes.

A follower's position and a task's last run are rows locked while they move, so work is shared and never doubled.
Losing the database is waited out; nothing is kept in memory that could be lost. What may hang runs beside it, in
threads of its own (`beside`). Leaves out what is done: see `subscriptions` and `schedule`.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.utils.module_loading import import_string

from liandong.project import metrics
from liandong.project.beside import run_beside
from liandong.project.models import Heartbeat, ScheduledRun

CHANNEL = "timeline"
BEAT_EVERY = timedelta(seconds=5)
ALIVE_WITHIN = timedelta(seconds=15)
FORGET_AFTER = timedelta(hours=1)
GATHER_SECONDS = 0.1
NAP_SECONDS = 1.0
SECONDS_TO_STOP = 1.5
_LONGEST_DELAY_SECONDS = 60.0
_FIRST_DELAY_SECONDS = 0.5

_log = structlog.get_logger("liandong.worker")


class Follows(Protocol):
    """Something that reads the timeline in batches from its own position."""

    @property
    def name(self) -> str: ...
    def run_batch(self, at: datetime) -> int: ...


class Scheduled(Protocol):
    """Something that is run once in every period."""

    @property
    def name(self) -> str: ...
    @property
    def every(self) -> timedelta: ...
    @property
    def run(self) -> Callable[[datetime], object]: ...


@dataclass(slots=True)
class _Trouble:
    """How long to leave something alone that failed."""

    delay: float = _FIRST_DELAY_SECONDS
    until: float = 0.0

    def note(self) -> None:
        self.until = time.monotonic() + self.delay
        self.delay = min(self.delay * 2, _LONGEST_DELAY_SECONDS)


class Worker:
    """Runs `followers` and `schedule` until `stop` is called."""

    def __init__(
        self,
        *,
        followers: Iterable[Follows],
        schedule: Iterable[Scheduled],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = f"worker:{socket.gethostname()}:{os.getpid()}"
        self._followers = tuple(followers)
        self._schedule = tuple(schedule)
        self._clock = clock
        self._stop = threading.Event()
        self._listener: psycopg.Connection[tuple[object, ...]] | None = None
        self._trouble: dict[str, _Trouble] = {}
        self._look_at_schedule = 0.0

    @property
    def stopping(self) -> threading.Event:
        """Set once the worker is to end: what runs beside it ends by it as well."""
        return self._stop

    def stop(self) -> None:
        """End `run` after the piece of work in hand."""
        self._stop.set()

    def run(self) -> None:
        """Work, sleep until the timeline moves or a second has passed, and again."""
        beating = threading.Thread(target=self._beat_forever, name="heartbeat", daemon=True)
        beating.start()
        try:
            while not self._stop.is_set():
                self._follow_all()
                if time.monotonic() >= self._look_at_schedule:
                    self._look_at_schedule = time.monotonic() + NAP_SECONDS
                    self._run_schedule()
                self._wait_for_news()
        finally:
            self._stop.set()
            self._forget_listener()
            connections.close_all()

    def run_once(self) -> int:
        """Run every follower to its end and every task that is due; return how many entries were read."""
        read = self._follow_all()
        self._run_schedule()
        return read

    def _follow_all(self) -> int:
        read = 0
        for follower in self._followers:
            read += self._guarded(follower.name, lambda follower=follower: self._follow(follower))  # type: ignore[misc]
        return read

    def _run_schedule(self) -> None:
        for task in self._schedule:
            self._guarded(task.name, lambda task=task: self._run_if_due(task))  # type: ignore[misc]

    def _follow(self, follower: Follows) -> int:
        total = 0
        while not self._stop.is_set() and (read := follower.run_batch(self._clock())):
            total += read
            metrics.FOLLOWED.labels(follower.name).inc(read)
        return total

    def _run_if_due(self, task: Scheduled) -> int:
        """Run the task unless it ran in this period; a failed run does not count."""
        at = self._clock()
        claimed, before = _claim(task, at)
        if not claimed:
            return 0
        try:
            task.run(at)
        except BaseException:
            metrics.TASK_RUNS.labels(task.name, "failed").inc()
            ScheduledRun.objects.filter(name=task.name, last_at=at).update(last_at=before)
            raise
        metrics.TASK_RUNS.labels(task.name, "done").inc()
        return 0

    def _guarded(self, name: str, work: Callable[[], int]) -> int:
        """Do the work; a failure is logged and that work left alone for a while, longer each time."""
        trouble = self._trouble.get(name)
        if self._stop.is_set() or (trouble and time.monotonic() < trouble.until):
            return 0
        try:
            done = work()
        except (DatabaseError, InterfaceError) as error:
            _log.warning("database trouble", work=name, why=str(error).strip())
            connection.close()
        except Exception:
            _log.exception("work failed", work=name)
        else:
            self._trouble.pop(name, None)
            return done
        self._trouble.setdefault(name, _Trouble()).note()
        return 0

    def _wait_for_news(self) -> None:
        """Return when something was recorded, or after a nap. Without a database, just nap."""
        try:
            if self._listener is None:
                self._listener = _listen()
                # What was recorded before this moment was not heard: look once more before sleeping.
                return
            # One notice wakes, but all that came meanwhile are handed out with it.
            if list(self._listener.notifies(timeout=NAP_SECONDS, stop_after=1)):
                # Under load one batch of many entries costs a fraction of many batches of one.
                self._stop.wait(GATHER_SECONDS)
        except psycopg.Error as error:
            _log.warning("database trouble", work="listening", why=str(error).strip())
            self._forget_listener()
            self._stop.wait(NAP_SECONDS)

    def _forget_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def _beat_forever(self) -> None:
        while not self._stop.is_set():
            try:
                self.beat(self._clock())
            except (DatabaseError, InterfaceError):
                connection.close()
            self._stop.wait(BEAT_EVERY.total_seconds())
        connections.close_all()

    def beat(self, at: datetime) -> None:
        """Write that this worker is alive, forget the dead, measure how far the followers are behind."""
        Heartbeat.objects.update_or_create(name=self.name, defaults={"at": at})
        Heartbeat.objects.filter(at__lt=at - FORGET_AFTER).delete()
        for follower in self._followers:
            from liandong.timeline.queries import unread_by  # its tables exist where there are followers

            metrics.LAG.labels(follower.name).set(unread_by(follower.name))


def run_worker() -> int:
    """Run a worker with the product's followers and schedule until SIGTERM or SIGINT; return the exit code."""
    followers, schedule = import_string(settings.LIANDONG_FOLLOWERS), import_string(settings.LIANDONG_SCHEDULE)
    worker = Worker(followers=followers, schedule=schedule)

    def stop(_number: int, _frame: object) -> None:
        worker.stop()
        # Work that takes longer is cut off; its transaction is rolled back and done again by the next worker.
        cutter = threading.Timer(SECONDS_TO_STOP, os._exit, [0])
        cutter.daemon = True
        cutter.start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _log.info("worker starts", name=worker.name)
    run_beside(settings.LIANDONG_BESIDE, stop=worker.stopping, clock=lambda: datetime.now(UTC))
    worker.run()
    _log.info("worker stopped", name=worker.name)
    return 0


@transaction.atomic
def _claim(task: Scheduled, at: datetime) -> tuple[bool, datetime | None]:
    """Take the task's turn if it is due and nobody else is taking it; return also when it ran before."""
    row = ScheduledRun.objects.select_for_update(skip_locked=True).filter(name=task.name).first()
    if row is None:
        # Either new, or another process is taking it at this moment.
        created = ScheduledRun.objects.bulk_create([ScheduledRun(name=task.name)], ignore_conflicts=True)
        row = ScheduledRun.objects.select_for_update(skip_locked=True).filter(name=created[0].name).first()
    if row is None or (row.last_at is not None and row.last_at + task.every > at):
        return False, None
    before, row.last_at = row.last_at, at
    row.save(update_fields=["last_at"])
    return True, before


def _listen() -> psycopg.Connection[tuple[object, ...]]:
    parameters = connection.get_connection_params()
    wanted = ("dbname", "host", "port", "user", "password", "sslmode", "connect_timeout")
    listener = psycopg.connect(**{name: parameters[name] for name in wanted if name in parameters}, autocommit=True)
    listener.execute(f"LISTEN {CHANNEL}")
    return listener
