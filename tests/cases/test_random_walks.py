"""Random lives of cases: whatever legal steps people take, record, clocks and columns tell the same story."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from liandong.cases.models import Case
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import clocks_of, steps_open_to, trace_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ENDED, STEPS
from liandong.kernel.refusal import Refusal
from liandong.people.access import platform
from liandong.timeline.verify import verify
from tests.cases.paths import EVENTS, take, with_photos
from tests.world import MONDAY_MORNING, MRS_CHEN, World

PEOPLE = [
    *("operator", "lin", "supervisor", "verifier", "town01", "bureau001", "bureau002", "department02", "grid001"),
    "integrator",
]
STEP_OF = {event: code for code, event in EVENTS.items()} | {"CaseReported": "report"}


def _walk(world: World, dice: random.Random) -> Case:
    by = dice.choice(["operator", "grid001"])
    case = world.report(
        by=by,
        class_code=dice.choice(["M06010", "A0203", "C01001"]),
        identity=dice.choice(["named", "anonymous", "confidential"]),
        contact=MRS_CHEN,
        urgency=dice.choice(["normal", "urgent"]),
    )
    if by == "grid001" and dice.random() < 0.5:
        with_photos(world, case, by)
    for _ in range(dice.randint(3, 18)):
        world.later(minutes=dice.choice([1, 10, 60, 600, 3000]))
        case.refresh_from_db()
        choices = [(who, step) for who in PEOPLE for step in steps_open_to(world.actor(who), case)]
        if dice.random() < 0.2:
            mark_overdue(actor=platform("sweep"), at=world.at)
        if not choices:
            break
        wanted = dice.choice(sorted({step.code for _who, step in choices}))
        who, step = dice.choice([choice for choice in choices if choice[1].code == wanted])
        details = {}
        if step.code in ("check", "contact"):
            details = {"ok" if step.code == "check" else "reached": dice.random() < 0.7}
        try:
            take(world, step.code, case, who, **details)
        except Refusal:
            continue
    case.refresh_from_db()
    return case


def _replayed(case: Case) -> tuple[Stage, int]:
    """Stage and version as the timeline alone tells them."""
    stage, version = Stage.REPORTED, 0
    for entry in trace_of(case):
        version += entry.event != "ClockFellDue"
        assert entry.data["version"] == version
        code = STEP_OF.get(entry.event)
        if code and code != "report":
            assert stage in STEPS[code].from_, f"{code} at {stage}"
            stage = STEPS[code].to or stage
    return stage, version


def _agrees_with_its_clocks(case: Case) -> None:
    open_clocks = [row for row in clocks_of(case) if row.stopped_at is None]
    assert case.due_at == min((row.due_at for row in open_clocks), default=None)
    assert case.late_since == min((row.due_at for row in open_clocks if row.overdue_at), default=None)
    for row in clocks_of(case):
        if row.stopped_at is not None:
            assert (row.overdue_at is not None) == (row.stopped_at > row.due_at), row.kind
    if Stage(case.stage) in ENDED:
        assert open_clocks == []
        assert case.ended_at is not None


@pytest.mark.parametrize("seed", range(20))
def test_replaying_the_record_gives_the_case(world: World, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(2):
        case = _walk(world, dice)
        assert (case.stage, case.version) == _replayed(case)
        _agrees_with_its_clocks(case)
        times = [entry.at for entry in trace_of(case)]
        assert times == sorted(times)
    assert verify().breaks == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_walks_reach_every_stage_and_take_every_step(world: World) -> None:
    dice = random.Random(4)
    stages, taken = set(), set()
    for _ in range(300):
        case = _walk(world, dice)
        stages.add(case.stage)
        taken |= {STEP_OF[entry.event] for entry in trace_of(case) if entry.event in STEP_OF}
        world.at = MONDAY_MORNING
        if len(taken) == len(STEPS):
            break
    assert taken == set(STEPS)
