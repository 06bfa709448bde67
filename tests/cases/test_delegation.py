"""先期指挥权: a town orders a department's local force only while, where and for what the department lets it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liandong.cases.changes.command import NoCommandHere, department_of, is_below
from liandong.cases.changes.handling import AboutItself
from liandong.cases.models import Case
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import rulebook_for
from liandong.people.access import Forbidden, NotFound
from liandong.people.models import Delegation
from liandong.people.operations import delegate_command, revoke_delegation, use_command
from liandong.people.operations.delegations import (
    BasisMissing,
    DelegationAreaWrong,
    DelegationClassesWrong,
    DelegationOver,
    DelegationTermWrong,
    NotDelegable,
)
from liandong.people.queries import commands_used, delegations_in
from liandong.timeline.queries import trace
from tests.cases.forces import B002, D03, OFFICE, T01, TEAM, TOWN, joint_team, local_office
from tests.cases.paths import last_entry, take
from tests.world import DISTRICT, MONDAY_MORNING, World

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def _delegated(world: World, by: str = "department03", **changed: object) -> Delegation:
    details = {
        "town": T01,
        "classes": ["M06", "A0203"],
        "basis": "沪新联〔2026〕3号",
        "since_on": TODAY - DAY,
        "until_on": TODAY + DAY,
        **changed,
    }
    return delegate_command(D03, **details, actor=world.actor(by), at=MONDAY_MORNING)  # type: ignore[arg-type]


def _town_case(world: World, **details: object) -> Case:
    """A case of the town's own, waiting to be dispatched by it."""
    case = world.report(by="grid001", channel="staff", **details)
    take(world, "accept", case, "town01")
    return take(world, "file", case, "town01")


@pytest.mark.parametrize("to", ["T01", "B002", "P001", "S001", "G001"])
def test_a_town_orders_itself_and_whatever_is_below_it(world: World, to: str) -> None:
    case = take(world, "dispatch", _town_case(world), "town01", to=f"{DISTRICT}-{to}")
    assert case.unit == f"{DISTRICT}-{to}"


def test_a_town_orders_its_joint_team(world: World) -> None:
    joint_team(world)
    assert take(world, "dispatch", _town_case(world), "town01", to=TEAM).unit == TEAM


@pytest.mark.parametrize("to", ["D03", "DC", "T02", "B004", "G009"])
def test_a_town_orders_nobody_else(world: World, to: str) -> None:
    case = _town_case(world)
    with pytest.raises(NoCommandHere) as refusal:
        take(world, "dispatch", case, "town01", to=f"{DISTRICT}-{to}")
    assert refusal.value.values["department"]
    case.refresh_from_db()
    assert case.stage == "filed"


def test_a_town_may_ask_others_to_assist(world: World) -> None:
    case = take(world, "dispatch", _town_case(world), "town01", to=B002, assisting=(D03,))
    assert case.assisting == [D03]


@pytest.mark.parametrize("by", ["supervisor", "integrator"])
def test_the_district_orders_whom_it_will(world: World, by: str) -> None:
    local_office(world)
    assert take(world, "dispatch", _town_case(world), by, to=OFFICE).unit == OFFICE


def test_without_a_delegation_the_local_office_is_not_the_towns_to_order(world: World) -> None:
    local_office(world)
    with pytest.raises(NoCommandHere) as refusal:
        take(world, "dispatch", _town_case(world), "town01", to=OFFICE)
    assert refusal.value.values == {"unit": "东桥市场监管所", "department": "市场监管局"}


def test_under_a_delegation_it_is_and_the_department_is_told(world: World) -> None:
    local_office(world)
    delegation = _delegated(world)
    case = take(world, "dispatch", _town_case(world), "town01", to=OFFICE)
    entry = last_entry(case)
    assert entry.data["commanded_by"] == delegation.pk
    assert (case.unit, case.assisting, case.involved) == (OFFICE, [], [D03]), "told, not asked to help"
    assert {OFFICE, D03} <= set(entry.hearers)
    assert permitted_cases(world.actor("department03")).filter(pk=case.pk).exists()
    used = trace("organisation", int(DISTRICT)).filter(event="CommandUsed").get()
    assert (used.data["department"], used.data["unit"], used.data["case"]) == (D03, OFFICE, case.number)
    assert set(used.hearers) == {D03, T01}
    assert commands_used(DISTRICT) == {delegation.pk: [case.number]}


@pytest.mark.parametrize(
    ("changed", "details"),
    [
        ({"since_on": TODAY + DAY, "until_on": TODAY + 2 * DAY}, {}),
        ({"classes": ["M09", "A08"]}, {}),
        ({"area": f"{TOWN}002"}, {}),
        ({}, {"class_code": "A0105"}),
    ],
    ids=["before its first day", "for other classes", "for another area", "class not named"],
)
def test_outside_its_days_classes_and_area_a_delegation_lets_nobody_order(
    world: World, changed: dict[str, object], details: dict[str, object]
) -> None:
    local_office(world)
    _delegated(world, **changed)
    with pytest.raises(NoCommandHere):
        take(world, "dispatch", _town_case(world, **details), "town01", to=OFFICE)


