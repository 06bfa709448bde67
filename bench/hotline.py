"""The hotline desk: an address found while it is typed, among a hundred thousand places, and call events taken.

Places are made up of the demo's own and of stems that repeat, as the roads of a large city do; each question is one an
operator types, whole or half typed. Events are signed requests over HTTP, each committed before it is answered.
"""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from bench.client import Call, drive
from bench.platform import Platform, platform
from bench.result import Result, Row, percentile

PLACES = tuple(int(size) for size in os.environ.get("PLACES", "300,100000").split(","))
CASES = 500
RUNS = 5
PER_RUN = 200
EVENTS = 600
_FIRST = "东西南北新老金银长安和平人民建设解放文化光明幸福团结友谊胜利红星青年延安中山"
_LAST = "桥塘浜泾港湾园庄村镇山河江湖海林田花木石云月星辰阳春夏秋冬"
_KINDS = ("路", "街", "弄", "小区", "花园", "大厦", "小学", "医院", "菜市场", "公园", "地铁站", "广场")
_ASKED = ("东桥", "东桥路88弄3号", "人民", "花园", "和平小区", "建设", "东", "地铁站", "解放路", "dong", "没有这个地方")


def run() -> None:
    """Measure look-ups at both sizes, then events one after the other and eight at once."""
    result = Result("hotline")
    with platform(cases=CASES) as running:
        running.use()
        cookie = running.session_of("operator")
        for size in PLACES:
            _grow(running, size)
            _look_up(running, cookie, size, result)
        for at_once in (1, 8):
            _events(running, at_once, result)
    result.write()


def _grow(running: Platform, size: int) -> None:
    """Add places until there are so many."""
    from liandong.areas.models import Place
    from liandong.areas.rules.gazetteer import place_terms

    chance = random.Random(5)
    there = running.count("areas_place")
    district = Place.objects.values_list("district", flat=True)[0]
    fresh = []
    for number in range(there, size):
        name = chance.choice(_FIRST) + chance.choice(_LAST) + chance.choice(_LAST) + chance.choice(_KINDS)
        name = f"{name}{number % 97}号" if number % 5 == 0 else name
        point = (round(chance.uniform(121.3, 121.5), 6), round(chance.uniform(30.98, 31.1), 6))
        terms = list(place_terms((name,)))
        fresh.append(Place(district_id=district, name=name, kind="road", lon=point[0], lat=point[1], terms=terms))
    Place.objects.bulk_create(fresh, batch_size=5_000)
    with running.database() as database:
        database.execute("VACUUM (ANALYZE) areas_place")


def _look_up(running: Platform, cookie: str, size: int, result: Result) -> None:
    calls = [Call("GET", f"/desk/options/places/?q={quote(text)}", (("Cookie", cookie),)) for text in _ASKED]
    drive(running.port, calls, concurrency=1)
    medians, latencies = [], []
    for _ in range(RUNS):
        driven = drive(running.port, calls * (PER_RUN // len(calls) + 1), concurrency=1)
        if set(driven.statuses) != {200}:
            raise RuntimeError(f"look-ups were refused: {set(driven.statuses)}")
        medians.append(percentile(driven.latencies_ms, 0.5))
        latencies += driven.latencies_ms
    p95 = percentile(latencies, 0.95)
    result.rows.append(Row("a place found while typing, page's own request", "ms", tuple(medians), size, p95=p95))


def _events(running: Platform, at_once: int, result: Result) -> None:
    rates = []
    for _ in range(RUNS):
        calls = list(_signed(EVENTS))
        driven = drive(running.port, calls, concurrency=at_once)
        rates.append(driven.per_second)
        if set(driven.statuses) != {200}:
            raise RuntimeError(f"events were refused: {set(driven.statuses)}")
    row = Row("call events taken, each committed", "events/s", tuple(rates), EVENTS, at_once)
    result.rows.append(row)


def _signed(count: int) -> Iterator[Call]:
    """So many events of calls of three, as an exchange sends them."""
    from django.conf import settings

    from liandong.demo.words import DISTRICT_CODE
    from liandong.intake_channels.hotline.rules.contract import lane_of
    from liandong.intake_channels.rules.signing import signature

    name = secrets.token_hex(4)
    for number in range(count):
        now = datetime.now(UTC)
        given = {
            "event_id": f"{name}-{number}",
            "call_id": f"{name}-{number // 3}",
            "event": ("ringing", "answered", "held")[number % 3],
            "at": now.isoformat(),
            "caller": "13800000010",
            "agent": "8001",
        }
        body, moment, nonce = json.dumps(given).encode(), f"{now.timestamp():.3f}", secrets.token_hex(16)
        signed = signature(
            settings.LIANDONG_CALL_DEMO_SECRET, moment=moment, nonce=nonce, lane=lane_of(DISTRICT_CODE), body=body
        )
        headers = (("X-Timestamp", moment), ("X-Nonce", nonce), ("X-Signature", signed))
        yield Call("POST", f"/hooks/calls/{DISTRICT_CODE}/", (("Content-Type", "application/json"), *headers), body)
