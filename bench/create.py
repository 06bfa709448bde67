"""Create cases through the API: locate, number, responsibility, clock, audit row and announcement, committed."""

from __future__ import annotations

import statistics
import threading
import time
import uuid
from typing import Any

from bench.client import drive
from bench.platform import Platform, platform, post
from bench.result import Limit, Result, Row, percentile

BUILT, BEHIND = 20_000, 100_000
"""So many cases are built with all their history; copies of them make up the rest."""
RUNS = 5
PER_RUN = 600
TEXT = "小区北门外人行道边垃圾堆放多日无人清运，气味很大，路过的老人小孩都绕着走，请尽快派人处理"


def run() -> None:
    """Measure at 1, 4 and 16 connections; count the rows afterwards."""
    result = Result("create")
    with platform(cases=BUILT, grown=BEHIND) as running:
        seats = _seats(running)
        _warm_up(running, seats)
        bare = bare_inserts(running, concurrency=4)
        for concurrency in (4, 1, 16):
            _measure(running, seats, concurrency, bare if concurrency == 4 else None, result)
    result.write()


def _measure(running: Platform, seats: list[Any], concurrency: int, bare: float | None, result: Result) -> None:
    before, before_told = running.count("cases_case"), running.count("timeline_entry WHERE event = 'CaseReported'")
    rates, latencies, medians = [], [], []
    for _ in range(RUNS):
        driven = drive(running.port, _calls(seats, PER_RUN), concurrency=concurrency)
        if set(driven.statuses) != {201}:
            raise RuntimeError(f"answers other than 201: {driven.statuses}")
        rates.append(driven.per_second)
        medians.append(statistics.median(driven.latencies_ms))
        latencies += driven.latencies_ms
    made = running.count("cases_case") - before
    told = running.count("timeline_entry WHERE event = 'CaseReported'") - before_told
    if not made == told == RUNS * PER_RUN:
        raise RuntimeError(f"made {made} of {RUNS * PER_RUN}, told of {told}")
    limit = Limit("bare INSERT of the same three rows, one transaction each, 4 connections", bare) if bare else None
    note = f"{made} cases made and counted, each with its entry; followers running; two web processes"
    result.rows.append(Row("create a case", "/s", tuple(rates), BEHIND, concurrency, limit=limit, note=note))
    result.rows.append(
        Row("create a case, time to answer", "ms", tuple(medians), BEHIND, concurrency, percentile(latencies, 0.95))
    )


def _calls(seats: list[Any], count: int) -> list[Any]:
    return [
        post(
            "/api/v1/cases",
            {
                "class_code": "M06010",
                "description": f"{TEXT}（{number}）",
                "lon": seats[number % len(seats)][0],
                "lat": seats[number % len(seats)][1],
                "external_id": uuid.uuid4().hex,
            },
        )
        for number in range(count)
    ]


def _seats(running: Platform) -> list[Any]:
    with running.database() as database:
        return database.execute("SELECT lon, lat FROM areas_area WHERE level = 'grid' ORDER BY code").fetchall()


def _warm_up(running: Platform, seats: list[Any]) -> None:
    driven = drive(running.port, _calls(seats, 400), concurrency=4)
    if set(driven.statuses) != {201}:
        raise RuntimeError(f"warm-up: {driven.statuses}")


def bare_inserts(running: Platform, *, concurrency: int, per_connection: int = 400) -> float:
    """Transactions per second that insert one case, clock and entry row into tables without index or trigger."""
    with running.database() as database:
        for table in ("cases_case", "cases_clock", "timeline_entry"):
            database.execute(f"CREATE UNLOGGED TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS)")  # type: ignore[arg-type]
            database.execute(f"ALTER TABLE bare_{table} SET LOGGED")  # type: ignore[arg-type]
    gate = threading.Barrier(concurrency + 1)

    def _insert() -> None:
        with running.database() as database:
            database.autocommit = False
            gate.wait()
            for _ in range(per_connection):
                for table in ("cases_case", "cases_clock", "timeline_entry"):
                    database.execute(
                        f"INSERT INTO bare_{table} SELECT * FROM {table} WHERE id = (SELECT min(id) FROM {table})",  # type: ignore[arg-type]
                        prepare=True,
                    )
                database.commit()

    threads = [threading.Thread(target=_insert) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return concurrency * per_connection / (time.perf_counter() - began)
