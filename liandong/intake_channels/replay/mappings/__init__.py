"""What a file of requests means: one module per kind of file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from liandong.cases.operations import Life
from liandong.kernel.refusal import Refusal, marked


class RowRefused(Refusal):
    """A row that cannot become a case. Subclasses say why; the row is written out with the reason."""

    status = 422
    says = marked("该行不能成为案件。")
    remedy = marked("请更正该行后重新回放；其余各行不受影响。")


class ColumnsMissing(Refusal):
    """The file is not of this mapping's kind."""

    status = 422
    says = marked("文件缺少列：%(columns)s。")
    remedy = marked("请核对文件与 --mapping 是否对应。")


class UnreadableInstant(RowRefused):
    """A date and time that cannot be read."""

    says = marked("“%(column)s”不是可识别的时间：%(value)s。")


class UnreadablePoint(RowRefused):
    """A coordinate that is no number."""

    says = marked("坐标不是数值：%(value)s。")


class ValueMissing(RowRefused):
    """A cell that must not be empty."""

    says = marked("“%(column)s”为空。")


class UnknownValue(RowRefused):
    """A word that the mapping's district does not know."""

    says = marked("本区数据中没有“%(column)s”的取值“%(value)s”。")


class EndsBeforeItBegins(RowRefused):
    """A request closed before it was made."""

    says = marked("办结时间 %(closed)s 早于登记时间 %(created)s。")


class FromTheFuture(RowRefused):
    """A request, or a step of it, that lies after now."""

    says = marked("时间 %(value)s 晚于当前时间。")


class FileMapping(Protocol):
    """How rows of one kind of file become lives of cases in one district."""

    @property
    def name(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def columns(self) -> frozenset[str]: ...
    @property
    def key(self) -> str: ...

    def life_of(self, row: Mapping[str, str]) -> Life:
        """Return the life a row tells of.

        :raises RowRefused: it cannot be told
        """
        ...
