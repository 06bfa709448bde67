"""From `liandong up --demo` on a prepared machine to a ready platform with twenty thousand past cases."""

from __future__ import annotations

import time

from bench.platform import platform
from bench.result import Limit, Result, Row

RUNS = 5
CASES = 20_000


def run() -> None:
    """Start from an absent LIANDONG_HOME each time; count what was built."""
    seconds, cases, entries = [], 0, 0
    for _ in range(RUNS):
        began = time.perf_counter()
        with platform(cases=CASES, webs=1) as running:
            seconds.append(time.perf_counter() - began)
            cases, entries = running.count("cases_case"), running.count("timeline_entry")
    result = Result("start")
    note = f"{cases} cases with {entries} chained entries, 706 grids, 1,379 units"
    limit = Limit("target", 60.0)
    result.rows.append(Row("nothing to ready, demo included", "s", tuple(seconds), CASES, limit=limit, note=note))
    result.write()
