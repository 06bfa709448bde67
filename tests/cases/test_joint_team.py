"""联合执勤队: each member keeps home unit and force; an enforcement step names who enforced and which unit answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.models import Case
from liandong.cases.queries import answering_unit, enforcers_of
from liandong.cases.rules.force import BeyondItsForce, ForceMissing, ForceTooWeak
from liandong.people.hands import hands_of
from liandong.people.models import Lending, User
from liandong.people.operations import recall_post
from tests.cases.forces import B002, D03, STORY, T01, TEAM, joint_team, new_unit
from tests.cases.paths import ANYONE, last_entry, take
from tests.world import DISTRICT, MONDAY_MORNING, World


@pytest.fixture
def held(world: World) -> Case:
    """A case that must be met with enforcement, in the hands of the joint team."""
    joint_team(world)
    case = world.filed(class_code="M06001")
    world.do("dispatch_case", case, "lin", to=TEAM)
    return world.do("receive_case", case, "patrol001")


def test_members_keep_their_home_unit_and_force(world: World) -> None:
    team = joint_team(world)
    found = {hand.key: (hand.home, hand.force) for hand in hands_of(team, at=MONDAY_MORNING)}
    assert found == {
        "user/bureau002": (B002, "enforcement"),
        "user/department03": (D03, "enforcement"),
        "user/grid001": (f"{DISTRICT}-G001", "service"),
        "user/patrol001": (f"{DISTRICT}-P001", "management"),
    }


def test_the_acting_member_who_may_enforce_is_taken_and_their_home_unit_answers(world: World, held: Case) -> None:
    take(world, "arrive", held, "department03")
    assert (last_entry(held).data["enforcer"], last_entry(held).data["answers_for"]) == ("user/department03", D03)
    assert answering_unit(held) == D03
    take(world, "hand_in", held, "bureau002")
    row = held.assignments.get()
    assert (row.unit, row.enforcer, row.answers_for) == (TEAM, "user/bureau002", B002)
    held.refresh_from_db()
    assert (held.unit, held.solved_force) == (TEAM, "enforcement")


def test_an_enforcer_may_name_the_colleague_whose_unit_answers(world: World, held: Case) -> None:
    take(world, "hand_in", held, "bureau002", enforcer="user/department03")
    entry = last_entry(held)
    assert (entry.actor, entry.data["enforcer"], entry.data["answers_for"]) == (
        "user/bureau002",
        "user/department03",
        D03,
    )


@pytest.mark.parametrize("named", ["user/patrol001", "user/grid001", "user/lin", "user/nobody"])
def test_nobody_is_named_who_could_not_enforce_here(world: World, held: Case, named: str) -> None:
    with pytest.raises(ForceMissing):
        take(world, "hand_in", held, "bureau002", enforcer=named)


@pytest.mark.parametrize("step", ["arrive", "hand_in"])
@pytest.mark.parametrize("by", ["patrol001", "grid001"])
def test_members_of_less_force_may_not_enforce_and_learn_who_may(world: World, held: Case, by: str, step: str) -> None:
    with pytest.raises(ForceMissing) as refusal:
        take(world, step, held, by)
    assert refusal.value.values["who"] == "科员2（东桥街道城管中队）、处置员3（市场监管局）"
    with pytest.raises(ForceMissing):
        take(world, step, held, by, enforcer="user/bureau002")


def test_what_is_met_with_less_any_member_of_enough_force_does(world: World) -> None:
    joint_team(world)
    case = world.filed(class_code="A0203")
    world.do("dispatch_case", case, "lin", to=TEAM)
    world.do("receive_case", case, "grid001")
    with pytest.raises(ForceMissing):
        take(world, "arrive", case, "grid001")
    take(world, "arrive", case, "patrol001")
    assert "answers_for" not in last_entry(case).data
    with pytest.raises(ForceMissing):
        take(world, "raise_force", case, "patrol001", to="enforcement")
    take(world, "raise_force", case, "department03", to="enforcement")
    assert last_entry(case).data["answers_for"] == D03


def test_an_interface_that_hands_in_for_a_team_says_who_enforced(world: World, held: Case) -> None:
    with pytest.raises(ForceMissing):
        take(world, "hand_in", held, "integrator")
    take(world, "hand_in", held, "integrator", enforcer="user/bureau002")
    assert held.assignments.get().answers_for == B002


def test_the_platform_is_asked_for_no_name(world: World, held: Case) -> None:
    take(world, "hand_in", held, ANYONE)
    assert held.assignments.get().answers_for == ""
    assert answering_unit(held) == ""


def test_a_team_carries_the_force_of_its_strongest_member_today(world: World) -> None:
    joint_team(world)
    case = world.filed(class_code="M06001")
    for lending in Lending.objects.filter(team=TEAM, post__unit__force="enforcement"):
        yesterday = (MONDAY_MORNING - timedelta(days=1)).date()
        recall_post(lending.pk, until_on=yesterday, actor=STORY, at=MONDAY_MORNING)
    with pytest.raises(ForceTooWeak):
        world.do("dispatch_case", case, "lin", to=TEAM)
    weak = world.filed(class_code="A0203")
    world.do("dispatch_case", weak, "lin", to=TEAM)
    world.do("receive_case", weak, "patrol001")
    with pytest.raises(BeyondItsForce):
        take(world, "raise_force", weak, "patrol001", to="enforcement")


def test_an_empty_team_carries_what_its_unit_says(world: World) -> None:
    team = new_unit(world, "J002", parent=T01, kind="joint", force="management", name="空队")
    assert world.do("dispatch_case", world.filed(class_code="A0203"), "lin", to=team).unit == team
    assert hands_of(team, at=MONDAY_MORNING) == ()


def test_who_is_gone_or_no_person_is_no_hand(world: World) -> None:
    joint_team(world)
    User.objects.filter(username="department03").update(is_active=False)
    assert "user/department03" not in {hand.key for hand in hands_of(TEAM, at=MONDAY_MORNING)}


def test_enforcers_are_asked_only_of_joint_teams(world: World, held: Case) -> None:
    held.refresh_from_db()
    assert [hand.key for hand in enforcers_of(held, at=world.at)] == ["user/bureau002", "user/department03"]
    assert enforcers_of(world.received(), at=world.at) == ()
