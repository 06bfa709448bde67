"""Time asked for and given: extend, suspend and resume, supervise and reply, lift an overdue mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from liandong.cases.changes.intake import UnknownWord, fix_class, reason_for
from liandong.cases.changes.levels import AlreadyAsked, answer_application, apply_for, waiting_application
from liandong.cases.docket import STAY, Docket, limit_of
from liandong.cases.events import (
    CaseReclassified,
    CaseResumed,
    CaseSupervised,
    CaseSuspended,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    OverdueLifted,
    SupervisionReplied,
    SuspensionReviewDue,
)
from liandong.cases.models import ClockMove, Supervision
from liandong.cases.rules.ladder import Rung
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import ClockKind, Part
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Limit, TimeUnit

MOST_EXTENSIONS = 2
"""Extensions a case may have, each no longer than the original limit (`CASE.md` §2)."""
REVIEWED_EVERY = timedelta(days=30)
LONGEST_REST = timedelta(days=366)


class TooLateToExtend(Refusal):
    """More time was asked for when there was none left, or before there was any."""

    status = 409
    says = marked("延期须在处置时限届满前申请。")
    remedy = marked("已超时的案件请尽快处置，并在督办回复中说明原因。")


class NoMoreExtensions(Refusal):
    """A third extension."""

    status = 409
    says = marked("案件已延期 %(times)s 次，不能再延期。")
    remedy = marked("确有客观条件不具备的，请值班长考虑挂账。")


class ExtensionTooLong(Refusal):
    """An extension of nothing, or of more than the limit itself."""

    status = 422
    says = marked("延期应大于 0，且不超过原时限（%(most)s）。")
    remedy = marked("请按原时限的同一时间单位填写。")


class OwnRequest(Refusal):
    """Somebody wanted to decide on what their own unit had asked for."""

    status = 403
    says = marked("不能审批本单位提出的申请。")
    remedy = marked("请由上级值班长审批。")


class WakeUpMissing(Refusal):
    """A suspension without a day on which it ends, or with a day that makes no sense."""

    status = 422
    says = marked("挂账须写明等待的条件，并指定一年以内的恢复日期。")
    remedy = marked("请填写等待条件，并选择明天起一年以内的日期。")


class NotSuspended(Refusal):
    """Resume what does not rest, or suspend what does."""

    status = 409
    says = marked("案件没有挂账。")
    remedy = marked("请刷新案件。")


class NothingToReply(Refusal):
    """A reply to a supervision that nobody made."""

    status = 409
    says = marked("没有待回复的督办。")
    remedy = marked("请刷新案件，可能已有人回复。")


class NothingOverdue(Refusal):
    """No overdue mark to lift."""

    status = 409
    says = marked("案件没有可以解除的超时标记。")
    remedy = marked("请刷新案件。")


class UnknownLevel(Refusal):
    """Supervision of a level that does not exist."""

    status = 422
    says = marked("督办级别应为 1 至 3。")
    remedy = marked("1 责任单位值班人员，2 单位负责人，3 区领导。")


def request_extension(docket: Docket, *, amount: str, reason: str) -> None:
    """申请延期: so many units of the limit more, asked before it is due.

    :raises TooLateToExtend, NoMoreExtensions, ExtensionTooLong, AlreadyAsked: as they say
    """
    case, clock = docket.case, docket.clock_of(ClockKind.HANDLE)
    said = reason_for(docket, reason)
    if clock is None or docket.at > clock.due_at:
        raise TooLateToExtend
    if case.extensions >= MOST_EXTENSIONS:
        raise NoMoreExtensions(times=case.extensions)
    if "extension" in case.asks:
        raise AlreadyAsked
    limit = limit_of(clock)
    asked = _amount(amount, most=limit)
    docket.advance()
    row = apply_for(docket, "extension", said, unit=docket.row.unit)
    row.amount, row.time_unit = asked, limit.unit.value
    docket.record(ExtensionRequested(docket.row.unit, f"{asked.normalize():f}", limit.unit.value, said))


def grant_extension(docket: Docket, *, note: str = "") -> None:
    """同意延期: the case's own due time moves, and with it the hop of whoever holds it.

    :raises NothingAsked: nobody asked
    :raises OwnRequest: it is one's own unit's request
    """
    case = docket.case
    application = waiting_application(docket, "extension")
    _require_other(docket, application.asked_unit)
    clock = docket.clock_of(ClockKind.HANDLE)
    assert clock is not None
    assert application.amount is not None
    docket.advance()
    more = Limit(application.amount, TimeUnit(application.time_unit), clock.clause)
    before = clock.due_at
    docket.extend(clock, more, reason=application.reason)
    for row in docket.standing(Part.LEAD):
        hop = docket.clock_of(ClockKind.HOP, row)
        if hop is not None:
            docket.extend(hop, more, reason=application.reason)
    case.extensions += 1
    answer_application(docket, application, "granted", note)
    told = (before.isoformat(), clock.due_at.isoformat(), case.extensions)
    docket.record(ExtensionGranted(application.asked_unit, *told, remark(note)))


def refuse_extension(docket: Docket, *, reason: str) -> None:
    """不同意延期: the time stays as it is.

    :raises NothingAsked: nobody asked
    """
    said = reason_for(docket, reason)
    application = waiting_application(docket, "extension")
    _require_other(docket, application.asked_unit)
    docket.advance()
    answer_application(docket, application, "refused", said)
    docket.record(ExtensionRefused(application.asked_unit, said))


def suspend_case(docket: Docket, *, awaited: str, wake_on: date, reason: str) -> None:
    """挂账: every clock stands still until what is awaited has come, at the latest until the day it wakes up.

    :raises WakeUpMissing: no condition, or no sensible day
    """
    case = docket.case
    said, awaits = reason_for(docket, reason), remark(awaited, longest=200)
    today = docket.rulebook.day_of(docket.at)
    if not awaits or not today < wake_on <= today + LONGEST_REST:
        raise WakeUpMissing
    docket.advance()
    for clock in docket.running():
        if clock.kind != ClockKind.SUPERVISION and clock.paused_at is None:
            docket.pause(clock)
    case.suspended_at, case.suspended_for, case.wake_on = docket.at, awaits, wake_on
    case.review_on = today + REVIEWED_EVERY
    docket.record(CaseSuspended(awaits, wake_on.isoformat(), said))


def resume_case(docket: Docket, *, note: str = "", is_woken: bool = False) -> None:
    """恢复办理: every clock runs on with what was left.

    :raises NotSuspended: it does not rest
    """
    case = docket.case
    if case.suspended_at is None:
        raise NotSuspended
    docket.advance()
    for clock in docket.running():
        if clock.paused_at is not None:
            docket.unpause(clock)
    case.suspended_at, case.suspended_for, case.wake_on, case.review_on = None, "", None, None
    docket.record(CaseResumed(remark(note), is_woken))


def remind_of_rest(docket: Docket) -> None:
    """A month of rest is over: the supervisor is asked to look."""
    case = docket.case
    case.review_on = docket.rulebook.day_of(docket.at) + REVIEWED_EVERY
    docket.record(SuspensionReviewDue(case.suspended_for, case.review_on.isoformat()), is_change=False)


def supervise_case(
    docket: Docket, *, reason: str, level: int = 1, amount: str = "1", time_unit: str = TimeUnit.WORKING_DAY.value
) -> None:
    """督办单: a supervisor's or leader's own words, and a time to reply by.

    :raises UnknownLevel, UnknownWord, ExtensionTooLong: no such level, unit of time or amount
    """
    case = docket.case
    said = reason_for(docket, reason)
    if level not in (1, 2, 3):
        raise UnknownLevel
    if time_unit not in set(TimeUnit):
        raise UnknownWord(value=time_unit, field="time_unit", known="、".join(TimeUnit))
    most = Limit(Decimal(1000), TimeUnit(time_unit))
    limit = Limit(_amount(amount, most=most), TimeUnit(time_unit), "CASE §2 supervise")
    docket.advance()
    clock = docket.start(ClockKind.SUPERVISION, limit=limit)
    row = Supervision(
        case=case,
        level=level,
        is_manual=True,
        unit=case.unit,
        reply_clock=clock,
        text=said,
        made_by=docket.actor.key,
        made_at=docket.at,
    )
    docket.touched.append(row)
    case.supervised = max(case.supervised, level)
    case.to_reply += 1
    docket.record(CaseSupervised(level, case.unit, text=said, is_manual=True, reply_due=clock.due_at.isoformat()))


def supervise_lateness(docket: Docket, *, kind: ClockKind, level: int, unit: str) -> None:
    """督办 by itself: a clock is late, and the unit's duty person, its head or a leader must know."""
    case = docket.case
    row = Supervision(
        case=case, level=level, unit=unit, clock_kind=kind.value, made_by=docket.actor.key, made_at=docket.at
    )
    docket.touched.append(row)
    case.supervised = max(case.supervised, level)
    case.to_reply += 1
    docket.record(CaseSupervised(level, unit, kind.value), is_change=False)


