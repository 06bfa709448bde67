"""Random lives of cases: whatever legal steps people take, record, clocks and columns tell the same story."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection

from liandong.cases.models import Case
from liandong.cases.operations import mark_overdue, wake_cases
from liandong.cases.queries import clocks_of, steps_open_to, trace_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ASSISTING, ENDED, STEPS
from liandong.kernel.refusal import Refusal
from liandong.people.access import platform
from liandong.timeline.verify import verify
from tests.cases.paths import EVENTS, take, with_photos
from tests.world import MONDAY_MORNING, MRS_CHEN, World

SWEEP = platform("sweep")
PEOPLE = [
    *("operator", "lin", "supervisor", "verifier", "leader", "town01", "station001", "grid001"),
    *("bureau001", "bureau002", "department02", "department03", "integrator"),
]
STEP_OF = {event: code for code, event in EVENTS.items()} | {"CaseReported": "report", "CaseReturnedUp": "return"}
APART = {"AssistantHandedIn", "AssistantReturned"}
"""What assisting units do moves no stage."""
ASIDE = {"ClockFellDue", "ClockRemindedOf", "EvidenceFlagged", "SuspensionReviewDue"}
"""What merely happens changes no version; nor does supervision that comes by itself."""
RARE = {"verify_report", "merge", "unmerge", "lift_overdue", "ask_for_force", "follow_up", "refuse_dispute"}
"""Steps that need another rule or case, a new calendar, a weak unit or a long wait: `test_workflow` takes them all."""
DULL = {
    *("void", "refuse", "decline", "answer", "withdraw", "merge", "suspend", "take_back"),
    *("urge", "add_note", "supervise", "reply_supervision", "contact", "advise", "assist", "warn", "pass_out", "split"),
}
"""Steps that end a case, or leave it where it is: taken now and then, or no walk would get far."""
HELP = [(), (), ("310198-D03",), ("310198-T01", "310198-S001")]


def walk(world: World, dice: random.Random, *, longest: int = 24) -> Case:
    """Let a case live: whatever its page offers to anybody may be done next, well or badly."""
    by = dice.choice(["operator", "grid001"])
    case = world.report(
        by=by,
        class_code=dice.choice(["M06010", "A0203", "C01001"]),
        identity=dice.choice(["named", "anonymous", "confidential"]),
        contact=MRS_CHEN,
        urgency=dice.choice(["normal", "urgent", "critical"]),
    )
    if by == "grid001" and dice.random() < 0.5:
        with_photos(world, case, by)
    for _ in range(dice.randint(3, longest)):
        world.later(minutes=dice.choice([1, 10, 60, 600, 3000]))
        case.refresh_from_db()
        choices = [(who, step) for who in PEOPLE for step in steps_open_to(world.actor(who), case)]
        if dice.random() < 0.2:
            mark_overdue(actor=SWEEP, at=world.at)
            wake_cases(actor=SWEEP, at=world.at)
        if not choices:
            break
        codes = sorted({step.code for _who, step in choices})
        lively = [code for code in codes if code not in DULL]
        wanted = dice.choice(lively if lively and dice.random() < 0.85 else codes)
        who, step = dice.choice([choice for choice in choices if choice[1].code == wanted])
        if wanted == "hand_in":
            with_photos(world, case, who)
        try:
            take(world, wanted, case, who, **_details(wanted, dice))
        except Refusal:
            continue
    case.refresh_from_db()
    return case


def _details(step: str, dice: random.Random) -> dict[str, Any]:
    """What is said differently from one time to the next."""
    match step:
        case "check" | "contact":
            return {"ok" if step == "check" else "reached": dice.random() < 0.7}
        case "dispatch":
            return {"to": dice.choice(["", "310198-T01", "310198-D02"]), "assisting": dice.choice(HELP)}
        case "transfer":
            return {"assisting": dice.choice(HELP)}
        case "follow_up":
            return {"is_relapse": dice.random() < 0.5}
        case "verify_report":
            return {"is_true": dice.random() < 0.8}
    return {}


def _replayed(case: Case) -> tuple[Stage, int]:
    """Stage and version as the timeline alone tells them; every move of the stage is one of the table."""
    stage, version = Stage.REPORTED, 0
    for entry in trace_of(case):
        happens = entry.event in ASIDE or (entry.event == "CaseSupervised" and not entry.data.get("is_manual"))
        version += not happens
        assert entry.data["version"] == version, entry.event
        code, became = STEP_OF.get(entry.event), entry.data.get("became", {}).get("case", {})
        to = Stage(became.get("stage", stage))
        if entry.event in APART or code in (None, "report"):
            assert to is stage or entry.event in ("CaseReported", "MergedCaseFollowed"), entry.event
        elif stage in STEPS[code].from_:
            ends = {end or stage for end in STEPS[code].ends_in} | ({stage} if code in ASSISTING else set())
            assert to in ends, f"{code} from {stage} to {to}"
        else:
            assert code in ASSISTING, f"{code} at {stage}"
            assert to is stage
        stage = to
    return stage, version


def _agrees_with_its_clocks(case: Case) -> None:
    open_clocks = [row for row in clocks_of(case) if row.stopped_at is None]
    going = [row for row in open_clocks if row.paused_at is None and row.kind != "supervision"]
    assert case.due_at == min((row.due_at for row in going), default=None)
    assert case.late_since == min((row.due_at for row in going if row.overdue_at), default=None)
    for row in clocks_of(case):
        assert (row.wake_at is None) or row in open_clocks
        assert (row.paused_at is not None) <= (case.suspended_at is not None), row.kind
        if row.stopped_at is not None:
            assert (row.overdue_at is not None) == (row.stopped_at > row.due_at), row.kind
    if Stage(case.stage) in ENDED:
        assert open_clocks == []
        assert case.ended_at is not None


@pytest.mark.parametrize("seed", range(20))
def test_replaying_the_record_gives_the_case(world: World, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(2):
        case = walk(world, dice)
        assert (case.stage, case.version) == _replayed(case)
        _agrees_with_its_clocks(case)
        times = [entry.at for entry in trace_of(case)]
        assert times == sorted(times)
    assert verify().breaks == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_walks_take_every_step(world: World) -> None:
    dice, taken, ends = random.Random(4), set(), set()
    for _ in range(300):
        case = walk(world, dice, longest=40)
        ends.add(case.stage)
        taken |= {STEP_OF[entry.event] for entry in trace_of(case) if entry.event in STEP_OF}
        world.at = MONDAY_MORNING
        if set(STEPS) - taken <= RARE:
            break
    assert set(STEPS) - taken <= RARE
    assert len(ends) > 5
