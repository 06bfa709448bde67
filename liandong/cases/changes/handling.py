"""At the unit: dispatch, receive, contact, arrive, hand in."""

from __future__ import annotations

from liandong.cases.changes.command import UnitNotNamed, department_of, is_about, require_command
from liandong.cases.changes.force import hand_that_acts, note_enforcer, require_strength, require_warning
from liandong.cases.changes.intake import check_point, reason_for
from liandong.cases.changes.suggesting import suitable_units
from liandong.cases.docket import Docket
from liandong.cases.events import (
    AssistantHandedIn,
    CaseArrived,
    CaseContacted,
    CaseDispatched,
    CaseDispatchedByPhone,
    CaseHandedIn,
    CaseReceived,
)
from liandong.cases.models import Assignment
from liandong.cases.rulebook import UnitFacts
from liandong.cases.rules.force import NOBODY_SUITABLE
from liandong.cases.rules.policies import Evidence
from liandong.cases.rules.redaction import remark, storable
from liandong.cases.rules.verification import Verification, demanded
from liandong.cases.rules.words import ClockKind, Demand, Identity, Part, Urgency
from liandong.kernel.refusal import Refusal, marked


class AboutItself(Refusal):
    """A case was to be sent to the very unit it is about."""

    status = 422
    says = marked("该案件反映的正是%(unit)s，不能派给它处置。")
    remedy = marked("请派给与被反映单位无关的单位，或由区中心直接处置。")


class UnitNotAtWork(Refusal):
    """A case was to be sent to a unit that is not set up yet, or closed."""

    status = 422
    says = marked("%(unit)s在 %(day)s 不在运行，不能承办。")
    remedy = marked("请改派其接替单位，或从单位列表中另选。")


class RulingAwaited(Refusal):
    """A twice returned case is for the supervisor alone to send anywhere."""

    status = 403
    says = marked("案件已两次退单，须由值班长裁定责任单位。")
    remedy = marked("请交值班长裁定；裁定前由首接单位先行处置。")


class NotCritical(Refusal):
    """Dispatch by telephone is for danger to life, gas, fire, collapse."""

    status = 422
    says = marked("只有特急案件可以先电话派遣、后补立案。")
    remedy = marked("请先受理、立案，再派遣；确属特急的，请更正紧急程度。")


class AcknowledgementMissing(Refusal):
    """A dispatch by telephone that nobody there acknowledged."""

    status = 422
    says = marked("电话派遣须记下对方接令人。")
    remedy = marked("请问明接令人的岗位或姓名后填写。")


class AssistantsUnfinished(Refusal):
    """The lead wanted to hand in while assisting units have not."""

    status = 409
    says = marked("协办单位尚未反馈：%(units)s。")
    remedy = marked("请等其反馈；协办已超时的，可请值班长说明理由后免等。")


class EvidenceMissing(Refusal):
    """A hand-in without the photos its class demands."""

    status = 422
    says = marked("本类案件反馈须有%(photos)s照片。")
    remedy = marked("请先上传照片，再提交反馈。")


_EVIDENCE = {
    Evidence.NONE: (frozenset[str](), marked("（无）")),
    Evidence.AFTER: (frozenset({"after"}), marked("处置后")),
    Evidence.PAIR: (frozenset({"before", "after"}), marked("处置前、处置后")),
}


def dispatch_case(
    docket: Docket, *, to: str = "", assisting: tuple[str, ...] = (), note: str = "", commanded_by: int = 0
) -> None:
    """Send the case to the unit that must solve it, the suggested one when `to` is empty.

    The first dispatch starts contact, arrive and handle; later ones move none of them (捆绑时限). A town that orders a
    department's local force does so under the delegation `commanded_by`, and the department is told.

    :raises UnitNotNamed, UnitNotAtWork: no unit is named and none suggested, or it is closed on that day
    :raises AboutItself: the case is about that unit
    :raises RulingAwaited: it was returned twice, and this is not the supervisor
    :raises NoCommandHere: the unit is not the town's to order
    :raises ForceTooWeak: the unit carries less force than the case must be met with
    """
    case, book = docket.case, docket.rulebook
    unit = unit_that_may_hold(docket, to)
    require_command(docket, unit, commanded_by=commanded_by)
    told = (department_of(book, unit),) if commanded_by else ()
    helpers = helpers_of(docket, assisting, lead=unit.code)
    docket.advance()
    send_out(docket, unit.code, helpers, told=told)
    if case.awaits_ruling:
        # Only the supervisor came so far: whom they send it to is whose it is.
        case.awaits_ruling, case.is_ruled = False, True
    why = case.suggested_why if unit.code == case.suggested_unit else ""
    docket.record(CaseDispatched(unit.code, helpers, why, remark(note), commanded_by or None))


