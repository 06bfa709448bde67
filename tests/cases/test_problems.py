"""Lasting problems: opened from a case, owning many, changed, solved and taken up again, always on the record."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.cases import operations
from liandong.cases.models import Case, Problem
from liandong.cases.operations.beats import StaleVersion
from liandong.cases.operations.problems import NotLinked, ProblemSettled, ProblemUntitled
from liandong.cases.queries import (
    cases_of_problem,
    permitted_problems,
    problem_for,
    problems_of,
    thing_of_problem,
    trace_of,
    trace_of_problem,
)
from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden, NotFound
from tests.world import DISTRICT, GRID_9, World

OWNER = f"{DISTRICT}-D02"


def _open(world: World, case: Case, by: str = "supervisor", **changes: Any) -> Problem:
    given = {"title": "东桥路夜市油烟", "owner_unit": OWNER, "description": "每晚八点后", **changes}
    return operations.open_problem(case.number, **given, actor=world.actor(by), at=world.later(minutes=1))


def _do(world: World, verb: str, problem: Problem, by: str = "supervisor", **details: Any) -> Problem:
    operation = getattr(operations, verb)
    found: Problem = operation(problem.pk, **details, actor=world.actor(by), at=world.later(minutes=1))
    return found


def test_a_problem_takes_class_and_place_from_its_first_case_and_both_tell_of_it(world: World) -> None:
    case = world.report(address="东桥路12号")
    problem = _open(world, case)
    assert (problem.class_code, problem.area, problem.lon) == (case.class_code, case.area, case.lon)
    assert [one.number for one, _link in cases_of_problem(problem, actor=world.actor("operator"))] == [case.number]
    assert [entry.event for entry in trace_of_problem(problem)] == ["ProblemOpened", "ProblemCaseLinked"]
    assert list(trace_of(case))[-1].event == "CaseLinkedToProblem"
    assert problems_of(case, actor=world.actor("operator")) == [problem]


def test_cases_are_put_in_once_and_taken_out_for_a_reason(world: World) -> None:
    first, second = world.report(), world.report()
    problem = _open(world, first)
    for _again in range(2):
        _do(world, "link_problem_case", problem, case=second.number, reason="同一处夜市")
    events = [entry.event for entry in trace_of_problem(problem)]
    assert events.count("ProblemCaseLinked") == 2
    with pytest.raises(ReasonNeeded):
        _do(world, "unlink_problem_case", problem, case=second.number, reason=" ")
    _do(world, "unlink_problem_case", problem, case=second.number, reason="是另一处")
    with pytest.raises(NotLinked):
        _do(world, "unlink_problem_case", problem, case=second.number, reason="是另一处")
    assert problems_of(second, actor=world.actor("operator")) == []
    assert list(trace_of(second))[-1].data["reason"] == "是另一处"


def test_a_problem_is_changed_solved_and_taken_up_again_by_versions(world: World) -> None:
    problem = _open(world, world.report())
    words = {"title": "东桥路夜市", "owner_unit": f"{DISTRICT}-D03", "description": "打13911112222"}
    changed = _do(world, "change_problem", problem, **words, version=1)
    assert (changed.title, changed.owner_unit, changed.description) == ("东桥路夜市", f"{DISTRICT}-D03", "打［电话］")
    with pytest.raises(StaleVersion):
        _do(world, "solve_problem", problem, reason="入室经营", version=1)
    with pytest.raises(ProblemSettled):
        _do(world, "reopen_problem", problem, reason="又来了")
    solved = _do(world, "solve_problem", problem, reason="入室经营", version=2)
    assert (solved.state, solved.solved_at) == ("solved", world.at)
    for verb, details in (
        ("solve_problem", {"reason": "再解决"}),
        ("change_problem", words),
        ("link_problem_case", {"case": world.report().number}),
    ):
        with pytest.raises(ProblemSettled):
            _do(world, verb, problem, **details)
    assert _do(world, "reopen_problem", problem, reason="又来了").state == "open"
    assert [entry.event for entry in trace_of_problem(problem)][-3:] == [
        "ProblemChanged",
        "ProblemSolved",
        "ProblemReopened",
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"title": " "}, ProblemUntitled), ({"title": "长" * 81}, ProblemUntitled), ({"owner_unit": "x"}, UnknownUnit)],
)
def test_a_faulty_problem_is_refused(changes: dict[str, str], refusal: type[Exception], world: World) -> None:
    case = world.report()
    with pytest.raises(refusal):
        _open(world, case, **changes)
    assert not Problem.objects.exists()


def test_problems_are_seen_where_cases_are_and_by_the_unit_that_owns_them(world: World) -> None:
    here, there = _open(world, world.report()), _open(world, world.report(lon=GRID_9[0]), title="另一处")
    for account in ("operator", "town01", "town02", "department02", "department03", "grid001", "leader", "mediator"):
        actor = world.actor(account)
        seen = {problem.pk for problem in permitted_problems(actor)}
        assert seen == {one.pk for one in (here, there) if actor.may("cases.view", thing_of_problem(one))}, account
    assert problem_for(world.actor("department02"), here.pk) == here
    with pytest.raises(NotFound):
        problem_for(world.actor("department03"), here.pk)
    with pytest.raises(NotFound):
        _do(world, "solve_problem", here, by="department03", reason="好了")
    with pytest.raises(Forbidden):
        _do(world, "solve_problem", here, by="operator", reason="好了")
    with pytest.raises(Forbidden):
        _open(world, world.report(), by="verifier")


def test_of_a_problem_only_those_cases_are_shown_that_may_be_seen(world: World) -> None:
    hidden = world.report(about_unit=OWNER)
    problem = _open(world, hidden)
    assert cases_of_problem(problem, actor=world.actor("department02")) == []
