"""转派: to another unit, or more assisting ones; nothing resets."""

from __future__ import annotations

import pytest

from liandong.cases.changes.command import NoCommandHere
from liandong.cases.changes.handling import AboutItself, RulingAwaited
from liandong.cases.changes.levels import AlreadyHasIt
from liandong.cases.queries import assignments_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, take, told, town_holds, twice_returned
from tests.cases.paths.words import B001, B002, D02, D03, T01
from tests.world import World


def test_another_unit_gets_it_and_must_receive_it_anew(world: World) -> None:
    case = take(world, "transfer", world.received(), "lin", to=D02, assisting=(B001,))
    case.refresh_from_db()
    assert (case.stage, case.unit, case.assisting, case.first_unit) == ("dispatched", D02, [B001], B002)
    assert case.returns == 0
    old = assignments_of(case).get(unit=B002)
    assert (old.ended_at, old.ended_by) == (world.at, "transfer")
    assert told(last_entry(case)) == {
        "before": B002,
        "unit": D02,
        "reason": "职责更相近",
        "assisting": [B001],
        "version": case.version,
    }


def test_neither_arrive_nor_handle_moves(world: World) -> None:
    case = world.received()
    before = {kind: clock(case, kind) for kind in ("arrive", "handle")}
    world.later(minutes=45)
    take(world, "transfer", case, "lin")
    for kind, row in before.items():
        now = clock(case, kind)
        assert (now.pk, now.due_at, now.moved_seconds, now.stopped_at) == (row.pk, row.due_at, 0, None)
    assert clock(case, "hop").started_at == world.at


def test_only_more_helpers_leave_the_lead_where_it_is(world: World) -> None:
    case = take(world, "transfer", world.received(), "lin", to="", assisting=(D03,))
    case.refresh_from_db()
    assert (case.stage, case.unit, case.assisting) == ("received", B002, [D03])
    assert set(assignments_of(case).get(unit=D03).clocks.values_list("kind", flat=True)) == {"receive", "hop"}
    assert "receive" in running(case)


def test_what_was_asked_lapses_with_the_unit_that_asked(world: World) -> None:
    case = take(world, "request_coordination", town_holds(world, Stage.RECEIVED), "town01")
    take(world, "request_extension", case, "town01")
    take(world, "transfer", case, "lin", to=D02)
    case.refresh_from_db()
    assert (case.asks, case.coordination) == ([], "")
    assert "coordination" not in running(case)
    assert set(case.applications.values_list("state", flat=True)) == {"lapsed"}


def test_to_the_unit_that_has_it_is_nothing(world: World) -> None:
    with pytest.raises(AlreadyHasIt):
        take(world, "transfer", world.received(), "lin", to=B002)
    with pytest.raises(AlreadyHasIt):
        take(world, "transfer", world.received(), "lin", to="")


def test_a_twice_returned_case_awaits_its_ruling(world: World) -> None:
    with pytest.raises(RulingAwaited):
        take(world, "transfer", twice_returned(world, Stage.RECEIVED), "lin")


def test_never_to_the_unit_it_is_about(world: World) -> None:
    with pytest.raises(AboutItself):
        take(world, "transfer", world.received(about_unit=D02), "lin", to=D02)


def test_it_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "transfer", world.received(), "lin", reason=" ")


def test_a_town_transfers_only_to_units_it_commands(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    for code in ("accept", "file"):
        take(world, code, case, "town01")
    take(world, "dispatch", case, "town01", to=B002)
    with pytest.raises(NoCommandHere):
        take(world, "transfer", case, "town01", to=D02)
    assert take(world, "transfer", case, "town01", to=T01).unit == T01


def test_it_is_not_for_the_unit(world: World) -> None:
    with pytest.raises(Forbidden):
        take(world, "transfer", world.received(), "bureau002")
