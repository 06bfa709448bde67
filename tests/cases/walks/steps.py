"""The steps of a case by the law alone: from where, what refuses them, what they do (`CASE.md` §2).

Each asks all its questions first (`Law.refuse`) and changes something only afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cases.walks.law import AT_UNIT, CLASSES, CONDITIONS, ENDED, FORCES, IN_HAND, UNITS, Law, No, Person, Row
from tests.cases.walks.steps_after import AFTER, UNSENT
from tests.cases.walks.steps_between import BETWEEN, beyond_the_unit, carries, must_say, names_bad_unit, too_weak
from tests.cases.walks.steps_together import TOGETHER, TOGETHER_FROM, ask_for_verdict, awaits_verdict, let_follow

OPEN = UNSENT | AT_UNIT | {"handled", "merged"}
FROM = {
    "accept": {"reported"},
    "refuse": {"reported"},
    "answer": {"reported", "accepted"},
    "verify_report": {"accepted"},
    "file": {"accepted", "verified"},
    "decline": {"accepted", "verified"},
    "dispatch": {"filed"},
    "dispatch_by_phone": {"reported", "accepted", "verified"},
    "file_afterwards": {"filed", *AT_UNIT, "handled"},
    "receive": {"dispatched"},
    "return": {"dispatched", "received"},
    "hand_down": IN_HAND,
    "contact": AT_UNIT,
    "arrive": {"received"},
    "warn": IN_HAND,
    "raise_force": IN_HAND,
    "ask_for_force": IN_HAND,
    "pass_out": IN_HAND,
    "advise": AT_UNIT,
    "assist": AT_UNIT,
    "hand_in": IN_HAND,
    "transfer": AT_UNIT,
    "take_back": AT_UNIT,
    "arbitrate": AT_UNIT,
    "request_coordination": IN_HAND,
    "accept_coordination": AT_UNIT,
    "decline_coordination": AT_UNIT,
    "excuse_assistant": AT_UNIT,
    "request_extension": AT_UNIT,
    "grant_extension": AT_UNIT,
    "refuse_extension": AT_UNIT,
    "suspend": {"filed", *AT_UNIT},
    "resume": {"filed", *AT_UNIT},
    "supervise": OPEN,
    "reply_supervision": OPEN,
    "lift_overdue": OPEN,
    "check": {"handled"},
    "call_back": {"handled", "merged"},
    "send_back": {"handled"},
    "close": {"handled"},
    "reopen": {"closed"},
    "solve_on_spot": {"reported"},
    "void": OPEN,
    "urge": OPEN,
    "add_note": OPEN,
    "withdraw": OPEN,
    "rate": {"closed"},
    "dispute": {"closed"},
    "refuse_dispute": {"closed"},
}
WHILE_RESTING = {"resume", "supervise", "reply_supervision", "lift_overdue", "void", "urge", "add_note", "withdraw"}
OF_A_UNIT = {"receive", "return", "hand_down", "arrive", "pass_out", "hand_in"}
OF_THE_LEAD = {"request_coordination", "request_extension"}
ASSISTS = {"receive": {"sent"}, "return": {"sent", "received"}, "arrive": {"received"}}


def take(law: Law, step: str, who: Person, **told: Any) -> None:
    """Take one step, or raise `No` and change nothing. What is merged into the case takes part in it."""
    from_ = (FROM | TOGETHER_FROM)[step]
    is_units = step in OF_A_UNIT | OF_THE_LEAD and law.stage in AT_UNIT
    if law.suspended and step not in WHILE_RESTING and (law.stage in from_ or is_units):
        raise No({"Suspended"})
    is_assistants = False
    if is_units:
        told["row"] = row = _row_of(law, who)
        is_assistants = row["part"] == "assist"
        if is_assistants and (step in OF_THE_LEAD or _state(row) not in ASSISTS.get(step, IN_HAND)):
            raise No({"IllegalStep"})
    if not is_assistants and law.stage not in from_:
        raise No({"IllegalStep"})
    ALL[step](law, who, **told)
    _count(law)
    if not is_assistants:
        for merged in let_follow(law, step):
            _count(merged)


def _count(law: Law) -> None:
    """One version more; and since when it has ended."""
    law.version += 1
    if law.stage in ENDED and law.ended is None:
        law.ended = law.at
    elif law.stage not in ENDED:
        law.ended = None


def _row_of(law: Law, who: Person) -> Row:
    """The part of the case somebody works on; whoever is of none of its units passes on what the lead did."""
    mine = [row for row in law.standing() if row["unit"] in who.units and row["part"] != "told"]
    free = [row for row in mine if law.below(row) is None]
    if free:
        return min(free, key=lambda row: (row["part"] != "lead", row["done"]))
    if mine:
        raise No({"InOtherHands"})
    return law.lead()


def _state(row: Row) -> str:
    if row["done"]:
        return "done"
    if row["arrived"]:
        return "on_scene"
    return "sent" if row["received"] is None else "received"


def _accept(law: Law, who: Person, *, class_code: str = "") -> None:
    law.refuse(UnknownClass=class_code not in ("", *CLASSES))
    law.stage = "accepted"
    _reclass(law, class_code)
    law.stop("accept")
    if awaits_verdict(law, law.class_code):
        ask_for_verdict(law)
    else:
        law.start("file")


def _reclass(law: Law, class_code: str) -> None:
    if class_code and class_code != law.class_code:
        law.class_code, law.force = class_code, CLASSES[class_code][0]


def _end_at_intake(stage: str, name: str) -> Callable[..., None]:
    def _end(law: Law, who: Person, **told: str) -> None:
        law.refuse(ReasonNeeded=not told[name].strip())
        law.stage = stage
        law.stop_case_clocks()

    return _end


def _verify_report(law: Law, who: Person, *, is_true: bool) -> None:
    law.refuse()
    law.stage, law.verdict = "verified", "true" if is_true else "untrue"
    law.stop("verify")
    law.start("file")


def _file(law: Law, who: Person, *, class_code: str = "", condition: str = "") -> None:
    kind = class_code or law.class_code
    law.refuse(
        UnknownClass=kind not in CLASSES,
        UnknownCondition=condition not in ("", *CONDITIONS.get(kind, ())),
        VerdictAwaited=kind in CLASSES and awaits_verdict(law, kind),
        ReportUntrue=law.verdict == "untrue",
    )
    _reclass(law, class_code)
    law.condition = condition or CONDITIONS[kind][0]
    law.stage = "filed"
    for name in ("accept", "verify", "file"):
        law.stop(name)
    law.start("dispatch")


def _file_afterwards(law: Law, who: Person, *, condition: str = "") -> None:
    law.refuse(FiledAlready=bool(law.condition), UnknownCondition=condition not in ("", *CONDITIONS[law.class_code]))
    law.condition = condition or CONDITIONS[law.class_code][0]
    law.stop("file")


def _by_phone(law: Law, who: Person, *, acknowledged_by: str, to: str, assisting: tuple[str, ...] = ()) -> None:
    law.refuse(
        NotCritical=law.urgency != "critical",
        AcknowledgementMissing=not acknowledged_by.strip(),
        **names_bad_unit(law, to, *assisting),
        **too_weak(law, to),
        NoCommandHere=beyond_the_unit(law, who, to, commanded_by=0),
    )
    law.stage = "dispatched"
    law.stop("accept")
    law.stop("verify")
    law.send_out(to, {*assisting} - {to, law.about}, set())
    law.start("file")


def _receive(law: Law, who: Person, *, row: Row) -> None:
    law.refuse()
    if row["part"] == "lead":
        law.stage = "received"
    row["received"] = law.at
    law.stop("receive", row)


def _contact(law: Law, who: Person, *, reached: bool) -> None:
    law.refuse()
    if reached:
        law.stop("contact")


def _arrive(law: Law, who: Person, *, row: Row, lon: float | None = None, lat: float | None = None) -> None:
    law.refuse(
        MixedCoordinates=(lon is None) != (lat is None),
        ForceMissing=row["part"] == "lead" and _lacks(law, who, law.force),
    )
    row["arrived"] = True
    if row["part"] == "lead":
        law.stage = "on_scene"
        law.stop("arrive")


def _says_why(law: Law, who: Person, *, reason: str, **_more: Any) -> None:
    """Steps that only tell: advice, help, a talk."""
    law.refuse(**must_say(reason))


def _raise_force(law: Law, who: Person, *, to: str, reason: str) -> None:
    law.refuse(
        **must_say(reason),
        UnknownWord=to not in FORCES,
        ForceNotRaised=to in FORCES and FORCES.index(to) <= FORCES.index(law.force),
        BeyondItsForce=to in FORCES and FORCES.index(to) > carries(law.unit),
        ForceMissing=to in FORCES and _lacks(law, who, to),
    )
    law.force = to


def _ask_for_force(law: Law, who: Person, *, to: str, reason: str) -> None:
    law.refuse(
        **must_say(reason),
        UnknownWord=to not in FORCES,
        ForceNotRaised=to in FORCES and FORCES.index(to) < FORCES.index(law.force),
        ForceAtHand=to in FORCES and FORCES.index(to) <= carries(law.unit),
        ForceMissing=_lacks(law, who, min(law.force, FORCES[carries(law.unit)], key=FORCES.index)),
    )
    law.stage, law.force = "filed", to
    law.end_all()
    law.place()
    law.start("dispatch")


def _lacks(law: Law, who: Person, needed: str) -> bool:
    """Whether the post of whoever handles carries too little force; who only assists may not handle at all.

    Outside every unit of the case is who passes on what the unit did, with its force; for a team somebody is named.
    """
    if law.unit in who.units:
        return carries(who.unit) < FORCES.index(needed)
    if who.units & {row["unit"] for row in law.standing("assist")}:
        return True
    of_a_team = needed == "enforcement" and UNITS[law.unit]["kind"] == "joint" and who.role != "platform"
    return of_a_team or carries(law.unit) < FORCES.index(needed)


def _pass_out(law: Law, who: Person, *, row: Row, firm: str, task: str, hours: str = "72") -> None:
    law.refuse(ReasonNeeded=not firm or not task, LinkTooLong=not 1 <= int(hours) <= 720)


def _hand_in(law: Law, who: Person, *, row: Row, result: str) -> None:
    if row["part"] == "assist":
        law.refuse(**must_say(result))
        return _hand_in_line(law, row)
    unfinished = [one for one in law.standing("assist") if not one["done"] and law.below(one) is None]
    since = min(one["sent"] for one in law.line(row))
    shown = {purpose for purpose, at in law.photos if at >= since}
    law.refuse(
        **must_say(result),
        AssistantsUnfinished=bool(unfinished),
        EvidenceMissing=not CLASSES[law.class_code][3] <= shown,
        ForceMissing=_lacks(law, who, law.force),
    )
    law.stage, law.awaits_ruling, law.handled_by = "handled", False, who.key
    for kind in list(law.asked):
        law.settle(kind, "")
    law.forget_verification()
    for kind in ("contact", "arrive", "handle", "dispatch"):
        law.stop(kind)
    _hand_in_line(law, row)
    for kind in sorted(law.demands()):
        law.start(kind)
    return None


def _hand_in_line(law: Law, row: Row) -> None:
    for one in law.line(row):
        one["done"] = True
        law.stop("receive", one)
        law.stop("hop", one)


STEPS: dict[str, Callable[..., None]] = {
    "accept": _accept,
    "refuse": _end_at_intake("refused", "reason"),
    "answer": _end_at_intake("answered", "answer"),
    "verify_report": _verify_report,
    "file": _file,
    "decline": _end_at_intake("declined", "reason"),
    "dispatch_by_phone": _by_phone,
    "file_afterwards": _file_afterwards,
    "receive": _receive,
    "contact": _contact,
    "arrive": _arrive,
    "warn": _says_why,
    "raise_force": _raise_force,
    "ask_for_force": _ask_for_force,
    "pass_out": _pass_out,
    "advise": _says_why,
    "assist": _says_why,
    "hand_in": _hand_in,
    "add_note": _says_why,
}
ALL = STEPS | AFTER | BETWEEN | TOGETHER
