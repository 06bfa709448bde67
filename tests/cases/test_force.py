"""先服务、再管理、后执法: units and posts of too little force are never given what needs more."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from liandong.cases.changes import propose
from liandong.cases.changes.closing import PhotosMissing
from liandong.cases.changes.command import UnitNotNamed
from liandong.cases.changes.handling import UnitNotAtWork
from liandong.cases.models import Case
from liandong.cases.queries import answering_unit, solved_by_force, steps_open_to, trace_of
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.force import BeyondThePostsForce, ForceMissing, ForceTooWeak, force_word, stronger_than
from liandong.cases.rules.words import Force
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, NotFound
from liandong.people.models import Unit
from liandong.people.rules.force import covers, strength
from tests.cases.forces import B002, BY_FORCE, T01, UNITS, new_post, new_unit
from tests.cases.paths import ANYONE, last_entry, take, with_photos
from tests.world import DISTRICT, MONDAY_MORNING, World

FORCES = [force.value for force in Force]


@pytest.mark.parametrize("of_unit", FORCES)
@pytest.mark.parametrize("of_case", FORCES)
def test_a_unit_holds_exactly_the_cases_its_force_covers(world: World, of_case: str, of_unit: str) -> None:
    unit, _account = UNITS[of_unit]
    case = world.filed(class_code=BY_FORCE[of_case])
    case.refresh_from_db()
    assert case.force == of_case
    if strength(of_unit) >= strength(of_case):
        assert world.do("dispatch_case", case, "lin", to=unit).unit == unit
        return
    with pytest.raises(ForceTooWeak) as refusal:
        world.do("dispatch_case", case, "lin", to=unit)
    told = refusal.value.values
    assert (told["needed"], told["force"]) == (force_word(of_case), force_word(of_unit))
    assert 1 <= len(str(told["suitable"]).split("、")) <= 3
    case.refresh_from_db()
    assert (case.stage, case.unit) == ("filed", "")


@pytest.mark.parametrize("by", ["lin", "supervisor", "integrator", "platform"])
@pytest.mark.parametrize("of_case", ["management", "enforcement"])
def test_nobody_at_all_may_send_a_case_to_a_unit_that_is_too_weak(world: World, of_case: str, by: str) -> None:
    case = world.filed(class_code=BY_FORCE[of_case])
    with pytest.raises(ForceTooWeak):
        take(world, "dispatch", case, ANYONE if by == "platform" else by, to=f"{DISTRICT}-G001")


def test_units_that_could_hold_the_case_are_named_nearest_first(world: World) -> None:
    with pytest.raises(ForceTooWeak) as refusal:
        world.do("dispatch_case", world.filed(class_code="M06001"), "lin", to=T01)
    assert str(refusal.value.values["suitable"]).split("、") == ["东桥街道城管中队", "城管执法局", "公安分局"]


def test_assisting_units_may_be_weaker(world: World) -> None:
    case = world.do("dispatch_case", world.filed(class_code="M06001"), "lin", assisting=(f"{DISTRICT}-S001",))
    assert (case.unit, case.assisting) == (B002, [f"{DISTRICT}-S001"])


@pytest.mark.parametrize("of_post", FORCES)
@pytest.mark.parametrize("of_case", FORCES)
@pytest.mark.parametrize("step", ["arrive", "hand_in"])
def test_a_post_handles_exactly_what_its_own_force_covers(world: World, step: str, of_case: str, of_post: str) -> None:
    new_post("assistant01", B002, role="bureau", force=of_post)
    case = with_photos(world, world.received(class_code=BY_FORCE[of_case], to=B002))
    if strength(of_post) >= strength(of_case):
        take(world, step, case, "assistant01")
        return
    with pytest.raises(ForceMissing) as refusal:
        take(world, step, case, "assistant01")
    assert "科员2（东桥街道城管中队）" in str(refusal.value.values["who"])
    case.refresh_from_db()
    assert case.stage == "received"


def test_nobody_is_named_where_nobody_of_the_unit_could(world: World) -> None:
    case = world.received(class_code="M06001", to=B002)
    weak = world.actor("bureau002")
    weak = replace(weak, posts=tuple(replace(post, force="service") for post in weak.posts))
    nobody = new_post("assistant01", B002, role="bureau", force="service")
    nobody.unit.posts.exclude(pk=nobody.pk).update(force="service")
    with pytest.raises(ForceMissing) as refusal:
        take(world, "arrive", case, weak)
    assert "没有这样的岗位" in str(refusal.value.values["who"])


def test_an_assisting_unit_does_not_handle_for_the_one_that_leads(world: World) -> None:
    case = world.filed(class_code="A0203")
    world.do("dispatch_case", case, "lin", assisting=(f"{DISTRICT}-D03",))
    world.do("receive_case", case, "bureau001")
    take(world, "receive", case, "department03")
    case = take(world, "hand_in", case, "department03")
    assert (case.stage, case.handled_by, last_entry(case).event) == ("received", "", "AssistantHandedIn")


@pytest.mark.parametrize("by", [ANYONE, "integrator"])
def test_platform_and_interfaces_speak_with_the_force_of_the_unit(world: World, by: str | Actor) -> None:
    case = world.received(class_code="M06001", to=B002)
    take(world, "hand_in", case, by)
    assert last_entry(case).data["answers_for"] == B002
    assert "enforcer" not in last_entry(case).data


def test_an_enforcement_step_of_a_single_unit_names_who_enforced_and_the_unit_answers(world: World) -> None:
    case = world.received(class_code="M06001", to=B002)
    assert answering_unit(case) == B002
    take(world, "hand_in", case, "bureau002")
    told = last_entry(case).data
    assert (told["force"], told["enforcer"], told["answers_for"]) == ("enforcement", "user/bureau002", B002)
    row = case.assignments.get()
    assert (row.enforcer, row.answers_for) == ("user/bureau002", B002)


def test_a_case_met_with_less_names_no_enforcer(world: World) -> None:
    case = world.handled()
    row = case.assignments.get()
    assert (row.enforcer, row.answers_for, answering_unit(case)) == ("", "", "")


def test_naming_a_better_class_names_its_force_too(world: World) -> None:
    case = world.report(class_code="M06010")
    world.do("accept_case", case, "operator", class_code="A0203")
    case.refresh_from_db()
    assert case.force == "management"
    world.do("file_case", case, "operator", class_code="M06001")
    case.refresh_from_db()
    assert (case.force, case.suggested_unit) == ("enforcement", B002)


def test_the_matrix_never_proposes_a_unit_that_is_too_weak(world: World) -> None:
    book, place = rulebook_for(DISTRICT), f"{DISTRICT}002002001"
    for kind in book.classes.values():
        found = propose(book, class_code=kind.code, area=place, force=kind.force, at=MONDAY_MORNING)
        assert not found.unit or covers(book.units[found.unit].force, kind.force), kind.code
        assert found.why


def test_a_stronger_fallback_is_proposed_and_the_reason_says_so(world: World) -> None:
    case = world.filed(class_code="M06001", lon=121.445, lat=31.01)
    case.refresh_from_db()
    assert case.suggested_unit == f"{DISTRICT}-D02"
    assert "权限不足" in case.suggested_why


def test_where_the_matrix_names_nobody_strong_enough_the_dispatcher_chooses(world: World) -> None:
    case = world.filed(class_code="A0808")
    case.refresh_from_db()
    assert case.suggested_unit == ""
    with pytest.raises(UnitNotNamed) as refusal:
        world.do("dispatch_case", case, "lin")
    assert refusal.value.values["suitable"]
    assert world.do("dispatch_case", case, "lin", to=f"{DISTRICT}-D03").unit == f"{DISTRICT}-D03"


def test_settling_on_the_spot_stays_within_the_force_of_the_post(world: World) -> None:
    ours = with_photos(world, world.report(by="grid001", channel="staff"), "grid001")
    take(world, "solve_on_spot", ours, "grid001")
    ours.refresh_from_db()
    assert (ours.solved_force, last_entry(ours).data["force"]) == ("service", "service")
    theirs = with_photos(world, world.report(by="grid001", channel="staff", class_code="A0203"), "grid001")
    with pytest.raises(BeyondThePostsForce):
        take(world, "solve_on_spot", theirs, "grid001")
    with pytest.raises(PhotosMissing):
        take(world, "solve_on_spot", world.report(by="patrol001", channel="staff", class_code="A0203"), "patrol001")


def test_what_was_solved_is_counted_by_the_force_that_solved_it(world: World) -> None:
    world.closed()
    world.handled()
    raised = world.received()
    take(world, "raise_force", raised, "bureau002", to="management")
    for step, by in (("hand_in", "bureau002"), ("check", "verifier"), ("close", "operator")):
        take(world, step, raised, by)
    assert solved_by_force(Case.objects.all()) == {Force.SERVICE: 1, Force.MANAGEMENT: 1, Force.ENFORCEMENT: 0}


@pytest.mark.parametrize(("step", "by"), [("send_back", "verifier"), ("reopen", "operator")])
def test_what_turns_out_unsolved_was_solved_by_no_force(world: World, step: str, by: str) -> None:
    case = world.closed() if step == "reopen" else world.handled()
    case.refresh_from_db()
    assert case.solved_force == "service"
    take(world, step, case, by)
    case.refresh_from_db()
    assert (case.solved_force, case.force) == ("", "service")


def test_there_is_always_something_stronger_but_for_enforcement() -> None:
    assert stronger_than("") == tuple(Force)
    assert stronger_than("service") == (Force.MANAGEMENT, Force.ENFORCEMENT)
    assert stronger_than("enforcement") == ()
    assert force_word("") == "—"


PEOPLE = ["lin", "operator", "verifier", "bureau001", "bureau002", "department03", "grid001", "town01", "assistant01"]


@pytest.mark.parametrize("seed", range(12))
def test_no_case_is_ever_handed_in_by_a_post_of_less_force_than_it_was_met_with(world: World, seed: int) -> None:
    dice = random.Random(seed)
    new_post("assistant01", B002, role="bureau", force=dice.choice(["service", "management"]))
    for _ in range(4):
        case = world.report(class_code=dice.choice([*BY_FORCE.values(), "M09005"]))
        for _ in range(25):
            case.refresh_from_db()
            choices = [(who, step) for who in PEOPLE for step in steps_open_to(world.actor(who), case)]
            if not choices:
                break
            who, step = dice.choice(choices)
            details = {"to": dice.choice([unit for unit, _who in UNITS.values()])} if step.code == "dispatch" else {}
            details |= {"to": dice.choice(FORCES)} if step.code in ("raise_force", "ask_for_force") else {}
            try:
                take(world, step.code, case, who, **details)
            except Refusal:
                continue
        _was_met_with_enough(world, case)


def _was_met_with_enough(world: World, case: Case) -> None:
    book = rulebook_for(DISTRICT)
    force = unit = ""
    for entry in trace_of(case):
        unit = entry.data["unit"] if entry.event == "CaseDispatched" else unit
        force = entry.data.get("to", "") if entry.event in ("CaseForceRaised", "CaseForceAsked") else force
        needed = force or book.classes[case.class_code].force
        if entry.event in ("CaseArrived", "CaseForceRaised", "CaseHandedIn"):
            posts = [post for post in world.actor(entry.actor.removeprefix("user/")).posts if post.unit == unit]
            assert any(covers(post.force, needed) for post in posts), (entry.event, entry.actor, needed)
        if entry.event == "CaseDispatched":
            assert covers(book.units[unit].force, needed)


def test_a_case_of_another_unit_stays_invisible_whatever_force_one_carries(world: World) -> None:
    with pytest.raises(NotFound):
        take(world, "arrive", world.received(class_code="M06001", to=B002), "department03")


def test_a_closed_unit_is_given_nothing_more(world: World) -> None:
    unit = new_unit(world, "B009", parent=T01, kind="bureau", force="enforcement", name="东桥旧办")
    Unit.objects.filter(pk=unit).update(until_on=MONDAY_MORNING.date())
    forget_rules()
    assert world.do("dispatch_case", world.filed(), "lin", to=unit).unit == unit
    case = world.filed()
    world.later(days=1)
    with pytest.raises(UnitNotAtWork):
        world.do("dispatch_case", case, "lin", to=unit)
