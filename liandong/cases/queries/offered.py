"""Which steps a page offers somebody on a case: legal at its stage, permitted, and not idle as the case stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from liandong.cases.docket import Docket, InOtherHands, NotAssigned, state_of, thing_of
from liandong.cases.models import Case
from liandong.cases.queries.draws import may_look, waiting_draw
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.drawing import DrawKind
from liandong.cases.rules.verification import RETURNS_BEFORE_RULING
from liandong.cases.rules.words import Part, Stage, Urgency
from liandong.cases.rules.workflow import ASSISTING, AT_UNIT, Step, steps_from
from liandong.people.access import Actor

_HAS_USE: Final[Mapping[str, Callable[[Case], bool]]] = {
    "dispatch_by_phone": lambda case: case.urgency == Urgency.CRITICAL,
    "file_afterwards": lambda case: not case.condition,
    "arbitrate": lambda case: case.awaits_ruling,
    "transfer": lambda case: not case.awaits_ruling,
    "request_coordination": lambda case: case.coordination != "asked",
    "accept_coordination": lambda case: "coordination" in case.asks,
    "decline_coordination": lambda case: "coordination" in case.asks,
    "request_extension": lambda case: "extension" not in case.asks,
    "grant_extension": lambda case: "extension" in case.asks,
    "refuse_extension": lambda case: "extension" in case.asks,
    "refuse_dispute": lambda case: "appeal" in case.asks,
    "excuse_assistant": lambda case: bool(case.assisting),
    "suspend": lambda case: case.suspended_at is None,
    "resume": lambda case: case.suspended_at is not None,
    "reply_supervision": lambda case: case.to_reply > 0,
    "lift_overdue": lambda case: case.late_since is not None,
    "follow_up": lambda case: case.visits_left > 0,
    "withdraw": lambda case: case.withdrawn_at is None,
    "rate": lambda case: case.rating is None,
}
"""Steps that are idle unless the case stands so. The operations refuse them by name all the same."""


def steps_open_to(actor: Actor, case: Case) -> tuple[Step, ...]:
    """The steps that are legal now and permitted to this actor: what a page offers, and nothing else."""
    thing, docket = thing_of(case), Docket(case, rulebook_for(case.district))
    found = [
        step
        for step in _legal(actor, docket)
        if actor.may(step.act, thing)
        and _HAS_USE.get(step.code, _always)(case)
        and _MAY_BY.get(step.code, _always_by)(actor, docket)
        and _may_now(step, case)
    ]
    return tuple(found)


def _legal(actor: Actor, docket: Docket) -> tuple[Step, ...]:
    """The steps of the stage; those of a unit by how far the actor's own unit has come with its part."""
    case = docket.case
    stage = Stage(case.stage)
    steps = steps_from(stage)
    if stage not in AT_UNIT or not case.involved or not any(step.of_a_unit for step in steps):
        # With nobody else involved, the lead is the only one to ask.
        return steps
    try:
        row = docket.in_hand_of(actor.units)
    except (InOtherHands, NotAssigned):
        return tuple(step for step in steps if not step.of_a_unit)
    if row.part == Part.LEAD:
        return steps
    state = state_of(row)
    own = {code for code, states in ASSISTING.items() if state in states}
    others = [step for step in steps if not step.of_a_unit]
    return (
        *(step for stage in AT_UNIT for step in steps_from(stage) if step.code in own and step not in others),
        *others,
    )


def _may_return(actor: Actor, docket: Docket) -> bool:
    """A ruling binds whom it names, and a unit above its line in the end; who assists is not ruled on."""
    case = docket.case
    if case.involved:
        row = docket.in_hand_of(actor.units)
        if row.part != Part.LEAD:
            return True
        if above := docket.above(row):
            return docket.returns_to(above[0].unit) < RETURNS_BEFORE_RULING
    return case.returns < RETURNS_BEFORE_RULING


def _may_take_back(actor: Actor, docket: Docket) -> bool:
    """Whoever dispatches takes back what nobody must rule on; a unit, only what it has handed down."""
    case = docket.case
    if not case.awaits_ruling and actor.may("cases.dispatch", thing_of(case)):
        return True
    return bool(case.involved) and docket.handed_down_by(actor.units) is not None


_MAY_BY: Final[Mapping[str, Callable[[Actor, Docket], bool]]] = {
    "return": _may_return,
    "take_back": _may_take_back,
    "check": lambda actor, docket: may_look(actor, waiting_draw(docket.case, DrawKind.CHECK)),
    "verify_report": lambda _actor, docket: docket.rulebook.policy(docket.case.class_code).verify_report,
}
"""Steps that are idle for this actor unless they stand so in the case."""


def _may_now(step: Step, case: Case) -> bool:
    return case.suspended_at is None or step.while_suspended


def _always(_case: Case) -> bool:
    return True


def _always_by(_actor: Actor, _docket: Docket) -> bool:
    return True
