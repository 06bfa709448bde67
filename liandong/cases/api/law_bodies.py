"""What a caller sends for the steps between the levels, about time, for several cases, and a reporter's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from liandong.cases.api.bodies import Body, ClassCode, Note, UnitCode
from liandong.kernel.working_time import TimeUnit

Amount = Annotated[Decimal, Field(gt=0, le=1000, examples=["2"])]
Level = Annotated[int, Field(ge=1, le=3)]


class NoteBody(Body):
    """Nothing but, where one likes, a few words."""

    note: Note = ""


class VerifyReportBody(Body):
    """核实: whether what was reported is so."""

    is_true: bool
    note: Note = ""


class SpotCheckBody(Body):
    """抽查: whether a closed case is really solved; what failed says why."""

    ok: bool
    note: Note = ""


class RedrawBody(Body):
    """重新抽取: why another person is to look."""

    reason: Annotated[str, Field(max_length=200)]


class PhoneBody(Body):
    """电话派遣: who there took the order; the suggested unit when `to` is empty. Critical cases only."""

    acknowledged_by: Annotated[str, Field(max_length=80)]
    to: UnitCode = ""
    assisting: Annotated[tuple[UnitCode, ...], Field(max_length=20)] = ()
    note: Note = ""


class HandDownBody(Body):
    """下派: to a unit below."""

    to: UnitCode
    note: Note = ""


class TransferBody(Body):
    """转派: to another lead unit, or, with `to` empty, only more assisting ones."""

    reason: str
    to: UnitCode = ""
    assisting: Annotated[tuple[UnitCode, ...], Field(max_length=20)] = ()


class ChangeClassBody(Body):
    """改类: another class or condition after filing; the time already spent counts."""

    class_code: ClassCode
    reason: str
    condition: Annotated[str, Field(max_length=20)] = ""


class ArbitrateBody(Body):
    """裁定: whose the case is; it binds."""

    to: UnitCode
    reason: str
    on_site: bool = False


class ExcuseBody(Body):
    """免等协办: which late assistant the lead need not wait for."""

    unit: UnitCode
    reason: str


class AdviseBody(Body):
    """劝阻: the advice, and what came of it."""

    reason: str
    outcome: Note = ""


class FollowUpBody(Body):
    """善后跟踪: what the visit found; a relapse reopens the case."""

    reason: str
    is_relapse: bool = False


class ExtensionBody(Body):
    """申请延期: so many units of the limit's own kind."""

    amount: Amount
    reason: str


class SuspendBody(Body):
    """挂账: what is awaited, and the day on which work goes on at the latest."""

    awaited: Annotated[str, Field(max_length=200)]
    wake_on: date
    reason: str


class SuperviseBody(Body):
    """督办: the order, its level, and the time to reply."""

    reason: str
    level: Level = 1
    amount: Amount = Decimal(1)
    time_unit: TimeUnit = TimeUnit.WORKING_DAY


class RateBody(Body):
    """评价: 1 to 5."""

    rating: int
    note: Note = ""


class MergeBody(Body):
    """并案: the number of the main case."""

    into: Annotated[str, Field(max_length=32)]
    reason: str


class PartBody(Body):
    """One part of a case."""

    class_code: ClassCode
    description: Annotated[str, Field(max_length=10_000)]


class SplitBody(Body):
    """拆分: the parts, each a case of its own."""

    parts: Annotated[list[PartBody], Field(max_length=20)]
    reason: str


class PassOutBody(Body):
    """外协: the firm, its job, and for how many hours the link is good."""

    firm: Annotated[str, Field(max_length=80)]
    task: Note
    hours: Annotated[int, Field(ge=1, le=720)] = 72
