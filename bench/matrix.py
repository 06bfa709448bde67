"""The responsibility matrix: look-up among a million rules, gaps of the demo's matrix, and what-if over a month."""

from __future__ import annotations

import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile
from liandong.cases.rules.responsibility import Row as Rule
from liandong.cases.rules.responsibility import RowTable, suggest
from liandong.demo import words

if TYPE_CHECKING:
    from liandong.cases.rulebook import Matrix, Rulebook

RUNS = int(os.environ.get("LIANDONG_BENCH_RUNS", "5"))
BASE = int(os.environ.get("LIANDONG_BENCH_BASE", "20000"))
MONTH = int(os.environ.get("LIANDONG_BENCH_MONTH", "34000"))
RULES = int(os.environ.get("LIANDONG_BENCH_RULES", "1000000"))
ASKED = 50_000


def run() -> None:
    """Measure in memory first, then over the demo district's classes, grids, rules and cases."""
    result = Result("matrix")
    result.rows += _look_up()
    with platform(cases=BASE) as running:
        _more_cases(running)
        running.use()
        result.rows += list(_demo())
    result.write()


def _look_up() -> list[Row]:
    """A million rules: 500 classes × the 2,000 grids of a district, and one for everything else."""
    dice = random.Random(7)
    classes = [f"M{heading:02d}{leaf:03d}" for heading, leaf in product(range(1, 26), range(1, 21))]
    parts = product(range(1, 21), range(1, 21), range(1, 6))
    areas = [f"310199{town:03d}{community:03d}{grid:03d}" for town, community, grid in parts]
    keys = [("*", "*"), *product(classes, areas)][:RULES]
    gc.collect()
    before = _resident()
    table = RowTable(_rules(keys))
    taken = (_resident() - before) / len(table)
    bare = dict.fromkeys(keys, "town")
    asked = dice.choices(keys[1:], k=ASKED)
    other = [(f"Z{name[1:]}", place) for name, place in asked]
    began = time.perf_counter()
    for place in asked:
        bare[place]
    limit = Limit("one bare dict look-up", (time.perf_counter() - began) / ASKED * 1e6)
    return [
        _asking("look-up, a rule of its own", table, asked, limit),
        _asking("look-up, only the rule for everything", table, other, limit),
        Row("memory per rule", "B", (taken,), len(table)),
    ]


def _asking(what: str, table: RowTable, asked: list[tuple[str, str]], limit: Limit) -> Row:
    each: list[float] = []
    means = []
    for _run in range(RUNS):
        began = time.perf_counter()
        for name, place in asked:
            suggest(table, class_code=name, area=place, resolve=_as_it_is)
        means.append((time.perf_counter() - began) / len(asked) * 1e6)
    for name, place in asked:
        began = time.perf_counter()
        suggest(table, class_code=name, area=place, resolve=_as_it_is)
        each.append((time.perf_counter() - began) * 1e6)
    return Row(what, "µs", tuple(means), len(table), p95=percentile(each, 0.95), limit=limit)


def _as_it_is(word: str, _area: str) -> str:
    return word


def _rules(keys: list[tuple[str, str]]) -> Iterator[Rule]:
    """Rules as the rulebook makes them: equal words are one object."""
    word = sys.intern
    for name, place in keys:
        yield Rule(word(name), word(place), word("town"), (), word("DC"), word("属地负责"), word("*"))


def _resident() -> int:
    with open("/proc/self/statm") as numbers:  # noqa: PTH123 - no file, a window on the process
        return int(numbers.read().split()[1]) * 4096


def _more_cases(running: Platform) -> None:
    """Copy the history until there are as many cases as a month brings a whole district."""
    with running.database() as database:
        found = database.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case' AND column_name <> 'id'"
        ).fetchall()
        made = {"number": "number || '-' || copy", "external_id": "''", "terms": "NULL"}
        names = [str(row[0]) for row in found]
        columns, values = ", ".join(names), ", ".join(made.get(name, name) for name in names)
        # The copies have no story: the trigger that asks for one is not about them.
        database.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        copied = f"SELECT {values} FROM cases_case, generate_series(1, %s) AS copy LIMIT %s"
        copies = [MONTH // BASE + 1, MONTH - BASE]
        database.execute(f"INSERT INTO cases_case ({columns}) {copied}", copies)  # type: ignore[arg-type]
        database.execute("ALTER TABLE cases_case ENABLE TRIGGER USER")
        database.execute("VACUUM (ANALYZE)")


def _demo() -> Iterator[Row]:
    """Gaps and doubles of the demo's matrix, then its cases put before a draft that changes little, and one that
    changes everything."""
    from django.utils import timezone

    from liandong.cases.matrices import coverage_of, what_if
    from liandong.cases.rulebook import rulebook_for
    from liandong.people.access import platform as acting

    book: Rulebook = rulebook_for(words.DISTRICT_CODE)
    now = timezone.now()
    day = book.day_of(now)
    matrix = book.matrix_at(now)
    found = coverage_of(matrix, book, day=day)
    times = tuple(_timed(lambda: coverage_of(matrix, book, day=day)) for _run in range(RUNS))
    yield Row("gaps and doubles", "ms", times, found.combinations, note=f"{len(matrix.rows)} rules")
    span: dict[str, Any] = {"since": now - timedelta(days=400), "until": now + timedelta(days=1), "at": now}
    some = _draft(matrix, lambda row: row.class_prefix.startswith("M06"))
    for name, draft in (("one heading", some), ("every rule", _draft(matrix, lambda _row: True))):
        trial = what_if(draft, book, **span, actor=acting("bench"))
        times = tuple(
            _timed(lambda draft=draft: what_if(draft, book, **span, actor=acting("bench"))) for _run in range(RUNS)
        )
        yield Row(f"what-if, {name} changed", "ms", times, trial.cases, note=f"{trial.changed} cases would move")


def _draft(matrix: Matrix, is_changed: Callable[[Rule], bool]) -> Matrix:
    """The same matrix, with the town as lead where it is changed."""
    from liandong.cases.rulebook import Matrix

    rows = (
        Rule(row.class_prefix, row.area_prefix, "town", row.assisting, row.fallback, row.reason, row.condition)
        if is_changed(row)
        else row
        for row in matrix.rows.values()
    )
    return Matrix(0, 0, "", date.max, RowTable(rows))


def _timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
