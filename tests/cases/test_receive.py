"""签收: the unit takes a case on."""

from __future__ import annotations

import pytest

from liandong.cases.models import Assignment
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import last_entry, running
from tests.world import World


def test_the_unit_receives_its_case(world: World) -> None:
    case = world.dispatched()
    world.do("receive_case", case, "bureau002")
    case.refresh_from_db()
    assert case.stage == "received"
    assert running(case) == {"arrive", "handle", "hop"}
    assert Assignment.objects.get(case=case).received_at == world.at
    assert last_entry(case).data["unit"] == "310198-B002"


def test_another_unit_does_not_even_see_it(world: World) -> None:
    with pytest.raises(NotFound):
        world.do("receive_case", world.dispatched(), "bureau001")


def test_the_centre_sees_it_but_does_not_receive_for_the_unit(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("receive_case", world.dispatched(), "lin")


def test_a_case_is_received_once(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("receive_case", world.received(), "bureau002")
