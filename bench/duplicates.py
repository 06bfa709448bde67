"""Duplicates while typing: what is perhaps the same as a half-written report, at 200 k and 1 M cases.

Each call is another place and text: spread over the district, and crowded together where most cases lie.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from bench.client import Call, drive
from bench.platform import Platform, platform, post
from bench.result import Limit, Result, Row, percentile

SIZES = (200_000, 1_000_000)
BUILT = 20_000
"""So many cases are built; more are their copies."""
RUNS = 5
PER_RUN = 60
BARE = (
    "SELECT id FROM cases_case WHERE ended_at IS NULL AND lon IS NOT NULL"
    " AND point(lon, lat) <@ box(point(%s, %s), point(%s, %s)) ORDER BY point(lon, lat) <-> point(%s, %s) LIMIT 120"
)
ANYWHERE = (
    "SELECT class_code, lon, lat, area, description, address FROM cases_case"
    " WHERE lon IS NOT NULL AND id %% %s = 0 ORDER BY id LIMIT %s"
)
CROWDED = (
    "SELECT class_code, lon, lat, area, description, address FROM cases_case WHERE lon IS NOT NULL AND area ="
    " (SELECT area FROM cases_case WHERE lon IS NOT NULL AND ended_at IS NULL GROUP BY area ORDER BY count(*) DESC"
    " LIMIT 1) AND 0 <> %s ORDER BY id LIMIT %s"
)
_STEP_DEGREES = 0.003
Seen = tuple[str, float, float, str, str, str]


def run() -> None:
    """Measure through the interface, permission and scoring included."""
    result = Result("duplicates")
    for size in SIZES:
        with platform(cases=BUILT, grown=size) as running:
            measure(running, size, result)
    result.write()


def measure(running: Platform, size: int, result: Result) -> None:
    """Add the rows of one size."""
    anywhere, crowded = _sample(running, ANYWHERE, size), _sample(running, CROWDED, size)
    bare = _bare(running, anywhere)
    for what, seen, more in (
        ("a class and a point", anywhere, ()),
        ("class, point and half the text", anywhere, ("description",)),
        ("the same where most open cases lie", crowded, ("description",)),
        ("another class there", crowded, ("description", "other")),
        ("no point, only the grid", crowded, ("description", "grid")),
        ("no place, only an address", anywhere, ("description", "address")),
    ):
        _row(running, size, what, [_told(one, more) for one in seen], bare, result)


def _told(seen: Seen, more: tuple[str, ...]) -> Call:
    class_code, lon, lat, area, description, address = seen
    body: dict[str, Any] = {"class_code": "A0203" if "other" in more else class_code}
    if "description" in more:
        body["description"] = description[: len(description) // 2]
    if "grid" in more:
        body["area"] = area
    elif "address" in more:
        body["address"] = address or "人民路"
    else:
        body |= {"lon": round(lon + 0.0002, 6), "lat": lat}
    return post("/api/v1/similar-cases", body)


def _row(running: Platform, size: int, what: str, calls: list[Call], bare: float, result: Result) -> None:
    drive(running.port, calls[:30], concurrency=1)
    medians, latencies, found = [], [], 0
    for turn in range(RUNS):
        some = [calls[(turn * PER_RUN + at) % len(calls)] for at in range(PER_RUN)]
        driven = drive(running.port, some, concurrency=1, keep_bodies=True)
        if set(driven.statuses) != {200}:
            raise RuntimeError(f"{what}: {driven.statuses}")
        medians.append(statistics.median(driven.latencies_ms))
        latencies += driven.latencies_ms
        found += sum(bool(json.loads(body)["similar"]) for body in driven.bodies)
    note = f"{found} of {RUNS * PER_RUN} had something similar"
    limit = Limit("bare SELECT of the nearest 120", bare)
    result.rows.append(Row(what, "ms", tuple(medians), size, 1, percentile(latencies, 0.95), limit, note))


def _sample(running: Platform, statement: str, size: int) -> list[Seen]:
    with running.database() as database:
        step = max(1, size // (RUNS * PER_RUN))
        return list(database.execute(statement, [step, RUNS * PER_RUN]).fetchall())  # type: ignore[arg-type]


def _bare(running: Platform, seen: list[Seen]) -> float:
    times = []
    with running.database() as database:
        for _class, lon, lat, *_rest in seen[:PER_RUN]:
            corners = [lon - _STEP_DEGREES, lat - _STEP_DEGREES, lon + _STEP_DEGREES, lat + _STEP_DEGREES, lon, lat]
            began = time.perf_counter()
            database.execute(BARE, corners, prepare=True).fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
