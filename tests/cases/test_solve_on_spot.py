"""自行处置: solved on the spot."""

from __future__ import annotations

import pytest

from liandong.cases import operations
from liandong.cases.changes.closing import PhotosMissing
from liandong.cases.models import Case
from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden, platform
from tests.cases.paths import last_entry, photo, running, take, with_photos
from tests.world import World


def _found(world: World, by: str = "grid001") -> Case:
    return world.report(by=by, channel="staff", description="楼道堆放纸箱")


def test_a_grid_worker_closes_what_they_fixed_themselves(world: World) -> None:
    case = with_photos(world, _found(world), "grid001")
    take(world, "solve_on_spot", case, "grid001")
    case.refresh_from_db()
    assert (case.stage, case.closing, case.unit) == ("closed", "normal", "310198-G001")
    assert (case.solved_level, case.handled_by, case.result) == ("grid", "user/grid001", "已当场清理")
    assert running(case) == set()
    assert last_entry(case).data["to_be_checked"] is False


@pytest.mark.parametrize(("drawn", "to_be_checked"), [(0.0, True), (0.0499, True), (0.05, False), (0.99, False)])
def test_one_in_twenty_is_drawn_to_be_checked(world: World, *, drawn: float, to_be_checked: bool) -> None:
    case = with_photos(world, _found(world), "grid001")
    take(world, "solve_on_spot", case, "grid001", drawn=drawn)
    assert last_entry(case).data["to_be_checked"] is to_be_checked


def test_without_the_pair_of_photos_nothing_is_proven(world: World) -> None:
    case = _found(world)
    with pytest.raises(PhotosMissing):
        take(world, "solve_on_spot", case, "grid001")
    for purpose in ("before", "after"):
        operations.add_photo(
            case.number, content=photo("same"), purpose=purpose, actor=world.actor("grid001"), at=world.at
        )
    with pytest.raises(PhotosMissing):
        take(world, "solve_on_spot", case, "grid001")


def test_it_must_say_what_was_done(world: World) -> None:
    case = with_photos(world, _found(world), "grid001")
    with pytest.raises(ReasonNeeded):
        take(world, "solve_on_spot", case, "grid001", result="")


def test_only_who_reported_it_solves_it_on_the_spot(world: World) -> None:
    case = with_photos(world, _found(world), "grid001")
    with pytest.raises(Forbidden):
        take(world, "solve_on_spot", case, "town01")


def test_what_the_centre_runs_is_not_closed_at_the_roadside(world: World) -> None:
    case = with_photos(world, world.report())
    with pytest.raises(Forbidden):
        take(world, "solve_on_spot", case, "operator")


def test_an_accepted_case_takes_the_ordinary_way(world: World) -> None:
    case = with_photos(world, _found(world), "grid001")
    take(world, "accept", case, "town01")
    with pytest.raises(IllegalStep):
        take(world, "solve_on_spot", case, "grid001")


def test_the_platform_solves_nothing_on_the_spot(world: World) -> None:
    case = with_photos(world, _found(world), "grid001")
    with pytest.raises(UnknownUnit):
        take(world, "solve_on_spot", case, platform("sweep"))
