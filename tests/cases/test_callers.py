"""The cases of a caller: found by a whole number among those one may see, and shown on the record."""

from __future__ import annotations

import pytest

from liandong.cases.operations import note_shown_to_agent
from liandong.cases.queries import cases_of_caller
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry
from tests.world import MRS_CHEN, World


@pytest.mark.parametrize("phone", ["", "5678", "138", "x", "1" * 16])
def test_less_than_a_whole_number_finds_nothing(phone: str, world: World) -> None:
    world.report(identity="named", contact=MRS_CHEN)
    assert cases_of_caller(world.actor("operator"), phone, at=world.at) == []


def test_a_whole_number_finds_its_cases_for_those_who_may_search_so(world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    assert cases_of_caller(world.actor("operator"), "+8613812345678", at=world.at) == [case]
    assert cases_of_caller(world.actor("lin"), "13812345678", at=world.at) == []


def test_a_showing_is_on_the_record_of_the_case_with_its_purpose(world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    operator = world.actor("operator")
    with pytest.raises(ReasonNeeded):
        note_shown_to_agent([case], purpose=" ", actor=operator, at=world.at)
    with pytest.raises(Forbidden):
        note_shown_to_agent([case], purpose="来电弹屏", actor=world.actor("lin"), at=world.at)
    note_shown_to_agent([case], purpose="来电弹屏", actor=operator, at=world.later(minutes=1))
    assert (last_entry(case).event, last_entry(case).data["purpose"]) == ("CaseFoundByPhone", "来电弹屏")