@pytest.mark.parametrize("days", [-1, 0, 1, 2])
def test_a_delegation_holds_from_its_first_day_to_its_last(world: World, days: int) -> None:
    local_office(world)
    _delegated(world, since_on=TODAY + DAY, until_on=TODAY + 2 * DAY)
    case = _town_case(world)
    world.later(days=days + 1)
    if days in (0, 1):
        assert take(world, "dispatch", case, "town01", to=OFFICE).unit == OFFICE
    else:
        with pytest.raises(NoCommandHere):
            take(world, "dispatch", case, "town01", to=OFFICE)


@pytest.mark.parametrize("classes", [["*"], ["M06010"], ["M"]])
def test_classes_are_codes_or_beginnings_or_all(world: World, classes: list[str]) -> None:
    local_office(world)
    _delegated(world, classes=classes, area=f"{TOWN}001001")
    assert take(world, "dispatch", _town_case(world), "town01", to=OFFICE).unit == OFFICE


def test_a_revoked_delegation_lets_nobody_order_and_what_was_ordered_stays(world: World) -> None:
    local_office(world)
    delegation = _delegated(world)
    case = take(world, "dispatch", _town_case(world), "town01", to=OFFICE)
    revoke_delegation(delegation.pk, actor=world.actor("department03"), at=world.at)
    case.refresh_from_db()
    assert case.unit == OFFICE
    with pytest.raises(NoCommandHere):
        take(world, "dispatch", _town_case(world), "town01", to=OFFICE)
    with pytest.raises(DelegationOver):
        use_command(delegation.pk, case=case.number, unit=OFFICE, actor=world.actor("town01"), at=world.at)
    with pytest.raises(DelegationOver):
        revoke_delegation(delegation.pk, actor=world.actor("admin"), at=world.at)


def test_another_town_orders_nothing_under_it(world: World) -> None:
    local_office(world)
    delegation = _delegated(world)
    case = world.report(by="grid009", channel="staff", lon=121.445, lat=31.01)
    take(world, "accept", case, "town02")
    take(world, "file", case, "town02")
    with pytest.raises(NoCommandHere):
        take(world, "dispatch", case, "town02", to=OFFICE)
    with pytest.raises(Forbidden):
        use_command(delegation.pk, case=case.number, unit=OFFICE, actor=world.actor("town02"), at=world.at)
    with pytest.raises(NotFound):
        use_command(999_999, case=case.number, unit=OFFICE, actor=world.actor("town01"), at=world.at)


def test_a_delegation_does_not_make_a_weak_case_strong_nor_the_department_itself_the_towns(world: World) -> None:
    local_office(world)
    _delegated(world, classes=["*"])
    with pytest.raises(NoCommandHere):
        take(world, "dispatch", _town_case(world), "town01", to=D03)


def test_a_case_about_a_department_is_not_sent_to_its_local_office(world: World) -> None:
    local_office(world)
    case = world.filed(about_unit=D03, nature="complaint")
    with pytest.raises(AboutItself):
        take(world, "dispatch", case, "lin", to=OFFICE)


@pytest.mark.parametrize("by", ["town01", "lin", "supervisor", "department02", "bureau002"])
def test_only_the_department_and_the_administrator_delegate_its_command(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        _delegated(world, by=by)
    delegation = _delegated(world, by="admin")
    with pytest.raises(Forbidden):
        revoke_delegation(delegation.pk, actor=world.actor(by), at=world.at)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"town": B002}, NotDelegable),
        ({"town": f"{DISTRICT}-X"}, NotFound),
        ({"since_on": TODAY + 2 * DAY}, DelegationTermWrong),
        ({"since_on": TODAY - 3 * DAY, "until_on": TODAY - DAY}, DelegationTermWrong),
        ({"area": f"{DISTRICT}002"}, DelegationAreaWrong),
        ({"area": "somewhere"}, DelegationAreaWrong),
        ({"classes": []}, DelegationClassesWrong),
        ({"classes": ["street order"]}, DelegationClassesWrong),
        ({"classes": [f"M{number:05d}" for number in range(51)]}, DelegationClassesWrong),
        ({"basis": " \x00"}, BasisMissing),
        ({"basis": "文" * 201}, BasisMissing),
    ],
)
def test_what_cannot_be_delegated_is_refused_by_name(
    world: World, changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _delegated(world, **changed)
    assert not delegations_in(DISTRICT).exists()


def test_revoking_what_is_not_there_finds_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        revoke_delegation(1, actor=world.actor("admin"), at=world.at)


def test_who_belongs_to_whom_is_read_from_the_tree(world: World) -> None:
    local_office(world)
    book = rulebook_for(DISTRICT)
    assert is_below(book, f"{DISTRICT}-G001", T01)
    assert not is_below(book, OFFICE, T01)
    assert department_of(book, book.unit(OFFICE)) == department_of(book, book.unit(D03)) == D03
    assert department_of(book, book.unit(B002)) == ""
