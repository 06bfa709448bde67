"""What everybody may take at a million cases: open data as CSV and JSON, the map's bundles; and counting figures."""

from __future__ import annotations

import os
import time
import urllib.request

from bench.export import memory_of
from bench.platform import Platform, platform
from bench.result import Result, Row

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "100000,1000000").split(","))
BUILT = 20_000
"""So many cases are built; more are their copies."""
RUNS = int(os.environ.get("RUNS", "5"))
LARGE_RUNS = 3
CHUNK = 65_536
PICTURES = {
    "the whole district": "bbox=121.2,30.8,121.6,31.2&zoom=11",
    "a street": "bbox=121.40,31.00,121.42,31.02&zoom=16",
}


_COUNT = """
import sys, time
from datetime import UTC, datetime, timedelta
from liandong.citizen.publishing.operations import refresh_figures
from liandong.people.access import platform
for day in range(int(sys.argv[1])):
    at = datetime.now(UTC) + timedelta(days=day + 2)
    for when in (at, at + timedelta(minutes=10)):
        began = time.perf_counter()
        refresh_figures(actor=platform("figures"), at=when)
        print(time.perf_counter() - began)
"""


def run() -> None:
    """Measure each at each size."""
    result = Result("open_data")
    for size in SIZES:
        with platform(cases=min(size, BUILT), webs=1) as running:
            running.grow(size)
            runs = LARGE_RUNS if size > 200_000 else RUNS
            public = running.count("cases_case WHERE is_public")
            _figures(running, runs, size, result)
            for kind, ending in (("csv", b"\r\n"), ("json", b'"number":')):
                _file(running, kind, ending, public, size, runs, result)
            _map(running, size, runs, result)
    result.write()


def _file(running: Platform, kind: str, mark: bytes, public: int, size: int, runs: int, result: Result) -> None:
    """One file, read to its end as fast as it comes; rows are counted."""
    first, rates, grown = [], [], []
    for _ in range(runs + 1):
        before, began = memory_of(running), time.perf_counter()
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/open-data/cases.{kind}") as answer:
            content = answer.read(1)
            first.append((time.perf_counter() - began) * 1000)
            rows, peak, tail = 0, before, content
            while chunk := answer.read(CHUNK):
                joined = tail[-len(mark) + 1 :] + chunk
                rows += joined.count(mark)
                tail = joined
                peak = max(peak, memory_of(running))
        rates.append(public / (time.perf_counter() - began))
        grown.append(max(0.0, peak - before))
        # Descriptions of the demo hold no line breaks; the head of a CSV is a line too.
        if rows - (kind == "csv") != public:
            raise RuntimeError(f"open data: {rows} rows of {public} public cases")
    name = kind.upper()
    result.rows.append(Row(f"{name}, rows", "rows/s", tuple(rates[1:]), size, note=f"{public:,} public cases"))
    result.rows.append(Row(f"{name}, first byte", "ms", tuple(first[1:]), size))
    result.rows.append(Row(f"{name}, memory of the web processes grows by", "MiB", tuple(grown[1:]), size))


def _map(running: Platform, size: int, runs: int, result: Result) -> None:
    for words, picture in PICTURES.items():
        for period in ("30", "365"):
            spent = []
            for _ in range(runs + 1):
                began = time.perf_counter()
                address = f"http://127.0.0.1:{running.port}/map/cases.json?{picture}&period={period}"
                with urllib.request.urlopen(address) as answer:
                    answer.read()
                spent.append((time.perf_counter() - began) * 1000)
            result.rows.append(Row(f"map, {words}, {period} days", "ms", tuple(spent[1:]), size))


def _figures(running: Platform, runs: int, size: int, result: Result) -> None:
    """Counting all months anew, as once a day, and the latest ones, as every ten minutes."""
    spent = [float(word) for word in running.told(_COUNT, str(runs))]
    result.rows.append(Row("figures, all months counted", "s", tuple(spent[0::2]), size))
    result.rows.append(Row("figures, latest months counted", "s", tuple(spent[1::2]), size))
