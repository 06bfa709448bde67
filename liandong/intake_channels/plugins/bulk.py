"""Files of matters, workbooks or lines: each row is an order. Contract: `docs/channels/bulk-files.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from liandong.intake_channels.contract import Message
from liandong.intake_channels.plugins.dialect import Dialect
from liandong.intake_channels.plugins.records import packed
from liandong.intake_channels.rules.charsets import text_of_file
from liandong.intake_channels.rules.persons import FIELDS
from liandong.intake_channels.rules.words import Kind
from liandong.intake_channels.sealing import digest_of
from liandong.kernel.refusal import Refusal, marked
from liandong.web.sheets import Column, Shape, SheetRow, read_lines, read_workbook

MOST_ROWS: Final = 2_000

BULK: Final = Dialect(code="bulk", word=marked("批量文件"), kinds=frozenset({Kind.ORDER}), tells=frozenset())

COLUMNS: Final = (
    Column("order_id", marked("编号"), "Number", example="2026-0001"),
    Column("content", marked("事项"), "Matter", is_needed=True, example="小区门口的垃圾堆了三天没有人清运"),
    Column("category", marked("分类"), "Class", example="暴露垃圾"),
    Column("nature", marked("性质"), "Nature", example="投诉"),
    Column("urgency", marked("紧急程度"), "Urgency", example="一般"),
    Column("area_code", marked("区域代码"), "Area code"),
    Column("address", marked("地址"), "Address", example="东桥路 12 号"),
    Column("lon", marked("经度"), "Longitude"),
    Column("lat", marked("纬度"), "Latitude"),
    Column("datum", marked("坐标系"), "Datum", example="WGS-84"),
    Column("reporter_name", marked("联系人"), "Contact"),
    Column("reporter_phone", marked("电话"), "Phone"),
    Column("reporter_identity", marked("身份"), "Identity", example="实名"),
    Column("about_unit", marked("被反映单位"), "Unit reported on"),
)
_OF_PEOPLE: Final = tuple(Column(name, name, name) for name in sorted(FIELDS))
"""Columns of sheets of people: looked for only to refuse what stands in them."""
_HEADINGS: Final = {column.name: f"{column.heading} {column.heading_en}" for column in COLUMNS}
MATTERS: Final = Shape(marked("事项"), "Matters", (*COLUMNS, *_OF_PEOPLE))


class TooManyRows(Refusal):
    """More rows than one file may have, or none."""

    status = 422
    says = marked("文件有 %(count)s 行，应为 1 至 %(most)s 行。")
    remedy = marked("请拆成几个文件分次上传。")


def form_of_file(content: bytes) -> str:
    """What a file is by its first bytes, whatever its name says: `xlsx` or `csv`."""
    return "xlsx" if content.startswith(b"PK") else "csv"


def rows_of_file(content: bytes) -> list[SheetRow]:
    """The rows of a file.

    :raises CharsetLie, TooManyRows: as they say
    :raises Refusal: see `web.sheets`
    """
    if form_of_file(content) == "xlsx":
        rows = read_workbook(content, [MATTERS])[MATTERS.name]
    else:
        rows = read_lines(text_of_file(content), MATTERS)
    if not 1 <= len(rows) <= MOST_ROWS:
        raise TooManyRows(count=len(rows), most=MOST_ROWS)
    return rows


def message_of_row(row: SheetRow, *, names: Mapping[str, str]) -> Message:
    """A row as a message; `names` are the codes of classes by name. One without a number is known by what it says."""
    if row.flaws:
        return Message(Kind.ORDER, "", "", fault=row.flaws[0][1])
    record = {name: value for name, value in row.cells.items() if value}
    said = json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    record["category"] = names.get(record.get("category", ""), record.get("category", ""))
    record.setdefault("order_id", f"row-{digest_of(said).hex()[:32]}")
    message = BULK.reread(packed(record))
    return replace(message, fault=_by_heading(message.fault)) if message.fault else message


def _by_heading(fault: Refusal) -> Refusal:
    """A refusal of a field as whoever wrote the row knows it: by the heading of its column."""
    heading = _HEADINGS.get(str(fault.values.get("name", "")))
    return type(fault)(**{**fault.values, "name": heading}) if heading else fault
