"""What a station does beside the steps (劝阻、配合、善后跟踪), and work passed to an outside firm (外协)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from secrets import token_urlsafe

from liandong.cases.changes.closing import back_to_its_unit
from liandong.cases.changes.intake import reason_for
from liandong.cases.docket import STAY, Docket
from liandong.cases.events import CaseAdvised, CaseAssisted, CaseFollowedUp, CasePassedOut, FirmReported
from liandong.cases.models import FollowUp, OutsideTask
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.kernel.refusal import Refusal, marked

LONGEST_LINK = timedelta(days=30)


class NoVisitDue(Refusal):
    """A follow-up visit that nobody promised, or whose day has not come."""

    status = 409
    says = marked("本案没有到期的善后跟踪。")
    remedy = marked("请按计划日期回访；问题已反复的，请登记新的案件或申请重开。")


class LinkTooLong(Refusal):
    """A link that would live too long, or not at all."""

    status = 422
    says = marked("外协链接有效期应为 1 至 720 小时。")
    remedy = marked("请填写小时数，最长 30 天。")


class LinkDead(Refusal):
    """A link that was used, revoked or has expired: all the same to whoever holds it."""

    status = 404
    says = marked("链接无效或已过期。")
    remedy = marked("请联系派发任务的单位，重新发送链接。")


def advise_in_case(docket: Docket, *, reason: str, outcome: str = "") -> None:
    """劝阻: what the station advised, and what came of it. Nobody is named."""
    said = reason_for(docket, reason)
    docket.advance()
    docket.record(CaseAdvised(acting_unit(docket), said, remark(outcome)))


def assist_in_case(docket: Docket, *, reason: str) -> None:
    """配合: how the station helped whoever handles the case."""
    said = reason_for(docket, reason)
    docket.advance()
    docket.record(CaseAssisted(acting_unit(docket), said))


def follow_up_case(docket: Docket, *, reason: str, is_relapse: bool = False) -> None:
    """善后跟踪: the visit of the day; a relapse reopens the case.

    :raises NoVisitDue: none is due
    """
    said = reason_for(docket, reason)
    today = docket.rulebook.day_of(docket.at)
    due = FollowUp.objects.filter(case=docket.case, done_at=None, due_on__lte=today).order_by("due_on").first()
    if due is None:
        raise NoVisitDue
    due.done_at, due.done_by, due.finding, due.is_relapse = docket.at, docket.actor.key, said, is_relapse
    docket.touch(due)
    docket.case.visits_left -= 1
    if is_relapse:
        back_to_its_unit(docket, said)
    else:
        docket.advance(STAY)
    docket.record(CaseFollowedUp(due.unit, due.due_on.isoformat(), said, is_relapse))


def pass_out(docket: Docket, *, firm: str, task: str, hours: str = "72") -> str:
    """外协: a link for an outside firm, good for one job. Returns its token, which is kept nowhere.

    :raises ReasonNeeded: no firm or no task
    :raises LinkTooLong: it would live too long
    """
    name, work = remark(firm, longest=80), remark(task)
    if not name or not work:
        raise ReasonNeeded(step=docket.step.word)
    lives = _hours(hours)
    if not docket.assists:
        docket.advance()
    token = token_urlsafe(24)
    row = OutsideTask(
        case=docket.case,
        assignment=docket.row,
        firm=name,
        task=work,
        token_hash=hash_of(token),
        made_by=docket.actor.key,
        made_at=docket.at,
        expires_at=docket.at + lives,
    )
    docket.touched.append(row)
    docket.record(CasePassedOut(docket.row.unit, name, work, row.expires_at.isoformat()))
    return token


def firm_reports(docket: Docket, task: OutsideTask, *, what: str, report: str = "") -> None:
    """The firm has the job, or has done it. The case stays where it is: the unit hands in.

    :raises LinkDead: the link is not good any more
    """
    if not is_good(task, at=docket.at) or (what == "received" and task.received_at is not None):
        raise LinkDead
    said = remark(report)
    task.received_at = task.received_at or docket.at
    if what == "done":
        task.done_at, task.report = docket.at, said
    docket.touch(task)
    docket.record(FirmReported(task.firm, what, said))


def is_good(task: OutsideTask, *, at: datetime) -> bool:
    """Whether a link still opens: the job is not done, time is left, and the unit that passed it out still has it."""
    is_over = task.done_at is not None or task.revoked_at is not None or task.assignment.ended_at is not None
    return not is_over and task.expires_at > at


def hash_of(token: str) -> bytes:
    """What is kept of a link's token."""
    return sha256(token.encode()).digest()


def acting_unit(docket: Docket) -> str:
    """The unit from which the actor acts in this case: one that has it, else their first."""
    has = {docket.case.unit, *docket.case.involved}
    mine = [post.unit for post in docket.actor.posts if post.unit]
    return next((code for code in mine if code in has), mine[0] if mine else "")


def _hours(text: str) -> timedelta:
    try:
        hours = Decimal(str(text))
    except InvalidOperation:
        hours = Decimal(0)
    if not hours.is_finite() or not 1 <= hours <= LONGEST_LINK / timedelta(hours=1):
        raise LinkTooLong
    return timedelta(hours=float(hours))
