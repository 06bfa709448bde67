"""劝诫谈话: the place or matter, what was said, what came of it; never who was talked to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liandong.cases.changes import Report
from liandong.cases.operations import Life, Move, live_through
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.force import WarningMissing
from liandong.cases.rules.workflow import ReasonNeeded
from tests.cases.forces import B002
from tests.cases.paths import ANYONE, last_entry, running, take
from tests.world import DISTRICT, GRID_1, MONDAY_MORNING, World


def test_a_warning_keeps_stage_and_clocks_and_stands_in_the_record(world: World) -> None:
    case = world.received()
    clocks = running(case)
    take(world, "warn", case, "bureau002", matter="店门口占道堆物", reason="请当场搬离", outcome="已搬离")
    case.refresh_from_db()
    assert (case.stage, case.force) == ("received", "service")
    assert running(case) == clocks
    told = last_entry(case).data
    assert (told["unit"], told["matter"], told["said"], told["outcome"]) == (
        B002,
        "店门口占道堆物",
        "请当场搬离",
        "已搬离",
    )


@pytest.mark.parametrize("missing", ["matter", "reason"])
def test_a_warning_says_what_about_and_what_was_said(world: World, missing: str) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "warn", world.received(), "bureau002", **{missing: " "})


def test_phones_and_plates_are_taken_out_of_it(world: World) -> None:
    case = world.received()
    words = "沪A12345车主，电话13812345678"
    take(world, "warn", case, "bureau002", matter=words, reason=words, outcome=words)
    told = last_entry(case).data
    assert not any("13812345678" in told[name] or "沪A12345" in told[name] for name in ("matter", "said", "outcome"))


def test_a_class_that_begins_with_enforcement_is_not_handed_in_without_its_warning(world: World) -> None:
    book = rulebook_for(DISTRICT)
    book.classes["M06001"].warn_first = True
    case = world.received(class_code="M06001", to=B002)
    with pytest.raises(WarningMissing):
        take(world, "hand_in", case, "bureau002")
    take(world, "warn", case, "bureau002")
    assert take(world, "hand_in", case, "bureau002").stage == "handled"
    forget_rules()


def test_a_warning_counts_in_lives_that_are_loaded_in_bulk(world: World) -> None:
    report = Report("M09005", "店外堆物", "desk", lon=GRID_1[0], lat=GRID_1[1])
    steps = [
        ("accept", {}),
        ("file", {}),
        ("dispatch", {}),
        ("receive", {}),
        ("warn", {"matter": "店门口", "reason": "请搬离"}),
        ("raise_force", {"to": "enforcement", "reason": "未搬离"}),
    ]
    moves = tuple(Move(code, MONDAY_MORNING, ANYONE, given) for code, given in steps)
    life = Life(report, MONDAY_MORNING, ANYONE, moves)
    assert live_through(life, district=DISTRICT).case.force == "enforcement"
    unwarned = replace(life, moves=tuple(move for move in moves if move.step != "warn"))
    with pytest.raises(WarningMissing):
        live_through(unwarned, district=DISTRICT)
