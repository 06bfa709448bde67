"""The end and the way back: close, send back, reopen, solve on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from liandong.cases.changes.command import is_about
from liandong.cases.changes.going_back import units_back, units_back_or_centre
from liandong.cases.changes.handling import AboutItself, verification_of
from liandong.cases.changes.intake import reason_for
from liandong.cases.changes.levels import answer_application
from liandong.cases.changes.verifying import OwnWork
from liandong.cases.docket import Docket
from liandong.cases.events import CaseClosed, CaseLetGo, CaseReopened, CaseSentBack, CaseSolvedOnSpot, CaseVoided
from liandong.cases.models import FollowUp
from liandong.cases.rules.force import BeyondThePostsForce, force_word
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.verification import (
    REWORKS_BEFORE_SPECIAL,
    NotReadyForSpecialClosing,
    Unverified,
    may_reopen,
    missing,
)
from liandong.cases.rules.words import ClockKind, Closing, Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import covers

_WORDS = {"check": marked("核查"), "call_back": marked("回访")}


class ReopeningTooLate(Refusal):
    """A case was to be reopened after its window."""

    status = 409
    says = marked("结案已超过 %(days)s 天，不能重开。")
    remedy = marked("请登记新的案件，并在描述中注明原案件编号。")


class PartsOpen(Refusal):
    """The whole was to be closed before its parts (拆分)."""

    status = 409
    says = marked("拆分出的案件尚未办结：%(numbers)s。")
    remedy = marked("请等其办结；确需先行结案的，由值班长写明理由后结案。")


class NotFiledYet(Refusal):
    """A case dispatched by telephone that nobody filed afterwards."""

    status = 409
    says = marked("电话派遣的案件尚未补立案，不能结案。")
    remedy = marked("请先补立案。")


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


def close_case(docket: Docket, *, closing: str = "", reason: str = "", open_parts: tuple[str, ...] = ()) -> None:
    """Close a verified case; normal or late is decided by its handling clock. Follow-up visits are promised here.

    `open_parts` are the numbers of cases split from it that are still open: only a supervisor closes past them.

    :raises OwnWork: the person handled it themselves
    :raises Unverified: check or call-back is missing
    :raises NotReadyForSpecialClosing: special closing before the second rework
    :raises PartsOpen, NotFiledYet: as they say
    """
    case = docket.case
    if not case.condition:
        raise NotFiledYet
    if open_parts and not (reason.strip() and docket.actor.role_codes & {"supervisor", "platform"}):
        raise PartsOpen(numbers="、".join(open_parts))
    if case.handled_by == docket.actor.key and docket.actor.user_id is not None:
        raise OwnWork
    kind = _closing(docket, closing, reason)
    if kind is not Closing.SPECIAL:
        lacking = missing(verification_of(docket))
        if lacking:
            raise Unverified(missing="、".join(_WORDS[name] for name in lacking))
    docket.advance()
    docket.end_assignments(by="close")
    case.closing = kind.value
    case.solved_level = docket.rulebook.unit(case.unit).level
    _promise_visits(docket)
    docket.record(CaseClosed(kind.value, case.solved_level, remark(reason)))


def send_back_case(docket: Docket, *, reason: str, to: str = "") -> None:
    """Not really solved: the same unit again, on the same clock; only the time spent in checking is added.

    Where that unit has closed, whoever took over from it has it, or `to`, whom a supervisor names.

    :raises UnitGone, UnitStands, NotTheirsToName: as `units_back`
    """
    case = docket.case
    said = reason_for(docket, reason)
    units = units_back(docket, [row.unit for row in docket.line(docket.lead())], to=to)
    docket.advance()
    moved = docket.resume(ClockKind.HANDLE)
    docket.start_hop(docket.resend(units, by="send_back"))
    case.reworks += 1
    case.solved_force = ""
    docket.forget_verification()
    docket.record(CaseSentBack(case.unit, said, case.reworks, moved))


def reopen_case(docket: Docket, *, reason: str, to: str = "") -> None:
    """The problem is back, or was never solved: to the same unit, with a new handling clock.

    Where that unit has closed, to whoever took over from it, or to `to`, whom a supervisor names.

    :raises ReopeningTooLate: the window is over
    :raises UnitGone, UnitStands, NotTheirsToName: as `units_back`
    """
    said = reason_for(docket, reason)
    if not may_still_reopen(docket):
        raise ReopeningTooLate(days=docket.rulebook.policy(docket.case.class_code).reopen_days)
    back_to(docket, units_back(docket, line_of_closed(docket), to=to), said)
    docket.record(CaseReopened(docket.case.unit, said))


def may_still_reopen(docket: Docket) -> bool:
    """Whether a closed case is still within the window of its class."""
    days = docket.rulebook.policy(docket.case.class_code).reopen_days
    return docket.case.ended_at is not None and may_reopen(closed_at=docket.case.ended_at, at=docket.at, days=days)


def back_to_its_unit(docket: Docket, why: str) -> None:
    """Send a closed case back where nobody is there to choose: disputed or relapsed. What was disputed is granted."""
    back_to(docket, units_back_or_centre(docket, line_of_closed(docket)), why)


def line_of_closed(docket: Docket) -> list[str]:
    """The units down whose line a closed case was solved, the lowest first.

    One that closed with its main case was solved by the unit that handled the main one.
    """
    if docket.case.merged_into_id is not None:
        return [docket.case.unit]
    return [row.unit for row in docket.last_line()]


def back_to(docket: Docket, units: Sequence[str], why: str) -> None:
    """Send a closed case down a line of units again, with a new handling clock."""
    case = docket.case
    for application in docket.waiting if case.asks else ():
        answer_application(docket, application, "granted", why)
    docket.advance(Stage.DISPATCHED)
    docket.start(ClockKind.HANDLE)
    case.first_unit = case.first_unit or units[0]
    docket.start_hop(docket.resend(units, by=docket.step.code))
    case.reopenings += 1
    case.closing, case.solved_level, case.solved_force, case.handled_by = "", "", "", ""
    case.rating, case.merged_into_id = None, None
    docket.forget_verification()


def void_case(docket: Docket, *, reason: str, main: Docket | None = None) -> None:
    """作废: it should never have been a case, or cannot be one any more.

    `main` is the case it was merged into, which goes on without it and is told so.
    """
    case = docket.case
    said = reason_for(docket, reason)
    docket.advance()
    docket.end_assignments(by="void")
    docket.forget_rest()
    if main is not None:
        case.merged_into_id, case.merged_at_stage = None, ""
        main.case.took_in -= 1
        main.record(CaseLetGo(case.number))
    docket.record(CaseVoided(said))


def solve_case_on_spot(docket: Docket, *, result: str, before: str, after: str, to_be_checked: bool) -> None:
    """Grid, station or patrol fixed it themselves; the pair of photos stands for the check.

    :raises PhotosMissing: one of the two photos is missing, or both are the same
    :raises UnknownUnit: the actor belongs to no unit that could have solved it
    :raises BeyondThePostsForce: the class must be met with more force than the actor's posts carry
    :raises AboutItself: the case is about their own unit
    """
    case = docket.case
    said = reason_for(docket, result)
    if not before or not after or before == after:
        raise PhotosMissing
    unit = docket.rulebook.unit(_post_on_the_spot(docket))
    if is_about(case, unit, docket.rulebook):
        raise AboutItself(unit=unit.name)
    docket.advance()
    lead = docket.assign(unit.code, by="solve_on_spot")
    lead.received_at = lead.arrived_at = lead.handed_in_at = docket.at
    docket.end_assignments(by="solve_on_spot")
    case.result, case.handled_by = said, docket.actor.key
    case.condition = docket.rulebook.condition_of(case.class_code, case.condition)
    case.closing, case.solved_level, case.solved_force = Closing.NORMAL.value, unit.level, case.force
    docket.record(CaseSolvedOnSpot(unit.code, said, before, after, to_be_checked, case.force))


def _promise_visits(docket: Docket) -> None:
    """Promise the follow-up visits of the class, by the station of the place, else by its town."""
    case, book = docket.case, docket.rulebook
    days = book.policy(case.class_code).follow_up_days
    place = book.by_place.get(("station", case.area[:12])) or book.by_place.get(("town", case.area[:9]))
    if not days or place is None:
        return
    today = book.day_of(docket.at)
    promised = _promised_days(docket)
    for day in days:
        due_on = today + timedelta(days=day)
        if due_on not in promised:
            docket.touched.append(FollowUp(case=case, unit=place, due_on=due_on))
            case.visits_left += 1
    if place not in (case.unit, *case.involved):
        case.involved = [*case.involved, place]


def _promised_days(docket: Docket) -> set[date]:
    """The days of visits promised when the case was closed before."""
    if not docket.case.reopenings:
        return set()
    fresh = {row.due_on for row in docket.touched if isinstance(row, FollowUp)}
    stored = () if docket.is_new else FollowUp.objects.filter(case=docket.case).values_list("due_on", flat=True)
    return fresh.union(stored)


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
