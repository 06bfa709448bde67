"""What a list may show of a case: each column with its word, and its text where the list becomes a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.cases.queries import class_name
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import (
    CLOSING_WORDS,
    FORCE_WORDS,
    NATURE_WORDS,
    RUN_BY_WORDS,
    URGENCY_WORDS,
    Closing,
    Force,
    Nature,
    RunBy,
    Urgency,
)
from liandong.kernel.refusal import marked
from liandong.web.names import listed
from liandong.web.templatetags.ui import stage_word
from liandong.workbench.rows import Row, area_path, channel_word, row_of, unit_name, where_of

if TYPE_CHECKING:
    from liandong.cases.models import Case

Text = Callable[..., str]
"""(the district's rules, the values of what is read, in their order) → the text in the reader's language."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `reads` are the fields of a case its text is made of, `width` how wide a sheet makes it.

    `order` is the order of rows that its head offers. What `is_word` says one of few things.
    """

    code: str
    word: str
    reads: tuple[str, ...]
    text: Text
    order: str = ""
    width: int = 14
    is_word: bool = False


def _plain(_book: Rulebook, text: str) -> str:
    return text


def _stage(_book: Rulebook, code: str) -> str:
    return str(stage_word(code).label)


def _class(book: Rulebook, code: str) -> str:
    return class_name(code, book)


def _where(book: Rulebook, address: str, area: str) -> str:
    return where_of(address, area, book)


def _instant(_book: Rulebook, at: datetime | None) -> str:
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat(" ", "seconds")[:19] if at else ""


def _due(book: Rulebook, due_at: datetime | None, ended_at: datetime | None) -> str:
    return _instant(book, due_at if ended_at is None else None)


def _times(_book: Rulebook, count: int) -> str:
    return str(count) if count else ""


def _units(book: Rulebook, codes: Sequence[str]) -> str:
    return listed(unit_name(code, book) for code in codes)


def _word(words: Mapping[Any, str], kind: Callable[[str], Any]) -> Text:
    return lambda _book, code: _(words[kind(code)]) if code else ""


COLUMNS: Final[dict[str, Column]] = {
    column.code: column
    for column in (
        Column("number", marked("案件编号"), ("number",), _plain, width=22),
        Column(
            "stage", marked("状态"), ("stage",), lambda book, code: str(stage_word(code).label), "", 10, is_word=True
        ),
        Column("urgency", marked("紧急程度"), ("urgency",), _word(URGENCY_WORDS, Urgency), width=10, is_word=True),
        Column("nature", marked("性质"), ("nature",), _word(NATURE_WORDS, Nature), width=8, is_word=True),
        Column(
            "class", marked("类别"), ("class_code",), lambda book, code: class_name(code, book), "", 18, is_word=True
        ),
        Column("description", marked("问题描述"), ("description",), _plain, width=60),
        Column("place", marked("地点"), ("address", "area"), _where, width=30),
        Column("area", marked("区域"), ("area",), lambda book, code: area_path(code, book), width=40, is_word=True),
        Column("unit", marked("责任单位"), ("unit",), lambda book, code: unit_name(code, book), width=24, is_word=True),
        Column("assisting", marked("协办单位"), ("assisting",), _units, width=24),
        Column("channel", marked("来源"), ("channel",), lambda book, code: channel_word(code), width=10, is_word=True),
        Column("run_by", marked("办理层级"), ("run_by",), _word(RUN_BY_WORDS, RunBy), width=12, is_word=True),
        Column("force", marked("处置方式"), ("force",), _word(FORCE_WORDS, Force), width=8, is_word=True),
        Column("due", marked("时限"), ("due_at", "ended_at"), _due, order="due", width=20),
        Column("reported", marked("上报时间"), ("reported_at",), _instant, order="newest", width=20),
        Column("updated", marked("更新时间"), ("updated_at",), _instant, width=20),
        Column("returns", marked("退单次数"), ("returns",), _times, width=8),
        Column("reworks", marked("返工次数"), ("reworks",), _times, width=8),
        Column("reopenings", marked("重开次数"), ("reopenings",), _times, width=8),
        Column("closing", marked("结案方式"), ("closing",), _word(CLOSING_WORDS, Closing), width=10, is_word=True),
    )
}
USUAL: Final = ("number", "stage", "urgency", "class", "description", "place", "unit", "due", "reported")
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Line:
    """A case of a list with the texts of its columns, by their codes."""

    row: Row
    texts: dict[str, str]


def chosen(codes: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these codes in their order, unknown ones left out; the usual ones when none is left.

    The number is always among them: it is what opens the case.
    """
    known = list(dict.fromkeys(code for code in codes if code in COLUMNS))
    codes = (known if "number" in known else ["number", *known]) if known else USUAL
    return tuple(COLUMNS[code] for code in codes)


def lines_of(cases: Iterable[Case], columns: Sequence[Column], *, at: datetime) -> list[Line]:
    """Each case with the texts of its columns, in the reader's language."""
    found = []
    for case in cases:
        book = rulebook_for(case.district)
        row = row_of(case, book, at=at)
        found.append(
            Line(row, {one.code: one.text(book, *(getattr(case, name) for name in one.reads)) for one in columns})
        )
    return found


def head(columns: Sequence[Column]) -> list[str]:
    """The words of the columns."""
    return [_(column.word) for column in columns]


def fields_of(columns: Sequence[Column]) -> tuple[str, ...]:
    """What is read of a case that becomes a row of a file: its id, its report, its district, and the rest."""
    return tuple(dict.fromkeys(("id", "reported_at", "district", *(name for one in columns for name in one.reads))))


def safe_cells(rows: Iterable[Sequence[Any]], columns: Sequence[Column]) -> Iterator[list[str]]:
    """The texts of cases, read as `fields_of` says, for a file that spreadsheets open safely.

    Words that many of them share are made once.
    """
    places = {name: place for place, name in enumerate(fields_of(columns))}
    wanted = [(column, tuple(places[name] for name in column.reads)) for column in columns]
    known: dict[tuple[Any, ...], str] = {}
    books: dict[str, Rulebook] = {}
    for row in rows:
        district = row[places["district"]]
        book = books.get(district) or books.setdefault(district, rulebook_for(district))
        cells = []
        for column, reads in wanted:
            values = tuple([row[place] for place in reads])
            if not column.is_word:
                cells.append(safe_cell(column.text(book, *values)))
                continue
            word = column.code, district, values
            if (text := known.get(word)) is None:
                text = known[word] = safe_cell(column.text(book, *values))
            cells.append(text)
        yield cells


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, whatever a reporter wrote."""
    return f"'{text}" if text.startswith(_FORMULAS) or text.lstrip().startswith(_FORMULAS) else text
