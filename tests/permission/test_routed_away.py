"""Access ends when a case is routed away: on every surface, for the unit that held it and for those it was lent to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liandong.cases.models import Case
from liandong.cases.queries import trace_of
from liandong.people import live
from liandong.people.models import User
from tests.cases.paths import ANYONE, take
from tests.permission.surfaces import Visitor, mapped, seen_everywhere, with_photo
from tests.world import World

BUREAU, FIRE = "310198-B002", "310198-D02"


def _returned(world: World, case: Case) -> None:
    take(world, "return", case, "bureau002")


def _returned_and_sent_elsewhere(world: World, case: Case) -> None:
    take(world, "return", case, "bureau002")
    take(world, "dispatch", case, ANYONE, to="310198-B004")


@pytest.mark.parametrize("route", [_returned, _returned_and_sent_elsewhere])
def test_the_unit_that_held_it_sees_it_nowhere_any_more(world: World, route: Callable[[World, Case], None]) -> None:
    handler = Visitor(User.objects.get(username="bureau002"), world)
    case = with_photo(world, world.dispatched())
    before = seen_everywhere(handler, [case])
    assert before == dict.fromkeys(before, {case.number})
    assert mapped(handler) == {case.number}
    route(world, case)
    with_photo(world, case)
    after = seen_everywhere(handler, [case])
    assert after == dict.fromkeys(after, set())
    assert mapped(handler) == set()


def test_an_assisting_unit_sees_it_nowhere_after_its_part_is_over(world: World) -> None:
    helper = Visitor(User.objects.get(username="department02"), world)
    case = with_photo(world, world.do("dispatch_case", world.filed(), "lin", to=BUREAU, assisting=(FIRE,)))
    before = seen_everywhere(helper, [case])
    assert before == dict.fromkeys(before, {case.number})
    take(world, "return", case, "bureau002")
    take(world, "dispatch", case, ANYONE, to=BUREAU)
    with_photo(world, case)
    after = seen_everywhere(helper, [case])
    assert after == dict.fromkeys(after, set())


def test_the_unit_hears_that_it_is_gone_and_then_nothing_more(world: World) -> None:
    handler = Visitor(User.objects.get(username="bureau002"), world)
    case = world.dispatched()
    take(world, "return", case, "bureau002")
    take(world, "dispatch", case, ANYONE, to="310198-B004")
    actor = live._actor_of(handler.client.session.session_key or "")
    assert actor is not None
    assert [entry.event for entry in trace_of(case) if live._is_for(actor, entry)] == ["CaseDispatched", "CaseReturned"]


def test_a_step_on_a_case_that_is_gone_is_a_step_on_none(world: World) -> None:
    handler = Visitor(User.objects.get(username="bureau002"), world)
    case = world.dispatched()
    take(world, "return", case, "bureau002")
    for path in ("receive", "hand_in", "place", "photos"):
        assert handler.client.post(f"/desk/cases/{case.number}/{path}/", {"version": "1"}).status_code == 404, path
    assert handler.page(f"/desk/cases/{case.number}/access/").status_code in (403, 404)
    body: dict[str, str] = {}
    keyed = {"Authorization": f"Bearer {handler.secret}", "If-Match": '"1"'}
    answer = handler.client.post(
        f"/api/v1/cases/{case.number}/receive", body, content_type="application/json", headers=keyed
    )
    assert answer.status_code == 404
