"""The two sheets of an organisation: their columns, and what a row of each asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from liandong.kernel.refusal import Refusal, marked
from liandong.people.operations.loading import UnitRow
from liandong.people.rules.posts import PostFacts
from liandong.people.rules.sheet_rows import (
    FORCE_WORDS,
    RANK_WORDS,
    NotADay,
    Words,
    code_from,
    day_from,
    empty_cells,
)
from liandong.people.rules.unit_tree import KIND_WORDS
from liandong.web.names import reads_english
from liandong.web.sheets import Column, Shape, SheetRow, Written

KIND: Final = "organisation"
"""What a draft of these sheets is called among drafts."""

UNITS: Final = Shape(
    marked("单位"),
    "Units",
    (
        Column("code", marked("单位代码"), "Unit code", is_needed=True, example="B101"),
        Column("parent", marked("上级代码"), "Parent code", example="T01"),
        Column("kind", marked("单位类别"), "Kind", is_needed=True, example=KIND_WORDS["bureau"]),
        Column("force", marked("力量性质"), "Force", is_needed=True, example=FORCE_WORDS["management"]),
        Column("name", marked("单位名称"), "Name", is_needed=True, example="东桥街道平安办"),
        Column("name_en", marked("英文名称"), "English name", example="Dongqiao Safety Office"),
        Column("area", marked("区域代码"), "Area code", is_needed=True),
        Column("phone", marked("电话"), "Phone", example="021-55500100"),
    ),
)
POSTS: Final = Shape(
    marked("岗位"),
    "Posts",
    (
        Column("account", marked("账号"), "Account", is_needed=True, example="zhang.san"),
        Column("person", marked("姓名"), "Person", is_needed=True, example="张三"),
        Column("unit", marked("单位代码"), "Unit code", is_needed=True, example="B101"),
        Column("role", marked("角色"), "Role", is_needed=True, example="bureau"),
        Column("area", marked("区域代码"), "Area code"),
        Column("title", marked("职务"), "Title", example="科员"),
        Column("rank", marked("级别"), "Rank", example=RANK_WORDS["member"]),
        Column("force", marked("力量性质"), "Force"),
        Column("since", marked("起始日期"), "Since", example="2026-03-01"),
        Column("until", marked("终止日期"), "Until"),
    ),
)
SHAPES: Final = (UNITS, POSTS)

_NEEDED: Final = {
    shape.name: {column.name: column.heading for column in shape.columns if column.is_needed} for shape in SHAPES
}


@dataclass(slots=True)
class Asked:
    """A row of a sheet as it was understood, with whatever is wrong with it so far."""

    sheet: str
    row: SheetRow
    faults: list[tuple[str, Refusal]] = field(default_factory=list)
    unit: UnitRow | None = None
    post: PostFacts | None = None


def asked_units(rows: Sequence[SheetRow], *, district: str) -> list[Asked]:
    """What each row of the sheet of units asks for."""
    kinds, forces = _words(KIND_WORDS), _words(FORCE_WORDS)
    return [_unit(row, district, kinds, forces) for row in rows]


def asked_posts(rows: Sequence[SheetRow], *, district: str) -> list[Asked]:
    """What each row of the sheet of posts asks for."""
    roles = _words(import_string(settings.LIANDONG_ROLE_WORDS))
    ranks, forces = _words(RANK_WORDS), _words(FORCE_WORDS)
    return [_post(row, district, roles, ranks, forces) for row in rows]


def template(*, area: str) -> list[Written]:
    """Sheets with headings, one row to go by, and what may be written in each column."""
    roles: Mapping[str, str] = import_string(settings.LIANDONG_ROLE_WORDS)
    sheets = []
    for shape in SHAPES:
        example = [area if column.name == "area" else gettext(column.example) if column.example else ""
                   for column in shape.columns]  # fmt: skip
        sheets.append(Written(name_of_sheet(shape), headings_of(shape), [example]))
    notes = [
        [gettext("单位类别"), "、".join(f"{gettext(word)}（{code}）" for code, word in KIND_WORDS.items())],
        [gettext("力量性质"), "、".join(f"{gettext(word)}（{code}）" for code, word in FORCE_WORDS.items())],
        [gettext("级别"), "、".join(f"{gettext(word)}（{code}）" for code, word in RANK_WORDS.items())],
        [gettext("角色"), "、".join(f"{gettext(word)}（{code}）" for code, word in roles.items())],
        [gettext("带 * 的列"), gettext("必须填写；其余留空表示不改动，新建时取默认值。")],
    ]
    return [*sheets, Written(gettext("填写说明"), [gettext("列"), gettext("可填内容")], notes, (16, 120))]


def headings_of(shape: Shape) -> list[str]:
    """The headings of a sheet in the reader's language; needed ones carry a star."""
    english = reads_english()
    return [
        (column.heading_en if english else column.heading) + ("*" if column.is_needed else "")
        for column in shape.columns
    ]


def name_of_sheet(shape: Shape) -> str:
    """The name of a sheet in the reader's language, by which it is found again."""
    return shape.name_en if reads_english() else shape.name


def _words(table: Mapping[str, str]) -> Words:
    with translation.override("en"):
        english = {code: gettext(word) for code, word in table.items()}
    return Words.of(english, table)


def _unit(row: SheetRow, district: str, kinds: Words, forces: Words) -> Asked:
    cells = row.cells
    asked = Asked(UNITS.name, row, list(row.flaws))
    asked.faults += _unflawed(empty_cells(cells, _NEEDED[UNITS.name]), row)
    asked.unit = UnitRow(
        code=_prefixed(cells.get("code", ""), district),
        parent=_prefixed(cells.get("parent", ""), district),
        kind=kinds.code_of(cells.get("kind", "")),
        level="",
        force=forces.code_of(cells.get("force", "")),
        name=cells.get("name", ""),
        name_en=cells.get("name_en", ""),
        area=code_from(cells.get("area", "")).upper(),
        phone=cells.get("phone", ""),
    )
    return asked


def _post(row: SheetRow, district: str, roles: Words, ranks: Words, forces: Words) -> Asked:
    cells = row.cells
    asked = Asked(POSTS.name, row, list(row.flaws))
    asked.faults += _unflawed(empty_cells(cells, _NEEDED[POSTS.name]), row)
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            days[name] = day_from(cells.get(name, ""))
        except NotADay as fault:
            asked.faults.append((name, fault))
    asked.post = PostFacts(
        account=code_from(cells.get("account", "")).lower(),
        person=cells.get("person", ""),
        unit=_prefixed(cells.get("unit", ""), district),
        role=roles.code_of(cells.get("role", "")),
        area=code_from(cells.get("area", "")).upper(),
        title=cells.get("title", ""),
        rank=ranks.code_of(cells.get("rank", "")),
        force=forces.code_of(cells.get("force", "")),
        since_on=days.get("since"),
        until_on=days.get("until"),
    )
    return asked


def _prefixed(text: str, district: str) -> str:
    code = code_from(text).upper()
    return f"{district}-{code.removeprefix(f'{district}-')}" if code else ""


def _unflawed(faults: Iterator[tuple[str, Refusal]], row: SheetRow) -> Iterator[tuple[str, Refusal]]:
    """Faults of columns that have no flaw of their own: a formula's error is not an empty cell besides."""
    flawed = {name for name, _flaw in row.flaws}
    return (fault for fault in faults if fault[0] not in flawed)
