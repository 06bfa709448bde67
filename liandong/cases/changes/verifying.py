"""After the unit: check on site, call back."""

from __future__ import annotations

from liandong.cases.changes.handling import verification_of
from liandong.cases.docket import Docket
from liandong.cases.events import CaseCalledBack, CaseChecked
from liandong.cases.rules.calling import call_again_at
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.verification import GIVEN_UP, demanded, is_given_up
from liandong.cases.rules.words import ClockKind, Stage
from liandong.kernel.refusal import Refusal, marked

__all__ = ["OwnWork", "call_back", "check_case", "verification_of"]

_ANSWERS = frozenset({"solved", "not_solved"})


class OwnWork(Refusal):
    """Somebody wanted to check or close what they, or their unit, handled."""

    status = 403
    says = marked("不能核查或结案自己（或本单位）处置的案件。")
    remedy = marked("请由其他单位的核查员或上级中心办理。")


class SatisfactionOutOfRange(Refusal):
    """Satisfaction is 1 to 5."""

    status = 422
    says = marked("满意度应为 1 至 5 分。")
    remedy = marked("请按来电人原话选择 1（很不满意）至 5（很满意）。")


def check_case(docket: Docket, *, ok: bool, note: str = "") -> None:
    """The place was looked at by somebody other than the handling unit.

    :raises OwnWork: the checker belongs to a unit that handled it
    """
    case = docket.case
    if docket.actor.units & {case.unit, *case.involved}:
        raise OwnWork
    docket.advance()
    case.check_result = "ok" if ok else "not_ok"
    docket.record(CaseChecked(ok, remark(note)))


def call_back(
    docket: Docket, *, reached: bool, solved: bool | None = None, satisfaction: int | None = None, words: str = ""
) -> None:
    """The reporter was called. Three attempts over two days without an answer let an on-site check stand in.

    Whoever has answered since the hand-in stays answered, though a later attempt reaches nobody.

    :raises SatisfactionOutOfRange: not 1 to 5
    """
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise SatisfactionOutOfRange
    case = docket.case
    case.call_attempts += 1
    case.called_since = case.called_since or docket.at
    case.call_again_at = None
    if reached:
        docket.advance()
        case.call_back_result = "solved" if solved else "not_solved"
        case.satisfaction = satisfaction
    elif case.call_back_result not in _ANSWERS:
        case.call_back_result = "unreached"
        calendar = docket.rulebook.map.calendar
        if is_given_up(attempts=case.call_attempts, called_since=case.called_since, at=docket.at, calendar=calendar):
            docket.advance()
            case.call_back_result = GIVEN_UP
            stands_in = "check" in demanded(verification_of(docket)) and not case.check_result
            if stands_in and case.stage == Stage.HANDLED:
                docket.start(ClockKind.CHECK)
        else:
            case.call_again_at = call_again_at(
                attempts=case.call_attempts, called_since=case.called_since, at=docket.at, zone=calendar.zone
            )
    docket.record(CaseCalledBack(reached, case.call_attempts, solved, satisfaction, remark(words)))
