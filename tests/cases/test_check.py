"""核查: somebody of another unit looks at the place."""

from __future__ import annotations

import pytest

from liandong.cases.changes.verifying import OwnWork
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, take, told, with_photos
from tests.world import World


@pytest.mark.parametrize(("ok", "result"), [(True, "ok"), (False, "not_ok")])
def test_the_verifier_says_whether_it_is_done(world: World, *, ok: bool, result: str) -> None:
    case = world.handled()
    world.do("check_case", case, "verifier", ok=ok, note="现场 13812345678 告知\x00")
    case.refresh_from_db()
    assert (case.stage, case.check_result) == ("handled", result)
    assert running(case) == set()
    assert clock(case, "check").stopped_by == "check"
    assert told(last_entry(case)) == {"ok": ok, "note": "现场 ［电话］ 告知", "version": case.version}


def test_a_town_never_checks_what_it_handled_itself(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    for step in ("accept", "file"):
        take(world, step, case, "town01")
    take(world, "dispatch", case, "town01", to="310198-T01")
    take(world, "receive", case, "town01")
    take(world, "hand_in", case, "town01")
    with pytest.raises(OwnWork):
        take(world, "check", case, "town01")


def test_a_town_checks_what_its_bureau_handled(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    for step in ("accept", "file", "dispatch"):
        take(world, step, case, "town01")
    for step in ("receive", "hand_in"):
        take(world, step, case, "bureau002")
    assert take(world, "check", case, "town01").check_result == "ok"


def test_the_handler_does_not_check(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("check_case", world.handled(), "bureau002", ok=True)


def test_what_is_not_handed_in_cannot_be_checked(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("check_case", world.received(), "verifier", ok=True)


def test_photos_of_a_case_stay_with_it_after_the_check(world: World) -> None:
    case = with_photos(world, world.handled())
    world.do("check_case", case, "verifier", ok=True)
    assert case.attachments.count() == 2
