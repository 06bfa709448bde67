"""Searching cases by words: how soon the best come, and how often the right one comes first.

Speed is measured over the demo's cases, through a session with permission. The answers are measured on real messages
to a mayor (TipDM 2020) where their files lie beside the clone: the title is asked, its own text is to be found.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import orjson

from bench.client import Call, drive
from bench.platform import Platform, platform, post
from bench.result import Result, Row, percentile

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "20000,1000000").split(","))
BUILT = 20_000
"""So many cases are built; more are their copies."""
DATA = Path(os.environ.get("MESSAGES", Path(__file__).resolve().parents[2] / "shared" / "data"))
FILES = ("tipdm2020_classify_fulltext", "tipdm2020_hot_4326", "tipdm2020_reply_2816")
RUNS = 5
PER_RUN = 100
QUERIES = 600
WORDS = (
    *("垃圾", "噪声扰民", "夜间施工噪声", "路灯不亮", "非机动车乱停放", "五金店店外堆货占道", "井盖松动有安全隐患"),
    *("广场舞音响声音太大", "底楼住户破墙开门", "分类桶旁垃圾落地", "楼道内堆放杂物", "非法行医", "店外经营"),
)


def run() -> None:
    """Measure speed at each size, then the answers at the smallest."""
    result = Result("search")
    for size in SIZES:
        with platform(cases=min(size, BUILT), grown=size) as running:
            _speed(running, size, result)
            if size == min(SIZES) and DATA.is_dir():
                _answers(running, size, result)
    result.write()


def _speed(running: Platform, size: int, result: Result) -> None:
    for account in ("operator", "town01"):
        cookie = running.session_of(account)
        for order in ("best", "newest"):
            paths = [f"/api/v1/cases?limit=50&order={order}&text={quote(words)}" for words in WORDS]
            calls = [Call("GET", path, (("Cookie", cookie),)) for path in paths]
            drive(running.port, calls, concurrency=1)
            medians, latencies = [], []
            for _ in range(RUNS):
                driven = drive(running.port, calls * (PER_RUN // len(calls) + 1), concurrency=1)
                if set(driven.statuses) != {200}:
                    raise RuntimeError(f"search: {driven.statuses}")
                medians.append(statistics.median(driven.latencies_ms))
                latencies += driven.latencies_ms
            what = f"{account}, words, {order} first"
            result.rows.append(Row(what, "ms", tuple(medians), size, 1, percentile(latencies, 0.95)))


def _answers(running: Platform, size: int, result: Result) -> None:
    """Report the real messages, ask for each by its title, and see at which place it comes."""
    messages = list(_messages(running))
    body = {"class_code": "M06010", "area": "310199001", "nature": "help"}
    calls = [post("/api/v1/cases", {**body, "description": text}) for _title, text in messages]
    driven = drive(running.port, calls, concurrency=4, keep_bodies=True)
    if set(driven.statuses) != {201}:
        raise RuntimeError(f"search: {driven.statuses}")
    _count(running)
    texts = {orjson.loads(answer)["number"]: orjson.loads(answer)["description"] for answer in driven.bodies}
    cookie = (("Cookie", running.session_of("operator")),)
    asked = random.Random(2020).sample(messages, min(QUERIES, len(messages)))
    found, latencies = [], []
    for title, text in asked:
        path = f"/api/v1/cases?limit=10&order=best&text={quote(title[:200])}"
        answer = drive(running.port, [Call("GET", path, cookie)], concurrency=1, keep_bodies=True)
        latencies += answer.latencies_ms
        rows = [texts.get(row["number"], "") for row in orjson.loads(answer.bodies[0])["cases"]]
        places = [place for place, row in enumerate(rows, start=1) if row[:60] == text[:60]]
        found.append(1 / places[0] if places else 0.0)
    note = f"{len(messages)} messages among {size} cases, {len(asked)} titles asked"
    result.rows.append(Row("real messages, MRR@10", "MRR", (statistics.mean(found),), size, note=note))
    first = sum(mark == 1.0 for mark in found) / len(found)
    result.rows.append(Row("real messages, right one first", "", (first,), size, note=note))
    median = (statistics.median(latencies),)
    result.rows.append(Row("real messages, asked by title", "ms", median, size, 1, percentile(latencies, 0.95)))


def _count(running: Platform) -> None:
    """Have the terms counted as the worker does every half hour, and let the webs forget the counts from before."""
    from datetime import UTC, datetime

    running.use()
    from liandong.cases.operations import count_terms
    from liandong.cases.queries.search import REMEMBERED_SECONDS

    count_terms(at=datetime.now(UTC))
    time.sleep(REMEMBERED_SECONDS)


def _messages(running: Platform) -> Iterator[tuple[str, str]]:
    """Titles and texts, each text once, personal numbers taken out as at intake."""
    from liandong.cases.rules.redaction import redact

    seen: set[str] = set()
    for name in FILES:
        file = DATA / f"{name}.csv.gz"
        if not file.exists():
            continue
        with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                title, text = row["留言主题"].strip(), redact(" ".join(row["留言详情"].split())).text
                if title and text and text not in seen and len(text) <= 10_000:
                    seen.add(text)
                    yield title, text
