"""Units that have closed, or have not begun: not suggested, not offered, not sent anything; until then they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liandong.cases.changes import propose
from liandong.cases.changes.handling import UnitNotAtWork
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.people.models import Unit
from tests.cases.forces import B002
from tests.cases.paths import take
from tests.world import DISTRICT, World

TODAY = date(2026, 3, 2)
B001 = f"{DISTRICT}-B001"


def _stands(world: World, code: str, **days: date) -> None:
    Unit.objects.filter(pk=code).update(**days)
    world.has_new_rules = True
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
