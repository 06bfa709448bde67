"""Cases as files: a short CSV at once, and all of them as CSV and workbook made by the worker, with its memory."""

from __future__ import annotations

import os
import re
import time
import urllib.parse
import urllib.request
from pathlib import Path

from bench.platform import Platform, platform
from bench.result import Result, Row

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "100000").split(","))
BUILT = 20_000
"""So many cases are built; more are their copies."""
RUNS = int(os.environ.get("RUNS", "5"))


def run() -> None:
    """Measure the file that goes out at once, and both kinds of file the worker makes, at each size."""
    result = Result("export")
    for size in SIZES:
        with platform(cases=min(size, BUILT), grown=size, webs=1) as running:
            _at_once(running, size, result)
            _made(running, size, result, "csv")
            _made(running, size, result, "xlsx")
    result.write()


def _at_once(running: Platform, size: int, result: Result) -> None:
    """Open cases: few enough to go out while one waits."""
    cookie, expected = running.session_of("operator"), running.count("cases_case WHERE ended_at IS NULL")
    first, whole = [], []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        request = urllib.request.Request(_address(running, "/desk/cases/export.csv?open=yes"))
        request.add_header("Cookie", cookie)
        with urllib.request.urlopen(request) as answer:
            content = answer.read(1)
            first.append((time.perf_counter() - began) * 1000)
            content += answer.read()
        whole.append((time.perf_counter() - began) * 1000)
        _all_there(content.count(b"\r\n") - 1, expected)
    result.rows.append(Row("CSV of open cases, first byte", "ms", tuple(first[1:]), size, note=f"{expected} cases"))
    result.rows.append(Row("CSV of open cases, whole file", "ms", tuple(whole[1:]), size, note=f"{expected} cases"))


def _made(running: Platform, size: int, result: Result, kind: str) -> None:
    """All cases, made by the worker: asked for until the file is here."""
    cookie, expected, spent, grown = running.session_of("operator"), running.count("cases_case"), [], []
    note = ""
    for _ in range(min(RUNS, 3)):
        before, began = memory_of(running), time.perf_counter()
        page = _asked(running, cookie, kind)
        peak = before
        while running.count("cases_exportjob WHERE state IN ('waiting', 'making')"):
            peak = max(peak, memory_of(running))
            time.sleep(0.1)
        with urllib.request.urlopen(urllib.request.Request(f"{page}file/", headers={"Cookie": cookie})) as answer:
            content = answer.read()
        spent.append(time.perf_counter() - began)
        grown.append(max(0.0, peak - before))
        note = f"{len(content)} bytes"
        if kind == "csv":
            _all_there(content.count(b"\r\n") - 1, expected)
    if running.count("cases_exportjob WHERE state <> 'ready'"):
        raise RuntimeError("export: a file was not made")
    result.rows.append(Row(f"{kind}, asked for until it is here", "s", tuple(spent), size, note=note))
    result.rows.append(Row(f"{kind}, memory of webs and worker grows by", "MiB", tuple(grown), size))


def _asked(running: Platform, cookie: str, kind: str) -> str:
    """The page of the file just asked for."""
    address = _address(running, "/desk/cases/export.xlsx")
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookie})) as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
        csrf = (answer.headers["Set-Cookie"] or "").partition("csrftoken=")[2].partition(";")[0]
    form = {"csrfmiddlewaretoken": token[1] if token else "", "query": "", "kind": kind}
    headers = {"Cookie": f"{cookie}; csrftoken={csrf}", "Referer": _address(running, "/desk/")}
    request = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return str(answer.url)


def _all_there(lines: int, expected: int) -> None:
    if lines != expected:
        raise RuntimeError(f"export: {lines} lines of {expected} cases")


def memory_of(running: Platform) -> float:
    """Resident memory of the web and worker processes, in MiB."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
            home = (status.parent / "environ").read_bytes()
        except OSError:
            continue
        if {b"web", b"worker"} & set(words) and str(running.home).encode() in home:
            found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
            total += int(found[1]) if found else 0
    return total / 1024


def _address(running: Platform, path: str) -> str:
    return f"http://127.0.0.1:{running.port}{path}"