def dispatch_by_phone(
    docket: Docket, *, acknowledged_by: str, to: str = "", assisting: tuple[str, ...] = (), note: str = ""
) -> None:
    """Order a unit out by telephone, at any hour; the case is filed within half an hour afterwards (`CASE.md` §1).

    :raises NotCritical: the case is no danger
    :raises AcknowledgementMissing: nobody took the order
    :raises UnitNotNamed, UnitNotAtWork, AboutItself, ForceTooWeak: as `dispatch_case`
    """
    if docket.case.urgency != Urgency.CRITICAL:
        raise NotCritical
    taken_by = remark(acknowledged_by, longest=80)
    if not taken_by:
        raise AcknowledgementMissing
    unit = unit_that_may_hold(docket, to)
    require_command(docket, unit, commanded_by=0)
    helpers = helpers_of(docket, assisting, lead=unit.code)
    docket.advance()
    lead = send_out(docket, unit.code, helpers)
    lead.acknowledged_by = taken_by
    docket.start(ClockKind.FILE)
    docket.record(CaseDispatchedByPhone(unit.code, taken_by, helpers, remark(note)))


def send_out(docket: Docket, unit: str, helpers: tuple[str, ...], *, told: tuple[str, ...] = ()) -> Assignment:
    """Assign the case, with the clocks of the case where it is the first time, and those of each hop."""
    case = docket.case
    is_first = not case.first_unit
    lead = docket.assign(unit, assisting=helpers, told=told, by=docket.step.code)
    if is_first:
        docket.start(ClockKind.ARRIVE)
        docket.start(ClockKind.HANDLE)
        if case.identity == Identity.NAMED and case.has_phone:
            docket.start(ClockKind.CONTACT)
    for row in docket.standing():
        if row.sent_at == docket.at and row.part != Part.TOLD and docket.clock_of(ClockKind.HOP, row) is None:
            docket.start_hop(row)
    return lead


def receive_case(docket: Docket) -> None:
    """The unit takes its part on."""
    row = docket.row
    if not docket.assists:
        docket.advance()
    row.received_at = docket.at
    clock = docket.clock_of(ClockKind.RECEIVE, row)
    if clock is not None:
        docket.stop(clock, by="receive")
    docket.touch(row)
    docket.record(CaseReceived(row.unit))


def contact(docket: Docket, *, reached: bool, outcome: str = "") -> None:
    """The handler called the reporter before going. Only a reached reporter stops the clock."""
    if reached:
        docket.advance()
    docket.record(CaseContacted(reached, remark(outcome)))


def arrive(docket: Docket, *, lon: float | None = None, lat: float | None = None, enforcer: str = "") -> None:
    """The handler is at the place. Where the case is met with enforcement, `enforcer` enforces, the actor if empty.

    :raises MixedCoordinates: half a point, or a number that is none
    :raises ForceMissing: the post carries less force than the case asks for
    """
    check_point(lon, lat)
    row = docket.row
    named = ("", "")
    if not docket.assists:
        hand = hand_that_acts(docket, needed=docket.case.force, enforcer=enforcer)
        docket.advance()
        named = note_enforcer(docket, hand)
    row.arrived_at, row.arrived_lon, row.arrived_lat = docket.at, lon, lat
    docket.touch(row)
    docket.record(CaseArrived(lon, lat, *named))


