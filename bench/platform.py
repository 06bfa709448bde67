"""The platform under test: its own processes on its own port, with as many believable cases as asked for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.client import Call

LIANDONG = Path(sys.executable).parent / "liandong"
SETTINGS = "liandong.project.settings"
KEY = (("Authorization", "Bearer demo-key"), ("Content-Type", "application/json"))
READY_WITHIN_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform."""

    port: int
    home: Path
    pid: int

    def get(self, path: str) -> Any:
        """The JSON at a path, as the demo's API key."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=dict(KEY))
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the benchmark's own, to count and to compare."""
        from liandong.project.home import Home

        settings = Home(self.home).database("")
        return psycopg.connect(dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], autocommit=True)

    def count(self, what: str) -> int:
        """How many rows a table (and condition) holds."""
        with self.database() as database:
            row = database.execute(f"SELECT count(*) FROM {what}").fetchone()  # type: ignore[arg-type]
        return int(row[0]) if row else 0

    def settle(self) -> None:
        """Wait until followers have read the history just built, and let the database clean up after it.

        A platform in service has no such backlog; measuring beside it would measure the building.
        """
        self.settle_followers()
        with self.database() as database:
            database.execute("VACUUM (ANALYZE)")

    def settle_followers(self) -> None:
        """Wait until followers have read all that is written."""
        until = time.monotonic() + READY_WITHIN_SECONDS
        unread = (
            "timeline_entry WHERE (written_in, id) >"
            " (SELECT written_in, entry_id FROM timeline_followerposition ORDER BY 1, 2 LIMIT 1)"
        )
        while self.count(unread) and time.monotonic() < until:
            time.sleep(1)

    def use(self) -> None:
        """Let this process ask and act as the platform's own processes do; one platform a process."""
        import django

        os.environ["LIANDONG_HOME"] = str(self.home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        django.setup()

    def told(self, code: str, *arguments: str) -> list[str]:
        """The words that a few lines of Python print, run against this platform in a process of their own."""
        environment = {**os.environ, "LIANDONG_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": SETTINGS}
        command = [sys.executable, "-c", f"import django; django.setup()\n{code}", *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()

    def grow(self, size: int) -> None:
        """Copy the history until there are `size` cases: each copy eighteen days earlier and a little to the side.

        A copy has the words, stage and people of its origin, but no story: what reads cases only meets a large table.
        """
        there = self.count("cases_case")
        if there >= size:
            return
        made = {
            "number": "number || '-' || copy",
            "external_id": "''",
            "reported_at": "reported_at - copy * interval '18 days'",
            "lon": "lon + (random() - 0.5) * 0.004",
            "lat": "lat + (random() - 0.5) * 0.004",
        }
        with self.database() as database:
            found = database.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case'"
                " AND column_name <> 'id'"
            ).fetchall()
            names = [str(row[0]) for row in found]
            values = ", ".join(made.get(name, name) for name in names)
            # The trigger that asks for a story is not about copies; those that count them are.
            database.execute("ALTER TABLE cases_case DISABLE TRIGGER a_changed_case_is_told_of")
            database.execute(
                f"INSERT INTO cases_case ({', '.join(names)}) SELECT {values}"  # type: ignore[arg-type]
                " FROM cases_case, generate_series(1, %s) AS copy LIMIT %s",
                [size // there + 1, size - there],
            )
            database.execute("ALTER TABLE cases_case ENABLE TRIGGER a_changed_case_is_told_of")
            database.execute("VACUUM (ANALYZE)")

    def session_of(self, account: str) -> str:
        """The cookie of a demo account after signing in as a person does."""
        import re

        url = f"http://127.0.0.1:{self.port}/desk/sign-in/"
        with urllib.request.urlopen(url) as page:
            text = page.read().decode()
            token = page.headers["Set-Cookie"].split("csrftoken=")[1].split(";")[0]
        hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        form = f"csrfmiddlewaretoken={hidden[1] if hidden else ''}&username={account}&password=liandong-demo"
        request = urllib.request.Request(url, form.encode(), {"Cookie": f"csrftoken={token}", "Referer": url})
        opener = urllib.request.build_opener(_Stay)
        try:
            answer = opener.open(request)
        except urllib.error.HTTPError as error:
            answer = error
        cookies = answer.headers.get_all("Set-Cookie") or []
        return next(cookie.split(";")[0] for cookie in cookies if "session" in cookie)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the sign-in's own answer carries the cookie."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


@contextmanager
def platform(*, cases: int, grown: int = 0, webs: int = 2) -> Iterator[Platform]:
    """Run the platform with a demo district of `cases` past cases, grown by copies of them; stop it afterwards.

    Where `LIANDONG_BENCH_BUILT` names a folder, what was built is kept there and copied for the next benchmark.
    """
    home = Path(tempfile.mkdtemp(prefix="liandong-bench-"))
    built = os.environ.get("LIANDONG_BENCH_BUILT", "")
    kept = Path(built) / f"{cases}-{grown}"
    try:
        if built and not kept.exists():
            with _running(home, cases=cases, webs=webs) as running:
                running.grow(grown)
            shutil.copytree(home, kept)
        elif built:
            shutil.copytree(kept, home, dirs_exist_ok=True)
        with _running(home, cases=cases, webs=webs) as running:
            running.grow(grown)
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(home: Path, *, cases: int, webs: int) -> Iterator[Platform]:
    """Run the platform in a directory of state."""
    environment = {
        **os.environ,
        "LIANDONG_HOME": str(home),
        "LIANDONG_DEMO_STREAM": "0",
        "LIANDONG_DEMO_CASES": str(cases),
        "LIANDONG_WEBS": str(webs),
    }
    port = free_port()
    log = (home / "up.log").open("wb")
    process = subprocess.Popen(
        [str(LIANDONG), "up", "--demo", "--port", str(port)], env=environment, stdout=log, stderr=log
    )
    try:
        wait_until_ready(port, process)
        running = Platform(port, home, process.pid)
        running.settle()
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when `/readyz` answers 200."""
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the platform ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the platform was not ready in time")


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def post(path: str, body: dict[str, Any], *headers: tuple[str, str]) -> Call:
    """A call that sends JSON with the demo's key."""
    return Call("POST", path, (*KEY, *headers), json.dumps(body, ensure_ascii=False).encode())
