"""Five thousand work orders of 12345 at once: read, mapped, made cases, told of, committed; none lost, none doubled.

One in ten is sent twice. Beside it: the same orders in bodies of fifty, as a city pushes what it held back.
"""

from __future__ import annotations

import json
import os
import statistics
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

from bench.client import Call, Driven, drive
from bench.create import bare_inserts
from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile
from liandong.intake_channels.rules.signing import signature
from liandong.intake_channels.simulators.messages import Fields, Place, order, packed

BEHIND = 20_000
ORDERS = 5_000
AGAIN = 500
RUNS = 3
KEY = "the key of the benchmark"
LANE = "310199/city_12345"


def run() -> None:
    """Measure one to a body at 4 connections, and fifty to a body; count the cases afterwards."""
    os.environ["LIANDONG_CHANNEL_WAYS"] = json.dumps({LANE: {"keys": [KEY]}})
    result = Result("burst_12345")
    with platform(cases=BEHIND) as running:
        place = _place(running)
        _warm_up(running, place)
        bare = bare_inserts(running, concurrency=4)
        _measure(running, place, result, batch=1, limit=Limit("bare INSERT of three rows, 4 connections", bare))
        _measure(running, place, result, batch=50, limit=None)
    result.write()


def _measure(running: Platform, place: Place, result: Result, *, batch: int, limit: Limit | None) -> None:
    rates, latencies, medians = [], [], []
    for number in range(RUNS):
        before, there = _cases(running), _fates(running)
        rows = _orders(place, seed=number, count=ORDERS)
        driven = drive(running.port, _calls(rows, batch), concurrency=4, keep_bodies=True)
        _expect_all(running, driven, before=before, there=there)
        rates.append((ORDERS + AGAIN) / driven.seconds)
        medians.append(statistics.median(driven.latencies_ms))
        latencies += driven.latencies_ms
    words = "one to a body" if batch == 1 else f"{batch} to a body"
    note = f"{ORDERS} orders and {AGAIN} again, a run; every case, arrival and entry counted: none lost or doubled"
    result.rows.append(Row(f"12345 orders, {words}", "/s", tuple(rates), BEHIND, 4, limit=limit, note=note))
    result.rows.append(
        Row(f"12345 orders, {words}: time to answer", "ms", tuple(medians), BEHIND, 4, percentile(latencies, 0.95))
    )


def _expect_all(running: Platform, driven: Driven, *, before: int, there: Counter[str]) -> None:
    """Every order is one case with its entry, every sending one arrival; answers say the same."""
    told = Counter(row["state"] for body in driven.bodies for row in json.loads(body)["results"])
    made, came = _cases(running) - before, _fates(running) - there
    reported = running.count("timeline_entry WHERE event = 'CaseReported' AND data->>'channel' = 'city_12345'")
    wanted = {"taken": ORDERS, "duplicate": AGAIN}
    if set(driven.statuses) != {200} or dict(told) != wanted or dict(came) != wanted or made != ORDERS:
        raise RuntimeError(f"lost or doubled: {driven.statuses} {told} {came}, {made} cases")
    if reported != _cases(running):
        raise RuntimeError(f"told of {reported} of {_cases(running)}")


def _orders(place: Place, *, seed: int, count: int) -> list[Fields]:
    """So many orders, a tenth of them a second time somewhere later."""
    random, prefix, at = Random(seed), uuid.uuid4().hex[:8], datetime.now(UTC)
    rows = [
        order("city_12345", number, place=place, at=at, random=random, prefix=prefix) for number in range(count)
    ]  # fmt: skip
    rows += random.sample(rows, AGAIN)
    return rows


def _calls(rows: list[Fields], batch: int) -> list[Call]:
    made = []
    for start in range(0, len(rows), batch):
        body = packed(rows[start : start + batch], form="json")
        moment, nonce = str(int(time.time()) + 120), uuid.uuid4().hex
        headers = (
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-Timestamp", moment),
            ("X-Nonce", nonce),
            ("X-Signature", signature(KEY, moment=moment, nonce=nonce, lane=LANE, body=body)),
        )
        made.append(Call("POST", f"/hooks/channels/{LANE}/", headers, body))
    return made


def _warm_up(running: Platform, place: Place) -> None:
    rows = _orders(place, seed=99, count=600)
    driven = drive(running.port, _calls(rows, 1), concurrency=4)
    if set(driven.statuses) != {200}:
        raise RuntimeError(f"warm-up: {driven.statuses}")


def _place(running: Platform) -> Place:
    """The middle of the district: the seat of some grid."""
    with running.database() as database:
        row: Any = database.execute("SELECT lon, lat FROM areas_area WHERE level = 'grid' ORDER BY code").fetchone()
    return Place(row[0], row[1], 0.0005)


def _cases(running: Platform) -> int:
    return running.count("cases_case WHERE channel = 'city_12345'")


def _fates(running: Platform) -> Counter[str]:
    with running.database() as database:
        rows: Any = database.execute("SELECT fate, count(*) FROM intake_channels_arrival GROUP BY fate").fetchall()
    return Counter(dict(rows))
