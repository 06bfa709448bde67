"""From an event to the screens: 200 consoles listen, cases are reported, each console asks again for what it may see.

A console is what a browser does with the network: a stream of its own, and after an event one question for its list.
The time runs from the moment the report is sent off, so that making the case is part of it. One report at a time.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from bench.client import _answer
from bench.platform import KEY, Platform, platform
from bench.result import Limit, Result, Row, percentile

CONSOLES = 200
CASES = 20_000
RUNS = 5
REPORTS = 6
"""In each run."""
QUIET_SECONDS = 4.0
SEE_ALL = ("operator", "dispatcher", "supervisor", "leader", "verifier")
SEE_OTHERS = ("town01", "town02", "department02", "grid001")
_QUESTION = "/api/v1/cases?limit=1&is_open=true"


@dataclass(slots=True)
class Console:
    """One open page; `heard` and `shown` are the instants at which the present report reached it."""

    account: str
    cookie: str
    heard: float = 0.0
    shown: float = 0.0


@dataclass(slots=True)
class Times:
    """Milliseconds of one run."""

    heard: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)


def run() -> None:
    """Measure hearing, and hearing with the question that follows; then what each process holds."""
    result = Result("live")
    with platform(cases=CASES) as running:
        cookies = {account: running.session_of(account) for account in (*SEE_ALL, *SEE_OTHERS)}
        asyncio.run(_measure(running, cookies, result))
    result.write()


async def _measure(running: Platform, cookies: dict[str, str], result: Result) -> None:
    accounts = islice(cycle((*SEE_ALL, *SEE_OTHERS)), CONSOLES)
    consoles = [Console(account, cookies[account]) for account in accounts]
    streams = [asyncio.create_task(_listen(running.port, console)) for console in consoles]
    await asyncio.sleep(5)
    runs = [await _run(running.port, consoles, first=number * REPORTS) for number in range(RUNS)]
    what = f"event heard by {CONSOLES} consoles"
    heard = [one for times in runs for one in times.heard]
    note = f"p99 {percentile(heard, 0.99):.0f} ms; {len(heard)} times; every console that may see it heard each report"
    medians = tuple(statistics.median(times.heard) for times in runs)
    result.rows.append(Row(what, "ms", medians, CASES, CONSOLES, percentile(heard, 0.95), note=note))
    shown = [one for times in runs for one in times.shown]
    note = f"p99 {percentile(shown, 0.99):.0f} ms; {len(shown)} questions answered"
    limit = Limit("hearing alone", statistics.median(heard))
    medians = tuple(statistics.median(times.shown) for times in runs)
    what = "event to screen: heard, asked again, answered"
    result.rows.append(Row(what, "ms", medians, CASES, CONSOLES, percentile(shown, 0.95), limit, note))
    for name, megabytes in _memory(running.pid):
        note = f"private memory, {CONSOLES} consoles open"
        result.rows.append(Row(f"memory of {name}", "MB", (megabytes,), CASES, CONSOLES, note=note))
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)


async def _run(port: int, consoles: list[Console], *, first: int) -> Times:
    times = Times()
    for number in range(first, first + REPORTS):
        for console in consoles:
            console.heard = console.shown = 0.0
        began = time.perf_counter()
        await _report(port, number)
        await asyncio.sleep(QUIET_SECONDS)
        deaf = [console.account for console in consoles if console.account in SEE_ALL and not console.shown]
        if deaf:
            raise RuntimeError(f"live: {len(deaf)} consoles were not served within {QUIET_SECONDS} s: {set(deaf)}")
        times.heard += [1000 * (console.heard - began) for console in consoles if console.heard]
        times.shown += [1000 * (console.shown - began) for console in consoles if console.shown]
    return times


async def _listen(port: int, console: Console) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request("GET", "/events/", (("Cookie", console.cookie),)))
    await reader.readuntil(b"\r\n\r\n")
    while line := await reader.readline():
        if b'"event":"CaseReported"' in line:
            console.heard = time.perf_counter()
            # Opened anew, as a browser does whose connection was idle for longer than the server keeps it.
            asking_reader, asking_writer = await asyncio.open_connection("127.0.0.1", port)
            asking_writer.write(_request("GET", _QUESTION, (("Cookie", console.cookie),)))
            status, _body = await _answer(asking_reader)
            asking_writer.close()
            if status != 200:
                raise RuntimeError(f"live: {status}")
            console.shown = time.perf_counter()


async def _report(port: int, number: int) -> None:
    words = f"路边垃圾堆了三天没人清 {number}"
    place = {"lon": 121.40, "lat": 31.05}
    body = json.dumps({"class_code": "M06010", "description": words, **place}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request("POST", "/api/v1/cases", KEY, body))
    status, answer = await _answer(reader)
    writer.close()
    if status != 201:
        raise RuntimeError(f"live: {status} {answer[:200]!r}")


def _request(method: str, path: str, headers: tuple[tuple[str, str], ...], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _memory(supervisor: int) -> Iterator[tuple[str, float]]:
    """Each process of ours by name, with the memory that is its own alone."""
    for status in sorted(Path("/proc").glob("[0-9]*/status")):
        try:
            text = status.read_text()
            if f"PPid:\t{supervisor}\n" not in text:
                continue
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
            pages = (status.parent / "smaps_rollup").read_text()
        except OSError:
            continue
        private = sum(int(line.split()[1]) for line in pages.splitlines() if line.startswith("Private_"))
        name = next((word.decode() for word in words if word in (b"web", b"worker")), "")
        if name:
            yield name, private / 1024
