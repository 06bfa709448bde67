"""Real service requests through whole lives: the Baltimore file at full speed, into an empty database."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from bench.create import bare_inserts
from bench.platform import LIANDONG, Platform, platform
from bench.result import Limit, Result, Row

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FILE = SHARED / "baltimore311_10k.csv.gz"
RUNS = 5


def run() -> None:
    """Replay, count, and say how many rows a second went through all their steps."""
    if not FILE.exists():
        print(f"replay: {FILE.name} is not here; nothing measured")
        return
    seconds, rates, note, bare = [], [], "", 0.0
    for _ in range(RUNS):
        with platform(cases=100, webs=1) as running:
            took, last = _replay(running)
            taken, steps = _counted(running, last)
            seconds.append(took)
            rates.append(taken / took)
            note = f"{last}; {steps} steps with audit rows"
            bare = bare or bare_inserts(running, concurrency=1)
    target = Limit("target", 60.0)
    limit = Limit("bare INSERT of three rows, one transaction a case, one connection", bare)
    result = Result("replay")
    result.rows.append(Row("replay 10,000 real requests", "s", tuple(seconds), 10_000, limit=target, note=note))
    result.rows.append(Row("requests through their whole lives", "/s", tuple(rates), 10_000, limit=limit))
    result.write()


def _replay(running: Platform) -> tuple[float, str]:
    """Seconds the command took, and its last line."""
    command = [str(LIANDONG), "replay", str(FILE), "--mapping", "baltimore", "--speed", "max"]
    environment = {**os.environ, "LIANDONG_HOME": str(running.home), "LANG": "en_US.UTF-8"}
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--refused", str(running.home / "refused.csv")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - began, done.stdout.strip().splitlines()[-1]


def _counted(running: Platform, last: str) -> tuple[int, int]:
    """Cases taken and steps recorded, from the database; it must agree with what the command said."""
    said = re.search(r"(\d+) taken", last)
    taken = running.count("cases_case WHERE channel = 'replay_baltimore'")
    if said is None or int(said[1]) != taken:
        raise RuntimeError(f"{last}: the database holds {taken}")
    steps = running.count(
        "timeline_entry e JOIN cases_case c ON c.id = e.about_id AND e.about = 'case'"
        " WHERE c.channel = 'replay_baltimore'"
    )
    return taken, steps
