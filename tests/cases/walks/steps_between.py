"""The steps between the levels, and those that ask for time and give it, by the law alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cases.walks import hours
from tests.cases.walks.law import FORCES, UNITS, Law, Person, Row

RETURNS_BEFORE_RULING = 2
MOST_EXTENSIONS = 2


def must_say(reason: str) -> dict[str, bool]:
    """Steps that say why."""
    return {"ReasonNeeded": not reason.strip()}


def names_bad_unit(law: Law, to: str, *others: str) -> dict[str, bool]:
    """A unit that does not exist, or that the case is about."""
    unknown = any(code not in UNITS for code in (to, *others))
    return {"UnknownUnit": unknown, "AboutItself": is_about(law, to)}


def too_weak(law: Law, to: str) -> dict[str, bool]:
    """A unit that carries less force than the case asks for."""
    known = to in UNITS
    return {"ForceTooWeak": known and FORCES.index(UNITS[to]["force"]) < FORCES.index(law.force)}


def carries(unit: str) -> int:
    """The place of a unit's force in the order."""
    return FORCES.index(UNITS[unit]["force"])


def beyond_the_unit(law: Law, who: Person, to: str, *, commanded_by: int) -> bool:
    """A town orders its own units only, but for what a department lets it command."""
    return who.role == "town" and not commanded_by and who.unit not in _upwards(to)


def _upwards(code: str) -> list[str]:
    found = []
    while code in UNITS:
        found.append(code)
        code = UNITS[code]["parent"]
    return found


def _department(code: str) -> str:
    return next((one for one in _upwards(code) if UNITS[one]["kind"] == "department"), "")


def is_about(law: Law, unit: str) -> bool:
    return bool(law.about) and law.about in (unit, _department(unit))


def _awaits_another(law: Law, who: Person) -> bool:
    return law.awaits_ruling and who.role not in ("supervisor", "platform")


def _may_send(law: Law, who: Person) -> bool:
    match who.role:
        case "dispatcher":
            return law.run_by == "district"
        case "town":
            return law.run_by == "town" and who.unit == "310198-T01"
        case _:
            return who.role in ("supervisor", "platform", "integrator")


def _dispatch(
    law: Law, who: Person, *, to: str, assisting: tuple[str, ...] = (), commanded_by: int = 0, **_more: Any
) -> None:
    law.refuse(
        **names_bad_unit(law, to, *assisting),
        **too_weak(law, to),
        RulingAwaited=_awaits_another(law, who),
        NoCommandHere=beyond_the_unit(law, who, to, commanded_by=commanded_by),
    )
    law.stage = "dispatched"
    law.stop("dispatch")
    law.send_out(to, {*assisting} - {to, law.about}, {_department(to)} if commanded_by else set())
    if law.awaits_ruling:
        # Whom the supervisor sends it to is whose it is.
        law.awaits_ruling, law.is_ruled = False, True


def _return(law: Law, who: Person, *, row: Row, reason: str, proposed_unit: str = "") -> None:
    leads, upper = row["part"] == "lead", row["above"]
    before = [one for one in law.rows if one["part"] == "lead" and one["returned"] and one["above"] and upper]
    to_it = sum(one["above"]["unit"] == upper["unit"] for one in before)
    law.refuse(
        **must_say(reason),
        RulingBinds=leads and upper is None and law.returns >= RETURNS_BEFORE_RULING,
        HandDownBinds=leads and to_it >= RETURNS_BEFORE_RULING,
        ReturnTooLate=row["received"] is not None and law.at > _may_return_until(law, row["received"]),
        UnknownUnit=proposed_unit not in ("", *UNITS),
    )
    row["returned"] = True
    if not leads or upper is not None:
        # Back to whoever handed it down, who stays responsible: no return of the case.
        law.end(row)
        if leads:
            law.stage = "received"
        return law.place()
    law.returns += 1
    if law.returns >= RETURNS_BEFORE_RULING:
        _await_ruling(law)
    else:
        law.stage = "filed"
        law.end_all()
        law.place()
        law.start("dispatch")
    return None


