"""Reading a file of requests row by row, whatever is wrong with it; writing down the rows that were refused."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from liandong.intake_channels.replay.mappings import ColumnsMissing, RowRefused
from liandong.kernel.refusal import Refusal, marked
from liandong.web.refusals import explain

LONGEST_CELL = 20_000_000


class NotUtf8(RowRefused):
    """Bytes that are no UTF-8."""

    says = marked("该行不是 UTF-8 编码。")


class Misshapen(RowRefused):
    """More or fewer cells than columns."""

    says = marked("该行的单元格数与表头不符。")


class NotCsv(RowRefused):
    """A line that is no CSV."""

    says = marked("该行不符合 CSV 格式：%(why)s。")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file; `fault` says why it cannot be used."""

    line: int
    cells: dict[str, str]
    fault: Refusal | None = None


@contextmanager
def opened(file: Path) -> Iterator[TextIO]:
    """Open a CSV file, gzipped or not. Bytes that are no UTF-8 are kept to be refused row by row."""
    with file.open("rb") as raw:
        content: Any = gzip.GzipFile(fileobj=raw) if file.suffix == ".gz" else raw
        with io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield text


def rows_of(text: TextIO, columns: frozenset[str]) -> Iterator[Row]:
    """Yield every row, the unusable ones with their fault. NUL bytes are dropped, cells are trimmed.

    :raises ColumnsMissing: the header lacks columns
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text)
    header = [name.strip() for name in next(reader, [])]
    lacking = columns - set(header)
    if lacking:
        raise ColumnsMissing(columns="、".join(sorted(lacking)))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, NotCsv(why=str(error)))
            continue
        if cells:
            yield _row(line, header, cells)


class RefusedRows:
    """The rows that were refused, with line and reason, in a CSV file that is made when the first one comes."""

    def __init__(self, file: Path, *, beside: Path | None = None) -> None:
        """Write to `beside`, or next to `file`; in the current directory where that place cannot be written."""
        usual = [Path(f"{file}.refused.csv"), Path.cwd() / f"{file.name}.refused.csv"]
        self._places = [beside] if beside else [place for place in usual if _is_writable(place.parent)] or usual[1:]
        self._out: TextIO | None = None
        self._header: Sequence[str] = ()
        self.path: Path | None = None
        self.count = 0

    def clear(self) -> None:
        """Remove what an earlier run wrote: its reasons may no longer hold."""
        for place in self._places:
            try:
                place.unlink(missing_ok=True)
            except OSError:
                continue

    def add(self, row: Row, refusal: Refusal) -> None:
        """Write a row down, at once: nothing is lost when the process is killed."""
        out = self._out or self._begin(row)
        cells = [row.cells.get(name, "") for name in self._header]
        csv.writer(out).writerow([row.line, refusal.code, explain(refusal).says, *cells])
        out.flush()
        self.count += 1

    def close(self) -> None:
        """Close the file if there is one."""
        if self._out is not None:
            self._out.close()

    def _begin(self, row: Row) -> TextIO:
        for number, place in enumerate(self._places, start=1):
            try:
                out = place.open("w", encoding="utf-8", errors="surrogateescape", newline="")
                break
            except OSError:
                if number == len(self._places):
                    raise
        self._out, self.path, self._header = out, place, list(row.cells)
        csv.writer(out).writerow(["line", "code", "reason", *self._header])
        return out


def _is_writable(folder: Path) -> bool:
    """Whether files may be made in a folder. Root may everywhere, but keeps out of what nobody shall write to."""
    return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & 0o222)


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    kept = {name: cell.replace("\x00", "").strip() for name, cell in zip(header, cells, strict=False)}
    if len(cells) != len(header):
        return Row(line, kept, Misshapen())
    if any("\udc80" <= letter <= "\udcff" for cell in cells if not cell.isascii() for letter in cell):
        return Row(line, kept, NotUtf8())
    return Row(line, kept)
