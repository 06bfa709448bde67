"""The map: what one look costs at five zooms, for four people, by questions the counts know and one they do not."""

from __future__ import annotations

import os
import time
from urllib.parse import urlencode

from bench.client import ask
from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "100000,1000000").split(","))
BUILT = 20_000
"""So many cases are built; more are their copies."""
RUNS = 5
PER_RUN = 40
ZOOMS = (10, 12, 13, 15, 17)
_PIXELS = (1600, 900)
_DEGREES_PER_PIXEL = 360 / 256
BARE = (
    "SELECT livemap_parent(cell, 8), count(*) FROM cases_case"
    " WHERE ended_at IS NULL AND cell IS NOT NULL AND district = %s GROUP BY 1"
)


def run() -> None:
    """Measure through signed-in sessions, permission included."""
    result = Result("map")
    for size in SIZES:
        with platform(cases=min(size, BUILT), grown=size) as running:
            _measure(running, size, result)
    result.write()


def _measure(running: Platform, size: int, result: Result) -> None:
    merge_all(running)
    with running.database() as database:
        found = database.execute("SELECT code, lon, lat FROM areas_district WHERE is_demo").fetchone()
        district, lon, lat = found or ("", 0.0, 0.0)
        began = time.perf_counter()
        for _ in range(5):
            database.execute(BARE, [district]).fetchall()
        bare = Limit("every open case grouped by the database, one by one", (time.perf_counter() - began) * 200)
    operator = running.session_of("operator")
    for zoom in ZOOMS:
        for what, asked in (("open", {"open": "yes"}), ("all there ever were", {})):
            _row(running, size, f"zoom {zoom}, {what}", operator, _look(lon, lat, zoom, **asked), bare, result)
    for account in ("town01", "department02", "grid001"):
        cookie = running.session_of(account)
        _row(running, size, f"zoom 13, open, as {account}", cookie, _look(lon, lat, 13, open="yes"), bare, result)
    for what, asked in (
        ("hexagons", {"open": "yes", "as": "heat"}),
        ("open, one class, not among the counts", {"open": "yes", "class_code": "M06"}),
    ):
        _row(running, size, f"zoom 13, {what}", operator, _look(lon, lat, 13, **asked), bare, result)
    _row(running, size, "towns coloured, open", operator, "/desk/map/shares.json?level=town&open=yes", bare, result)
    _row(running, size, "grids coloured, open", operator, "/desk/map/shares.json?level=grid&open=yes", bare, result)


def merge_all(running: Platform) -> None:
    """Wait until the worker has added the counts together, as it has on a platform in service."""
    until = time.monotonic() + 600
    loose = "livemap_finecount WHERE NOT is_merged"
    while running.count(loose) > 1000 and time.monotonic() < until:
        time.sleep(2)
    with running.database() as database:
        database.execute("VACUUM (ANALYZE) livemap_coarsecount, livemap_finecount, livemap_daycount")


def _look(lon: float, lat: float, zoom: int, **asked: str) -> str:
    across, up = (pixels / 2 * _DEGREES_PER_PIXEL / 2**zoom for pixels in _PIXELS)
    box = ",".join(f"{degrees:.5f}" for degrees in (lon - across, lat - up * 0.86, lon + across, lat + up * 0.86))
    return f"/desk/map/picture.json?{urlencode({'box': box, 'zoom': zoom, **asked})}"


def _row(running: Platform, size: int, what: str, cookie: str, path: str, limit: Limit, result: Result) -> None:
    asked = ask(running.port, path, cookie, runs=RUNS, each=PER_RUN)
    note = f"{len(asked.body)} bytes"
    result.rows.append(Row(what, "ms", asked.medians, size, 1, percentile(asked.latencies, 0.95), limit, note))
