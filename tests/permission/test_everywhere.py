"""One meaning of permission: list, search, map, export, page, photo, interface and stream agree for everybody.

Random people with random posts, lendings, grants and stand-ins, some of them over, and random cases; asked over HTTP.
"""

from __future__ import annotations

import random

import pytest

from liandong.cases.docket import thing_of
from liandong.cases.models import Case
from liandong.people.access import actor_for
from liandong.people.models import User
from tests.cases.paths import ANYONE, take
from tests.people.crowd import UNITS, some_people
from tests.permission.surfaces import Visitor, mapped, seen_everywhere, with_photo
from tests.world import World

PLACES = [(121.405, 31.01), (121.435, 31.03), (121.445, 31.01), (121.475, 31.03), (None, None)]


def _some_cases(world: World, dice: random.Random, people: list[User], count: int) -> list[Case]:
    """Cases of every kind that permission looks at: place, level, holders, reporter, whom they are about."""
    for _ in range(count):
        lon, lat = dice.choice(PLACES)
        about = dice.choice(["", "", *UNITS])
        by = dice.choice(["operator", "grid001", "town02", "mediator"])
        case = world.report(by=by, lon=lon, lat=lat, about_unit=about, nature="complaint")
        if dice.random() < 0.4:
            Case.objects.filter(pk=case.pk).update(reporter=dice.choice(people).pk)
        if dice.random() < 0.7:
            for code in ("accept", "file"):
                take(world, code, case, ANYONE)
            lead, *helpers = dice.sample([unit for unit in UNITS if unit != about], dice.choice([1, 2]))
            take(world, "dispatch", case, ANYONE, to=lead, assisting=tuple(helpers))
            if dice.random() < 0.3:
                take(world, "return", case, ANYONE)
        with_photo(world, case)
    return list(Case.objects.order_by("id"))


@pytest.mark.parametrize("seed", range(2))
def test_every_surface_shows_exactly_what_may_be_seen(world: World, seed: int) -> None:
    dice = random.Random(seed)
    people = some_people(dice, 10, at=world.at)
    cases = _some_cases(world, dice, people, 14)
    placed = {case.number for case in cases if case.lon is not None}
    shown = 0
    for person in people:
        actor = actor_for(person, at=world.at)
        may = {case.number for case in cases if actor.may("cases.view", thing_of(case))}
        visitor = Visitor(person, world)
        for surface, seen in seen_everywhere(visitor, cases).items():
            # A page of the desk is for those who hold a post; the interface and the stream just show nothing.
            assert seen == may, (surface, actor)
        assert mapped(visitor) == may & placed
        shown += len(may)
    assert shown > 5
