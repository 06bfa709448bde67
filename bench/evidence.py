"""A new photo against every earlier one: look-up by bands among a million prints, on a server of its own."""

from __future__ import annotations

import os
import random
import tempfile
import time
from pathlib import Path

import psycopg

from bench.result import Limit, Result, Row, percentile
from liandong.cases.rules.prints import FARTHEST_FOUND, SIDE, bands, bands_near, print_of
from liandong.project.home import Home
from liandong.project.postgres import EmbeddedPostgres

SIZE = int(os.environ.get("BENCH_PRINTS", "1000000"))
ASKED = 300
RUNS = 5
_MAKE = """
CREATE UNLOGGED TABLE proof (id bigint PRIMARY KEY, print bigint, bands int[] NOT NULL);
"""
_INDEX = "CREATE INDEX ON proof USING gin (bands) WITH (fastupdate = off)"
_ASK = """
SELECT id FROM proof
WHERE bands && %(bands)s::int[] AND bit_count((print # %(print)s)::bit(64)) <= %(farthest)s
"""
_ALL = "SELECT id FROM proof WHERE bit_count((print # %(print)s)::bit(64)) <= %(farthest)s"
_ADD = "INSERT INTO proof VALUES (%s, %s, %s)"


def run() -> None:
    """Measure finding near prints, adding one, and what reading all of them would cost."""
    result = Result("evidence")
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Home(Path(folder) / "home"))
        server.start()
        try:
            with psycopg.connect(server.home.dsn, autocommit=True) as connection:
                result.rows += _measure(connection)
        finally:
            server.stop()
    result.rows.append(_printing())
    result.write()


def _measure(connection: psycopg.Connection) -> list[Row]:
    chance = random.Random(1)
    prints = [_some_print(chance) for _ in range(SIZE)]
    connection.execute(_MAKE)
    with connection.cursor().copy("COPY proof FROM STDIN") as copy:
        for number, value in enumerate(prints):
            copy.write_row((number, value, bands(value)))
    connection.execute(_INDEX)
    connection.execute("ANALYZE proof")
    asked = [(number, _flipped(prints[number], chance)) for number in chance.sample(range(SIZE), ASKED)]
    medians, each = [], []
    for _ in range(RUNS):
        times = [_find(connection, number, value) for number, value in asked]
        each += times
        medians.append(sorted(times)[ASKED // 2])
    whole = [_timed(connection, _ALL, {"print": value, "farthest": FARTHEST_FOUND}) for _number, value in asked[:5]]
    adding = tuple(
        _timed(connection, _ADD, (SIZE + number, value, bands(value)))
        for number, value in enumerate(_some_print(chance) for _ in range(ASKED))
    )
    limit = Limit("reading every print", sorted(whole)[len(whole) // 2])
    return [
        Row("find near prints", "ms", tuple(medians), size=SIZE, p95=percentile(each, 0.95), limit=limit),
        Row("add a print", "ms", adding, size=SIZE, p95=percentile(list(adding), 0.95)),
    ]


def _find(connection: psycopg.Connection, number: int, value: int) -> float:
    """The milliseconds of one look-up, which must find the print it was made from."""
    asked = {"bands": bands_near(value), "print": value, "farthest": FARTHEST_FOUND}
    began = time.perf_counter()
    found = {row[0] for row in connection.execute(_ASK, asked)}
    spent = (time.perf_counter() - began) * 1000
    if number not in found:
        raise AssertionError(f"print {number} was not found again")
    return spent


def _timed(connection: psycopg.Connection, statement: str, values: object) -> float:
    began = time.perf_counter()
    connection.execute(statement, values)  # type: ignore[arg-type]
    return (time.perf_counter() - began) * 1000


def _printing() -> Row:
    chance = random.Random(2)
    grey = [chance.randrange(256) for _ in range(SIDE * SIDE)]
    times = []
    for _ in range(50):
        began = time.perf_counter()
        print_of(grey)
        times.append((time.perf_counter() - began) * 1000)
    return Row("make the print of a 32 × 32 picture", "ms", tuple(times), p95=percentile(times, 0.95))


def _some_print(chance: random.Random) -> int:
    """Half of the bits are set, as the median makes it."""
    bits = sum(1 << place for place in chance.sample(range(64), 32))
    return bits - (1 << 64) if bits >> 63 else bits


def _flipped(value: int, chance: random.Random) -> int:
    bits = value & ((1 << 64) - 1)
    for place in chance.sample(range(64), 6):
        bits ^= 1 << place
    return bits - (1 << 64) if bits >> 63 else bits
