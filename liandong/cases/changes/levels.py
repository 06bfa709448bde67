"""Between the levels: hand down, return, transfer, take back, arbitrate, coordinate, excuse an assistant.

Nothing here resets the case's own clocks (捆绑时限); each hop has its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from liandong.cases.changes.command import NoCommandHere, department_of, is_about, is_below, require_command
from liandong.cases.changes.force import require_strength
from liandong.cases.changes.handling import (
    AboutItself,
    RulingAwaited,
    at_work,
    helpers_of,
    send_out,
    unit_that_may_hold,
)
from liandong.cases.changes.intake import reason_for
from liandong.cases.docket import STAY, Docket
from liandong.cases.events import (
    AssistantExcused,
    AssistantReturned,
    CaseArbitrated,
    CaseHandedDown,
    CaseReturned,
    CaseReturnedUp,
    CaseTakenBack,
    CaseTransferred,
    CoordinationAccepted,
    CoordinationDeclined,
    CoordinationRequested,
)
from liandong.cases.models import Application, Assignment
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.verification import (
    RETURNS_BEFORE_RULING,
    HandDownBinds,
    ReturnTooLate,
    RulingBinds,
    return_until,
)
from liandong.cases.rules.words import ClockKind, Part, RunBy, Stage, Urgency
from liandong.kernel.refusal import Refusal, marked


class AlreadyHasIt(Refusal):
    """The case was to go to a unit that has it already."""

    status = 422
    says = marked("%(unit)s已经是本案的承办或协办单位。")
    remedy = marked("请选择其他单位。")


class NothingToTakeBack(Refusal):
    """Take back what was not handed down."""

    status = 409
    says = marked("本单位没有把案件下派出去，无可收回。")
    remedy = marked("请刷新案件，查看现在由谁处置。")


class NoRulingAwaited(Refusal):
    """A ruling on a case nobody disputes."""

    status = 409
    says = marked("本案没有权属争议需要裁定。")
    remedy = marked("需要改派的，请用转派。")


class OnlyTownsAsk(Refusal):
    """Coordination by the district was asked by a unit that is no town."""

    status = 422
    says = marked("只有街镇分中心可以上报区中心协调。")
    remedy = marked("请先退单，或向本街镇分中心说明情况。")


class AlreadyAsked(Refusal):
    """The same was asked before, and nobody has answered yet."""

    status = 409
    says = marked("同样的申请正在等待答复。")
    remedy = marked("请等待答复，或电话催办。")


class NothingAsked(Refusal):
    """An answer to what nobody asked."""

    status = 409
    says = marked("没有待答复的申请。")
    remedy = marked("请刷新案件，可能已有人答复。")


class NotOverdue(Refusal):
    """An assistant was to be excused who still has time."""

    status = 409
    says = marked("%(unit)s的协办时限尚未届满，不能免等。")
    remedy = marked("请等其反馈，或与其联系。")


class NotAssisting(Refusal):
    """A unit that is not, or no longer, assisting."""

    status = 422
    says = marked("%(unit)s不是未完成的协办单位。")
    remedy = marked("请从未反馈的协办单位中选择。")


def hand_down(docket: Docket, *, to: str, note: str = "", commanded_by: int = 0) -> None:
    """下派: one hop further down, to a unit below the one that has it, or under the delegation `commanded_by`.

    :raises NoCommandHere: the unit is not below this one
    :raises AlreadyHasIt: it has the case already
    :raises AboutItself, UnitNotAtWork, ForceTooWeak: as at dispatch
    """
    row, book = docket.row, docket.rulebook
    unit = at_work(docket, to)
    if is_about(docket.case, unit, book):
        raise AboutItself(unit=unit.name)
    if unit.code in {other.unit for other in docket.standing()}:
        raise AlreadyHasIt(unit=unit.name)
    if not commanded_by and not is_below(book, unit.code, row.unit):
        owner = book.units.get(department_of(book, unit)) or book.units.get(unit.parent) or unit
        raise NoCommandHere(unit=unit.name, department=owner.name)
    part = Part(row.part)
    if part is Part.LEAD:
        require_strength(docket, unit)
        docket.advance()
    child = docket.send(unit.code, part, parent=row)
    if commanded_by and department_of(book, unit) not in {other.unit for other in docket.standing()}:
        docket.send(department_of(book, unit), Part.TOLD)
    docket.place_work()
    docket.start_hop(child)
    docket.record(CaseHandedDown(row.unit, unit.code, part.value, remark(note), commanded_by or None))


def return_case(docket: Docket, *, reason: str, proposed_unit: str = "") -> None:
    """退单: not ours, and whose it is. To whoever sent it; the second time to the supervisor, whose ruling binds.

    Until the ruling, the first unit that ever received the case handles it (首接负责). What was handed down goes back
    to the unit that did so, which stays responsible: that is no return of the case, and counted apart.

    :raises UnknownUnit, UnitNotAtWork: the unit it proposes does not exist, or not today
    :raises ReturnTooLate: it kept the case too long
    :raises RulingBinds: the supervisor has ruled, or is about to
    :raises HandDownBinds: the unit above handed it down again after two returns
    """
    case, row = docket.case, docket.row
    said = reason_for(docket, reason)
    above = docket.above(row)
    if not docket.assists:
        _require_unbound(docket, above)
    _require_in_time(docket, row)
    proposed = at_work(docket, proposed_unit).code if proposed_unit else ""
    row.returned_at = docket.at
    if docket.assists:
        docket.end(row, by="return")
        docket.place_work()
        docket.record(AssistantReturned(row.unit, said, proposed))
    elif above:
        docket.end(row, by="return")
        docket.advance(Stage.RECEIVED)
        docket.place_work()
        docket.record(CaseReturnedUp(row.unit, above[0].unit, said, proposed, docket.returns_to(above[0].unit)))
    else:
        case.returns += 1
        if case.returns >= RETURNS_BEFORE_RULING:
            _await_ruling(docket)
        else:
            docket.advance()
            docket.end_assignments(by="return")
            docket.place_work()
            docket.start(ClockKind.DISPATCH)
        docket.record(CaseReturned(row.unit, said, proposed, case.returns))


def transfer_case(
    docket: Docket, *, reason: str, to: str = "", assisting: tuple[str, ...] = (), commanded_by: int = 0
) -> None:
    """转派: to another lead unit, or only more assisting ones. Nothing resets.

    :raises NoCommandHere: the unit is not the town's to order, as at dispatch
    :raises RulingAwaited: it was returned twice, and the supervisor has not ruled
    :raises AlreadyHasIt: the unit leads it already and nobody is added
    """
    said = reason_for(docket, reason)
    before = docket.lead().unit
    if docket.case.awaits_ruling:
        raise RulingAwaited
    helpers = helpers_of(docket, assisting, lead=to or before)
    if to in ("", before):
        helpers = _not_there_yet(docket, helpers)
        if not helpers:
            raise AlreadyHasIt(unit=docket.rulebook.unit(before).name)
        docket.advance(STAY)
        for code in helpers:
            docket.start_hop(docket.send(code, Part.ASSIST))
        docket.place_work()
        docket.record(CaseTransferred(before, before, said, helpers))
        return
    unit = unit_that_may_hold(docket, to)
    require_command(docket, unit, commanded_by=commanded_by)
    told = (department_of(docket.rulebook, unit),) if commanded_by else ()
    docket.advance()
    send_out(docket, unit.code, helpers, told=told)
    docket.record(CaseTransferred(before, unit.code, said, helpers))


def take_back(docket: Docket, *, reason: str) -> None:
    """收回: to whoever handed it down, or by the dispatcher to be sent anew.

    :raises NothingToTakeBack: the unit handed nothing down, and may not dispatch either
    """
    said = reason_for(docket, reason)
    before = docket.lead().unit
    upper = docket.handed_down_by(docket.actor.units)
    if upper is not None:
        lower = docket.below(upper)
        assert lower is not None
        docket.end(lower, by="take_back")
        docket.advance(Stage.RECEIVED if upper.part == Part.LEAD else STAY)
        docket.place_work()
        docket.record(CaseTakenBack(lower.unit, said, upper.unit))
        return
    if not docket.actor.may("cases.dispatch", docket.thing()):
        raise NothingToTakeBack
    if docket.case.awaits_ruling:
        raise RulingAwaited
    docket.advance()
    docket.end_assignments(by="take_back")
    docket.place_work()
    docket.start(ClockKind.DISPATCH)
    docket.record(CaseTakenBack(before, said))


def arbitrate_case(docket: Docket, *, to: str, reason: str, on_site: bool = False) -> None:
    """裁定: the supervisor says whose it is, after a look at the place where need be. It binds.

    :raises NoRulingAwaited: nobody disputes the case
    """
    case = docket.case
    said = reason_for(docket, reason)
    if not case.awaits_ruling:
        raise NoRulingAwaited
    before = docket.lead().unit
    unit = unit_that_may_hold(docket, to)
    if unit.code == before:
        docket.advance()
    else:
        docket.advance(Stage.DISPATCHED)
        send_out(docket, unit.code, ())
    case.awaits_ruling, case.is_ruled = False, True
    docket.record(CaseArbitrated(before, unit.code, said, on_site))


def request_coordination(docket: Docket, *, reason: str) -> None:
    """上报协调: the town asks the district to take over (一级为主、二级兜底).

    :raises OnlyTownsAsk, AlreadyAsked: it is no town, or asked before
    """
    case, row = docket.case, docket.row
    said = reason_for(docket, reason)
    if docket.rulebook.unit(row.unit).kind != "town":
        raise OnlyTownsAsk
    if case.coordination == "asked":
        raise AlreadyAsked
    docket.advance()
    case.coordination = "asked"
    apply_for(docket, "coordination", said, unit=row.unit)
    docket.start(ClockKind.COORDINATION)
    docket.record(CoordinationRequested(row.unit, said))


def accept_coordination(docket: Docket, *, note: str = "", by_silence: bool = False) -> None:
    """The district coordinates: it dispatches and will close; the town's hop ends and the town goes on assisting.

    :raises NothingAsked: no town asked
    """
    case = docket.case
    application = waiting_application(docket, "coordination")
    town = application.asked_unit
    answer_application(docket, application, "granted", note)
    case.run_by = RunBy.DISTRICT.value
    docket.advance()
    for row in docket.standing(Part.LEAD):
        if row.ended_at is None:
            docket.end(row, by="accept_coordination")
    staying = docket.send(town, Part.ASSIST)
    staying.received_at = docket.at
    docket.place_work()
    handle = docket.last_clock(ClockKind.HANDLE)
    docket.start(ClockKind.HOP, of=staying, by=handle.due_at if handle else None)
    docket.start(ClockKind.DISPATCH)
    docket.record(CoordinationAccepted(town, by_silence, remark(note)))


def decline_coordination(docket: Docket, *, reason: str) -> None:
    """The district sends it back to the town, whose hop goes on.

    :raises NothingAsked: no town asked
    """
    said = reason_for(docket, reason)
    application = waiting_application(docket, "coordination")
    docket.advance()
    answer_application(docket, application, "refused", said)
    docket.record(CoordinationDeclined(application.asked_unit, said))


def excuse_assistant(docket: Docket, *, unit: str, reason: str) -> None:
    """免等协办: the lead may hand in past a late assistant, who keeps the lateness.

    :raises NotAssisting, NotOverdue: it does not assist, or still has time
    """
    said = reason_for(docket, reason)
    name = docket.rulebook.unit(unit).name
    row = next((row for row in docket.unfinished() if row.unit == unit), None)
    if row is None:
        raise NotAssisting(unit=name)
    clock = docket.clock_of(ClockKind.HOP, row)
    if clock is not None and clock.due_at >= docket.at:
        raise NotOverdue(unit=name)
    docket.advance()
    docket.end(docket.line(row)[-1], by="excuse_assistant")
    docket.place_work()
    docket.record(AssistantExcused(unit, said))


def waiting_application(docket: Docket, kind: str) -> Application:
    """The application of a kind that waits for an answer.

    :raises NothingAsked: there is none
    """
    found = next((row for row in docket.waiting if row.kind == kind), None)
    if found is None:
        raise NothingAsked
    return found


def answer_application(docket: Docket, application: Application, state: str, answer: str) -> None:
    """Answer an application."""
    docket.answer(application, state, by=docket.actor.key, answer=remark(answer))


def apply_for(docket: Docket, kind: str, reason: str, *, unit: str) -> Application:
    row = Application(
        case=docket.case, kind=kind, asked_unit=unit, asked_by=docket.actor.key, asked_at=docket.at, reason=reason
    )
    docket.touched.append(row)
    docket.case.asks = [*docket.case.asks, kind]
    return row


def _require_unbound(docket: Docket, above: Sequence[Assignment]) -> None:
    """The case may be returned: nobody has ruled on it, nor has the unit above, by handing it down once more."""
    if not above and docket.case.returns >= RETURNS_BEFORE_RULING:
        raise RulingBinds
    if above and docket.returns_to(above[0].unit) >= RETURNS_BEFORE_RULING:
        raise HandDownBinds(above=docket.rulebook.unit(above[0].unit).name)


def _require_in_time(docket: Docket, row: Assignment) -> None:
    if row.received_at is None:
        return
    calendar = docket.rulebook.map.calendar
    until = return_until(received_at=row.received_at, urgency=Urgency(docket.case.urgency), calendar=calendar)
    if docket.at > until:
        raise ReturnTooLate(until=until.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M"))


def _await_ruling(docket: Docket) -> None:
    """The first unit that received it handles it meanwhile; where that one has closed, the centre does."""
    case, book = docket.case, docket.rulebook
    day = book.day_of(docket.at)
    first = book.units.get(case.first_unit)
    if first is None or not first.holds_on(day):
        first = book.unit(book.by_place["centre", book.map.district.code])
    docket.advance(Stage.RECEIVED)
    docket.end_assignments(by="return")
    lead = docket.assign(first.code, by="return")
    lead.received_at = docket.at
    handle = docket.last_clock(ClockKind.HANDLE)
    docket.start(ClockKind.HOP, of=lead, by=handle.due_at if handle else None)
    docket.start(ClockKind.DISPATCH)
    case.awaits_ruling = True


def _not_there_yet(docket: Docket, helpers: tuple[str, ...]) -> tuple[str, ...]:
    there = {row.unit for row in docket.standing()}
    return tuple(code for code in helpers if code not in there)
