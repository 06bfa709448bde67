"""回访: asking the reporter whether it is solved."""

from __future__ import annotations

import pytest

from liandong.cases.changes.verifying import SatisfactionOutOfRange
from liandong.cases.models import Case
from liandong.cases.rules.verification import Unverified
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, with_photos
from tests.world import MRS_CHEN, World


def _handled(world: World, **details: object) -> Case:
    case = world.filed(**{"class_code": "A0203", "identity": "named", "contact": MRS_CHEN} | details)
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    with_photos(world, case, "bureau001")
    return world.do("hand_in_case", case, "bureau001", result="已查封", answer="诊所已关闭")


def test_a_satisfied_reporter_is_one_half_of_the_verification(world: World) -> None:
    case = _handled(world)
    world.do("call_back_reporter", case, "operator", reached=True, solved=True, satisfaction=5, words="很快")
    case.refresh_from_db()
    assert (case.call_back_result, case.satisfaction, case.call_attempts) == ("solved", 5, 1)
    assert running(case) == {"check"}
    assert last_entry(case).data["words"] == "很快"
    with pytest.raises(Unverified):
        world.do("close_case", case, "operator")
    world.do("check_case", case, "verifier", ok=True)
    assert world.do("close_case", case, "operator").closing == "normal"


def test_a_reporter_who_says_no_keeps_the_case_from_closing(world: World) -> None:
    case = _handled(world)
    world.do("call_back_reporter", case, "operator", reached=True, solved=False)
    world.do("check_case", case, "verifier", ok=True)
    with pytest.raises(Unverified):
        world.do("close_case", case, "operator")


def test_after_three_attempts_the_check_stands_in(world: World) -> None:
    case = _handled(world)
    for attempt, result in ((1, "unreached"), (2, "unreached"), (3, "given_up")):
        assert "call_back" in running(case)
        world.do("call_back_reporter", case, "operator", reached=False)
        world.later(hours=11)
        case.refresh_from_db()
        assert (case.call_back_result, case.call_attempts) == (result, attempt)
    assert running(case) == {"check"}
    world.do("check_case", case, "verifier", ok=True)
    assert world.do("close_case", case, "operator").stage == "closed"


def test_where_only_a_call_was_demanded_a_check_starts_when_nobody_answers(world: World) -> None:
    case = _handled(world, class_code=_class_demanding(world, "call_back"))
    assert running(case) == {"call_back"}
    for _attempt in range(3):
        world.later(hours=11)
        world.do("call_back_reporter", case, "operator", reached=False)
    assert running(case) == {"check"}
    assert clock(case, "check").started_at == world.at


def test_any_number_of_calls_on_one_day_does_not_stand_for_two_days_of_trying(world: World) -> None:
    case = _handled(world)
    for _attempt in range(4):
        world.do("call_back_reporter", case, "operator", reached=False)
    case.refresh_from_db()
    assert (case.call_back_result, case.call_attempts) == ("unreached", 4)
    assert "call_back" in running(case)
    with pytest.raises(Unverified):
        world.do("close_case", case, "operator")


@pytest.mark.parametrize("satisfaction", [0, 6, -1])
def test_satisfaction_is_one_to_five(world: World, satisfaction: int) -> None:
    said = {"reached": True, "solved": True, "satisfaction": satisfaction}
    with pytest.raises(SatisfactionOutOfRange):
        world.do("call_back_reporter", _handled(world), "operator", **said)


def test_the_handler_does_not_call_back(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("call_back_reporter", _handled(world), "bureau001", reached=True, solved=True)


def test_nobody_is_called_back_before_anything_was_done(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("call_back_reporter", world.received(), "operator", reached=True, solved=True)


def _class_demanding(world: World, demand: str) -> str:
    """A class of the matter that goes to bureau 1, made to demand this for the length of the test."""
    from liandong.cases.models import CaseClass
    from liandong.cases.rulebook import forget_rules

    CaseClass.objects.filter(code="A0203").update(demands=demand)
    forget_rules()
    return "A0203"
