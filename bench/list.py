"""A list page of fifty open cases, as a department and as a town sees them, filtered, at 10 k and 100 k cases."""

from __future__ import annotations

import statistics
import time

from bench.client import Call, drive
from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile

SIZES = (10_000, 100_000)
RUNS = 5
PER_RUN = 200
BARE = "SELECT * FROM cases_case WHERE ended_at IS NULL AND unit = %s ORDER BY due_at, id LIMIT 50"


def run() -> None:
    """Measure through a signed-in session, permission included."""
    result = Result("list")
    for size in SIZES:
        with platform(cases=size) as running:
            _measure(running, size, result)
    result.write()


def _measure(running: Platform, size: int, result: Result) -> None:
    department = running.session_of("department02")
    town = running.session_of("town01")
    operator = running.session_of("operator")
    bare = _bare(running)
    for what, cookie, query in (
        ("department, open, one town", department, "is_open=true&area_prefix=310199001"),
        ("town, open, one class", town, "is_open=true&class_prefix=M06"),
        ("district, open", operator, "is_open=true"),
        ("district, closed", operator, "is_open=false"),
        ("district, words", operator, "text=垃圾"),
        ("town, rare words", town, "text=噪声扰民"),
    ):
        _row(running, size, what, cookie, query, bare, result)


def _row(running: Platform, size: int, what: str, cookie: str, query: str, bare: float, result: Result) -> None:
    from urllib.parse import quote

    call = Call("GET", f"/api/v1/cases?limit=50&{quote(query, safe='=&')}", (("Cookie", cookie),))
    drive(running.port, [call] * 30, concurrency=1)
    medians, latencies, found = [], [], b""
    for _ in range(RUNS):
        driven = drive(running.port, [call] * PER_RUN, concurrency=1, keep_bodies=True)
        if set(driven.statuses) != {200}:
            raise RuntimeError(f"{what}: {driven.statuses}")
        medians.append(statistics.median(driven.latencies_ms))
        latencies += driven.latencies_ms
        found = driven.bodies[-1]
    limit = Limit("bare indexed SELECT of fifty rows", bare)
    note = f"{len(found)} bytes"
    result.rows.append(Row(what, "ms", tuple(medians), size, 1, percentile(latencies, 0.95), limit, note))


def _bare(running: Platform) -> float:
    with running.database() as database:
        database.execute("ANALYZE cases_case")
        row = database.execute(
            "SELECT unit FROM cases_case WHERE ended_at IS NULL AND unit <> ''"
            " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        unit = row[0] if row else ""
        times = []
        for _ in range(200):
            began = time.perf_counter()
            database.execute(BARE, [unit], prepare=True).fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
