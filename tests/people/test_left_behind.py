"""Open work is not left to nobody: the same rule for ending a post, calling one back and leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.rulebook import forget_rules
from liandong.people.models import Lending, Post
from liandong.people.operations import end_post, lend_post, recall_post
from liandong.people.operations.left_behind import UnitLeftEmpty
from tests.people.organising import TODAY, appointed, opened, post_of, unit_code
from tests.world import DISTRICT, World

DAY = timedelta(days=1)


def _end(world: World, post: Post, *, on: object = TODAY) -> None:
    end_post(post.pk, until_on=on, actor=world.actor("admin"), at=world.at)  # type: ignore[arg-type]


def test_the_last_post_of_a_unit_with_open_work_does_not_end(world: World) -> None:
    world.received()
    with pytest.raises(UnitLeftEmpty) as refused:
        _end(world, post_of("bureau002"))
    assert refused.value.values["units"] == "东桥街道城管中队 (1)"
    assert post_of("bureau002").until_on is None


def test_a_unit_without_open_work_may_stand_empty(world: World) -> None:
    _end(world, post_of("bureau002"))
    assert post_of("bureau002").until_on == TODAY


def test_another_post_of_the_same_person_or_a_colleague_is_enough(world: World) -> None:
    world.received()
    second = appointed(world, "bureau002", "B002", person="科员2", role="patrol")
    _end(world, post_of("bureau002"))
    appointed(world, "colleague", "B002")
    _end(world, second)
    assert not Post.objects.filter(unit=unit_code("B002"), user__username="bureau002", until_on=None).exists()


def test_a_colleague_whose_post_ends_earlier_is_not_enough(world: World) -> None:
    world.received()
    appointed(world, "colleague", "B002", until_on=TODAY + 3 * DAY)
    _end(world, post_of("bureau002"), on=TODAY + 2 * DAY)
    with pytest.raises(UnitLeftEmpty):
        _end(world, post_of("colleague"), on=TODAY + 2 * DAY)


def test_the_last_member_of_a_team_with_open_work_is_neither_called_back_nor_ended(world: World) -> None:
    team = opened(world, "J1", parent="DC", kind="joint", area=DISTRICT, force="enforcement")
    admin = world.actor("admin")
    for name in ("bureau002", "patrol001"):
        lend_post(post_of(name).pk, team=team.code, since_on=TODAY, until_on=None, actor=admin, at=world.at)
    forget_rules()
    world.dispatched(to=team.code)
    first, last = Lending.objects.order_by("id")
    recall_post(first.pk, until_on=TODAY, actor=admin, at=world.at)
    with pytest.raises(UnitLeftEmpty):
        recall_post(last.pk, until_on=TODAY, actor=admin, at=world.at)
    with pytest.raises(UnitLeftEmpty):
        _end(world, post_of("patrol001"))


def test_a_lending_ends_with_the_post_that_is_lent(world: World) -> None:
    team = opened(world, "J1", parent="DC", kind="joint", area=DISTRICT, force="enforcement")
    admin = world.actor("admin")
    lend_post(post_of("patrol001").pk, team=team.code, since_on=TODAY, until_on=None, actor=admin, at=world.at)
    _end(world, post_of("patrol001"), on=TODAY + DAY)
    assert Lending.objects.get().until_on == TODAY + DAY
