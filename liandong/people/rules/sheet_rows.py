"""What the sheets of an organisation say: words in either language become codes, days are read in the usual ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar, Final

from liandong.kernel.refusal import Refusal, marked

FORCE_WORDS: Final[Mapping[str, str]] = {
    "service": marked("服务"),
    "management": marked("管理"),
    "enforcement": marked("执法"),
}
RANK_WORDS: Final[Mapping[str, str]] = {
    "head": marked("负责人"),
    "deputy": marked("副职"),
    "member": marked("成员"),
}

_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ]00:00(?::00)?)?")
_SHORT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")


class RowFault(Refusal):
    """Something in a row that only a sheet can get wrong."""

    status = 422
    column: ClassVar[str] = "code"


class CellNeeded(RowFault):
    """A cell that must not be empty."""

    says = marked("“%(column)s”不能为空。")
    remedy = marked("请填写后再导入。")


class NotADay(RowFault):
    """A cell that should hold a day."""

    says = marked("“%(text)s”不是日期。")
    remedy = marked("请按 2026-03-01 的格式填写。")


class RowTwice(RowFault):
    """A row that says again what an earlier row says."""

    says = marked("与第 %(row)s 行重复。")
    remedy = marked("请只保留一行。")


@dataclass(frozen=True, slots=True)
class Words:
    """Codes by the words a sheet may use for them, in any case."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, *tables: Mapping[str, str]) -> Words:
        """Words from tables of code → word; a code is a word for itself."""
        known: dict[str, str] = {}
        for table in tables:
            for code, word in table.items():
                known.update({code.casefold(): code, word.casefold(): code})
        return cls(known)

    def code_of(self, text: str) -> str:
        """The code a word stands for; the text itself where it stands for none."""
        return self.codes.get(text.casefold(), text)


@lru_cache(maxsize=20_000)
def code_from(text: str) -> str:
    """A code as it is meant: full-width signs made narrow, no blanks inside."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


@lru_cache(maxsize=2_000)
def day_from(text: str) -> date | None:
    """The day a text names; None for no text.

    :raises NotADay: it names none
    """
    text = unicodedata.normalize("NFKC", text)
    if not text:
        return None
    found = _SHORT_DAY.fullmatch(text) or _DAY.fullmatch(text)
    try:
        if found is not None:
            year, month, day = (int(part) for part in found.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise NotADay(text=text[:20])


def empty_cells(cells: Mapping[str, str], needed: Mapping[str, str]) -> Iterator[tuple[str, Refusal]]:
    """The needed columns (name → heading) whose cell is empty."""
    for name, heading in needed.items():
        if not cells.get(name):
            yield name, CellNeeded(column=heading)
