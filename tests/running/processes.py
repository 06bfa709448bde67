"""Real processes for tests: `liandong …` on the toy project, watched from outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 30.0
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Running:
    """A started `liandong` command, its directory of state and its port."""

    process: subprocess.Popen[bytes]
    home: Path
    port: int

    def get(self, path: str, *, accept: str = "*/*", headers: Mapping[str, str] = NOTHING) -> Answer:
        return self.ask("GET", path, accept=accept, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        accept: str = "*/*",
        headers: Mapping[str, str] = NOTHING,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers={"accept": accept, **headers})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/readyz").status == 200
        return False

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz").status == 200
        return False


@contextlib.contextmanager
def liandong(
    *arguments: str, home: Path, settings: str = "tests.running.toy.settings", **environment: str
) -> Iterator[Running]:
    """Run the command for the length of the block; whatever is left of it afterwards is killed."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "liandong.project.cli", *arguments],
        env={
            **os.environ,
            "LIANDONG_HOME": str(home),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": settings,
            "LIANDONG_LOG_LEVEL": "WARNING",
            **environment,
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        yield Running(process, home, port)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], *, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return when `condition` holds; fail by name when it does not come true."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds} s: {what}")
        pause.wait(0.02)


def processes_of(home: Path) -> dict[int, str]:
    """Return the running processes that belong to a directory of state, by their command lines and environments."""
    found = {}
    needle = os.fsencode(home)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            if needle in command or b"LIANDONG_HOME=" + needle in (entry / "environ").read_bytes():
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
