"""The record of a case gives it back: columns, clocks and assignments, exactly."""

from __future__ import annotations

import random

import pytest

from liandong.cases.models import Case
from liandong.cases.operations import live_through, mark_overdue, record_lives
from liandong.cases.queries import replayed_case, trace_of
from liandong.cases.rules.words import Stage
from liandong.people.access import platform
from tests.cases.paths import REACH, ready, take, town_holds
from tests.cases.test_lives import REPLAY, WAY, life
from tests.cases.test_random_walks import walk
from tests.world import DISTRICT, MRS_CHEN, World


def gives_itself_back(case: Case) -> None:
    """What the entries tell is what is stored."""
    case.refresh_from_db()
    told, stored = replayed_case(case)
    assert told[0] == stored[0], "the case"
    assert told[1] == stored[1], "its clocks"
    assert told[2] == stored[2], "its assignments"


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happened_to_it(world: World, seed: int) -> None:
    dice = random.Random(seed + 100)
    walks = [walk(world, dice, longest=30) for _ in range(2)]
    for case in walks:
        gives_itself_back(case)


@pytest.mark.parametrize("stage", list(Stage))
def test_at_every_stage(world: World, stage: Stage) -> None:
    gives_itself_back(REACH[stage](world))


@pytest.mark.parametrize("length", [0, 3, 7, len(WAY)])
def test_recorded_in_bulk(world: World, length: int) -> None:
    cases = record_lives([live_through(life(world, WAY[:length]), district=DISTRICT) for _ in range(2)], actor=REPLAY)
    for case in cases:
        gives_itself_back(case)


def test_a_bulk_life_told_on_by_single_steps_is_one_record(world: World) -> None:
    [case] = record_lives([live_through(life(world, WAY), district=DISTRICT)], actor=REPLAY)
    world.later(days=1)
    take(world, "hand_in", case, "bureau002")
    mark_overdue(actor=platform("sweep"), at=world.later(days=10))
    gives_itself_back(case)


def test_several_cases_that_belong_together(world: World) -> None:
    main = town_holds(world, Stage.RECEIVED)
    case = take(world, "merge", world.received(identity="named", contact=MRS_CHEN), "lin", into=main.number)
    take(world, "hand_down", main, "town01")
    take(world, "receive", main, "bureau002")
    take(world, "hand_in", main, "bureau002")
    gives_itself_back(case)
    take(world, "unmerge", case, "lin")
    whole = take(world, "split", world.received(), "lin")
    for one in (main, case, whole, *Case.objects.filter(parent=whole)):
        gives_itself_back(one)


@pytest.mark.parametrize("code", ["resume", "lift_overdue", "excuse_assistant", "accept_coordination", "arbitrate"])
def test_after_steps_that_move_clocks_and_units(world: World, code: str) -> None:
    case = ready(world, Stage.RECEIVED, code)
    if code == "lift_overdue":
        # The story moves a due time by hand for want of an operation: that alone is told nowhere.
        case = take(world, code, case)
        told, stored = replayed_case(case)
        assert (told[0], told[2]) == (stored[0], stored[2])
        return
    gives_itself_back(take(world, code, case))


def test_an_entry_that_is_missing_is_missed(world: World) -> None:
    case = world.received()
    case.refresh_from_db()
    case.address = "改过的地址"
    told, stored = replayed_case(case)
    assert told[0] != stored[0]
    assert trace_of(case).count() == 5
