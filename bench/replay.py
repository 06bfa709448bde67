"""Real service requests through whole lives: the Baltimore file at full speed, into an empty database."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from bench.create import bare_inserts
from bench.platform import LIANDONG, platform
from bench.result import Limit, Result, Row

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FILE = SHARED / "baltimore311_10k.csv.gz"
RUNS = 5


def run() -> None:
    """Replay, count, and say how many rows a second went through all their steps."""
    result = Result("replay")
    if not FILE.exists():
        print(f"replay: {FILE.name} is not here; nothing measured")
        return
    seconds, rates, note, bare = [], [], "", 0.0
    for _ in range(RUNS):
        with platform(cases=100, webs=1) as running:
            environment = {**os.environ, "LIANDONG_HOME": str(running.home)}
            refused = running.home / "refused.csv"
            began = time.perf_counter()
            done = subprocess.run(
                [str(LIANDONG), "replay", str(FILE), "--mapping", "baltimore", "--speed", "max",
                 "--refused", str(refused)],
                env=environment, capture_output=True, text=True, check=True,
            )
            seconds.append(time.perf_counter() - began)
            last = done.stdout.strip().splitlines()[-1]
            taken = int(re.search(r"(\d+) taken", last)[1])  # type: ignore[index]
            if running.count("cases_case WHERE channel = 'replay_baltimore'") != taken:
                raise RuntimeError(f"{last}: the database disagrees")
            steps = running.count("timeline_entry e JOIN cases_case c ON c.id = e.about_id AND e.about = 'case'"
                                  " WHERE c.channel = 'replay_baltimore'")
            rates.append(taken / seconds[-1])
            note = f"{last}; {steps} steps with audit rows"
            bare = bare or bare_inserts(running, concurrency=1)
    limit = Limit("bare INSERT of three rows, one transaction a case, one connection", bare)
    result.rows.append(Row("replay 10,000 real requests", "s", tuple(seconds), 10_000, limit=Limit("target", 60.0), note=note))
    result.rows.append(Row("requests through their whole lives", "/s", tuple(rates), 10_000, limit=limit))
    result.write()
