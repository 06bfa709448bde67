"""The wall: its panels as they are asked for again and again, and the counts behind them against a recount."""

from __future__ import annotations

import os
import time

from bench.client import ask
from bench.map import merge_all
from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "100000,1000000").split(","))
BUILT = 20_000
RUNS = 5
PER_RUN = 30
BARE = (
    "SELECT left(area, 9), count(*), count(*) FILTER (WHERE late_since IS NOT NULL) FROM cases_case"
    " WHERE ended_at IS NULL GROUP BY 1"
)

_RECOUNT = """
import time
from django.utils import timezone
from liandong.livemap.operations import recount
began = time.perf_counter()
wrong = recount(at=timezone.now())
print(time.perf_counter() - began, wrong)
"""


def run() -> None:
    """Measure as the leader of the district and as one of its towns."""
    result = Result("wall")
    for size in SIZES:
        with platform(cases=min(size, BUILT), grown=size) as running:
            _measure(running, size, result)
    result.write()


def _measure(running: Platform, size: int, result: Result) -> None:
    merge_all(running)
    with running.database() as database:
        began = time.perf_counter()
        for _ in range(3):
            database.execute(BARE).fetchall()
        limit = Limit("late by town alone, counted from the cases", (time.perf_counter() - began) / 3 * 1000)
    for account in ("leader", "town01"):
        asked = ask(running.port, "/desk/wall/panels/", running.session_of(account), runs=RUNS, each=PER_RUN)
        what = f"all seven panels, as {account}"
        result.rows.append(Row(what, "ms", asked.medians, size, 1, percentile(asked.latencies, 0.95), limit))
    seconds = tuple(_recount(running) for _ in range(3))
    counts = sum(running.count(f"livemap_{table}") for table in ("coarsecount", "finecount", "daycount"))
    note = f"nothing differed; {counts} counts"
    result.rows.append(Row("recount of every case, beside the rest", "s", seconds, size, note=note))


def _recount(running: Platform) -> float:
    """Seconds of a recount, in a process of its own: one process knows one platform."""
    took, wrong = running.told(_RECOUNT)[-2:]
    if int(wrong):
        raise RuntimeError(f"wall: {wrong} counts differed from a recount")
    return float(took)
