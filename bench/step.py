"""One step of a case through the API: lock, permission, table, change, clocks, audit row, committed."""

from __future__ import annotations

import json
import statistics
from typing import Any

from bench.client import Call, drive
from bench.create import _calls, _seats, bare_inserts
from bench.platform import KEY, Platform, platform
from bench.result import Limit, Result, Row, percentile

BEHIND = 20_000
RUNS = 5
PER_RUN = 400


def run() -> None:
    """Measure `accept` and `file` on fresh cases at 4 and 1 connections."""
    result = Result("step")
    with platform(cases=BEHIND) as running:
        bare = bare_inserts(running, concurrency=4)
        for concurrency in (4, 1, 16):
            _measure(running, concurrency, bare if concurrency == 4 else None, result)
    result.write()


def _measure(running: Platform, concurrency: int, bare: float | None, result: Result) -> None:
    rates, latencies, medians = [], [], []
    seats = _seats(running)
    for number in range(RUNS + 1):
        made = drive(running.port, _calls(seats, PER_RUN), concurrency=4, keep_bodies=True)
        numbers = [json.loads(body)["number"] for body in made.bodies]
        before = running.count("timeline_entry WHERE event = 'CaseAccepted'")
        driven = drive(running.port, [_accept(name) for name in numbers], concurrency=concurrency)
        taken = running.count("timeline_entry WHERE event = 'CaseAccepted'") - before
        if set(driven.statuses) != {200} or taken != PER_RUN:
            raise RuntimeError(f"{driven.statuses}, {taken} recorded")
        if number:
            rates.append(driven.per_second)
            medians.append(statistics.median(driven.latencies_ms))
            latencies += driven.latencies_ms
    limit = Limit("bare INSERT of three such rows, one transaction each, 4 connections", bare) if bare else None
    note = "accept with If-Match; every step counted in the timeline afterwards"
    result.rows.append(Row("one step", "/s", tuple(rates), BEHIND, concurrency, limit=limit, note=note))
    result.rows.append(
        Row("one step, time to answer", "ms", tuple(medians), BEHIND, concurrency, percentile(latencies, 0.95))
    )


def _accept(number: str) -> Any:
    return Call("POST", f"/api/v1/cases/{number}/accept", (*KEY, ("If-Match", '"1"')), b"{}")
