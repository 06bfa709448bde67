"""Workbooks (.xlsx) in and out: sheets found by name, columns by heading in either language, rows by Excel's numbers.

What a browser calls a file is never believed. A workbook is looked over before it is read, so that neither a file
that swells when unpacked nor a stray cell at the far corner fills the memory; what a reader would silently turn into
nothing, such as a formula's error, is told cell by cell. Written cells are text and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final

import xlsxwriter
from defusedxml import ElementTree
from python_calamine import CalamineError, CalamineWorkbook

from liandong.kernel.refusal import Refusal, marked

MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 30
MOST_UNPACKED: Final = 300_000_000
HEADING_ROWS: Final = 10
"""The headings stand within the first rows; what stands above them is the sheet's title."""

_BLANKS = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_C = rb"<(?:[^<>\s:]{1,60}:)?c\b"
_CELL = _C + rb"[^<>]*?\br=[\"']"
_FAR_RIGHT = re.compile(_CELL + rb"(?:[A-Z]{3}|[B-Z][A-Z]|A[E-Z])\d+[\"'][^<>]*?(?<!/)>")
_FAR_DOWN = re.compile(_CELL + rb"[A-Z]{1,3}(\d{6,7})[\"'][^<>]*?(?<!/)>")
_ERROR = re.compile(_C + rb"(?=[^<>]*?\bt=[\"']e[\"'])[^<>]*?\br=[\"']([A-Z]{1,3})(\d+)[\"']")
_ODD = re.compile(rb"<[^<>]{4000}|" + _C + rb"(?![^<>]*?\br=[\"'][A-Z]{1,3}\d{1,7}[\"'])")
"""A tag without an end, or a cell that does not plainly say where it stands: the searches above would miss it."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class NotAWorkbook(Refusal):
    """A file that is no .xlsx workbook, whatever its name says."""

    status = 422
    says = marked("上传的文件不是可读取的 .xlsx 工作簿。")
    remedy = marked("请在表格软件中“另存为”Excel 工作簿（.xlsx）后再上传；有密码的请先去掉密码。")


class NotLines(Refusal):
    """A file of lines that are none."""

    status = 422
    says = marked("上传的文件不是可读取的 CSV。")
    remedy = marked("请在表格软件中“另存为”CSV（UTF-8）或 .xlsx 后再上传。")


class WrongSheets(Refusal):
    """A workbook in which no sheet has one of the names looked for."""

    status = 422
    says = marked("工作簿中没有要找的工作表。找到：%(found)s；需要：%(expected)s。")
    remedy = marked("请把工作表改为所列名称之一，或下载模板填写。")


class ColumnsMissing(Refusal):
    """A sheet whose headings lack columns that are needed."""

    status = 422
    says = marked("工作表“%(sheet)s”缺少列：%(missing)s。")
    remedy = marked("表头须在前 10 行内，列名与模板一致；请补上后再上传。")


class ColumnTwice(Refusal):
    """A sheet with two columns of one heading."""

    status = 422
    says = marked("工作表“%(sheet)s”的列“%(column)s”出现两次。")
    remedy = marked("请只保留一列；合并的表头单元格请先拆分。")


class WorkbookTooLarge(Refusal):
    """A workbook of more rows, columns or bytes than is read at once."""

    status = 413
    says = marked("工作簿过大：每张工作表最多 %(rows)s 行、%(columns)s 列。")
    remedy = marked("请拆成几个文件分次导入，并删去表格之外的零散单元格。")


class CellError(Refusal):
    """A cell that holds a formula's error instead of a value."""

    status = 422
    says = marked("单元格 %(cell)s 是公式错误（如 #N/A、#REF!）。")
    remedy = marked("请改正公式，或直接填写值。")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the code and its headings in both languages."""

    name: str
    heading: str
    heading_en: str
    is_needed: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A sheet to look for: its names in both languages and its columns."""

    name: str
    name_en: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its number in Excel; cells that hold an error have a flaw and no value."""

    number: int
    cells: Mapping[str, str]
    flaws: tuple[tuple[str, Refusal], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet to write: headings, rows of text, and how wide its columns are."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()


@dataclass(slots=True)
class _Survey:
    """What looking a workbook over has shown: cells with errors, by sheet."""

    errors: dict[str, set[tuple[int, int]]] = field(default_factory=dict)


def read_workbook(content: bytes, shapes: Sequence[Shape]) -> dict[str, list[SheetRow]]:
    """Read the sheets that have one of these shapes: shape's name → rows. Blank rows are left out.

    :raises NotAWorkbook: the content is none
    :raises WrongSheets: none of the sheets is there
    :raises ColumnsMissing: a sheet lacks columns
    :raises ColumnTwice: a sheet has a column twice
    :raises WorkbookTooLarge: there is more than is read at once
    """
    survey = _look_over(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = {_plain(name).casefold(): name for name in book.sheet_names}
        found = {
            shape.name: names.get(shape.name.casefold()) or names.get(shape.name_en.casefold()) for shape in shapes
        }
        if not any(found.values()):
            expected = "、".join(f"{shape.name}（{shape.name_en}）" for shape in shapes)
            raise WrongSheets(found="、".join(book.sheet_names)[:300], expected=expected)
        read = {}
        for shape in shapes:
            if (name := found[shape.name]) is not None:
                sheet = book.get_sheet_by_name(name)
                merged = sheet.merged_cell_ranges or []
                grid = sheet.to_python(skip_empty_area=False)
                read[shape.name] = _rows(shape, grid, merged, survey.errors.get(name, set()))
        return read
    except (CalamineError, OSError, ValueError) as error:
        raise NotAWorkbook from error


def read_lines(text: str, shape: Shape) -> list[SheetRow]:
    """Read lines with commas between the values as a sheet of this shape. Blank rows are left out.

    :raises NotLines: they cannot be told apart
    :raises ColumnsMissing, ColumnTwice, WorkbookTooLarge: see `read_workbook`
    """
    try:
        grid: list[list[Any]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise NotLines from error
    return _rows(shape, grid, [], set())


def write_workbook(sheets: Sequence[Written]) -> bytes:
    """Write sheets of text with bold, frozen headings. No cell is ever a formula, a link or a number."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1})
        text = book.add_format({"num_format": "@"})
        for written in sheets:
            sheet = book.add_worksheet(written.name[:31])
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(written.headings):
                width = written.widths[place] if place < len(written.widths) else 16
                sheet.set_column(place, place, width, text)
                sheet.write_string(0, place, heading, bold)
            for number, row in enumerate(written.rows, start=1):
                for place, value in enumerate(row):
                    sheet.write_string(number, place, value[:32_000], text)
    return content.getvalue()


