"""受理: taking a report on."""

from __future__ import annotations

import pytest

from liandong.cases.operations import StaleVersion, accept_case
from liandong.cases.rulebook import UnknownClass
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import clock, last_entry, running, told
from tests.world import World


def test_an_operator_accepts_a_report_and_the_filing_clock_runs(world: World) -> None:
    case = world.report()
    world.do("accept_case", case, "operator")
    case.refresh_from_db()
    assert (case.stage, case.stage_since, case.version) == ("accepted", world.at, 2)
    assert running(case) == {"file"}
    assert (clock(case, "accept").stopped_at, clock(case, "accept").stopped_by) == (world.at, "accept")
    assert case.due_at == clock(case, "file").due_at
    assert told(last_entry(case)) == {"version": 2}


def test_a_better_class_may_be_named_and_suggests_another_unit(world: World) -> None:
    case = world.report()
    world.do("accept_case", case, "operator", class_code="A0203")
    case.refresh_from_db()
    assert (case.class_code, case.suggested_unit) == ("A0203", "310198-B001")


def test_an_unknown_class_is_refused_and_the_report_waits_on(world: World) -> None:
    case = world.report()
    with pytest.raises(UnknownClass):
        world.do("accept_case", case, "operator", class_code="X9999")
    case.refresh_from_db()
    assert (case.stage, case.version) == ("reported", 1)


def test_a_dispatcher_sees_the_report_but_may_not_accept_it(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("accept_case", world.report(), "lin")


def test_a_handler_is_told_that_there_is_no_such_case(world: World) -> None:
    with pytest.raises(NotFound):
        world.do("accept_case", world.report(), "bureau002")


def test_a_town_accepts_what_its_own_staff_report_and_nothing_else(world: World) -> None:
    own = world.report(by="grid001", channel="staff")
    assert world.do("accept_case", own, "town01").stage == "accepted"
    with pytest.raises(Forbidden):
        world.do("accept_case", world.report(), "town01")


def test_the_centre_does_not_accept_what_a_town_runs(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("accept_case", world.report(by="grid001", channel="staff"), "operator")


def test_accepting_twice_is_illegal(world: World) -> None:
    case = world.report()
    world.do("accept_case", case, "operator")
    with pytest.raises(IllegalStep):
        world.do("accept_case", case, "operator")


def test_who_read_an_older_version_is_told_what_changed(world: World) -> None:
    case = world.report()
    world.do("place_case", case, "operator", lon=121.415, lat=31.01)
    with pytest.raises(StaleVersion) as refusal:
        accept_case(case.number, actor=world.actor("operator"), at=world.at, version=1)
    assert refusal.value.values == {"seen": 1, "current": 2, "changed": ["CasePlaced"]}


def test_a_number_with_a_nul_byte_is_no_case(world: World) -> None:
    with pytest.raises(NotFound):
        accept_case("XA-\x00", actor=world.actor("operator"), at=world.at)
