"""Workbooks in and out: real files, and everything that is wrong with real files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from liandong.kernel.refusal import Refusal
from liandong.web import sheets
from liandong.web.sheets import (
    CellError,
    Column,
    ColumnsMissing,
    ColumnTwice,
    NotAWorkbook,
    Shape,
    SheetRow,
    WorkbookTooLarge,
    Written,
    WrongSheets,
    cell_name,
    read_workbook,
    write_workbook,
)

UNITS = Shape(
    "单位",
    "Units",
    (
        Column("code", "单位代码", "Unit code", is_needed=True),
        Column("name", "单位名称", "Name", is_needed=True),
        Column("phone", "电话", "Phone"),
    ),
)
POSTS = Shape("岗位", "Posts", (Column("account", "账号", "Account", is_needed=True),))

Fill = Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]


def book_with(fill: Fill, *, name: str = "单位") -> bytes:
    """A real workbook with one sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        fill(book, book.add_worksheet(name))
    return content.getvalue()


def _read(fill: Fill) -> list[SheetRow]:
    return read_workbook(book_with(fill), (UNITS, POSTS))["单位"]


def _rows(*rows: tuple[object, ...]) -> Fill:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return fill


@pytest.mark.parametrize(
    "headings",
    [("单位代码", "单位名称"), ("Unit code", "NAME"), ("code", "name"), ("单位代码*", " 单位名称（必填） ")],
)
def test_headings_are_known_in_both_languages(headings: tuple[str, str]) -> None:
    assert [dict(row.cells) for row in _read(_rows(headings, ("B1", "科室")))] == [{"code": "B1", "name": "科室"}]


def test_rows_carry_the_numbers_excel_shows_and_blank_ones_are_left_out() -> None:
    found = _read(_rows(("全区机构一览表",), (), ("单位代码", "单位名称"), ("B1", "甲"), (" ", "\u3000"), ("B2", "乙")))
    assert [(row.number, row.cells["code"]) for row in found] == [(4, "B1"), (6, "B2")]


