"""Steps about time, and what reporters do of their own. `changes` says what each does."""

from __future__ import annotations

from datetime import date, datetime

from liandong.cases import changes
from liandong.cases.models import Case
from liandong.cases.operations.beats import step
from liandong.cases.queries import moves_of
from liandong.people.access import Actor


def request_extension(
    number: str,
    *,
    amount: str,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """申请延期: so many more units of the limit, before it is due."""
    with step(number, "request_extension", actor=actor, at=at, version=version) as docket:
        changes.request_extension(docket, amount=amount, reason=reason)
    return docket.case


def grant_extension(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """同意延期."""
    with step(number, "grant_extension", actor=actor, at=at, version=version) as docket:
        changes.grant_extension(docket, note=note)
    return docket.case


def refuse_extension(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """不同意延期."""
    with step(number, "refuse_extension", actor=actor, at=at, version=version) as docket:
        changes.refuse_extension(docket, reason=reason)
    return docket.case


def suspend_case(
    number: str,
    *,
    awaited: str,
    wake_on: date,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """挂账: rest until what is awaited has come, at the latest until a day."""
    with step(number, "suspend", actor=actor, at=at, version=version) as docket:
        changes.suspend_case(docket, awaited=awaited, wake_on=wake_on, reason=reason)
    return docket.case


def resume_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """恢复办理."""
    with step(number, "resume", actor=actor, at=at, version=version) as docket:
        changes.resume_case(docket, note=note)
    return docket.case


def supervise_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    level: int = 1,
    amount: str = "1",
    time_unit: str = "working_day",
    version: int | None = None,
) -> Case:
    """督办: in one's own words, with a time to reply by."""
    with step(number, "supervise", actor=actor, at=at, version=version) as docket:
        changes.supervise_case(docket, reason=reason, level=level, amount=amount, time_unit=time_unit)
    return docket.case


def reply_supervision(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """回复督办."""
    with step(number, "reply_supervision", actor=actor, at=at, version=version) as docket:
        changes.reply_supervision(docket, reason=reason)
    return docket.case


def lift_overdue(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """解除超时标记: after a correction gave time again."""
    with step(number, "lift_overdue", actor=actor, at=at, version=version) as docket:
        changes.lift_overdue(docket, reason=reason)
    return docket.case


def urge_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """催办: the reporter asks how it goes on."""
    with step(number, "urge", actor=actor, at=at, version=version) as docket:
        changes.urge_case(docket, note=note)
    return docket.case


def add_note(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """补充: something more the reporter knows."""
    with step(number, "add_note", actor=actor, at=at, version=version) as docket:
        changes.add_note(docket, reason=reason)
    return docket.case


def withdraw_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """撤诉: the reporter wants nothing more."""
    with step(number, "withdraw", actor=actor, at=at, version=version) as docket:
        changes.withdraw_case(docket, note=note)
    return docket.case


def rate_case(
    number: str,
    *,
    rating: int,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """评价: one to five."""
    with step(number, "rate", actor=actor, at=at, version=version) as docket:
        changes.rate_case(docket, rating=rating, note=note)
    return docket.case


def dispute_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """申诉: the reporter does not agree with the closing."""
    with step(number, "dispute", actor=actor, at=at, version=version) as docket:
        changes.dispute_case(docket, reason=reason)
    return docket.case


def refuse_dispute(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """驳回申诉."""
    with step(number, "refuse_dispute", actor=actor, at=at, version=version) as docket:
        changes.refuse_dispute(docket, reason=reason)
    return docket.case


def change_class(
    number: str,
    *,
    class_code: str,
    reason: str,
    actor: Actor,
    at: datetime,
    condition: str = "",
    version: int | None = None,
) -> Case:
    """改类: another class after filing; the time already spent counts."""
    with step(number, "change_class", actor=actor, at=at, version=version) as docket:
        moves = moves_of(docket.case)
        changes.change_class(docket, class_code=class_code, condition=condition, reason=reason, moves=moves)
    return docket.case
