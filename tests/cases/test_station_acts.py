"""劝阻、配合、善后跟踪: what a station does beside the steps; a relapse on a visit reopens."""

from __future__ import annotations

from datetime import date

import pytest

from liandong.cases.changes.station import NoVisitDue
from liandong.cases.models import Case, FollowUp
from liandong.cases.queries import follow_ups_of, permitted_cases
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, closed_clinic, last_entry, take, told, with_photos
from tests.cases.paths.words import B001, S001
from tests.world import World


def _with_station(world: World) -> Case:
    case = take(world, "dispatch", world.filed(), "lin", assisting=(S001,))
    return take(world, "receive", case, "bureau002")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("advise", {"unit": S001, "advice": "请把垃圾投放到定时定点收集点", "outcome": "当场答应"}),
        ("assist", {"unit": S001, "help": "联系物业打开垃圾房"}),
    ],
)
def test_the_station_notes_what_it_did_and_the_case_stays_where_it_is(
    world: World, step: str, expected: dict[str, object]
) -> None:
    case = take(world, step, _with_station(world), "station001")
    assert (case.stage, case.assisting) == ("received", [S001])
    assert told(last_entry(case)) == {**expected, "version": case.version}


@pytest.mark.parametrize("step", ["advise", "assist"])
def test_it_says_what_and_is_the_stations(world: World, step: str) -> None:
    case = _with_station(world)
    with pytest.raises(ReasonNeeded):
        take(world, step, case, "station001", reason="")
    with pytest.raises(Forbidden):
        take(world, step, case, "bureau002")


def test_closing_promises_the_visits_of_the_class_by_the_station_of_the_place(world: World) -> None:
    case = closed_clinic(world)
    assert [(row.unit, row.due_on) for row in follow_ups_of(case)] == [
        (S001, date(2026, 3, 9)),
        (S001, date(2026, 4, 1)),
    ]
    case.refresh_from_db()
    assert (case.visits_left, S001 in case.involved) == (2, True)
    assert permitted_cases(world.actor("station001")).filter(pk=case.pk).exists()


def test_a_class_without_visits_promises_none(world: World) -> None:
    case = world.closed()
    assert (case.visits_left, follow_ups_of(case).exists()) == (0, False)


def test_a_visit_on_its_day_that_finds_nothing_leaves_the_case_closed(world: World) -> None:
    case = closed_clinic(world)
    with pytest.raises(NoVisitDue):
        take(world, "follow_up", case, "station001")
    world.later(days=7)
    case = take(world, "follow_up", case, "station001")
    assert (case.stage, case.visits_left) == ("closed", 1)
    visit = FollowUp.objects.get(case=case, due_on=date(2026, 3, 9))
    assert (visit.done_by, visit.is_relapse, visit.finding) == ("user/station001", False, "现场整洁，未见反复")
    with pytest.raises(NoVisitDue):
        take(world, "follow_up", case, "station001")


def test_a_relapse_reopens_with_a_new_clock(world: World) -> None:
    case = closed_clinic(world)
    first = clock(case, "handle")
    world.later(days=8)
    case = take(world, "follow_up", case, "station001", is_relapse=True)
    assert (case.stage, case.unit, case.reopenings) == ("dispatched", B001, 1)
    assert clock(case, "handle").pk != first.pk
    assert told(last_entry(case))["is_relapse"] is True
    with pytest.raises(IllegalStep):
        take(world, "follow_up", case)


def test_closed_twice_on_one_day_it_promises_each_visit_once(world: World) -> None:
    case = take(world, "dispute", closed_clinic(world), "operator")
    take(world, "receive", case, "bureau001")
    with_photos(world, case, "bureau001")
    for step, by in (("hand_in", "bureau001"), ("check", "verifier"), ("close", "operator")):
        case = take(world, step, case, by)
    assert (case.visits_left, follow_ups_of(case).count()) == (2, 2)


def test_a_visit_says_what_it_found(world: World) -> None:
    case = closed_clinic(world)
    world.later(days=8)
    with pytest.raises(ReasonNeeded):
        take(world, "follow_up", case, "station001", reason="")
    with pytest.raises(Forbidden):
        take(world, "follow_up", case, "operator")