def _may_return_until(law: Law, received: int) -> int:
    if law.urgency == "normal":
        return hours.due("4", "working_hour", received)
    return hours.due("1", "emergency_hour", received)


def _await_ruling(law: Law) -> None:
    """首接负责: meanwhile whoever had it first handles it."""
    law.stage, law.awaits_ruling = "received", True
    law.end_all()
    first = law.send(law.first_unit, "lead", received=True)
    law.place()
    law.start_hop(first, is_received=True)
    law.start("dispatch")


def _hand_down(law: Law, who: Person, *, row: Row, to: str, commanded_by: int = 0) -> None:
    leads = row["part"] == "lead"
    law.refuse(
        **names_bad_unit(law, to),
        AlreadyHasIt=to in {one["unit"] for one in law.standing()},
        NoCommandHere=not commanded_by and row["unit"] not in _upwards(to),
        **(too_weak(law, to) if leads else {}),
    )
    if leads:
        law.stage = "dispatched"
    child = law.send(to, row["part"], row)
    if commanded_by and _department(to) not in {one["unit"] for one in law.standing()}:
        law.send(_department(to), "told")
    law.place()
    law.start_hop(child)


def _transfer(
    law: Law, who: Person, *, reason: str, to: str = "", assisting: tuple[str, ...] = (), commanded_by: int = 0
) -> None:
    before = law.lead()["unit"]
    stays = to in ("", before)
    there = {row["unit"] for row in law.standing()}
    helpers = {*assisting} - {to or before, law.about}
    reasons = must_say(reason) | {"RulingAwaited": law.awaits_ruling}
    if stays:
        fresh = helpers - there
        known = all(code in UNITS for code in assisting)
        law.refuse(**reasons, UnknownUnit=not known, AlreadyHasIt=known and not fresh)
        for code in [code for code in dict.fromkeys(assisting) if code in fresh]:
            law.start_hop(law.send(code, "assist"))
        return law.place()
    law.refuse(
        **reasons,
        **names_bad_unit(law, to, *assisting),
        **too_weak(law, to),
        NoCommandHere=beyond_the_unit(law, who, to, commanded_by=commanded_by),
    )
    law.stage = "dispatched"
    law.send_out(to, helpers, {_department(to)} if commanded_by else set())
    return None


def _take_back(law: Law, who: Person, *, reason: str) -> None:
    upper = None
    for row in law.standing():
        lower = law.below(row)
        if row["unit"] in who.units and lower is not None and not lower["done"]:
            upper = upper or row
    if upper is not None:
        law.refuse(**must_say(reason))
        lower = law.below(upper)
        assert lower is not None
        law.end(lower)
        if upper["part"] == "lead":
            law.stage = "received"
        return law.place()
    may = _may_send(law, who)
    law.refuse(**must_say(reason), NothingToTakeBack=not may, RulingAwaited=may and law.awaits_ruling)
    law.stage = "filed"
    law.end_all()
    law.place()
    law.start("dispatch")
    return None


def _arbitrate(law: Law, who: Person, *, to: str, reason: str) -> None:
    law.refuse(
        **must_say(reason),
        NoRulingAwaited=not law.awaits_ruling,
        RulingAwaited=_awaits_another(law, who),
        **names_bad_unit(law, to),
        **too_weak(law, to),
    )
    law.stop("dispatch")
    if to != law.lead()["unit"]:
        law.stage = "dispatched"
        law.send_out(to, set(), set())
    law.awaits_ruling, law.is_ruled = False, True


def _request_coordination(law: Law, who: Person, *, row: Row, reason: str) -> None:
    law.refuse(
        **must_say(reason), OnlyTownsAsk=UNITS[row["unit"]]["kind"] != "town", AlreadyAsked="coordination" in law.asked
    )
    law.asked["coordination"], law.coordination = row["unit"], "asked"
    law.start("coordination")


def _accept_coordination(law: Law, who: Person) -> None:
    law.refuse(NothingAsked="coordination" not in law.asked)
    law.accept_coordination()


def _decline_coordination(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason), NothingAsked="coordination" not in law.asked)
    law.settle("coordination", "declined")


