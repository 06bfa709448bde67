"""不予立案: not filing what was accepted."""

from __future__ import annotations

import pytest

from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import running, steps
from tests.world import World

accepted = steps("accept")


def test_a_declined_case_has_ended_and_its_reporter_reads_why(world: World) -> None:
    case = accepted(world)
    world.do("decline_case", case, "operator", reason="现场核实无此情况")
    case.refresh_from_db()
    assert (case.stage, case.answer, case.ended_at) == ("declined", "现场核实无此情况", world.at)
    assert running(case) == set()


def test_declining_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("decline_case", accepted(world), "operator", reason="")


def test_a_leader_does_not_decline(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("decline_case", accepted(world), "leader", reason="不实")


def test_a_filed_case_is_past_declining(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("decline_case", world.filed(), "operator", reason="不实")
