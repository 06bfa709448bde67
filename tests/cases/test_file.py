"""立案: fixing class and filing condition."""

from __future__ import annotations

import pytest

from liandong.cases.rulebook import UnknownCondition
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry, running, steps, told
from tests.world import World

accepted = steps("accept")


def test_a_filed_case_waits_to_be_dispatched_with_class_and_condition_fixed(world: World) -> None:
    case = accepted(world, class_code="A0203")
    world.do("file_case", case, "operator", condition="suspected")
    case.refresh_from_db()
    assert (case.stage, case.class_code, case.condition) == ("filed", "A0203", "suspected")
    assert running(case) == {"dispatch"}
    assert told(last_entry(case)) == {"class_code": "A0203", "condition": "suspected", "version": 3}


def test_without_a_condition_the_first_of_the_class_is_taken(world: World) -> None:
    case = accepted(world, class_code="A0203")
    assert world.do("file_case", case, "operator").condition == "suspected"


def test_a_condition_of_another_class_is_refused(world: World) -> None:
    case = accepted(world, class_code="A0203")
    with pytest.raises(UnknownCondition):
        world.do("file_case", case, "operator", condition="missing")


def test_a_dispatcher_does_not_file(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("file_case", accepted(world), "lin")


def test_a_report_is_accepted_before_it_is_filed(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("file_case", world.report(), "operator")


def test_a_town_files_what_it_runs(world: World) -> None:
    case = world.report(by="station001", channel="staff")
    world.do("accept_case", case, "town01")
    assert world.do("file_case", case, "town01").stage == "filed"
