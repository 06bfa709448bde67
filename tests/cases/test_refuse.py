"""不予受理: refusing a report."""

from __future__ import annotations

import pytest

from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry, running
from tests.world import World


def test_a_refused_report_has_ended_with_a_reason_for_the_reporter(world: World) -> None:
    case = world.report()
    world.do("refuse_case", case, "operator", reason="属于邻区管辖，已转告")
    case.refresh_from_db()
    assert (case.stage, case.ended_at, case.due_at) == ("refused", world.at, None)
    assert case.answer == "属于邻区管辖，已转告"
    assert running(case) == set()
    assert last_entry(case).data["reason"] == "属于邻区管辖，已转告"


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_refusal_must_say_why(world: World, reason: str) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("refuse_case", world.report(), "operator", reason=reason)


def test_a_phone_number_in_the_reason_does_not_reach_the_record(world: World) -> None:
    case = world.report()
    world.do("refuse_case", case, "operator", reason="请拨打13812345678")
    assert last_entry(case).data["reason"] == "请拨打［电话］"


def test_a_verifier_may_not_refuse(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("refuse_case", world.report(), "verifier", reason="不实")


def test_an_accepted_case_can_only_be_declined(world: World) -> None:
    case = world.report()
    world.do("accept_case", case, "operator")
    with pytest.raises(IllegalStep):
        world.do("refuse_case", case, "operator", reason="不实")
