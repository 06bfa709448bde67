"""下派: one hop further down, with clocks of its own; the case's own time does not move."""

from __future__ import annotations

import pytest

from liandong.cases.changes.command import NoCommandHere
from liandong.cases.changes.handling import AboutItself, UnitNotAtWork
from liandong.cases.changes.levels import AlreadyHasIt
from liandong.cases.docket import InOtherHands
from liandong.cases.models import Case
from liandong.cases.queries import assignments_of, permitted_cases, work_of
from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.force import ForceTooWeak
from liandong.people.access import Forbidden
from tests.cases.forces import stop_work
from tests.cases.paths import clock, last_entry, running, take, told, town_holds
from tests.cases.paths.words import B001, B002, D02, G001, S001, T01
from tests.world import World


def _held(world: World, **details: object) -> Case:
    from liandong.cases.rules.words import Stage

    return town_holds(world, Stage.RECEIVED, **details)


def test_the_unit_below_holds_the_case_and_the_town_stays_involved(world: World) -> None:
    case = take(world, "hand_down", _held(world), "town01", note="请今天去看")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.involved, case.first_unit) == ("dispatched", B002, [T01], T01)
    assert [(row.unit, level) for row, level in work_of(case)] == [(T01, 0), (B002, 1)]
    assert told(last_entry(case)) == {
        "by_unit": T01,
        "unit": B002,
        "part": "lead",
        "note": "请今天去看",
        "version": case.version,
    }
    assert permitted_cases(world.actor("town01")).filter(pk=case.pk).exists()


def test_each_hop_has_its_own_clocks_and_the_case_keeps_its_deadline(world: World) -> None:
    case = _held(world)
    handle, arrive = clock(case, "handle"), clock(case, "arrive")
    world.later(minutes=20)
    take(world, "hand_down", case, "town01")
    upper, lower = assignments_of(case)
    assert set(lower.clocks.values_list("kind", flat=True)) == {"receive", "hop"}
    assert [row.stopped_at for row in upper.clocks.filter(kind="hop")] == [None]
    assert lower.clocks.get(kind="hop").started_at == world.at
    for before in (handle, arrive):
        now = clock(case, before.kind)
        assert (now.pk, now.due_at, now.moved_seconds) == (before.pk, before.due_at, 0)
    assert lower.clocks.get(kind="hop").due_at <= handle.due_at


def test_whoever_handed_it_down_waits_for_the_other(world: World) -> None:
    case = take(world, "hand_down", _held(world), "town01")
    take(world, "receive", case, "bureau002")
    for step in ("arrive", "hand_in", "return"):
        with pytest.raises(InOtherHands) as refusal:
            take(world, step, case, "town01")
        assert refusal.value.values["unit"] == "东桥街道城管中队"


def test_handing_in_below_hands_in_the_whole_line(world: World) -> None:
    case = take(world, "hand_down", _held(world), "town01")
    take(world, "receive", case, "bureau002")
    take(world, "hand_in", case, "bureau002")
    assert [row.handed_in_at for row in assignments_of(case)] == [world.at, world.at]
    assert running(case) == {"check"}
    take(world, "check", case, "verifier")
    assert take(world, "close", case, "operator").solved_level == "town"


def test_a_return_from_below_comes_back_to_the_town_and_not_to_the_centre(world: World) -> None:
    case = take(world, "hand_down", _held(world), "town01")
    take(world, "return", case, "bureau002", proposed_unit=B001)
    case.refresh_from_db()
    assert (case.stage, case.unit, case.involved, case.returns) == ("received", T01, [], 0)
    assert take(world, "hand_down", case, "town01", to=B001).unit == B001


def test_a_case_goes_down_hop_by_hop_to_the_grid_and_back_again_as_rework(world: World) -> None:
    case = take(world, "hand_down", _held(world), "town01", to=S001)
    take(world, "receive", case, "station001")
    case = take(world, "hand_down", case, "station001", to=G001)
    assert (case.unit, set(case.involved)) == (G001, {T01, S001})
    take(world, "receive", case, "grid001")
    take(world, "hand_in", case, "grid001")
    case = take(world, "send_back", case, "verifier")
    assert (case.stage, case.unit, set(case.involved)) == ("dispatched", G001, {T01, S001})
    assert [(row.unit, level) for row, level in work_of(case)] == [(T01, 0), (S001, 1), (G001, 2)]


def test_only_to_a_unit_below(world: World) -> None:
    with pytest.raises(NoCommandHere):
        take(world, "hand_down", _held(world), "town01", to=D02)


def test_not_to_oneself(world: World) -> None:
    with pytest.raises(AlreadyHasIt):
        take(world, "hand_down", _held(world), "town01", to=T01)


def test_not_to_the_unit_it_is_about(world: World) -> None:
    with pytest.raises(AboutItself):
        take(world, "hand_down", _held(world, about_unit=B001), "town01", to=B001)


def test_not_to_a_unit_too_weak_for_it(world: World) -> None:
    with pytest.raises(ForceTooWeak):
        take(world, "hand_down", _held(world, class_code="A0203"), "town01", to=S001)


def test_not_to_a_unit_that_is_closed_or_unknown(world: World) -> None:
    case = _held(world)
    stop_work(world, B001)
    with pytest.raises(UnitNotAtWork):
        take(world, "hand_down", case, "town01", to=B001)
    with pytest.raises(UnknownUnit):
        take(world, "hand_down", case, "town01", to="310198-X9")


def test_a_bureau_hands_nothing_down(world: World) -> None:
    with pytest.raises(Forbidden):
        take(world, "hand_down", world.received(), "bureau002")
