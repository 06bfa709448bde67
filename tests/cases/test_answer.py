"""即时答复: answering at once."""

from __future__ import annotations

import pytest

from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry, running, steps
from tests.world import World


@pytest.mark.parametrize("before", [(), ("accept",)])
def test_a_consultation_is_answered_at_once_and_never_dispatched(world: World, before: tuple[str, ...]) -> None:
    case = steps(*before)(world, nature="consultation")
    world.do("answer_case", case, "operator", answer="带身份证到受理中心即可", article="KB-12")
    case.refresh_from_db()
    assert (case.stage, case.answer, case.ended_at) == ("answered", "带身份证到受理中心即可", world.at)
    assert running(case) == set()
    assert last_entry(case).data["article"] == "KB-12"


def test_an_answer_must_have_words(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("answer_case", world.report(), "operator", answer=" ")


def test_a_supervisor_does_not_answer(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("answer_case", world.report(), "supervisor", answer="已知悉")


def test_a_filed_case_is_past_answering(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("answer_case", world.filed(), "operator", answer="已知悉")