def _excuse(law: Law, who: Person, *, unit: str, reason: str) -> None:
    found = [one for one in law.standing("assist") if one["unit"] == unit and not one["done"]]
    row = next((one for one in found if law.below(one) is None), None)
    hop = law.clock("hop", row) if row is not None else None
    law.refuse(
        **must_say(reason),
        UnknownUnit=unit not in UNITS,
        NotAssisting=unit in UNITS and row is None,
        NotOverdue=hop is not None and hop["due"] >= law.at,
    )
    assert row is not None
    law.end(law.line(row)[-1])
    law.place()


def _request_extension(law: Law, who: Person, *, row: Row, amount: str, reason: str) -> None:
    handle = law.clock("handle")
    law.refuse(
        **must_say(reason),
        TooLateToExtend=handle is None or law.at > handle["due"],
        NoMoreExtensions=law.extensions >= MOST_EXTENSIONS,
        AlreadyAsked="extension" in law.asked,
        ExtensionTooLong=handle is not None and not 0 < float(amount) <= float(handle["amount"]),
    )
    law.asked["extension"] = row["unit"]
    law.more = amount


def _decide(law: Law, who: Person, kind: str) -> dict[str, bool]:
    own = law.asked.get(kind) in who.units and who.role != "supervisor"
    return {"NothingAsked": kind not in law.asked, "OwnRequest": kind in law.asked and own}


def _grant_extension(law: Law, who: Person) -> None:
    law.refuse(**_decide(law, who, "extension"))
    handle = law.clock("handle")
    assert handle is not None
    law.settle("extension", "granted")
    law.extensions += 1
    hops = [law.clock("hop", row) for row in law.standing("lead")]
    for clock in (handle, *hops):
        if clock is not None:
            clock["due"] = hours.due(law.more, handle["unit"], clock["due"])


def _refuse_extension(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason), **_decide(law, who, "extension"))
    law.settle("extension", "refused")


def _suspend(law: Law, who: Person, *, awaited: str, wake_in: int, reason: str) -> None:
    law.refuse(**must_say(reason), WakeUpMissing=not awaited or not 0 < wake_in <= 366)
    law.suspended = True
    for clock in law.running():
        if clock["kind"] != "supervision":
            clock["paused"] = law.at


def _resume(law: Law, who: Person) -> None:
    law.refuse(NotSuspended=not law.suspended)
    law.suspended = False
    for clock in law.running():
        law.go_on(clock)


def _supervise(
    law: Law, who: Person, *, reason: str, level: int = 1, amount: str = "1", time_unit: str = "working_day"
) -> None:
    law.refuse(
        **must_say(reason),
        UnknownLevel=level not in (1, 2, 3),
        UnknownWord=time_unit not in ("working_day", "natural_hour"),
        ExtensionTooLong=not 0 < float(amount) <= 1000,
    )
    law.order("supervision", amount, time_unit)
    law.to_reply += 1
    law.supervised = max(law.supervised, level)


def _reply(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason), NothingToReply=law.to_reply == 0)
    law.to_reply = 0
    law.stop("supervision")


def _lift(law: Law, who: Person, *, reason: str) -> None:
    wrong = [clock for clock in law.running() if clock["late"] is not None and clock["due"] >= law.at]
    law.refuse(**must_say(reason), NothingOverdue=not wrong)
    for clock in wrong:
        clock["late"] = None


BETWEEN: dict[str, Callable[..., None]] = {
    "dispatch": _dispatch,
    "return": _return,
    "hand_down": _hand_down,
    "transfer": _transfer,
    "take_back": _take_back,
    "arbitrate": _arbitrate,
    "request_coordination": _request_coordination,
    "accept_coordination": _accept_coordination,
    "decline_coordination": _decline_coordination,
    "excuse_assistant": _excuse,
    "request_extension": _request_extension,
    "grant_extension": _grant_extension,
    "refuse_extension": _refuse_extension,
    "suspend": _suspend,
    "resume": _resume,
    "supervise": _supervise,
    "reply_supervision": _reply,
    "lift_overdue": _lift,
}