def hand_in_case(
    docket: Docket, *, result: str, answer: str = "", photos: tuple[str, ...] = (), enforcer: str = ""
) -> None:
    """The unit reports what it did, and with which force. `result` stays inside; `answer` is for the citizen.

    An assisting unit hands in its own part; the case waits for the lead, and the lead for its assistants.

    :raises AssistantsUnfinished: an assisting unit is not done, and nobody excused it
    :raises EvidenceMissing: the class demands photos
    :raises ForceMissing: the post carries less force than the case asks for
    :raises WarningMissing: enforcement without the warning talk the class demands
    """
    case, row = docket.case, docket.row
    said = reason_for(docket, result)
    if docket.assists:
        row.result = said
        _hand_in_line(docket, row)
        docket.record(AssistantHandedIn(row.unit, said))
        return
    _require_assistants(docket)
    _require_evidence(docket)
    hand = hand_that_acts(docket, needed=case.force, enforcer=enforcer)
    require_warning(docket, case.force)
    case.result, case.answer = said, remark(answer)
    case.handled_by, case.solved_force = docket.actor.key, case.force
    case.awaits_ruling = False
    if case.asks:
        docket.lapse()
    docket.forget_verification()
    docket.advance()
    _hand_in_line(docket, row)
    for name in sorted(demanded(verification_of(docket))):
        docket.start(ClockKind(name))
    kept, named = tuple(map(storable, photos)), note_enforcer(docket, hand)
    docket.record(CaseHandedIn(case.unit, case.result, case.answer, kept, case.force, *named))


def unit_that_may_hold(docket: Docket, to: str) -> UnitFacts:
    """The unit that is to lead: the one named or suggested, at work, not the one complained about, strong enough."""
    unit = _unit_named(docket, to)
    if is_about(docket.case, unit, docket.rulebook):
        raise AboutItself(unit=unit.name)
    if docket.case.awaits_ruling and not docket.actor.role_codes & {"supervisor", "platform"}:
        raise RulingAwaited
    require_strength(docket, unit)
    return unit


def helpers_of(docket: Docket, assisting: tuple[str, ...], *, lead: str) -> tuple[str, ...]:
    """The assisting units, each once, at work; neither the lead nor the unit the case is about."""
    named = (at_work(docket, code).code for code in assisting)
    return tuple(dict.fromkeys(code for code in named if code not in (lead, docket.case.about_unit)))


def at_work(docket: Docket, code: str) -> UnitFacts:
    """The unit of that code, which stands today.

    :raises UnknownUnit: there is none
    :raises UnitNotAtWork: it is not set up yet, or closed
    """
    unit, day = docket.rulebook.unit(code), docket.rulebook.day_of(docket.at)
    if not unit.holds_on(day):
        raise UnitNotAtWork(unit=unit.name, day=day.isoformat())
    return unit


def verification_of(docket: Docket) -> Verification:
    """How far the case has been verified, as the rules see it."""
    case = docket.case
    kind = docket.rulebook.classes.get(case.class_code)
    return Verification(
        demands=Demand(kind.demands if kind else Demand.CHECK),
        identity=Identity(case.identity),
        has_contact=case.has_phone and case.withdrawn_at is None,
        check_result=case.check_result,
        call_back_result=case.call_back_result,
    )


def _hand_in_line(docket: Docket, row: Assignment) -> None:
    """Hand in a row and everything above it: the order is carried out through all its levels."""
    for done in docket.line(row):
        done.handed_in_at = docket.at
        docket.touch(done)
        for kind in (ClockKind.RECEIVE, ClockKind.HOP):
            clock = docket.clock_of(kind, done)
            if clock is not None:
                docket.stop(clock, by="hand_in")


def _require_assistants(docket: Docket) -> None:
    waiting = docket.unfinished()
    if waiting:
        raise AssistantsUnfinished(units="、".join(docket.rulebook.unit(row.unit).name for row in waiting))


def _require_evidence(docket: Docket) -> None:
    wanted, word = _EVIDENCE[docket.rulebook.policy(docket.case.class_code).evidence]
    if wanted and not wanted <= docket.proof():
        raise EvidenceMissing(photos=word)


def _unit_named(docket: Docket, to: str) -> UnitFacts:
    case, book = docket.case, docket.rulebook
    if not to and not case.suggested_unit:
        suitable = suitable_units(case, book, force=case.force, at=docket.at)
        raise UnitNotNamed(suitable="、".join(suitable) or NOBODY_SUITABLE)
    return at_work(docket, to or case.suggested_unit)