def reply_supervision(docket: Docket, *, reason: str) -> None:
    """回复督办: what is being done about it; answers every supervision of the case that waits.

    :raises NothingToReply: there is none
    """
    said = reason_for(docket, reason)
    waiting = docket.supervisions
    if not waiting:
        raise NothingToReply
    docket.advance()
    for row in waiting:
        row.reply, row.replied_by, row.replied_at = said, docket.actor.key, docket.at
        docket.touch(row)
    docket.case.to_reply = 0
    docket.record(SupervisionReplied(docket.case.unit, said))


def lift_overdue(docket: Docket, *, reason: str) -> None:
    """解除超时标记: of clocks that a correction has given time again; the mark was made by the old calendar.

    :raises NothingOverdue: no such clock
    """
    said = reason_for(docket, reason)
    wrong = [clock for clock in docket.running() if clock.overdue_at is not None and clock.due_at >= docket.at]
    if not wrong:
        raise NothingOverdue
    docket.advance(STAY)
    for clock in wrong:
        clock.overdue_at, clock.rung = None, int(Rung.DUE)
        docket.wind(clock)
        docket.touch(clock)
    docket.record(OverdueLifted(tuple(clock.kind for clock in wrong), said))


def _require_other(docket: Docket, unit: str) -> None:
    if unit in docket.actor.units and "supervisor" not in docket.actor.role_codes:
        raise OwnRequest


