"""The table of steps, in both directions: what leads on, and everything that does not."""

from __future__ import annotations

import pytest

from liandong.cases.models import Case
from liandong.cases.operations import CHANGES
from liandong.cases.queries import clocks_of, steps_open_to
from liandong.cases.rules.words import STAGE_WORDS, ClockKind, Stage
from liandong.cases.rules.workflow import STEPS, IllegalStep, steps_from
from tests.cases.golden import agrees
from tests.cases.paths import ANYONE, EVENTS, OPERATIONS, REACH, last_entry, ready, take
from tests.world import World

PAIRS = [(stage, code) for stage in Stage for code in STEPS if code != "report"]
LEGAL = [(stage, code) for stage, code in PAIRS if stage in STEPS[code].from_]


@pytest.mark.parametrize(("stage", "code"), LEGAL)
def test_a_legal_step_leads_where_the_table_says_and_moves_only_the_clocks_it_names(
    world: World, stage: Stage, code: str
) -> None:
    case = ready(world, stage, code)
    case.refresh_from_db()
    before = {row.pk: row.stopped_at for row in clocks_of(case)}
    version, since = case.version, case.stage_since

    take(world, code, case)
    case.refresh_from_db()

    step = STEPS[code]
    assert case.stage in {to or stage for to in step.ends_in}
    assert case.version == version + 1
    assert case.stage_since in ({world.at} if case.stage != stage else {since, world.at})
    if not step.or_to:
        assert case.stage == (step.to or stage)
        assert case.stage_since == (world.at if step.to else since)
    assert last_entry(case).event == EVENTS[code]
    rows = list(clocks_of(case))
    started = {ClockKind(row.kind) for row in rows if row.pk not in before}
    stopped = {ClockKind(row.kind) for row in rows if row.pk in before and row.stopped_at and not before[row.pk]}
    assert started <= step.starts
    assert stopped <= step.stops


@pytest.mark.parametrize("stage", list(Stage))
def test_every_other_step_is_illegal_and_changes_nothing(world: World, stage: Stage) -> None:
    case = REACH[stage](world)
    version = Case.objects.get(pk=case.pk).version
    for code in (code for at, code in PAIRS if at is stage and (at, code) not in LEGAL):
        with pytest.raises(IllegalStep) as refusal:
            take(world, code, case)
        case.refresh_from_db()
        assert (case.stage, case.version) == (stage, version), code
        assert refusal.value.values == {"stage": STAGE_WORDS[stage], "step": STEPS[code].word}


@pytest.mark.parametrize("stage", list(Stage))
def test_a_page_offers_only_steps_that_are_legal_at_the_stage(world: World, stage: Stage) -> None:
    case = REACH[stage](world)
    case.refresh_from_db()
    assert set(steps_open_to(ANYONE, case)) <= set(steps_from(stage))


def test_every_stage_is_reached_by_some_step() -> None:
    assert {stage for step in STEPS.values() for stage in step.ends_in if stage} == set(Stage)


def test_whatever_a_page_may_do_of_itself_has_an_operation_a_change_and_an_event() -> None:
    assert set(OPERATIONS) == set(EVENTS) == set(STEPS) - {"report"}
    beside = {"report", "merge", "unmerge", "split", "follow_up", "pass_out"}
    assert set(CHANGES) == set(STEPS) - beside, "and what other cases, visits or links have part in stays out of bulk"


def test_the_diagram_shows_the_table() -> None:
    """`tests/golden/workflow.mmd` is rewritten from the table; review it as a diff."""
    lines = ["stateDiagram-v2", "    [*] --> reported: report"]
    for step in STEPS.values():
        for stage in sorted(step.from_):
            for to in sorted({to or stage for to in step.ends_in}):
                lines.append(f"    {stage.value} --> {to.value}: {step.code}")
    ended = sorted({stage.value for stage in Stage} - {stage.value for step in STEPS.values() for stage in step.from_})
    lines += [f"    {stage} --> [*]" for stage in ended]
    assert agrees("workflow.mmd", "\n".join(lines) + "\n")
