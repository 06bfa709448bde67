"""How each stage is reached and each step taken, by operations only."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from PIL import Image

from liandong.cases import operations
from liandong.cases.models import Case, Clock
from liandong.cases.queries import clocks_of, trace_of
from liandong.cases.rules.words import Stage
from liandong.people.access import Actor
from liandong.people.rules.scope import PostHeld
from liandong.timeline.queries import Entry
from tests.cases.forces import B002, weaken
from tests.world import DISTRICT, World

ANYONE = Actor("platform/story", None, "story", (PostHeld(f"{DISTRICT}-G016", "platform", ""),))
"""May take every step, in a unit that never holds a case of the story: for tests of what is legal."""

OPERATIONS = {
    "accept": "accept_case",
    "refuse": "refuse_case",
    "answer": "answer_case",
    "file": "file_case",
    "decline": "decline_case",
    "dispatch": "dispatch_case",
    "receive": "receive_case",
    "return": "return_case",
    "contact": "contact_reporter",
    "arrive": "arrive_at_case",
    "warn": "warn_in_case",
    "raise_force": "raise_force",
    "ask_for_force": "ask_for_force",
    "hand_in": "hand_in_case",
    "check": "check_case",
    "call_back": "call_back_reporter",
    "send_back": "send_back_case",
    "close": "close_case",
    "reopen": "reopen_case",
    "solve_on_spot": "solve_case_on_spot",
}
EVENTS = {
    "accept": "CaseAccepted",
    "refuse": "CaseRefused",
    "answer": "CaseAnswered",
    "file": "CaseFiled",
    "decline": "CaseDeclined",
    "dispatch": "CaseDispatched",
    "receive": "CaseReceived",
    "return": "CaseReturned",
    "contact": "CaseContacted",
    "arrive": "CaseArrived",
    "warn": "CaseWarned",
    "raise_force": "CaseForceRaised",
    "ask_for_force": "CaseForceAsked",
    "hand_in": "CaseHandedIn",
    "check": "CaseChecked",
    "call_back": "CaseCalledBack",
    "send_back": "CaseSentBack",
    "close": "CaseClosed",
    "reopen": "CaseReopened",
    "solve_on_spot": "CaseSolvedOnSpot",
}
DETAILS: dict[str, dict[str, Any]] = {
    "refuse": {"reason": "不属于本区管辖"},
    "answer": {"answer": "请携带身份证到社区事务受理中心办理"},
    "decline": {"reason": "现场未发现问题"},
    "return": {"reason": "不属于本单位职责"},
    "contact": {"reached": True},
    "warn": {"matter": "店门口占道堆物", "reason": "占道堆物影响通行，请当场搬离", "outcome": "答应搬离"},
    "raise_force": {"to": "enforcement", "reason": "两次劝导后仍占道经营"},
    "ask_for_force": {"to": "enforcement", "reason": "多次劝导无效，须由有执法权的单位处置"},
    "hand_in": {"result": "已清运并冲洗地面"},
    "check": {"ok": True},
    "call_back": {"reached": True, "solved": True},
    "send_back": {"reason": "现场仍有积水"},
    "reopen": {"reason": "问题又出现了"},
    "solve_on_spot": {"result": "已当场清理", "drawn": 0.5},
}
BY = {
    "accept": "operator",
    "refuse": "operator",
    "answer": "operator",
    "file": "operator",
    "decline": "operator",
    "dispatch": "lin",
    "receive": "bureau002",
    "return": "bureau002",
    "contact": "bureau002",
    "arrive": "bureau002",
    "warn": "bureau002",
    "raise_force": "bureau002",
    "ask_for_force": "bureau002",
    "hand_in": "bureau002",
    "check": "verifier",
    "call_back": "operator",
    "send_back": "verifier",
    "close": "operator",
    "reopen": "operator",
}
"""Who takes each step of a case that the district runs and bureau 2 of Dongqiao handles."""


def take(world: World, step: str, case: Case, by: str | Actor = ANYONE, **details: Any) -> Case:
    """Take one step a minute later."""
    actor = world.actor(by) if isinstance(by, str) else by
    operation = getattr(operations, OPERATIONS[step])
    changed: Case = operation(case.number, actor=actor, at=world.later(minutes=1), **DETAILS.get(step, {}) | details)
    return changed


def steps(*codes: str) -> Callable[..., Case]:
    """Return what reports a case and takes these steps, each by whom it belongs to."""

    def _go(world: World, **details: Any) -> Case:
        case = world.report(**details)
        for code in codes:
            case = take(world, code, case, BY[code])
        return case

    return _go


_TO_HANDLED = ("accept", "file", "dispatch", "receive", "arrive", "hand_in")
REACH: dict[Stage, Callable[..., Case]] = {
    Stage.REPORTED: steps(),
    Stage.ACCEPTED: steps("accept"),
    Stage.REFUSED: steps("refuse"),
    Stage.ANSWERED: steps("answer"),
    Stage.FILED: steps("accept", "file"),
    Stage.DECLINED: steps("accept", "decline"),
    Stage.DISPATCHED: steps("accept", "file", "dispatch"),
    Stage.RECEIVED: steps("accept", "file", "dispatch", "receive"),
    Stage.ON_SCENE: steps("accept", "file", "dispatch", "receive", "arrive"),
    Stage.HANDLED: steps(*_TO_HANDLED, "check"),
    Stage.CLOSED: steps(*_TO_HANDLED, "check", "close"),
}


def ready(world: World, stage: Stage, code: str) -> Case:
    """A case at a stage from which a step may be taken: with photos, or with a unit too weak, where it takes that."""
    case = REACH[stage](world)
    if code == "ask_for_force":
        weaken(world, B002)
    return with_photos(world, case) if code == "solve_on_spot" else case


def with_photos(world: World, case: Case, by: str | Actor = ANYONE) -> Case:
    """Add the pair of photos that proves work on the spot."""
    actor = world.actor(by) if isinstance(by, str) else by
    for purpose in ("before", "after"):
        operations.add_photo(case.number, content=photo(purpose), purpose=purpose, actor=actor, at=world.at)
    return case


@cache
def photo(seed: str) -> bytes:
    """A small JPEG, another one for every seed."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), tuple(seed.encode()[:3].ljust(3))).save(content, "JPEG")
    return content.getvalue()


def clock(case: Case, kind: str) -> Clock:
    """The youngest clock of a kind."""
    found = clocks_of(case).filter(kind=kind).last()
    assert found is not None, f"{case} has no {kind} clock"
    return found


def running(case: Case) -> set[str]:
    """The kinds of clock that run."""
    return set(clocks_of(case).filter(stopped_at__isnull=True).values_list("kind", flat=True))


def last_entry(case: Case) -> Entry:
    """The youngest entry about a case."""
    found = trace_of(case).last()
    assert found is not None
    return found


def shanghai(text: str) -> datetime:
    """An instant from Shanghai's clock, `2026-03-02 09:30`."""
    return datetime.fromisoformat(f"{text}+08:00")
