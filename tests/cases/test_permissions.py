"""Who may do what: the whole table as a golden file, and lists, single cases and announcements that agree."""

from __future__ import annotations

import random

import pytest

from liandong.cases.docket import thing_of
from liandong.cases.models import Case
from liandong.cases.queries import case_for, permitted_cases
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import STEPS
from liandong.people.access import Actor, Forbidden, NotFound, act_word, role_word
from liandong.people.rules.hearing import may_hear
from liandong.people.rules.scope import PostHeld
from liandong.project.roles import ACT_WORDS, ROLE_WORDS, ROLES
from tests.cases.golden import agrees
from tests.cases.paths import ANYONE, BY, ready, take, with_photos
from tests.world import DISTRICT, World

ACTS = sorted({act.partition("@")[0] for role in ROLES.values() for act, _reach in role.acts})


def test_the_table_of_permission_is_the_golden_file() -> None:
    rows = sorted(
        (role, *(act.partition("@")[::2]), reach.value) for role, held in ROLES.items() for act, reach in held.acts
    )
    lines = ["role,act,level,reach", *(f"{role},{act},{level or '*'},{reach}" for role, act, level, reach in rows)]
    assert agrees("permissions.csv", "\n".join(lines) + "\n")


def test_every_act_and_every_role_has_a_word() -> None:
    assert set(ACTS) == set(ACT_WORDS)
    assert set(ROLES) == set(ROLE_WORDS)
    assert {act_word(act) for act in ACTS} == set(ACT_WORDS.values())
    assert {role_word(role) for role in ROLES} == set(ROLE_WORDS.values())


def test_every_step_is_permitted_to_somebody_besides_the_platform() -> None:
    human = {act.partition("@")[0] for name, role in ROLES.items() if name != "platform" for act, _reach in role.acts}
    assert {step.act for step in STEPS.values()} <= human


def test_viewing_never_depends_on_the_level_so_announcements_need_not_tell_it() -> None:
    for role in ROLES.values():
        assert not any(act.startswith("cases.view@") for act, _reach in role.acts)


STAGE_BEFORE = {code: next(iter(sorted(step.from_))) for code, step in STEPS.items() if step.from_}
ROLE_ACCOUNTS = {
    "operator": "operator",
    "dispatcher": "lin",
    "supervisor": "supervisor",
    "town": "town01",
    "department": "department02",
    "bureau": "bureau002",
    "verifier": "verifier",
    "leader": "leader",
    "auditor": "auditor",
    "integrator": "integrator",
}


@pytest.mark.parametrize("role", ROLE_ACCOUNTS)
@pytest.mark.parametrize("code", [code for code in STEPS if code not in ("report", "solve_on_spot")])
def test_a_step_of_a_case_the_district_runs_is_for_exactly_the_roles_of_the_table(
    world: World, code: str, role: str
) -> None:
    case = ready(world, Stage(STAGE_BEFORE[code]), code)
    actor = world.actor(ROLE_ACCOUNTS[role])
    reaches = {"everywhere", "area"}
    reaches |= {"unit"} if actor.units & {case.unit, *case.involved} else set()
    reaches |= {"own"} if actor.user_id == case.reporter else set()
    acts = {act for act, reach in ROLES[role].acts if reach in reaches}
    sees = "cases.view" in acts
    if acts & {f"cases.{code}", f"cases.{code}@district"}:
        take(world, code, case, actor)
        return
    with pytest.raises(Forbidden if sees and _still_sees(actor, case) else NotFound):
        take(world, code, case, actor)


def _still_sees(actor: Actor, case: Case) -> bool:
    case.refresh_from_db()
    return permitted_cases(actor).filter(pk=case.pk).exists()


@pytest.mark.parametrize("by", ["grid001", "station001", "patrol001"])
def test_solving_on_the_spot_is_for_those_who_walk_there(world: World, by: str) -> None:
    case = with_photos(world, world.report(by=by, channel="staff"), by)
    assert take(world, "solve_on_spot", case, by).stage == "closed"


