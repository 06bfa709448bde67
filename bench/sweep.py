"""One sweep over a million open cases: what it costs when nothing is due, and when a thousand clocks fall due.

The sweep looks at instants to come, so that the platform's own worker, which sweeps now, has no part in it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile

BASE = int(os.environ.get("LIANDONG_BENCH_BASE", "20000"))
OPEN = tuple(int(size) for size in os.environ.get("SIZES", "10000,1000000").split(","))
DUE = 1_000
RUNS = 5
PER_RUN = 40
AHEAD = timedelta(days=3)
EACH = timedelta(minutes=1)
_OPEN = "WHERE ended_at IS NULL AND unit <> ''"
_COPIED = "external_id !~ '/.*/'"


def run() -> None:
    """Measure at a small and a large number of open cases: the difference is what open cases cost."""
    result = Result("sweep")
    with platform(cases=BASE, webs=1) as running:
        running.use()
        first = (datetime.now(UTC) + AHEAD).replace(microsecond=0)
        for hours, size in enumerate(OPEN):
            start = first + timedelta(hours=hours)
            with running.database() as database:
                _many_open(database, size, start)
                database.execute("VACUUM (ANALYZE)")
            _measure(running, start, result)
    result.write()


def _measure(running: Platform, start: datetime, result: Result) -> None:
    from liandong.cases.operations import mark_overdue, wake_cases
    from liandong.people.access import platform as platform_actor

    actor = platform_actor("clocks")

    def sweep(at: datetime) -> int:
        return mark_overdue(actor=actor, at=at) + wake_cases(actor=actor, at=at)

    open_cases = running.count("cases_case WHERE ended_at IS NULL")
    while sweep(start):
        pass  # What the demo's own cases have fall due until then.
    idle = [[_timed(lambda: sweep(start)) * 1000 for _ in range(PER_RUN)] for _ in range(RUNS)]
    medians = tuple(sorted(one)[PER_RUN // 2] for one in idle)
    p95 = percentile([one for several in idle for one in several], 0.95)
    result.rows.append(Row("a sweep, nothing due", "ms", medians, open_cases, p95=p95))

    spent, told = [], []
    for turn in range(1, RUNS + 2):
        at = start + turn * EACH
        before = running.count("timeline_entry")
        began = time.perf_counter()
        moved = sweep(at)
        spent.append(time.perf_counter() - began)
        running.settle_followers()
        told.append(time.perf_counter() - began)
        entries = running.count("timeline_entry") - before
        late = running.count(f"cases_clock WHERE overdue_at > '{start}' AND overdue_at <= '{at}'")
        if moved != DUE or late != turn * DUE or entries < DUE:
            raise RuntimeError(f"sweep: {moved} clocks moved and {entries} entries of {DUE}, {late} are late")
    bare = Limit(f"bare UPDATE of {DUE} clocks and INSERT of as many entries, one transaction", _bare(running))
    note = f"{DUE} clocks fall due and are supervised, {entries} entries a sweep"
    result.rows.append(Row(f"a sweep, {DUE} due", "s", tuple(spent[1:]), open_cases, limit=bare, note=note))
    sent = running.count("notify_message")
    result.rows.append(
        Row(f"{DUE} due, until their notices are written", "s", tuple(told[1:]), open_cases, note=f"{sent} messages")
    )


def _many_open(database: psycopg.Connection[tuple[Any, ...]], size: int, start: datetime) -> None:
    """Copy open cases with their lead's assignment and their own clock, until `size` are open.

    A thousand clocks fall due at each of the instants measured, all others a month later.
    """
    found = database.execute(f"SELECT count(*), count(*) FILTER (WHERE {_COPIED}) FROM cases_case {_OPEN}").fetchone()  # type: ignore[arg-type]
    there, origins = (int(found[0]), int(found[1])) if found else (0, 0)
    case = _columns(database, "cases_case")
    made = {"number": f"number || '-{start:%H}-' || n", "external_id": f"'{start}/' || id || '/' || n", "terms": "NULL"}
    values = ", ".join(made.get(name, name) for name in case)
    # The copies have no story: the trigger that asks for one is not about them.
    database.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
    database.execute(
        f"INSERT INTO cases_case ({', '.join(case)}) SELECT {values} FROM cases_case, generate_series(1, %s) AS n"  # type: ignore[arg-type]
        f" {_OPEN} AND {_COPIED} LIMIT %s",
        [size // origins + 1, size - there],
    )
    database.execute("ALTER TABLE cases_case ENABLE TRIGGER USER")
    database.execute(
        "CREATE TEMPORARY TABLE copied AS SELECT id AS copy, split_part(external_id, '/', 2)::bigint AS of,"
        f" row_number() OVER (ORDER BY id) - 1 AS place FROM cases_case WHERE starts_with(external_id, '{start}/')"  # type: ignore[arg-type]
    )
    rest = _columns(database, "cases_assignment", but=("case_id", "parent_id"))
    database.execute(
        f"INSERT INTO cases_assignment (case_id, {', '.join(rest)}) SELECT copy, {', '.join(rest)}"  # type: ignore[arg-type]
        " FROM copied JOIN cases_assignment ON case_id = of"
        " WHERE part = 'lead' AND ended_at IS NULL AND parent_id IS NULL"
    )
    database.execute(
        "INSERT INTO cases_clock (case_id, kind, amount, unit, clause, calendar, started_at, due_at, stopped_by,"
        " moved_seconds, rung, wake_at) SELECT copy, 'handle', 24, 'working_hour', '', '',"
        " %(start)s - interval '9 days', due, '', 0, 1, due FROM (SELECT copy, CASE WHEN place < %(soon)s"
        " THEN %(start)s + (place / %(due)s + 0.5) * interval '1 minute' ELSE %(start)s + interval '30 days' END AS due"
        " FROM copied) AS timed",
        {"start": start, "due": DUE, "soon": DUE * (RUNS + 1)},
    )


def _columns(database: psycopg.Connection[tuple[Any, ...]], table: str, but: tuple[str, ...] = ()) -> list[str]:
    rows = database.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", [table]
    )
    return [str(row[0]) for row in rows if row[0] not in ("id", *but)]


def _bare(running: Platform) -> float:
    """Seconds for a thousand rows changed and a thousand written, without trigger, lock or rule."""
    spent = []
    with running.database() as database:
        database.execute("CREATE TEMPORARY TABLE bare_entry AS SELECT * FROM timeline_entry LIMIT 0")
        for _ in range(RUNS):
            began = time.perf_counter()
            with database.transaction():
                database.execute(
                    "UPDATE cases_clock SET rung = rung WHERE id IN (SELECT id FROM cases_clock LIMIT %s)", [DUE]
                )
                database.execute("INSERT INTO bare_entry SELECT * FROM timeline_entry LIMIT %s", [DUE])
            spent.append(time.perf_counter() - began)
    return sorted(spent)[RUNS // 2]


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
