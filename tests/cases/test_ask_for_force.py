"""请求升级力量: a unit that may do no more gives the case back to be sent to one that may, and why."""

from __future__ import annotations

import pytest

from liandong.cases.changes.intake import UnknownWord
from liandong.cases.models import Case
from liandong.cases.queries import steps_open_to
from liandong.cases.rules.force import ForceAtHand, ForceMissing, ForceNotRaised, WarningMissing
from liandong.cases.rules.verification import ReturnTooLate
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import actor_for
from liandong.people.models import User
from tests.cases.forces import B002, joint_team, new_post, new_unit, weaken
from tests.cases.paths import clock, last_entry, running, take, with_photos
from tests.world import DISTRICT, World

B001, D03 = f"{DISTRICT}-B001", f"{DISTRICT}-D03"


@pytest.fixture
def stuck(world: World) -> Case:
    """A matter of management at a bureau that may not enforce, kept beyond the window of returns."""
    case = world.filed(class_code="A0203")
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    world.later(days=1)
    return case


def test_it_gets_a_weak_unit_out_when_the_window_of_returns_has_closed(world: World, stuck: Case) -> None:
    with pytest.raises(ReturnTooLate):
        take(world, "return", stuck, "bureau001")
    take(world, "ask_for_force", stuck, "bureau001", reason="三次劝导无效")
    stuck.refresh_from_db()
    assert (stuck.stage, stuck.force, stuck.unit, stuck.returns) == ("filed", "enforcement", "", 0)
    assert stuck.suggested_unit == ""  # the matrix names nobody who may enforce this: the dispatcher chooses
    told = last_entry(stuck)
    assert (told.event, told.data["unit"]) == ("CaseForceAsked", B001)
    assert (told.data["before"], told.data["to"], told.data["reason"]) == ("management", "enforcement", "三次劝导无效")
    world.do("dispatch_case", stuck, "lin", to=D03)
    world.do("receive_case", stuck, "department03")
    with_photos(world, stuck, "department03")
    take(world, "hand_in", stuck, "department03")
    stuck.refresh_from_db()
    assert stuck.solved_force == "enforcement"


def test_the_clocks_of_handling_run_on_and_only_the_dispatch_begins_anew(world: World, stuck: Case) -> None:
    before = {kind: clock(stuck, kind) for kind in ("arrive", "handle")}
    take(world, "ask_for_force", stuck, "bureau001")
    assert running(stuck) == {"arrive", "handle", "dispatch"}
    world.do("dispatch_case", stuck, "lin", to=D03)
    for kind, row in before.items():
        now = clock(stuck, kind)
        assert (now.pk, now.started_at, now.due_at, now.stopped_at) == (row.pk, row.started_at, row.due_at, None)


def test_the_assignment_ends_without_counting_as_returned(world: World, stuck: Case) -> None:
    take(world, "ask_for_force", stuck, "bureau001")
    row = stuck.assignments.get()
    assert (row.ended_at, row.returned_at) == (world.at, None)


def test_a_unit_that_carries_the_force_itself_must_not_be_rid_of_the_case_so(world: World) -> None:
    case = world.received()
    with pytest.raises(ForceAtHand):
        take(world, "ask_for_force", case, "bureau002")


def test_a_unit_that_has_lost_the_force_of_its_case_may_ask_for_just_that(world: World) -> None:
    case = world.received()
    take(world, "raise_force", case, "bureau002", to="enforcement")
    weaken(world, B002)
    now = actor_for(User.objects.get(username="bureau002"), at=world.at)
    with pytest.raises(ForceMissing):
        take(world, "hand_in", case, now)
    take(world, "ask_for_force", case, now, to="enforcement")
    case.refresh_from_db()
    assert (case.stage, case.force) == ("filed", "enforcement")


@pytest.mark.parametrize(
    ("to", "refusal"), [("service", ForceNotRaised), ("management", ForceAtHand), ("arrest", UnknownWord)]
)
def test_what_is_asked_for_must_be_more_than_there_is(
    world: World, stuck: Case, to: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        take(world, "ask_for_force", stuck, "bureau001", to=to)


def test_it_says_why_the_milder_means_did_not_suffice(world: World, stuck: Case) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "ask_for_force", stuck, "bureau001", reason=" ")


def test_the_warning_talk_that_the_class_demands_comes_first(world: World) -> None:
    case = world.received(class_code="M09005")
    weaken(world, B002)
    with pytest.raises(WarningMissing):
        take(world, "ask_for_force", case, "bureau002")
    take(world, "warn", case, "bureau002")
    take(world, "ask_for_force", case, "bureau002")
    case.refresh_from_db()
    assert case.stage == "filed"


def test_a_helper_cannot_send_back_what_another_unit_leads(world: World) -> None:
    case = world.filed(class_code="A0203")
    world.do("dispatch_case", case, "lin", assisting=(B002,))
    world.do("receive_case", case, "bureau001")
    with pytest.raises(ForceMissing):
        take(world, "ask_for_force", case, "bureau002")


def test_a_joint_team_asks_only_for_what_none_of_its_members_carries(world: World) -> None:
    team = joint_team(world)
    case = world.filed()
    world.do("dispatch_case", case, "lin", to=team)
    world.do("receive_case", case, "grid001")
    with pytest.raises(ForceAtHand):
        take(world, "ask_for_force", case, "grid001")


def test_force_only_rises_so_that_a_case_comes_back_at_most_twice(world: World) -> None:
    crew = new_unit(world, "P009", parent=f"{DISTRICT}-T01", kind="team", force="service", name="东桥志愿巡查队")
    new_post("crew009", crew, role="patrol")
    case = world.filed()
    world.do("dispatch_case", case, "lin", to=crew)
    world.do("receive_case", case, "crew009")
    take(world, "ask_for_force", case, "crew009", to="management")
    world.do("dispatch_case", case, "lin", to=B001)
    world.do("receive_case", case, "bureau001")
    take(world, "ask_for_force", case, "bureau001", to="enforcement")
    world.do("dispatch_case", case, "lin", to=B002)
    world.do("receive_case", case, "bureau002")
    for to in ("management", "enforcement"):
        with pytest.raises((ForceNotRaised, ForceAtHand)):
            take(world, "ask_for_force", case, "bureau002", to=to)


def test_it_is_asked_only_while_the_unit_has_the_case_in_hand(world: World) -> None:
    for case in (world.dispatched(), world.handled()):
        with pytest.raises(IllegalStep):
            take(world, "ask_for_force", case, "bureau002")


def test_volunteers_do_not_ask_for_it(world: World) -> None:
    new_post("volunteer01", B002, role="volunteer", force="service")
    case = world.received()
    case.refresh_from_db()
    assert "ask_for_force" not in {step.code for step in steps_open_to(world.actor("volunteer01"), case)}
