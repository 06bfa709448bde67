"""A thousand cases dispatched at once: from the click until the last row is done, every row counted afterwards."""

from __future__ import annotations

import os
import re
import time
import urllib.parse
import urllib.request

from bench.platform import Platform, platform, post
from bench.result import Result, Row

SIZE = int(os.environ.get("SIZES", "20000").split(",")[0])
ROWS = 1_000
RUNS = int(os.environ.get("RUNS", "5"))
PATIENCE_SECONDS = 300


def run() -> None:
    """Make a thousand cases that wait, dispatch them as a person does, and wait for the end."""
    from bench.client import drive

    result = Result("bulk")
    with platform(cases=SIZE) as running:
        spent = []
        for _ in range(RUNS):
            body = {"class_code": "M06010", "description": "批量派遣用：门口垃圾堆放", "lon": 121.415, "lat": 31.012}
            made = drive(running.port, [post("/api/v1/cases", body)] * ROWS, concurrency=4, keep_bodies=True)
            numbers = re.findall(rb'"number":"([A-Z0-9-]+)"', b"".join(made.bodies))
            for step, version in (("accept", 1), ("file", 2)):
                match = ("If-Match", f'"{version}"')
                calls = [post(f"/api/v1/cases/{number.decode()}/{step}", {}, match) for number in numbers]
                done = drive(running.port, calls, concurrency=4)
                if set(done.statuses) != {200}:
                    raise RuntimeError(f"bulk: {set(done.statuses)}")
            spent.append(_dispatch(running, [number.decode() for number in numbers]))
        result.rows.append(
            Row(f"dispatch {ROWS} at once", "s", tuple(spent), SIZE, note="asked over HTTP, by the worker")
        )
        rates = tuple(ROWS / seconds for seconds in spent)
        result.rows.append(Row("rows done", "1/s", rates, SIZE))
    result.write()


def _dispatch(running: Platform, numbers: list[str]) -> float:
    cookie = running.session_of("supervisor")
    chosen = " ".join(f"{number}:3" for number in numbers)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', _page(running, "/desk/cases/", cookie))
    form = {"csrfmiddlewaretoken": token[1] if token else "", "verb": "dispatch", "chosen": chosen}
    began = time.perf_counter()
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/desk/batches/ask/",
        urllib.parse.urlencode(form).encode(),
        {"Cookie": f"{cookie}; csrftoken={_csrf}", "Referer": f"http://127.0.0.1:{running.port}/desk/cases/"},
    )
    with urllib.request.urlopen(request):
        pass
    before = running.count("cases_batchrow WHERE state <> 'waiting'")
    while running.count("cases_batchrow WHERE state = 'waiting'"):
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise RuntimeError(f"bulk: not done, {before} rows at first")
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    marks = ",".join(f"'{number}'" for number in numbers)
    told = running.count(
        "timeline_entry WHERE event = 'CaseDispatched' AND about = 'case' AND about_id IN"
        f" (SELECT id FROM cases_case WHERE number IN ({marks}))"
    )
    sent = running.count(f"cases_case WHERE stage = 'dispatched' AND number IN ({marks})")
    if (told, sent) != (len(numbers), len(numbers)):
        raise RuntimeError(f"bulk: {told} told, {sent} sent of {len(numbers)}")
    return seconds


_csrf = ""


def _page(running: Platform, path: str, cookie: str) -> str:
    global _csrf
    request = urllib.request.Request(f"http://127.0.0.1:{running.port}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:
        _csrf = (answer.headers["Set-Cookie"] or "").partition("csrftoken=")[2].partition(";")[0]
        return str(answer.read().decode())
