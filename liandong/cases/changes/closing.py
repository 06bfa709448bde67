"""The end and the way back: close, send back, reopen, solve on the spot."""

from __future__ import annotations

from liandong.cases.changes.handling import verification_of
from liandong.cases.changes.intake import reason_for
from liandong.cases.changes.verifying import OwnWork
from liandong.cases.docket import Docket
from liandong.cases.events import CaseClosed, CaseReopened, CaseSentBack, CaseSolvedOnSpot
from liandong.cases.rules.force import BeyondThePostsForce, force_word
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.verification import (
    REWORKS_BEFORE_SPECIAL,
    NotReadyForSpecialClosing,
    Unverified,
    may_reopen,
    missing,
)
from liandong.cases.rules.words import ClockKind, Closing
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import covers

REOPEN_DAYS = 30
"""Days in which a closed case may be reopened unless its class says otherwise (`CASE.md` §2 reopen)."""

_WORDS = {"check": marked("核查"), "call_back": marked("回访")}


class ReopeningTooLate(Refusal):
    """A case was to be reopened after its window."""

    status = 409
    says = marked("结案已超过 %(days)s 天，不能重开。")
    remedy = marked("请登记新的案件，并在描述中注明原案件编号。")


class PhotosMissing(Refusal):
    """Solving on the spot without the pair of photos that proves it."""

    status = 422
    says = marked("自行处置须有处置前、处置后照片各一张。")
    remedy = marked("请先上传两张照片（before 与 after），再提交。")


class UnknownClosing(Refusal):
    """A kind of closing that nobody chooses, or that does not exist."""

    status = 422
    says = marked("结案方式“%(closing)s”不能选择。")
    remedy = marked("可选：special（特殊结案）、error（差错结案）；其余由系统按时限判定。")


def close_case(docket: Docket, *, closing: str = "", reason: str = "") -> None:
    """Close a verified case; normal or late is decided by its handling clock.

    :raises OwnWork: the person handled it themselves
    :raises Unverified: check or call-back is missing
    :raises NotReadyForSpecialClosing: special closing before the second rework
    """
    case = docket.case
    if case.handled_by == docket.actor.key and docket.actor.user_id is not None:
        raise OwnWork
    kind = _closing(docket, closing, reason)
    if kind is not Closing.SPECIAL:
        lacking = missing(verification_of(docket))
        if lacking:
            raise Unverified(missing="、".join(_WORDS[name] for name in lacking))
    docket.advance()
    docket.end_assignments()
    case.closing = kind.value
    case.solved_level = docket.rulebook.unit(case.unit).level
    docket.record(CaseClosed(kind.value, case.solved_level, remark(reason)))


def send_back_case(docket: Docket, *, reason: str) -> None:
    """Not really solved: the same unit again, on the same clock; only the time spent in checking is added."""
    case = docket.case
    said = reason_for(docket, reason)
    unit, helpers = case.unit, tuple(case.assisting)
    docket.advance()
    docket.assign(unit, assisting=helpers)
    moved = docket.resume(ClockKind.HANDLE)
    docket.start(ClockKind.RECEIVE)
    case.reworks += 1
    case.solved_force = ""
    docket.forget_verification()
    docket.record(CaseSentBack(unit, said, case.reworks, moved))


def reopen_case(docket: Docket, *, reason: str) -> None:
    """The problem is back, or was never solved: to the same unit, with a new handling clock.

    :raises ReopeningTooLate: the window is over
    """
    case = docket.case
    said = reason_for(docket, reason)
    if case.ended_at is None or not may_reopen(closed_at=case.ended_at, at=docket.at, days=REOPEN_DAYS):
        raise ReopeningTooLate(days=REOPEN_DAYS)
    docket.advance()
    docket.assign(case.unit, assisting=tuple(case.assisting))
    docket.start(ClockKind.RECEIVE)
    docket.start(ClockKind.HANDLE)
    case.reopenings += 1
    case.closing, case.solved_level, case.solved_force, case.handled_by = "", "", "", ""
    docket.forget_verification()
    docket.record(CaseReopened(case.unit, said))


def solve_case_on_spot(docket: Docket, *, result: str, before: str, after: str, to_be_checked: bool) -> None:
    """Grid, station or patrol fixed it themselves; the pair of photos stands for the check.

    :raises PhotosMissing: one of the two photos is missing, or both are the same
    :raises UnknownUnit: the actor belongs to no unit that could have solved it
    :raises BeyondThePostsForce: the class must be met with more force than the actor's posts carry
    """
    case = docket.case
    said = reason_for(docket, result)
    if not before or not after or before == after:
        raise PhotosMissing
    unit = docket.rulebook.unit(_post_on_the_spot(docket))
    docket.advance()
    docket.assign(unit.code)
    lead = docket.lead()
    lead.received_at = lead.arrived_at = lead.handed_in_at = docket.at
    docket.end_assignments()
    case.result, case.handled_by = said, docket.actor.key
    case.condition = docket.rulebook.condition_of(case.class_code, case.condition)
    case.closing, case.solved_level, case.solved_force = Closing.NORMAL.value, unit.level, case.force
    docket.record(CaseSolvedOnSpot(unit.code, said, before, after, to_be_checked, case.force))


def _post_on_the_spot(docket: Docket) -> str:
    """The unit from which the actor may settle the case: the first of their posts that carries its force."""
    posts = [post for post in docket.actor.posts if post.unit]
    is_platform = "platform" in docket.actor.role_codes
    able = [post.unit for post in posts if is_platform or covers(post.force, docket.case.force)]
    if posts and not able:
        raise BeyondThePostsForce(needed=force_word(docket.case.force))
    return able[0] if able else ""


def _closing(docket: Docket, closing: str, reason: str) -> Closing:
    if not closing:
        return Closing.LATE if _handled_late(docket) else Closing.NORMAL
    if closing not in (Closing.SPECIAL, Closing.ERROR):
        raise UnknownClosing(closing=closing)
    if not reason.strip():
        raise ReasonNeeded(step=docket.step.word)
    by_platform = docket.actor.user_id is None
    if closing == Closing.SPECIAL and not by_platform and docket.case.reworks < REWORKS_BEFORE_SPECIAL:
        raise NotReadyForSpecialClosing(reworks=REWORKS_BEFORE_SPECIAL)
    return Closing(closing)


def _handled_late(docket: Docket) -> bool:
    return any(clock.kind == ClockKind.HANDLE and clock.overdue_at for clock in docket.clocks)