def cell_name(row: int, column: int) -> str:
    """The name of a cell counted from zero: (0, 0) is A1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _look_over(content: bytes) -> _Survey:
    survey, unpacked = _Survey(), 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise _too_large()
            for name, part in _sheet_parts(packed).items():
                text = _unpacked(packed, packed.getinfo(part), most=MOST_UNPACKED - unpacked)
                unpacked += len(text)
                if _ODD.search(text):
                    raise NotAWorkbook
                if _FAR_RIGHT.search(text) or _reaches_too_far_down(text):
                    raise _too_large()
                survey.errors[name] = {(int(row) - 1, _place(letters)) for letters, row in _ERROR.findall(text)}
            sheets = set(_sheet_parts(packed).values())
            for part_info in packed.infolist():
                if part_info.filename not in sheets:
                    unpacked += len(_unpacked(packed, part_info, most=MOST_UNPACKED - unpacked))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        OSError,
        ValueError,
        ElementTree.ParseError,
        NotImplementedError,
    ) as error:
        raise NotAWorkbook from error
    return survey


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, *, most: int) -> bytes:
    """All that is in a part, whatever size its entry claims: the reader would unpack all of it too.

    :raises WorkbookTooLarge: it is more than `most`
    """
    part = copy(part)
    part.file_size = most + 2  # one more than is read: the sum of a part is checked where it ends
    with packed.open(part) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise _too_large()
    return content


def _sheet_parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Which part of the package holds which sheet."""
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): str(one.get("Target")) for one in relations}
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    parts = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and (target := targets.get(sheet.get(_RELATION), "")):
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path.startswith("xl/worksheets/"):
                parts[str(sheet.get("name"))] = path
    return parts


