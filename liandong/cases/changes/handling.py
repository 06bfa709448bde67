"""At the unit: dispatch, receive, return, contact, arrive, hand in."""

from __future__ import annotations

from liandong.cases.changes.command import UnitNotNamed, department_of, is_about, require_command
from liandong.cases.changes.force import hand_that_acts, note_enforcer, require_strength, require_warning
from liandong.cases.changes.intake import check_point, reason_for
from liandong.cases.changes.suggesting import suitable_units
from liandong.cases.docket import Docket
from liandong.cases.events import (
    CaseArrived,
    CaseContacted,
    CaseDispatched,
    CaseHandedIn,
    CaseReceived,
    CaseReturned,
)
from liandong.cases.rulebook import UnitFacts
from liandong.cases.rules.force import NOBODY_SUITABLE
from liandong.cases.rules.redaction import remark, storable
from liandong.cases.rules.verification import (
    RETURNS_BEFORE_RULING,
    ReturnTooLate,
    RulingBinds,
    Verification,
    demanded,
    return_until,
)
from liandong.cases.rules.words import ClockKind, Demand, Identity, Urgency
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
    """A twice returned case is for the supervisor alone to dispatch."""

    status = 403
    says = marked("案件已两次退单，须由值班长裁定责任单位。")
    remedy = marked("请交值班长裁定；裁定前由首接单位先行处置。")


def dispatch_case(
    docket: Docket, *, to: str = "", assisting: tuple[str, ...] = (), note: str = "", commanded_by: int = 0
) -> None:
    """Send the case to the unit that must solve it, the suggested one when `to` is empty.

    The first dispatch starts contact, arrive and handle; later ones move none of them (捆绑时限). A town that orders a
    department's local force does so under the delegation `commanded_by`, and the department assists: so it is told.

    :raises UnitNotNamed, UnitNotAtWork: no unit is named and none suggested, or it is closed on that day
    :raises AboutItself: the case is about that unit
    :raises RulingAwaited: it was returned twice, and this is not the supervisor
    :raises NoCommandHere: the unit is not the town's to order
    :raises ForceTooWeak: the unit carries less force than the case must be met with
    """
    case, book = docket.case, docket.rulebook
    unit = _unit_named(docket, to)
    if is_about(case, unit, book):
        raise AboutItself(unit=unit.name)
    if case.returns >= RETURNS_BEFORE_RULING and not docket.actor.role_codes & {"supervisor", "platform"}:
        raise RulingAwaited
    require_command(docket, unit, commanded_by=commanded_by)
    require_strength(docket, unit)
    told = (department_of(book, unit),) if commanded_by else ()
    named = (*(at_work(docket, code).code for code in assisting), *told)
    helpers = tuple(dict.fromkeys(code for code in named if code not in (unit.code, case.about_unit)))
    first = not case.first_unit
    docket.advance()
    docket.assign(unit.code, assisting=helpers)
    docket.start(ClockKind.RECEIVE)
    if first:
        docket.start(ClockKind.ARRIVE)
        docket.start(ClockKind.HANDLE)
        if case.identity == Identity.NAMED and case.has_phone:
            docket.start(ClockKind.CONTACT)
    why = case.suggested_why if unit.code == case.suggested_unit else ""
    docket.record(CaseDispatched(unit.code, helpers, why, remark(note), commanded_by or None))


def receive_case(docket: Docket) -> None:
    """The unit takes the case on."""
    docket.advance()
    lead = docket.lead()
    lead.received_at = docket.at
    docket.touch(lead)
    docket.record(CaseReceived(docket.case.unit))


def return_case(docket: Docket, *, reason: str, proposed_unit: str = "") -> None:
    """The unit says that it is not the right one, and which is.

    :raises UnknownUnit, UnitNotAtWork: the unit it proposes does not exist, or not today
    :raises ReturnTooLate: it kept the case too long
    :raises RulingBinds: the supervisor has ruled
    """
    case, lead = docket.case, docket.lead()
    said = reason_for(docket, reason)
    if case.returns >= RETURNS_BEFORE_RULING:
        raise RulingBinds
    if lead.received_at is not None:
        until = return_until(
            received_at=lead.received_at, urgency=Urgency(case.urgency), calendar=docket.rulebook.map.calendar
        )
        if docket.at > until:
            raise ReturnTooLate(until=until.astimezone(docket.rulebook.map.calendar.zone).strftime("%Y-%m-%d %H:%M"))
    proposed = at_work(docket, proposed_unit).code if proposed_unit else ""
    docket.advance()
    unit = case.unit
    lead.returned_at = docket.at
    docket.end_assignments()
    case.returns += 1
    case.unit, case.assisting = "", []
    docket.start(ClockKind.DISPATCH)
    docket.record(CaseReturned(unit, said, proposed, case.returns))


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
    hand = hand_that_acts(docket, needed=docket.case.force, enforcer=enforcer)
    docket.advance()
    lead = docket.lead()
    lead.arrived_at, lead.arrived_lon, lead.arrived_lat = docket.at, lon, lat
    docket.touch(lead)
    docket.record(CaseArrived(lon, lat, *note_enforcer(docket, hand)))


def hand_in_case(
    docket: Docket, *, result: str, answer: str = "", photos: tuple[str, ...] = (), enforcer: str = ""
) -> None:
    """The unit reports what it did, and with which force. `result` stays inside; `answer` is for the citizen.

    :raises ForceMissing: the post carries less force than the case asks for
    :raises WarningMissing: enforcement without the warning talk the class demands
    """
    case = docket.case
    hand = hand_that_acts(docket, needed=case.force, enforcer=enforcer)
    require_warning(docket, case.force)
    case.result = reason_for(docket, result)
    case.answer = remark(answer)
    case.handled_by = docket.actor.key
    case.solved_force = case.force
    docket.forget_verification()
    docket.advance()
    lead = docket.lead()
    lead.handed_in_at = docket.at
    docket.touch(lead)
    for name in sorted(demanded(verification_of(docket))):
        docket.start(ClockKind(name))
    kept, named = tuple(map(storable, photos)), note_enforcer(docket, hand)
    docket.record(CaseHandedIn(case.unit, case.result, case.answer, kept, case.force, *named))


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
        has_contact=case.has_phone,
        check_result=case.check_result,
        call_back_result=case.call_back_result,
    )


def _unit_named(docket: Docket, to: str) -> UnitFacts:
    case, book = docket.case, docket.rulebook
    if not to and not case.suggested_unit:
        suitable = suitable_units(case, book, force=case.force, at=docket.at)
        raise UnitNotNamed(suitable="、".join(suitable) or NOBODY_SUITABLE)
    return at_work(docket, to or case.suggested_unit)
