"""Units that have closed, or have not begun: not suggested, not offered, not sent anything; until then they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liandong.cases.changes import propose
from liandong.cases.changes.going_back import NotTheirsToName, UnitGone, UnitStands
from liandong.cases.changes.handling import AboutItself, UnitNotAtWork
from liandong.cases.models import Case
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.words import Stage
from liandong.people.access import platform
from liandong.people.models import Unit
from liandong.people.operations import close_unit
from tests.cases.forces import B002
from tests.cases.paths import clock, last_entry, running, take, told, town_holds
from tests.world import DISTRICT, World

TODAY = date(2026, 3, 2)
B001, D02, T01 = f"{DISTRICT}-B001", f"{DISTRICT}-D02", f"{DISTRICT}-T01"
GOING_BACK = {"send_back": "verifier", "reopen": "operator"}


def _stands(world: World, code: str, **days: date) -> None:
    Unit.objects.filter(pk=code).update(**days)
    forget_rules()


GONE = [{"until_on": TODAY - timedelta(days=1)}, {"since_on": TODAY + timedelta(days=1)}]


@pytest.mark.parametrize("days", GONE)
def test_the_matrix_passes_over_a_unit_that_does_not_stand_today(world: World, days: dict[str, date]) -> None:
    assert world.filed().suggested_unit == B002
    _stands(world, B002, **days)
    assert world.filed().suggested_unit not in ("", B002)


def test_a_unit_that_closes_on_a_coming_day_is_suggested_to_its_last_day(world: World) -> None:
    _stands(world, B002, until_on=TODAY + timedelta(days=1))
    for days, expected in ((0, True), (1, True), (2, False)):
        at = world.at + timedelta(days=days)
        found = propose(
            rulebook_for(DISTRICT), class_code="M06010", area=f"{DISTRICT}001001001", force="service", at=at
        )
        assert (found.unit == B002) is expected, days


@pytest.mark.parametrize("days", GONE)
def test_nothing_is_sent_to_it_neither_to_lead_nor_to_help(world: World, days: dict[str, date]) -> None:
    case = world.filed()
    _stands(world, B002, **days)
    for sent in ({"to": B002}, {"to": B001, "assisting": (B002,)}, {}):
        with pytest.raises(UnitNotAtWork):
            world.do("dispatch_case", case, "lin", **sent)


def test_who_returns_a_case_proposes_a_unit_that_stands(world: World) -> None:
    case = world.received()
    _stands(world, B001, **GONE[0])
    with pytest.raises(UnitNotAtWork):
        take(world, "return", case, "bureau002", proposed_unit=B001)


def test_a_unit_abolished_with_open_work_loses_none_of_it(world: World) -> None:
    kept, sent = world.received(), world.dispatched()
    _stands(world, B002, **GONE[0])
    assert take(world, "transfer", kept, "lin", to=B001).unit == B001
    assert take(world, "take_back", sent, "lin").stage == "filed"
    assert take(world, "dispatch", sent, "lin", to=B001).unit == B001


def _closes(world: World, unit: str, *, successor: str = "") -> None:
    """Let a unit close today, as an administrator does it, and a day pass."""
    close_unit(unit, on=world.at.date(), successor=successor, actor=platform("story"), at=world.at)
    world.later(days=1)
    forget_rules()


def _ready_to_go_back(world: World, step: str) -> Case:
    return world.handled() if step == "send_back" else world.closed()


@pytest.mark.parametrize("step", GOING_BACK)
def test_what_goes_back_goes_to_whoever_took_over_from_a_closed_unit(world: World, step: str) -> None:
    case = _ready_to_go_back(world, step)
    _closes(world, B002, successor=D02)
    case = take(world, step, case, GOING_BACK[step])
    assert (case.stage, case.unit, told(last_entry(case))["unit"]) == ("dispatched", D02, D02)
    assert {"receive", "hop", "handle"} <= running(case)
    take(world, "receive", case, "department02")
    assert take(world, "hand_in", case, "department02").stage == "handled"


def test_and_to_who_took_over_from_that_one_where_it_closed_too(world: World) -> None:
    case = world.handled()
    _closes(world, B002, successor=B001)
    _closes(world, B001, successor=D02)
    assert take(world, "send_back", case, "verifier").unit == D02


@pytest.mark.parametrize("step", GOING_BACK)
def test_with_nobody_to_take_over_a_supervisor_says_to_whom(world: World, step: str) -> None:
    case = _ready_to_go_back(world, step)
    _stands(world, B002, **GONE[0])
    with pytest.raises(UnitGone):
        take(world, step, case, GOING_BACK[step])
    with pytest.raises(NotTheirsToName):
        take(world, step, case, GOING_BACK[step], to=D02)
    handle = clock(case, "handle")
    case = take(world, step, case, "supervisor", to=D02)
    assert (case.stage, case.unit, told(last_entry(case))["unit"]) == ("dispatched", D02, D02)
    assert (clock(case, "handle").pk == handle.pk) is (step == "send_back"), "rework is on the same clock"


@pytest.mark.parametrize("step", GOING_BACK)
def test_a_unit_that_stands_gets_back_its_own(world: World, step: str) -> None:
    case = _ready_to_go_back(world, step)
    with pytest.raises(UnitStands):
        take(world, step, case, "supervisor", to=D02)
    assert take(world, step, case, "supervisor").unit == B002


def test_whom_the_supervisor_names_must_stand_and_is_never_the_unit_it_is_about(world: World) -> None:
    case = world.handled(about_unit=D02)
    _stands(world, B002, **GONE[0])
    _stands(world, B001, **GONE[0])
    for to, refusal in ((B001, UnitNotAtWork), (D02, AboutItself)):
        with pytest.raises(refusal):
            take(world, "send_back", case, "supervisor", to=to)


def test_a_successor_that_the_case_is_about_never_gets_it(world: World) -> None:
    case = world.handled(about_unit=D02)
    _closes(world, B002, successor=D02)
    with pytest.raises(UnitGone):
        take(world, "send_back", case, "verifier")


def test_what_a_town_had_handed_down_goes_back_to_the_town(world: World) -> None:
    case = town_holds(world, Stage.DISPATCHED)
    take(world, "receive", case, "bureau002")
    take(world, "hand_in", case, "bureau002")
    _stands(world, B002, **GONE[0])
    case = take(world, "send_back", case, "verifier")
    assert (case.unit, case.involved) == (T01, [])


def test_a_reporter_disputes_all_the_same_and_the_centre_sends_it_on(world: World) -> None:
    case = world.closed()
    _stands(world, B002, **GONE[0])
    case = take(world, "dispute", case, "operator")
    assert (case.stage, case.unit) == ("dispatched", f"{DISTRICT}-DC")
    assert take(world, "transfer", case, "lin", to=D02).unit == D02