def _amount(text: str, *, most: Limit) -> Decimal:
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= most.amount:
        raise ExtensionTooLong(most=f"{most.amount.normalize():f}")
    return amount.quantize(Decimal("0.01"))


def change_class(
    docket: Docket,
    *,
    class_code: str,
    reason: str,
    condition: str = "",
    moves: Mapping[int, Sequence[ClockMove]] | None = None,
) -> None:
    """改类: after filing. Its limits are those of the new class from the same beginning; a hop ends no later.

    :raises UnknownClass, ClassRetired, UnknownCondition: the catalogue has no such thing
    """
    said = reason_for(docket, reason)
    before = docket.case.class_code
    fix_class(docket, class_code, condition)
    for kind in (ClockKind.ARRIVE, ClockKind.HANDLE):
        clock = docket.clock_of(kind)
        if clock is not None:
            docket.exchange(clock, moves=(moves or {}).get(clock.pk, ()))
    handle = docket.clock_of(ClockKind.HANDLE)
    for hop in docket.running(ClockKind.HOP) if handle else ():
        if handle is not None and hop.due_at != handle.due_at:
            docket.move(hop, max(handle.due_at, hop.started_at), reason=said)
    docket.record(CaseReclassified(before, docket.case.class_code, docket.case.condition, said))