def _some_cases(world: World, dice: random.Random) -> list[Case]:
    """Cases of every kind that permission looks at: place, level, holders, reporter, whom they are about."""
    units = ["310198-B002", "310198-D02", "310198-T01", "310198-T02", "310198-DC", "310198-S001"]
    places = [(121.405, 31.01), (121.435, 31.03), (121.445, 31.01), (121.475, 31.03), (None, None)]
    for _ in range(40):
        lon, lat = dice.choice(places)
        by = dice.choice(["operator", "grid001", "patrol002", "mediator", "department01", "town02"])
        about = dice.choice(["", "", *units])
        case = world.report(by=by, lon=lon, lat=lat, about_unit=about, nature="complaint")
        if dice.random() < 0.7:
            for code in ("accept", "file"):
                take(world, code, case, ANYONE)
            lead, *helpers = dice.sample([unit for unit in units if unit != about], dice.choice([1, 2, 3]))
            take(world, "dispatch", case, ANYONE, to=lead, assisting=tuple(helpers))
            if dice.random() < 0.3:
                take(world, "return", case, ANYONE)
        if dice.random() < 0.2:
            Case.objects.filter(pk=case.pk).update(reporter=None)  # as a channel of the platform's own leaves it
    return list(Case.objects.all())


def _some_actor(world: World, dice: random.Random) -> Actor:
    areas = ["310198", "310198001", "310198001001", "310198001001001", "310198002", "310199", ""]
    units = ["310198-B002", "310198-D02", "310198-T01", "310198-T02", "310198-DC", "310198-S001", ""]
    posts = tuple(
        PostHeld(dice.choice(units), dice.choice(list(ROLES)), dice.choice(areas))
        for _ in range(dice.choice([0, 1, 1, 2, 7]))
    )
    person = world.actor(dice.choice(["grid001", "mediator", "operator"])).user_id
    return Actor("user/somebody", dice.choice([person, None]), "somebody", posts)


@pytest.mark.parametrize("seed", range(3))
def test_a_case_is_listed_exactly_when_it_may_be_opened_and_heard_of_only_then(world: World, seed: int) -> None:
    dice = random.Random(seed)
    cases = _some_cases(world, dice)
    seen_any = 0
    for _ in range(60):
        actor = _some_actor(world, dice)
        for act in ("cases.view", dice.choice(ACTS)):
            listed = set(permitted_cases(actor, act).values_list("pk", flat=True))
            assert listed == {case.pk for case in cases if actor.may(act, thing_of(case))}, (actor, act)
        scope = actor.scope("cases.view")
        for case in cases:
            hearers = [unit for unit in (case.unit, *case.involved) if unit]
            hearers += [f"person/{case.reporter}"] if case.reporter is not None else []
            hearers += [f"not/{case.about_unit}"] if case.about_unit else []
            heard = may_hear(scope, area=case.area, hearers=hearers)
            assert heard == scope.covers(thing_of(case)), (actor, case)
            seen_any += heard
    assert seen_any > 100


def test_a_post_without_area_or_unit_reaches_nothing(world: World) -> None:
    world.report()
    for role in ("operator", "bureau", "town"):
        nobody = Actor("user/x", None, "x", (PostHeld("", role, ""),))
        assert not permitted_cases(nobody).exists(), role


def test_an_invisible_case_and_one_that_does_not_exist_give_the_same_answer(world: World) -> None:
    case = world.report()
    answers = []
    for number in (case.number, "XA-20260302-999999-0", "", "\x00"):
        with pytest.raises(NotFound) as refusal:
            case_for(world.actor("grid009"), number)
        answers.append((str(refusal.value), refusal.value.values))
    assert len(set(map(str, answers))) == 1


def test_who_takes_each_step_in_the_story_is_whom_the_table_names() -> None:
    assert set(BY) == set(STEPS) - {"report", "solve_on_spot"}
    assert DISTRICT == "310198"