def _reaches_too_far_down(text: bytes) -> bool:
    return any(int(row) > MOST_ROWS + HEADING_ROWS for row in _FAR_DOWN.findall(text))


def _too_large() -> WorkbookTooLarge:
    return WorkbookTooLarge(rows=MOST_ROWS, columns=MOST_COLUMNS)


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


def _rows(
    shape: Shape, grid: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]],
    errors: set[tuple[int, int]],
) -> list[SheetRow]:  # fmt: skip
    headings_at, places = _headings(shape, grid)
    if len(grid) - headings_at > MOST_ROWS + 1:
        raise _too_large()
    _fill_merged(grid, merged, below=headings_at)
    return list(_read(grid, places, errors, after=headings_at))


def _headings(shape: Shape, grid: list[list[Any]]) -> tuple[int, dict[str, int]]:
    """Where the headings stand, and in which place each column is."""
    known = {word.casefold(): column.name for column in shape.columns
             for word in (column.heading, column.heading_en, column.name)}  # fmt: skip
    best: dict[str, int] = {}
    best_at = 0
    for number, row in enumerate(grid[:HEADING_ROWS]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            name = known.get(_heading(cell))
            if name in places:
                raise ColumnTwice(sheet=shape.name, column=_plain(cell))
            if name:
                places[name] = place
        if len(places) > len(best):
            best, best_at = places, number
    missing = [f"{one.heading}（{one.heading_en}）" for one in shape.columns if one.is_needed and one.name not in best]
    if missing:
        raise ColumnsMissing(sheet=shape.name, missing="、".join(missing))
    return best_at, best


def _heading(cell: Any) -> str:
    words = re.sub(r"[（(].*?[）)]|[*＊]", "", _plain(cell))
    return _BLANKS.sub(" ", words).strip().casefold()


def _fill_merged(grid: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]], *, below: int) -> None:
    """Give every cell of a merged range the value that stands in its first one, as a reader sees it."""
    for (top, left), (bottom, right) in merged:
        if top <= below or top >= len(grid):
            continue
        value = grid[top][left] if left < len(grid[top]) else ""
        for row in grid[top : bottom + 1]:
            for place in range(left, min(right + 1, len(row))):
                row[place] = value


def _read(
    grid: list[list[Any]], places: Mapping[str, int], errors: set[tuple[int, int]], *, after: int
) -> Iterator[SheetRow]:
    for at in range(after + 1, len(grid)):
        row = grid[at]
        cells = {name: _plain(row[place]) if place < len(row) else "" for name, place in places.items()}
        flaws: tuple[tuple[str, Refusal], ...] = ()
        if errors:
            flaws = tuple(
                (name, CellError(cell=cell_name(at, place))) for name, place in places.items() if (at, place) in errors
            )
        if flaws or any(cells.values()):
            yield SheetRow(at + 1, cells, flaws)


@lru_cache(maxsize=20_000)
def _trimmed(text: str) -> str:
    # Most cells of a large sheet repeat a few units, roles and days.
    return _BLANKS.sub(" ", text).replace("\x00", "").strip()


def _plain(cell: Any) -> str:
    """A cell as text: numbers without a fraction as such, days as ISO, blanks of every kind trimmed."""
    if isinstance(cell, str):
        return _trimmed(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
