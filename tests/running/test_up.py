"""`liandong up`: restarts what dies, stops all, leaves no orphan."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liandong.project.home import Home
from liandong.project.postgres import running_postgres
from tests.conftest import CARELESS
from tests.running.processes import Running, kill, liandong, processes_of, wait_until


def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    with liandong("up", home=tmp_path) as running:
        wait_until(running.is_ready, what="ready")
        assert {"postgres", "web", "worker"} <= _kinds(tmp_path)
        kill(running.process.pid)
        running.process.wait()
        wait_until(lambda: not processes_of(tmp_path), what="no process left")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One running system for the tests that leave it running."""
    with liandong("up", "--webs", "2", home=tmp_path_factory.mktemp("home")) as running:
        wait_until(running.is_ready, what="ready")
        yield running


@pytest.mark.parametrize("word", [" web ", " worker", "bin/postgres -D"])
def test_a_killed_child_comes_back_and_the_system_is_ready_again(system: Running, word: str) -> None:
    before = {pid for pid, command in processes_of(system.home).items() if word in command}
    kill(min(before))

    def is_replaced() -> bool:
        now = {pid for pid, command in processes_of(system.home).items() if word in command}
        return bool(now - before) and min(before) not in now

    wait_until(is_replaced, what=f"another{word}")
    wait_until(system.is_ready, what=f"ready after{word}")
    wait_until(lambda: system.get("/query", accept="application/json").status == 200, what="the database is asked")


def test_sigterm_stops_all_within_seconds_though_a_live_stream_is_open(tmp_path: Path) -> None:
    with liandong("up", home=tmp_path) as running:
        wait_until(running.is_ready, what="ready")
        stream = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        stream.request("GET", "/events/")
        response = stream.getresponse()
        assert response.readline() == b"data: hello\n"
        running.process.send_signal(signal.SIGTERM)
        assert response.read() == b"\n"
        assert running.process.wait(10) == 0
        stream.close()
    assert not processes_of(tmp_path)


def test_several_webs_share_one_port(system: Running) -> None:
    seen: set[int] = set()

    def both_answered() -> bool:
        seen.add(int(system.get("/process").json()["pid"]))
        return len(seen) == 2

    wait_until(both_answered, what="an answer from each web")


def test_on_a_database_of_somebody_else_it_starts_none_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own"
    with (
        running_postgres(Home(tmp_path / "other"), **CARELESS) as address,
        liandong("up", home=own, DATABASE_URL=address) as running,
    ):
        wait_until(running.is_ready, what="ready")
        assert running.get("/query").status == 200
        assert not (own / "postgres").exists()


def test_a_taken_port_is_said_in_words_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "liandong.project.cli", "up", "--port", port],
            env={"LIANDONG_HOME": str(tmp_path), "LANG": "zh_CN.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"无法监听 127.0.0.1:{port}" in done.stderr
    assert "PORT" in done.stderr
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_stops_within_seconds_without_a_database(tmp_path: Path, signal_number: signal.Signals) -> None:
    with liandong("worker", home=tmp_path) as running:
        wait_until(lambda: _handles_sigterm(running.process.pid), what="worker runs")
        running.process.send_signal(signal_number)
        assert running.process.wait(5) == 0


def _kinds(home: Path) -> set[str]:
    words = {"postgres": "bin/postgres -D", "web": " web ", "worker": " worker"}
    commands = " \n".join(processes_of(home).values())
    return {kind for kind, word in words.items() if word in commands}


def _handles_sigterm(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)
