"""How each stage is reached, and how a case is made ready for each step, by operations only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from liandong.cases.models import Case, Clock
from liandong.cases.operations import mark_overdue
from liandong.cases.rules.words import Stage
from tests.cases.forces import weaken
from tests.cases.paths.taking import ANYONE, take, with_photos
from tests.cases.paths.words import B001, B002, BY, D02, D03, T01
from tests.world import World

Ready = Callable[[World, Stage], Case]


def steps(*codes: str) -> Callable[..., Case]:
    """Return what reports a case and takes these steps, each by whom it belongs to."""

    def _go(world: World, **details: Any) -> Case:
        case = world.report(**details)
        for code in codes:
            case = take(world, code, case, BY[code])
        return case

    return _go


def _merged(world: World, **details: Any) -> Case:
    case = world.report(**details)
    world.dispatched()
    return take(world, "merge", case, BY["merge"])


_TO_HANDLED = ("accept", "file", "dispatch", "receive", "arrive", "hand_in")
REACH: Final[Mapping[Stage, Callable[..., Case]]] = {
    Stage.REPORTED: steps(),
    Stage.ACCEPTED: steps("accept"),
    Stage.VERIFIED: steps("accept", "verify_report"),
    Stage.REFUSED: steps("refuse"),
    Stage.ANSWERED: steps("answer"),
    Stage.FILED: steps("accept", "file"),
    Stage.DECLINED: steps("accept", "decline"),
    Stage.DISPATCHED: steps("accept", "file", "dispatch"),
    Stage.RECEIVED: steps("accept", "file", "dispatch", "receive"),
    Stage.ON_SCENE: steps("accept", "file", "dispatch", "receive", "arrive"),
    Stage.HANDLED: steps(*_TO_HANDLED, "check"),
    Stage.CLOSED: steps(*_TO_HANDLED, "check", "close"),
    Stage.MERGED: _merged,
    Stage.WITHDRAWN: steps("withdraw"),
    Stage.VOID: steps("void"),
}


def ready(world: World, stage: Stage, code: str) -> Case:
    """A case at a stage at which a step may be taken, and succeeds for whoever may take it."""
    case = _READY.get(code, _reached)(world, stage)
    case.refresh_from_db()
    assert case.stage == stage, f"{code} is not made ready at {stage}, but at {case.stage}"
    return case


def through(world: World, case: Case, stage: Stage, by: str | None = None) -> Case:
    """Take a case that was just sent to a unit on to a stage."""
    for code, reached in (
        ("receive", Stage.DISPATCHED),
        ("arrive", Stage.RECEIVED),
        ("hand_in", Stage.ON_SCENE),
    ):
        if stage is reached:
            return case
        case = take(world, code, case, by or BY[code])
    return case


def town_holds(world: World, stage: Stage, **details: Any) -> Case:
    """A case that Dongqiao itself holds: at `dispatched`, one it has handed down."""
    case = take(world, "dispatch", world.filed(**details), "lin", to=T01)
    case = take(world, "receive", case, "town01")
    if stage is Stage.DISPATCHED:
        return take(world, "hand_down", case, "town01")
    return take(world, "arrive", case, "town01") if stage is Stage.ON_SCENE else case


def twice_returned(world: World, stage: Stage) -> Case:
    """A case whose second return awaits a ruling: Dongqiao, which had it first, handles it meanwhile."""
    case = take(world, "dispatch", world.filed(), "lin", to=T01)
    case = take(world, "return", case, "town01")
    case = take(world, "dispatch", case, "lin", to=D02)
    case = take(world, "return", case, "department02")
    if stage is Stage.DISPATCHED:
        return take(world, "hand_down", case, "town01")
    return take(world, "arrive", case, "town01") if stage is Stage.ON_SCENE else case


def _reached(world: World, stage: Stage) -> Case:
    return REACH[stage](world)


def _after(code: str) -> Ready:
    """Ready once another step was taken at the same stage."""

    def _go(world: World, stage: Stage) -> Case:
        case = ready(world, stage, code)
        return take(world, code, case)

    return _go


def _too_weak(world: World, stage: Stage) -> Case:
    case = REACH[stage](world)
    weaken(world, B002)
    return case


def _on_the_spot(world: World, stage: Stage) -> Case:
    return with_photos(world, REACH[stage](world))


def _critical(world: World, stage: Stage) -> Case:
    return REACH[stage](world, urgency="critical")


def _by_phone(world: World, stage: Stage) -> Case:
    case = take(world, "dispatch_by_phone", world.report(urgency="critical"), "operator")
    return take(world, "return", case, BY["return"]) if stage is Stage.FILED else through(world, case, stage)


def _with_asked_coordination(world: World, stage: Stage) -> Case:
    if stage is not Stage.DISPATCHED:
        return take(world, "request_coordination", town_holds(world, stage), "town01")
    case = take(world, "request_coordination", town_holds(world, Stage.RECEIVED), "town01")
    return take(world, "hand_down", case, "town01")


def _with_late_assistant(world: World, stage: Stage) -> Case:
    case = world.filed()
    take(world, "dispatch", case, "lin", assisting=(D03,))
    case = through(world, case, stage)
    world.later(days=30)
    return case


def _suspended(world: World, stage: Stage) -> Case:
    return take(world, "suspend", REACH[stage](world), "supervisor")


def _given_time_again(world: World, stage: Stage) -> Case:
    """A case with an overdue mark that a corrected calendar has overtaken.

    Correcting a calendar belongs to no operation yet: the due time of the marked clocks is set past now by hand.
    """
    case = REACH[stage](world)
    if stage is Stage.HANDLED:
        take(world, "supervise", case, "supervisor")
    world.later(days=60)
    mark_overdue(actor=ANYONE, at=world.at)
    late = Clock.objects.filter(case=case, overdue_at__isnull=False, stopped_at=None)
    assert late.update(due_at=world.at + timedelta(days=1))
    return case


def _with_a_visit_due(world: World, _stage: Stage) -> Case:
    case = closed_clinic(world)
    world.later(days=8)
    return case


def closed_clinic(world: World) -> Case:
    """A closed case of a class that is followed up: an illegal clinic, closed by bureau 1 with a photo."""
    case = world.filed(class_code="A0203")
    take(world, "dispatch", case, "lin", to=B001)
    take(world, "receive", case, "bureau001")
    with_photos(world, case, "bureau001")
    take(world, "hand_in", case, "bureau001")
    take(world, "check", case, "verifier")
    return take(world, "close", case, "operator")


def _disputed_again(world: World, stage: Stage) -> Case:
    case = take(world, "dispute", REACH[stage](world))
    for code in ("receive", "hand_in", "check", "close", "dispute"):
        case = take(world, code, case)
    return case


def _beside_a_main_case(world: World, stage: Stage) -> Case:
    case = REACH[stage](world)
    world.dispatched()
    return case


_READY: Final[Mapping[str, Ready]] = {
    "ask_for_force": _too_weak,
    "solve_on_spot": _on_the_spot,
    "dispatch_by_phone": _critical,
    "file_afterwards": _by_phone,
    "hand_down": town_holds,
    "arbitrate": twice_returned,
    "request_coordination": town_holds,
    "accept_coordination": _with_asked_coordination,
    "decline_coordination": _with_asked_coordination,
    "excuse_assistant": _with_late_assistant,
    "grant_extension": _after("request_extension"),
    "refuse_extension": _after("request_extension"),
    "resume": _suspended,
    "reply_supervision": _after("supervise"),
    "lift_overdue": _given_time_again,
    "follow_up": _with_a_visit_due,
    "refuse_dispute": _disputed_again,
    "merge": _beside_a_main_case,
}
"""Step → what makes a case ready for it, where more is needed than its stage."""
