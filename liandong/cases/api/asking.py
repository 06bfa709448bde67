"""What a list may be asked: one set of parameters for the list, for saved questions, batches and exports."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import AwareDatetime, Field

from liandong.cases.queries import CaseFilter
from liandong.cases.rules.words import Closing, Force, Nature, RunBy, Stage, Urgency
from liandong.kernel.refusal import Refusal, marked

Code = Annotated[str, Field(max_length=40)]


class UnknownParameter(Refusal):
    """A filter that does not exist: ignoring it would show more than was asked for."""

    status = 422
    says = marked("没有名为“%(name)s”的查询参数。")
    remedy = marked("可用的参数：%(known)s。")


class OrderUnanswered(Refusal):
    """An order that no index of these cases answers, or that means nothing here."""

    status = 422
    says = marked("不能按“%(order)s”排序。")
    remedy = marked("best 需要 text；due 需要 is_open=true 或 is_late。")


class Order(StrEnum):
    """The orders a list comes in."""

    NEWEST = "newest"
    DUE = "due"
    BEST = "best"


class Narrowing(Schema):
    """What narrows a list; everything given must hold."""

    stage: list[Stage] = []
    class_prefix: Code = ""
    area_prefix: Code = ""
    unit: Code = ""
    channel: Code = ""
    urgency: Urgency | None = None
    text: Annotated[str, Field(max_length=200)] = ""
    nature: Nature | None = None
    force: Force | None = None
    run_by: RunBy | None = None
    closing: Closing | None = None
    with_units_below: Annotated[bool, Field(description="the unit with all units below it / 含下级单位")] = False
    is_mine: Annotated[bool, Field(description="handled by the caller / 我处置的")] = False
    is_open: bool | None = None
    is_late: bool | None = None
    is_placed: bool | None = None
    returns: Annotated[int, Field(ge=0, le=99, description="returned so often or more / 至少退单次数")] = 0
    reworks: Annotated[int, Field(ge=0, le=99, description="reworked so often or more / 至少返工次数")] = 0
    reopenings: Annotated[int, Field(ge=0, le=99, description="reopened so often or more / 至少重开次数")] = 0
    reported_from: AwareDatetime | None = None
    reported_until: AwareDatetime | None = None
    due_from: AwareDatetime | None = None
    due_until: AwareDatetime | None = None
    due_within_hours: Annotated[int, Field(ge=0, le=999, description="open and due so soon / 将在几小时内到期")] = 0
    reported_within_days: Annotated[int, Field(ge=0, le=999, description="reported so lately / 最近几天上报")] = 0


class Wanted(Narrowing):
    """A list as it is asked for."""

    order: Annotated[
        Order | None,
        Field(description="`best` ranks what `text` finds; `due` is for open cases / 排序"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=100)] = ""


def refuse_unknown_parameters(request: HttpRequest, known: type[Narrowing]) -> None:
    """Return when a list is asked for nothing it does not know.

    :raises UnknownParameter: it is
    """
    for name in request.GET:
        if name not in known.model_fields:
            raise UnknownParameter(name=name[:40], known="、".join(known.model_fields))


def order_of(wanted: Wanted) -> Order:
    """The order of a list: what is due first for open or late cases, the newest for all others.

    :raises OrderUnanswered: it was asked for where it means nothing
    """
    is_open = bool(wanted.is_open) or wanted.is_late is not None or wanted.due_within_hours > 0
    if (wanted.order is Order.DUE and not is_open) or (wanted.order is Order.BEST and not wanted.text.strip()):
        raise OrderUnanswered(order=wanted.order.value)
    return wanted.order or (Order.DUE if is_open else Order.NEWEST)


def filter_in(wanted: Narrowing) -> CaseFilter:
    """What narrows the list, in the words of the house."""
    words = ("urgency", "nature", "force", "run_by", "closing")
    as_given = (field.name for field in fields(CaseFilter) if field.name in Wanted.model_fields)
    given = {name: getattr(wanted, name) for name in as_given if name not in words}
    return CaseFilter(
        **given,
        **{name: word.value for name in words if (word := getattr(wanted, name))},
        stages=tuple(stage.value for stage in wanted.stage),
    )
