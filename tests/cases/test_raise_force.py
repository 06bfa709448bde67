"""升级处置方式: from service to management to enforcement, and why the milder means did not suffice."""

from __future__ import annotations

import pytest

from liandong.cases.changes.intake import UnknownWord
from liandong.cases.queries import steps_open_to
from liandong.cases.rules.force import BeyondItsForce, ForceMissing, ForceNotRaised, ForceTooWeak, WarningMissing
from liandong.cases.rules.words import Force
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.rules.force import strength
from tests.cases.forces import B002, BY_FORCE, T01, new_post
from tests.cases.paths import last_entry, running, take, with_photos
from tests.world import DISTRICT, World


def test_raising_keeps_stage_and_clocks_and_says_why(world: World) -> None:
    case = world.received()
    clocks = running(case)
    take(world, "raise_force", case, "bureau002", to="management", reason="两次劝导仍未清理")
    case.refresh_from_db()
    assert (case.stage, case.force, case.solved_force) == ("received", "management", "")
    assert running(case) == clocks
    told = last_entry(case).data
    assert (told["before"], told["to"], told["reason"]) == ("service", "management", "两次劝导仍未清理")
    assert "enforcer" not in told


def test_raising_to_enforcement_names_who_enforces(world: World) -> None:
    case = world.received()
    take(world, "raise_force", case, "bureau002", to="enforcement")
    told = last_entry(case).data
    assert (told["enforcer"], told["answers_for"]) == ("user/bureau002", B002)
    assert case.assignments.get().answers_for == B002


@pytest.mark.parametrize("to", [force.value for force in Force])
@pytest.mark.parametrize("now", [force.value for force in Force])
def test_force_only_rises(world: World, now: str, to: str) -> None:
    case = world.received(class_code=BY_FORCE[now], to=B002)
    if strength(to) > strength(now):
        take(world, "raise_force", case, "bureau002", to=to)
    else:
        with pytest.raises(ForceNotRaised):
            take(world, "raise_force", case, "bureau002", to=to)
    case.refresh_from_db()
    assert case.force == max(now, to, key=strength)


def test_a_word_that_is_no_force_is_refused(world: World) -> None:
    with pytest.raises(UnknownWord):
        take(world, "raise_force", world.received(), "bureau002", to="arrest")


def test_the_milder_means_must_have_been_found_wanting_in_words(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        take(world, "raise_force", world.received(), "bureau002", reason="  ")


def test_a_unit_cannot_raise_above_what_it_carries_and_learns_who_could(world: World) -> None:
    case = world.filed(class_code="A0203")
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    with pytest.raises(BeyondItsForce) as refusal:
        take(world, "raise_force", case, "bureau001", to="enforcement")
    assert "市场监管局" in str(refusal.value.values["suitable"])
    take(world, "return", case, "bureau001", proposed_unit=f"{DISTRICT}-D03")
    world.do("dispatch_case", case, "lin", to=f"{DISTRICT}-D03")
    world.do("receive_case", case, "department03")
    take(world, "raise_force", case, "department03", to="enforcement")
    with_photos(world, case, "department03")
    take(world, "hand_in", case, "department03")
    case.refresh_from_db()
    assert (case.solved_force, case.handled_by) == ("enforcement", "user/department03")


def test_a_weaker_post_of_a_strong_unit_cannot_raise_for_it(world: World) -> None:
    new_post("assistant01", B002, role="bureau", force="service")
    case = world.received()
    with pytest.raises(ForceMissing):
        take(world, "raise_force", case, "assistant01", to="management")


def test_after_raising_weaker_posts_no_longer_hand_in(world: World) -> None:
    new_post("assistant01", B002, role="bureau", force="service")
    case = world.received()
    take(world, "raise_force", case, "bureau002", to="enforcement")
    with pytest.raises(ForceMissing):
        take(world, "hand_in", case, "assistant01")


def test_a_raised_case_that_comes_back_is_proposed_to_a_unit_that_is_strong_enough(world: World) -> None:
    case = world.filed(lon=121.445, lat=31.01)  # Xidu's rubbish is the town's own
    world.do("dispatch_case", case, "lin", to=B002)
    world.do("receive_case", case, "bureau002")
    take(world, "raise_force", case, "bureau002", to="enforcement")
    take(world, "return", case, "bureau002")
    case.refresh_from_db()
    assert (case.force, case.suggested_unit) == ("enforcement", f"{DISTRICT}-D02")
    with pytest.raises(ForceTooWeak):
        world.do("dispatch_case", case, "lin", to=T01)


def test_a_class_that_asks_for_a_warning_first_is_not_enforced_without_one(world: World) -> None:
    case = world.received(class_code="M09005")
    with pytest.raises(WarningMissing):
        take(world, "raise_force", case, "bureau002", to="enforcement")
    take(world, "warn", case, "bureau002")
    take(world, "raise_force", case, "bureau002", to="enforcement")
    case.refresh_from_db()
    assert case.force == "enforcement"


def test_a_warning_is_not_asked_for_before_management(world: World) -> None:
    case = world.received(class_code="M06028")
    take(world, "raise_force", case, "bureau002", to="management")
    case.refresh_from_db()
    assert case.force == "management"


def test_force_is_raised_only_while_the_unit_has_the_case_in_hand(world: World) -> None:
    for case in (world.dispatched(), world.handled()):
        with pytest.raises(IllegalStep):
            take(world, "raise_force", case, "bureau002", to="management")


def test_volunteers_are_not_offered_it(world: World) -> None:
    new_post("volunteer01", B002, role="volunteer", force="service")
    case = world.received()
    case.refresh_from_db()
    offered = {step.code for step in steps_open_to(world.actor("volunteer01"), case)}
    assert {"arrive", "hand_in"} <= offered
    assert not {"warn", "raise_force"} & offered
