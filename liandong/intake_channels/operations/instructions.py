"""Leaders' instructions (领导批示): to a case there is, or to a new one, as supervision with a reply due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Final

from django.db import transaction

from liandong.cases import operations
from liandong.cases.changes import Report
from liandong.cases.queries import case_for, trace_of
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import remark, storable
from liandong.intake_channels.contract import File
from liandong.intake_channels.events import LeaderInstructed
from liandong.intake_channels.operations.leaving import hearers_of
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import TimeUnit
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

if TYPE_CHECKING:
    from liandong.cases.models import Case

CHANNEL: Final = "instruction"
LONGEST_LEADER: Final = 40
LONGEST_TEXT: Final = 2_000
MOST_DAYS: Final = 366
LEADERS_LEVEL: Final = 3
"""Supervision by a leader of the district (`CASE.md` §2)."""
_MOST_HOURS: Final = 1_000
"""A limit in hours has no more; longer ones are given in days, rounded up."""


class InstructionIncomplete(Refusal):
    """An instruction without whose it is, or without a word."""

    status = 422
    says = marked("批示须写明批示人和批示内容。")
    remedy = marked("请按批示原文填写。")


class DeadlineImplausible(Refusal):
    """A time to reply by that has passed, or lies more than a year ahead."""

    status = 422
    says = marked("回复期限须在一年之内，且晚于现在。")
    remedy = marked("请核对批示中的期限。")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a leader wrote. `token` is that of the form: entered twice under it, it is one instruction."""

    leader: str
    text: str
    due_at: datetime
    token: str


@dataclass(frozen=True, slots=True)
class NewMatter:
    """What an instruction is about that is no case yet; without a class it is one nobody has classed."""

    description: str
    class_code: str = ""
    area: str = ""
    address: str = ""


@transaction.atomic
def take_instruction(
    told: Instruction,
    *,
    district: str,
    actor: Actor,
    at: datetime,
    number: str = "",
    matter: NewMatter | None = None,
    scan: File | None = None,
) -> Case:
    """Supervise a case as a leader instructed, or open one for it; return the case.

    All of it or nothing: where the scan may not be kept, nothing is entered.

    :raises Forbidden, NotFound: the actor may not supervise, or not see that case
    :raises InstructionIncomplete, DeadlineImplausible: as they say
    :raises IllegalStep: the case has ended
    :raises UnfitFile: the scan is no file a case takes
    """
    require(actor, "cases.supervise")
    leader, text = _said(told, at=at)
    token = storable(told.token)[:40]
    if number:
        case = case_for(actor, number)
        if trace_of(case).filter(event=LeaderInstructed.__name__, data__token=token).exists():
            return case
    elif matter is None:
        raise InstructionIncomplete
    else:
        case = _opened(matter, leader, token, district=district, actor=actor, at=at)
    case = _supervised(case.number, f"【领导批示】{leader}：{text}", due_at=told.due_at, actor=actor, at=at)
    if scan is not None:
        stream = BytesIO(scan.content)
        operations.attach_file(case.number, stream=stream, name=scan.name, purpose="report", actor=actor, at=at)
    event = LeaderInstructed(leader, told.due_at.isoformat(), token, not number, scan is not None)
    about = Subject("case", case.pk, area=case.area, hearers=hearers_of(case))
    record(event, about=about, actor=actor.key, at=at)
    return case


def _said(told: Instruction, *, at: datetime) -> tuple[str, str]:
    """Who instructed, and what.

    :raises InstructionIncomplete, DeadlineImplausible: as they say
    """
    leader, text = remark(told.leader, longest=LONGEST_LEADER), remark(told.text, longest=LONGEST_TEXT)
    if not leader or not text:
        raise InstructionIncomplete
    if not at < told.due_at <= at + timedelta(days=MOST_DAYS):
        raise DeadlineImplausible
    return leader, text


def _opened(matter: NewMatter, leader: str, token: str, *, district: str, actor: Actor, at: datetime) -> Case:
    report = Report(
        class_code=matter.class_code or rulebook_for(district).policy("*").unclassed,
        description=matter.description,
        channel=CHANNEL,
        area=matter.area,
        address=matter.address,
        external_id=token,
    )
    return operations.report_case(report, district=district, actor=actor, at=at)


def _supervised(number: str, said: str, *, due_at: datetime, actor: Actor, at: datetime) -> Case:
    """Supervise until a deadline: in hours of the clock, or where those are too many in whole days."""
    left = due_at - at
    hours = (Decimal(int(left.total_seconds())) / 3600).quantize(Decimal("0.01"))
    amount, unit = f"{max(hours, Decimal('0.01')):f}", TimeUnit.NATURAL_HOUR
    if hours > _MOST_HOURS:
        amount, unit = str(-(-left // timedelta(days=1))), TimeUnit.NATURAL_DAY
    return operations.supervise_case(
        number, reason=said, level=LEADERS_LEVEL, amount=amount, time_unit=unit.value, actor=actor, at=at
    )
