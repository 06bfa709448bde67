"""Two districts of one installation: who runs one of them keeps what is theirs in the other, no more."""

from __future__ import annotations

import random
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases import reach
from liandong.cases.docket import thing_of
from liandong.cases.models import Case
from liandong.cases.queries import permitted_cases
from liandong.people.access import Actor, roles
from liandong.people.rules.hearing import may_hear
from liandong.people.rules.scope import PostHeld, Scope, Thing, scope_of
from liandong.project.roles import ROLES
from tests.world import DISTRICT, World

NEXT_DOOR = "310197"
UNITS = [f"{DISTRICT}-B002", f"{NEXT_DOOR}-B002"]
ROLES_TRIED = ["leader", "supervisor", "town", "department", "grid", "mediator", "operator"]


@pytest.fixture(autouse=True)
def both_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation knows both districts."""
    monkeypatch.setattr(reach, "_known_districts", lambda: frozenset({DISTRICT, NEXT_DOOR}))


def _moved(case: Case) -> Case:
    """The case as one of the district next door, which this installation has no map of."""
    Case.objects.filter(pk=case.pk).update(
        district=NEXT_DOOR, area=NEXT_DOOR + case.area[6:], unit=case.unit.replace(DISTRICT, NEXT_DOOR)
    )
    case.refresh_from_db()
    return case


def _holding(*posts: PostHeld, person: int = 1) -> Actor:
    return Actor("user/both", person, "甲", posts)


def test_who_runs_a_district_still_sees_what_they_reported_in_another(world: World) -> None:
    shen = world.actor("supervisor")
    mine, other = _moved(world.report(by="supervisor")), _moved(world.report(by="operator"))
    here = world.report(by="operator")
    assert set(permitted_cases(shen)) == {mine, here}
    assert shen.may("cases.view", thing_of(mine))
    assert not shen.may("cases.view", thing_of(other))
    assert may_hear(shen.scope("cases.view"), area=mine.area, hearers={f"person/{shen.user_id}"})


def test_who_runs_one_district_keeps_a_units_cases_in_another(world: World) -> None:
    case = _moved(world.dispatched())
    both = _holding(PostHeld(f"{DISTRICT}-DC", "leader", DISTRICT), PostHeld(case.unit, "bureau", case.area))
    assert both.may("cases.view", thing_of(case))
    assert list(permitted_cases(both)) == [case]


def test_who_runs_one_district_is_no_centre_in_another() -> None:
    both = _holding(PostHeld("A-DC", "leader", DISTRICT), PostHeld("B-T01", "town", f"{NEXT_DOOR}001"))
    complaint = Thing(f"{NEXT_DOOR}001", units=frozenset({"B-T01"}), about_unit="B-T01")
    assert not both.may("cases.view", complaint)
    assert not may_hear(both.scope("cases.view"), area=complaint.area, hearers={"B-T01", "not/B-T01"})
    assert both.may("cases.view", Thing(DISTRICT, about_unit="A-DC")), "the centre of its own district is not kept out"


def test_a_list_and_a_single_case_agree_across_districts(world: World) -> None:
    dice = random.Random(3)
    cases = []
    for unit, about in product(["", *UNITS], ["", *UNITS]):
        case = world.report(by="operator")
        area = dice.choice([f"{DISTRICT}001", f"{NEXT_DOOR}001"])
        if unit != about or not unit:
            Case.objects.filter(pk=case.pk).update(
                district=area[:6], area=area, unit=unit, about_unit=about, reporter=dice.choice([7, 8, None])
            )
        cases.append(Case.objects.get(pk=case.pk))
    seen = 0
    for first, second in product(ROLES_TRIED, ROLES_TRIED):
        home, other = dice.sample([DISTRICT, NEXT_DOOR], 2)
        posts = (PostHeld(f"{home}-B002", first, home), PostHeld(f"{other}-B002", second, f"{other}001"))
        actor = _holding(*posts, person=7)
        may = {case for case in cases if actor.may("cases.view", thing_of(case))}
        assert set(permitted_cases(actor)) == may, posts
        seen += len(may)
    assert seen > 50


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"platform", "citizen"}))
def test_no_role_anywhere_loses_what_its_holder_reported(role: str) -> None:
    scope = scope_of((PostHeld("U", role, DISTRICT),), "cases.view", roles=roles(), person=7)
    if role != "auditor" and scope.grounds:
        assert role == "integrator" or scope.covers(Thing(f"{NEXT_DOOR}001", reporter=7))


def test_the_list_of_a_district_still_asks_for_the_district_alone(world: World) -> None:
    shen = world.actor("supervisor")
    reach.forget_reach()
    with CaptureQueriesContext(connection) as asked:
        for _list_of_one_page in range(3):
            list(permitted_cases(shen).order_by("-reported_at", "-id")[:50])
    assert len(asked) == 1 + 3, "one question whether they reported elsewhere, for all lists of a page"
    assert '"reporter" =' not in asked[1]["sql"].split("WHERE")[1]
    assert " OR " not in asked[1]["sql"].split("WHERE")[1]


def test_where_there_is_but_one_district_nobody_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(reach, "_districts_known", (frozenset(), float("-inf")))
    shen = world.actor("supervisor")
    list(permitted_cases(shen))
    with CaptureQueriesContext(connection) as asked:
        list(permitted_cases(shen))
    assert len(asked) == 1


def test_a_scope_of_nothing_covers_nothing() -> None:
    assert not Scope().covers(Thing(DISTRICT, reporter=1))
