"""裁定: after the second return the supervisor says whose it is, and it binds; meanwhile the first unit handles it."""

from __future__ import annotations

import pytest

from liandong.cases.changes.handling import AboutItself
from liandong.cases.changes.levels import NoRulingAwaited
from liandong.cases.models import Case
from liandong.cases.operations import arbitrate_case
from liandong.cases.rules.verification import RulingBinds
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.forces import stop_work
from tests.cases.paths import clock, last_entry, running, take, told, twice_returned
from tests.cases.paths.words import B001, B002, D02, T01
from tests.cases.test_concurrency import at_once
from tests.world import World


def test_the_second_return_leaves_it_with_the_first_unit_until_the_ruling(world: World) -> None:
    case = twice_returned(world, Stage.RECEIVED)
    assert (case.stage, case.unit, case.returns, case.awaits_ruling) == ("received", T01, 2, True)
    assert running(case) == {"hop", "dispatch", "arrive", "handle"}
    case = take(world, "arrive", case, "town01")
    case = take(world, "hand_in", case, "town01")
    assert (case.stage, case.awaits_ruling) == ("handled", False), "whoever solves it needs no ruling any more"
    assert running(case) == {"check"}


def test_where_the_first_unit_has_closed_the_centre_handles_it(world: World) -> None:
    case = take(world, "dispatch", world.filed(), "lin", to=B001)
    take(world, "return", case, "bureau001")
    take(world, "dispatch", case, "lin", to=D02)
    stop_work(world, B001)
    assert take(world, "return", case, "department02").unit == "310198-DC"


def test_the_ruling_binds_the_unit_it_names(world: World) -> None:
    case = twice_returned(world, Stage.RECEIVED)
    handle = clock(case, "handle")
    case = take(world, "arbitrate", case, "supervisor", to=D02, on_site=True)
    assert (case.stage, case.unit, case.awaits_ruling, case.is_ruled) == ("dispatched", D02, False, True)
    assert (clock(case, "handle").pk, clock(case, "handle").due_at) == (handle.pk, handle.due_at)
    assert "dispatch" not in running(case)
    assert told(last_entry(case)) == {
        "before": T01,
        "unit": D02,
        "reason": "现场踏勘后裁定",
        "on_site": True,
        "version": case.version,
    }
    with pytest.raises(RulingBinds):
        take(world, "return", case, "department02")


def test_a_ruling_for_the_unit_that_handles_it_lets_it_go_on(world: World) -> None:
    case = take(world, "arbitrate", twice_returned(world, Stage.ON_SCENE), "supervisor", to=T01)
    assert (case.stage, case.unit, case.is_ruled) == ("on_scene", T01, True)


def test_there_must_be_something_to_rule_on(world: World) -> None:
    with pytest.raises(NoRulingAwaited):
        take(world, "arbitrate", world.received(), "supervisor")


def test_a_second_ruling_finds_nothing_to_rule_on(world: World) -> None:
    case = take(world, "arbitrate", twice_returned(world, Stage.RECEIVED), "supervisor")
    with pytest.raises(NoRulingAwaited):
        take(world, "arbitrate", case, "supervisor")


def test_never_for_the_unit_it_is_about(world: World) -> None:
    case = twice_returned(world, Stage.RECEIVED)
    Case.objects.filter(pk=case.pk).update(about_unit=B002)  # the story's cases are about nobody
    with pytest.raises(AboutItself):
        take(world, "arbitrate", case, "supervisor", to=B002)


def test_it_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "arbitrate", twice_returned(world, Stage.RECEIVED), "supervisor", reason="")


@pytest.mark.parametrize("by", ["lin", "operator", "town01"])
def test_nobody_else_rules(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        take(world, "arbitrate", twice_returned(world, Stage.RECEIVED), by)


def test_of_two_supervisors_ruling_at_once_one_rules_and_the_other_is_told(shared_world: World) -> None:
    case = twice_returned(shared_world, Stage.RECEIVED)
    supervisor, at = shared_world.actor("supervisor"), shared_world.later(minutes=1)
    rulings = [
        lambda to=to: arbitrate_case(case.number, to=to, reason="裁定", actor=supervisor, at=at) for to in (B002, D02)
    ]
    results = at_once(rulings)
    assert sorted(type(result).__name__ for result in results) == ["Case", "NoRulingAwaited"]
    won = next(result for result in results if isinstance(result, Case))
    case.refresh_from_db()
    assert (case.unit, case.is_ruled) == (won.unit, True)
    assert [entry.event for entry in _trace(case)].count("CaseArbitrated") == 1


def _trace(case: Case) -> list:  # type: ignore[type-arg]
    from liandong.cases.queries import trace_of

    return list(trace_of(case))
