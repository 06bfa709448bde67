"""A list page of fifty cases, as a department and as a town sees them, filtered; counts of saved filters."""

from __future__ import annotations

import os
import re
import statistics
import time
import urllib.parse
import urllib.request

from bench.client import ask
from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "10000,100000,1000000").split(","))
BUILT = 20_000
"""So many cases are built; more are their copies."""
RUNS = 5
PER_RUN = 60
BARE = "SELECT * FROM cases_case WHERE ended_at IS NULL AND unit = %s ORDER BY due_at, id LIMIT 50"


def run() -> None:
    """Measure through a signed-in session, permission included."""
    result = Result("list")
    for size in SIZES:
        with platform(cases=min(size, BUILT), grown=size) as running:
            _measure(running, size, result)
    result.write()


def _measure(running: Platform, size: int, result: Result) -> None:
    department = running.session_of("department02")
    town = running.session_of("town01")
    operator = running.session_of("operator")
    bare = _bare(running)
    for what, cookie, query in (
        ("department, open, one town", department, "is_open=true&area_prefix=310199001"),
        ("town, open, one class", town, "is_open=true&class_prefix=M06"),
        ("district, open", operator, "is_open=true"),
        ("district, closed", operator, "is_open=false"),
        ("district, words", operator, "text=垃圾"),
        ("town, rare words", town, "text=噪声扰民"),
    ):
        _row(running, size, what, cookie, query, bare, result)

    _counts(running, size, operator, bare, result)


def _counts(running: Platform, size: int, cookie: str, bare: float, result: Result) -> None:
    """Twelve saved filters counted together, as the home page and the list ask for them."""
    questions = (
        "open=yes",
        "open=no",
        "late=yes",
        "stage=filed",
        "stage=handled&late=yes",
        "text=垃圾",
        "text=噪声扰民",
    )
    questions += ("class_code=M06&open=yes", "area=310199001", "unit=310199-D02", "returns=1&open=yes", "days=7")
    form_url = f"http://127.0.0.1:{running.port}/desk/cases/"
    with urllib.request.urlopen(urllib.request.Request(form_url, headers={"Cookie": cookie})) as page:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        csrf = (page.headers["Set-Cookie"] or "").partition("csrftoken=")[2].partition(";")[0]
    headers = {"Cookie": f"{cookie}; csrftoken={csrf}", "Referer": form_url}
    for place, query in enumerate(questions):
        form = {"csrfmiddlewaretoken": found[1] if found else "", "name": f"筛选{place}", "query": query}
        body = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(urllib.request.Request(form_url[:-6] + "filters/save/", body, headers)):
            pass
    if running.count("cases_savedfilter") != len(questions):
        raise RuntimeError("list: a filter was not saved")
    _row(running, size, "counts of 12 saved filters", cookie, "", bare, result, path="/desk/filters/?part=tiles")


def _row(
    running: Platform, size: int, what: str, cookie: str, query: str, bare: float, result: Result, path: str = ""
) -> None:
    from urllib.parse import quote

    path = path or f"/api/v1/cases?limit=50&{quote(query, safe='=&')}"
    asked = ask(running.port, path, cookie, runs=RUNS, each=PER_RUN)
    limit = Limit("bare indexed SELECT of fifty rows", bare)
    note = f"{len(asked.body)} bytes"
    result.rows.append(Row(what, "ms", asked.medians, size, 1, percentile(asked.latencies, 0.95), limit, note))


def _bare(running: Platform) -> float:
    with running.database() as database:
        database.execute("ANALYZE cases_case")
        row = database.execute(
            "SELECT unit FROM cases_case WHERE ended_at IS NULL AND unit <> ''"
            " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        unit = row[0] if row else ""
        times = []
        for _ in range(200):
            began = time.perf_counter()
            database.execute(BARE, [unit], prepare=True).fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
