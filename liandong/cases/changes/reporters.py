"""What a reporter does of their own, themselves or through an operator: urge, add, withdraw, rate, dispute."""

from __future__ import annotations

from hashlib import sha256

from liandong.cases.changes.closing import ReopeningTooLate, back_to_its_unit, may_still_reopen
from liandong.cases.changes.handling import verification_of
from liandong.cases.changes.intake import reason_for
from liandong.cases.changes.levels import AlreadyAsked, answer_application, apply_for, waiting_application
from liandong.cases.docket import STAY, Docket
from liandong.cases.events import (
    CaseDisputed,
    CaseRated,
    CaseUrged,
    CaseWithdrawn,
    DisputeRefused,
    NoteAdded,
)
from liandong.cases.models import Note
from liandong.cases.rules.redaction import clean, redact, remark
from liandong.cases.rules.verification import demanded
from liandong.cases.rules.words import ClockKind, Stage
from liandong.kernel.refusal import Refusal, marked

DISPUTES_THAT_REOPEN = 1
"""Disputes that reopen a case by themselves; a later one is for the supervisor, so that no case goes round for ever."""

_GOES_ON = frozenset({Stage.DISPATCHED, Stage.RECEIVED, Stage.ON_SCENE, Stage.HANDLED, Stage.MERGED})


class RatingOutOfRange(Refusal):
    """A rating that is none."""

    status = 422
    says = marked("评价应为 1 至 5 分。")
    remedy = marked("1 很不满意，5 很满意。")


class AlreadyRated(Refusal):
    """A second rating of one closing."""

    status = 409
    says = marked("本案已经评价过。")
    remedy = marked("对结果有异议的，请提出申诉。")


class AlreadyWithdrawn(Refusal):
    """Withdrawn before."""

    status = 409
    says = marked("报告人已经撤诉。")
    remedy = marked("案件按程序继续办理，无需再次撤诉。")


def urge_case(docket: Docket, *, note: str = "") -> None:
    """催办: the reporter asks how it goes on; whoever has the case is told."""
    docket.advance()
    docket.case.urges += 1
    if note.strip():
        _keep(docket, "urge", note)
    docket.record(CaseUrged(docket.case.urges))


def add_note(docket: Docket, *, reason: str) -> None:
    """补充: something more the reporter knows."""
    reason_for(docket, reason)
    docket.advance()
    text = _keep(docket, "note", reason)
    docket.record(NoteAdded("note", sha256(text.encode()).hexdigest()))


def withdraw_case(docket: Docket, *, note: str = "") -> None:
    """撤诉: before anybody was sent the case ends; later the work goes on, and the reporter is not called back.

    :raises AlreadyWithdrawn: a second time
    """
    case = docket.case
    if case.withdrawn_at is not None:
        raise AlreadyWithdrawn
    goes_on = Stage(case.stage) in _GOES_ON
    if note.strip():
        _keep(docket, "withdraw", note)
    case.withdrawn_at = docket.at
    if goes_on:
        docket.advance_beside()
        _nobody_to_call(docket)
    else:
        docket.advance()
        docket.end_assignments(by="withdraw")
        docket.forget_rest()
    docket.record(CaseWithdrawn(goes_on))


def _nobody_to_call(docket: Docket) -> None:
    """Whoever withdrew is not called back: a check on site stands in, where the class demands anything."""
    clock = docket.clock_of(ClockKind.CALL_BACK)
    if clock is None:
        return
    docket.stop(clock, by="withdraw")
    is_handled = docket.case.stage == Stage.HANDLED
    if is_handled and "check" in demanded(verification_of(docket)) and not docket.case.check_result:
        docket.start(ClockKind.CHECK)


def rate_case(docket: Docket, *, rating: int, note: str = "") -> None:
    """评价: one to five, once for a closing.

    :raises RatingOutOfRange, AlreadyRated: as they say
    """
    if not 1 <= rating <= 5:
        raise RatingOutOfRange
    if docket.case.rating is not None:
        raise AlreadyRated
    docket.advance()
    docket.case.rating = rating
    docket.record(CaseRated(rating, remark(note)))


def dispute_case(docket: Docket, *, reason: str) -> None:
    """申诉: the first within the window reopens; a later one waits for the supervisor.

    :raises ReopeningTooLate: the window is over
    :raises AlreadyAsked: one waits already
    """
    case = docket.case
    said = reason_for(docket, reason)
    if not may_still_reopen(docket):
        raise ReopeningTooLate(days=docket.rulebook.policy(case.class_code).reopen_days)
    reopens = case.disputes < DISPUTES_THAT_REOPEN
    if not reopens and "appeal" in case.asks:
        raise AlreadyAsked
    case.disputes += 1
    if reopens:
        back_to_its_unit(docket, said)
    else:
        docket.advance(STAY)
        apply_for(docket, "appeal", said, unit="")
    docket.record(CaseDisputed(said, case.disputes, reopens))


def refuse_dispute(docket: Docket, *, reason: str) -> None:
    """驳回申诉: the supervisor does not reopen, and says why.

    :raises NothingAsked: nobody disputes it
    """
    said = reason_for(docket, reason)
    application = waiting_application(docket, "appeal")
    docket.advance()
    answer_application(docket, application, "refused", said)
    docket.record(DisputeRefused(said))


def _keep(docket: Docket, kind: str, text: str) -> str:
    kept = redact(clean(text)).text
    docket.touched.append(
        Note(case=docket.case, kind=kind, text=kept, by=docket.actor.key, at=docket.at, is_reporters=True)
    )
    return kept
