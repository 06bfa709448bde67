"""A workbook of 50,000 posts, 37 of them wrong: read and looked over, shown, taken.

Every run brings other people, so that each is the first to come; what was taken before makes the organisation larger.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bench.platform import Platform, platform
from bench.result import Limit, Result, Row

if TYPE_CHECKING:
    from liandong.people.access import Actor
    from liandong.people.models import SheetDraft

ROWS = int(os.environ.get("LIANDONG_BENCH_ROWS", "50000"))
RUNS = int(os.environ.get("LIANDONG_BENCH_RUNS", "5"))
BAD = 37
Found = TypeVar("Found")


def run() -> None:
    """Measure the three beats of an import: upload, preview, taking."""
    result = Result("import_sheet")
    with platform(cases=0) as running:
        running.use()
        spans: dict[str, list[float]] = {"upload": [], "preview": [], "take": []}
        cpu: list[float] = []
        for number in range(RUNS):
            _one_import(number, spans, cpu)
        bare = [_bare(running, number) for number in range(RUNS)]
    limit = Limit("COPY of the same accounts and posts, nothing else", sum(bare) / len(bare))
    notes = {"take": f"of it in our process {sum(cpu) / len(cpu):.1f} s CPU; {BAD} rows go back"}
    for what, values in spans.items():
        against = limit if what == "take" else None
        result.rows.append(Row(what, "s", tuple(values), size=ROWS, limit=against, note=notes.get(what, "")))
    result.write()


def _one_import(number: int, spans: dict[str, list[float]], cpu: list[float]) -> None:
    from liandong.people.operations import draft_from_workbook, dry_run, take_draft

    at, admin, district = datetime.now(UTC), _admin(), _district()
    content = _workbook(number)

    def upload() -> int:
        draft = draft_from_workbook(content, name="机构.xlsx", district=district, actor=admin, at=at)
        return draft.pk

    draft = _timed(upload, spans["upload"])
    shown = _timed(lambda: dry_run(_draft(draft), actor=admin, at=at).digest, spans["preview"])
    before = time.process_time()
    plan = _timed(lambda: take_draft(draft, shown=shown, actor=admin, at=at), spans["take"])
    cpu.append(time.process_time() - before)
    wrong = sum(line.state.value == "wrong" for line in plan.posts)
    if wrong != BAD:
        raise RuntimeError(f"{wrong} rows were wrong, not {BAD}")


def _workbook(number: int) -> bytes:
    """One person a row over all grids; the wrong ones name a unit there is not."""
    from liandong.people.models import Unit
    from liandong.people.operations.sheet_shapes import POSTS, headings_of
    from liandong.web.sheets import Written, write_workbook

    codes = list(Unit.objects.filter(kind="grid").order_by("code").values_list("code", flat=True))
    rows: list[Sequence[str]] = []
    for row in range(ROWS):
        unit = "X999" if row % (ROWS // BAD) == 7 and row // (ROWS // BAD) < BAD else codes[row % len(codes)]
        rows.append((f"p{number}.{row:06}", f"人员{row}", unit, "grid", "", "网格员", "成员", "", "2026-01-01", ""))
    return write_workbook([Written(POSTS.name, headings_of(POSTS), rows)])


def _bare(running: Platform, number: int) -> float:
    """The rows of accounts and posts as the import left them, copied into tables without index, key or trigger."""
    with running.database() as database:
        database.execute("DROP TABLE IF EXISTS bare_user, bare_post")
        began = time.perf_counter()
        for table, of, condition in (
            ("bare_user", "people_user", f"username LIKE 'p{number}.%%'"),
            (
                "bare_post",
                "people_post",
                f"user_id IN (SELECT id FROM people_user WHERE username LIKE 'p{number}.%%')",
            ),
        ):
            database.execute(f"CREATE TABLE {table} AS SELECT * FROM {of} WHERE {condition}", [])  # type: ignore[arg-type]
        return time.perf_counter() - began


def _admin() -> Actor:
    from liandong.people.access import actor_for
    from liandong.people.models import User

    return actor_for(User.objects.get(username="admin"), at=datetime.now(UTC))


def _district() -> str:
    from liandong.people.models import Unit

    return Unit.objects.order_by("code")[0].district


def _draft(number: int) -> SheetDraft:
    from liandong.people.models import SheetDraft

    return SheetDraft.objects.get(pk=number)


def _timed(work: Callable[[], Found], into: list[float]) -> Found:
    began = time.perf_counter()
    found = work()
    into.append(time.perf_counter() - began)
    return found
