"""Runs child processes, restarts what dies, stops all in order; a child cannot outlive it.

Knows nothing of Django: it stays small and has little that could fail. Leaves out what the children do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from liandong.project.launch import spawn
from liandong.project.postgres import EmbeddedPostgres, PostgresUnavailable

SECONDS_TO_STOP = 6.0
LOOK_EVERY_SECONDS = 0.05
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0
# A child that lived this long had no trouble starting: its next restart is immediate again.
SETTLED_AFTER_SECONDS = 10.0

_log = structlog.get_logger("liandong.supervisor")


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: restarted whenever it ends or, if `is_done_by_exit_0`, until it succeeds."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    is_done_by_exit_0: bool = False


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY_SECONDS
    start_at: float = 0.0
    is_done: bool = False


class Supervisor:
    """Keeps `programs`, and the embedded PostgreSQL where there is one, running until told to stop.

    `when_ended` is told the process id of each child that ended by itself.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        postgres: EmbeddedPostgres | None = None,
        when_ended: Callable[[int], None] = lambda pid: None,
    ) -> None:
        self._children = [_Child(program) for program in programs]
        self._postgres = postgres
        self._when_ended = when_ended
        self._postgres_start_at = 0.0
        self._stops = 0

    def run(self, *, each_time: Callable[[], None] = lambda: None) -> None:
        """Supervise until SIGTERM or SIGINT, then stop every child; a second signal stops them without patience.

        `each_time` is called about twenty times a second, in between. PostgreSQL is left to its owner.
        """
        with self._handled_signals():
            try:
                while not self._stops:
                    self._look_after_postgres()
                    for child in self._children:
                        self._look_after(child)
                    each_time()
                    time.sleep(LOOK_EVERY_SECONDS)
            finally:
                self.stop()

    def is_done(self, name: str) -> bool:
        """Has the program that ends by itself succeeded?"""
        return any(child.is_done for child in self._children if child.program.name == name)

    def stop(self) -> None:
        """Ask every child to end, then make it."""
        running = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        patient_until = time.monotonic() + SECONDS_TO_STOP
        while any(process.poll() is None for process in running):
            if time.monotonic() > patient_until or self._stops > 1:
                for process in running:
                    process.kill()
            time.sleep(LOOK_EVERY_SECONDS / 5)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            self._when_ended(child.process.pid)
            child.process = None
            if code == 0 and child.program.is_done_by_exit_0:
                child.is_done = True
                return
            if now - child.started > SETTLED_AFTER_SECONDS:
                child.delay = FIRST_DELAY_SECONDS
            child.start_at = now + child.delay
            _log.warning("child ended", child=child.program.name, code=code, again_in_seconds=child.delay)
            child.delay = min(child.delay * 2, LONGEST_DELAY_SECONDS)
        if not child.is_done and now >= child.start_at:
            self._start(child)

    def _start(self, child: _Child) -> None:
        child.process = spawn(
            list(child.program.command),
            death_signal=signal.SIGTERM,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **child.program.environment},
            pass_fds=child.program.pass_fds,
            # Ctrl-C in the terminal is ours to pass on, in order.
            start_new_session=True,
        )
        child.started = time.monotonic()
        _log.info("child started", child=child.program.name, pid=child.process.pid)

    def _look_after_postgres(self) -> None:
        """Start PostgreSQL again when it ended; its data directory may be held a moment longer by its remains."""
        postgres, now = self._postgres, time.monotonic()
        if postgres is None or now < self._postgres_start_at:
            return
        if postgres.process is not None and postgres.process.poll() is None:
            return
        _log.warning("postgres ended")
        try:
            postgres.start()
        except PostgresUnavailable as error:
            self._postgres_start_at = now + 1.0
            _log.warning("postgres does not start", why=str(error))

    @contextlib.contextmanager
    def _handled_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._note_stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1
