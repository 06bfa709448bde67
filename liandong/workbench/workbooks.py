"""Lists as files, workbooks or lines: written row by row, in flat memory, by a worker that says how far it is."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import uuid4

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from liandong.cases.operations import end_export, forget_old_exports, note_export, take_export
from liandong.cases.queries import best_first, bounded_count, filter_of, permitted_cases
from liandong.cases.queries.asking import address_of
from liandong.people.access import NOBODY, Actor, actor_for, platform, still_holds
from liandong.people.queries import account_named
from liandong.workbench.columns import Column, chosen, fields_of, head, safe_cells
from liandong.workbench.paging import Position, newest_first

if TYPE_CHECKING:
    from liandong.cases.models import ExportJob

AT_ONCE: Final = 500
MOST_ROWS: Final = 1_048_575
"""A sheet holds no more below its head."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it spreadsheets take Chinese lines for something else."""
Clock = Callable[[], datetime]
Cells = tuple[Any, ...]
"""What was read of one case."""


class Sheet(Protocol):
    """A file that is written row by row."""

    def write(self, cells: Sequence[str]) -> None:
        """Write one more row."""

    def close(self) -> None:
        """There are no more."""


def make_workbooks(at: datetime, *, clock: Clock | None = None) -> int:
    """Make every file that waits; return how many were made or refused. Another maker's is left alone."""
    made = 0
    while (job := take_export(actor=platform("exports"), at=at)) is not None:
        _make(job, clock=clock or (lambda: at))
        made += 1
    return made


def clear_exports(at: datetime) -> None:
    """Remove the files that nobody may fetch any more."""
    for name in forget_old_exports(at=at):
        (folder_of_exports() / name).unlink(missing_ok=True)


def folder_of_exports() -> Path:
    """Where they are kept for a day."""
    return Path(settings.MEDIA_ROOT) / "exports"


def _make(job: ExportJob, *, clock: Clock) -> None:
    """Write one file. Whoever asked and lost a right meanwhile gets none; what was made stands on the record."""
    user = account_named(job.actor.removeprefix("user/"))
    actor = actor_for(user, at=clock()) if user is not None and user.is_active else NOBODY
    folder_of_exports().mkdir(parents=True, exist_ok=True)
    part = folder_of_exports() / f"{uuid4().hex}.part"
    question = filter_of(job.asked).settled(actor, at=clock())
    asked = dict(address_of(filter_of(job.asked)))
    seen = permitted_cases(actor)
    found = question.apply(seen)
    total = bounded_count(found, most=MOST_ROWS)
    note_export(job, done=0, total=total, actor=actor, at=clock())
    ranked = best_first(question.narrowed(seen), question.text) if job.order == "best" else None
    columns = chosen(job.columns)
    fields = fields_of(columns)
    batches = _ranked(seen, ranked, fields) if ranked is not None else newest_rows(found, fields)
    with translation.override(job.language or settings.LANGUAGE_CODE):
        done, is_whole = _write(part, batches, columns, job, actor, total=total, clock=clock)
    name = ""
    if is_whole:
        name = f"{part.stem}.{job.kind}"
        part.replace(folder_of_exports() / name)
    part.unlink(missing_ok=True)
    end_export(job, file=name, done=done, asked=asked, actor=actor, at=clock())


def _write(
    part: Path,
    batches: Iterator[Sequence[Cells]],
    columns: Sequence[Column],
    job: ExportJob,
    actor: Actor,
    *,
    total: int,
    clock: Clock,
) -> tuple[int, bool]:
    """Write the rows; return how many cases it holds, and whether its reader still held their rights to the end."""
    done, is_held = 0, True
    sheet = _SHEETS[job.kind](part, columns)
    for few in batches:
        is_held = still_holds(actor, at=clock())
        if not is_held:
            break
        for cells in safe_cells(few[: MOST_ROWS - done], columns):
            done += 1
            sheet.write(cells)
        note_export(job, done=done, total=max(total, done), actor=actor, at=clock())
    sheet.close()
    return done, is_held and still_holds(actor, at=clock())


class _Workbook:
    """A sheet of a workbook: head in bold, no text taken for a formula, a number or a link."""

    def __init__(self, file: Path, columns: Sequence[Column]) -> None:
        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._book: Any = xlsxwriter.Workbook(str(file), {"constant_memory": True, **plain})
        self._sheet = self._book.add_worksheet(_("案件"))
        for place, column in enumerate(columns):
            self._sheet.set_column(place, place, column.width)
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, head(columns), self._book.add_format({"bold": True, "bottom": 1}))
        self._rows = 0

    def write(self, cells: Sequence[str]) -> None:
        self._rows += 1
        for place, cell in enumerate(cells):
            self._sheet.write_string(self._rows, place, cell[:32_767])

    def close(self) -> None:
        self._book.close()


class _Lines:
    """Lines with commas between the values, as the streamed export has them."""

    def __init__(self, file: Path, columns: Sequence[Column]) -> None:
        self._file = file.open("w", encoding="utf-8", newline="")
        self._file.write(BYTE_ORDER_MARK)
        self._lines = csv.writer(self._file)
        self._lines.writerow(head(columns))

    def write(self, cells: Sequence[str]) -> None:
        self._lines.writerow(cells)

    def close(self) -> None:
        self._file.close()


_SHEETS: Final[dict[str, Callable[[Path, Sequence[Column]], Sheet]]] = {"xlsx": _Workbook, "csv": _Lines}


def newest_rows(found: Any, fields: Sequence[str]) -> Iterator[Sequence[Cells]]:
    """Cases, the newest first, as tuples of these fields, of which the first two are `id` and `reported_at`."""
    position: Position | None = None
    while True:
        few = list(newest_first(found, after=position).values_list(*fields)[:AT_ONCE])
        if few:
            yield few
            position = Position(few[-1][1], few[-1][0])
        if len(few) < AT_ONCE:
            return


def _ranked(seen: Any, keys: Sequence[int], fields: Sequence[str]) -> Iterator[Sequence[Cells]]:
    for begins in range(0, len(keys), AT_ONCE):
        found = {row[0]: row for row in seen.filter(pk__in=keys[begins : begins + AT_ONCE]).values_list(*fields)}
        yield [found[key] for key in keys[begins : begins + AT_ONCE] if key in found]