def test_numbers_days_truths_and_stray_blanks_become_plain_text() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["code", "name", "phone"])
        sheet.write(1, 0, 310198001001001)
        sheet.write(1, 1, "\u3000 人口\u00a0 办\u200b ")
        sheet.write_datetime(1, 2, date(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write(2, 0, 1.5)
        sheet.write_boolean(2, 1, boolean=True)
        moment = datetime.fromisoformat("2026-03-01T09:30")
        sheet.write_datetime(2, 2, moment, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    assert [tuple(row.cells.values()) for row in _read(fill)] == [
        ("310198001001001", "人口 办", "2026-03-01"),
        ("1.5", "TRUE", "2026-03-01T09:30:00"),
    ]


def test_a_merged_cell_says_the_same_in_all_its_rows() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 2, "合并的标题")
        sheet.write_row(1, 0, ["单位代码", "单位名称", "电话"])
        sheet.write_column(2, 0, ["B1", "B2", "B3"])
        sheet.write_column(2, 1, ["甲", "乙", "丙"])
        sheet.merge_range(2, 2, 4, 2, "021-1")

    assert [row.cells["phone"] for row in _read(fill)] == ["021-1"] * 3


def test_a_formulas_error_is_told_with_its_cell_and_a_formulas_value_is_taken() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["单位代码", "单位名称"])
        sheet.write(1, 0, "B1")
        sheet.write_formula(1, 1, "=VLOOKUP(1,A1:A2,2)", None, "#N/A")
        sheet.write(2, 0, "B2")
        sheet.write_formula(2, 1, '="甲"&"乙"', None, "甲乙")

    wrong, right = _read(fill)
    assert [(name, type(flaw), flaw.values["cell"]) for name, flaw in wrong.flaws] == [("name", CellError, "B2")]
    assert (right.cells["name"], right.flaws) == ("甲乙", ())


@pytest.mark.parametrize(
    ("fill", "refusal"),
    [
        (_rows(("单位代码", "电话"), ("B1", "1")), ColumnsMissing),
        (_rows(("单位代码", "单位名称", "Name"), ("B1", "1", "2")), ColumnTwice),
        (_rows(), ColumnsMissing),
        (lambda book, sheet: sheet.write("AF3", "far"), WorkbookTooLarge),
        (lambda book, sheet: sheet.write("XFD1048576", "farthest"), WorkbookTooLarge),
        (lambda book, sheet: sheet.write("A900000", "deep"), WorkbookTooLarge),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_by_name(fill: Fill, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        _read(fill)


def test_formats_without_values_beyond_the_table_do_no_harm() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        _rows(("单位代码", "单位名称"), ("B1", "甲"))(book, sheet)
        sheet.write_blank("XFD1048576", None, book.add_format({"bold": True}))

    assert len(_read(fill)) == 1


def test_a_sheet_of_another_name_is_told_what_was_found_and_expected() -> None:
    with pytest.raises(WrongSheets) as refused:
        read_workbook(book_with(_rows(("单位代码",)), name="Sheet1"), (UNITS, POSTS))
    assert refused.value.values == {"found": "Sheet1", "expected": "单位（Units）、岗位（Posts）"}
    assert read_workbook(book_with(_rows(("账号",), ("a",)), name="POSTS"), (UNITS, POSTS)).keys() == {"岗位"}


def _zip(**parts: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"code,name\nB1,x\n",
        b"PK\x03\x04 and then nothing",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        _zip(word__document_xml="<x/>"),
        _zip(xl__workbook_xml="<x", xl___rels__workbook_xml="<x/>"),
    ],
)
def test_what_is_no_workbook_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(NotAWorkbook):
        read_workbook(content, (UNITS,))


def test_a_workbook_cut_short_is_refused() -> None:
    whole = book_with(_rows(("单位代码", "单位名称"), ("B1", "甲")))
    with pytest.raises(NotAWorkbook):
        read_workbook(whole[: len(whole) // 2], (UNITS,))


def test_a_workbook_that_swells_or_has_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = book_with(_rows(("单位代码", "单位名称"), *[(f"B{number}", "甲") for number in range(30)]))
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    with pytest.raises(WorkbookTooLarge):
        read_workbook(content, (UNITS,))
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 100)
    with pytest.raises(WorkbookTooLarge):
        read_workbook(content, (UNITS,))


def test_written_cells_are_text_and_never_formulas_links_or_numbers() -> None:
    evil = ["=1+1", "+SUM(A1)", "-2", "@cmd", '=HYPERLINK("http://x")', "http://x", "0123", "<b>", "\x07"]
    content = write_workbook([Written("单位", ["a"], [[text] for text in evil], (20,))])
    back = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("单位").to_python()
    assert [row[0] for row in back[1:9]] == evil[:8]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_what_is_written_is_read_again() -> None:
    content = write_workbook([Written("单位", ["单位代码*", "单位名称*", "电话"], [["B1", "甲", "021-1"]])])
    assert dict(read_workbook(content, (UNITS,))["单位"][0].cells) == {"code": "B1", "name": "甲", "phone": "021-1"}


def test_cells_are_called_as_excel_calls_them() -> None:
    assert [cell_name(0, 0), cell_name(11, 25), cell_name(2, 26), cell_name(0, 701)] == ["A1", "Z12", "AA3", "ZZ1"]


def _with_sheet(cells: str, *, pad: int = 0, claimed: int | None = None) -> bytes:
    """A small workbook whose first sheet holds these rows, with a part of `pad` bytes that claims another size."""
    source, made = io.BytesIO(write_workbook([Written("单位", ["单位代码", "单位名称"], [["B1", "一"]])])), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml" and cells:
                content = content.replace(b"</sheetData>", f"{cells}</sheetData>".encode())
            new.writestr(info.filename, content)
        if pad:
            new.writestr("xl/padding.xml", b" " * pad)
            new.filelist[-1].file_size = pad if claimed is None else claimed
    return made.getvalue()


def test_a_part_that_unpacks_to_more_than_it_claims_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 100_000)
    assert read_workbook(_with_sheet("", pad=10), [UNITS])
    with pytest.raises(WorkbookTooLarge):
        read_workbook(_with_sheet("", pad=1_000_000, claimed=10), [UNITS])


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        ('<row r="3"><c r="XFD3"><v>1</v></c></row>', WorkbookTooLarge),
        ('<row r="3"><c junk="r" r="XFD3"><v>1</v></c></row>', WorkbookTooLarge),
        ('<row r="3"><c junk=\' r="A3"\' r="XFD3"><v>1</v></c></row>', WorkbookTooLarge),
        ('<row r="3"><c r="xfd3"><v>1</v></c></row>', NotAWorkbook),
        ('<row r="3"><c junk=">" r="XFD3"><v>1</v></c></row>', NotAWorkbook),
        ('<row r="1048576"><c><v>1</v></c></row>', NotAWorkbook),
        (f'<row r="3"><c {"r=" * 3000}', NotAWorkbook),
    ],
)
def test_no_cell_hides_how_far_out_it_stands(cells: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_workbook(_with_sheet(cells), [UNITS])
