"""After a grid is split or two are merged: posts, units and rows of the matrix go over to the new codes in one act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from liandong.areas.operations import add_step, adopt_redrawing, drop_redrawing
from liandong.areas.queries import forget_maps
from liandong.cases.matrices import rows_over, version_numbered
from liandong.cases.models import MatrixVersion, Responsibility
from liandong.cases.operations import move_to_successors, open_draft, publish_draft, set_row
from liandong.cases.operations.matrix import RowMissing
from liandong.cases.operations.moving import (
    Moved,
    NothingToMove,
    PlanNotAdopted,
    RowsCollide,
    UnitMovesOnTheDay,
)
from liandong.cases.rulebook import forget_rules
from liandong.people.access import Forbidden, NotFound, actor_for
from liandong.people.models import Lending, Post, Unit, User
from liandong.people.operations import lend_post, move_post, move_unit, open_unit
from liandong.people.operations.moving import NotASuccessor, PostMovedAlready
from liandong.people.queries import posts_over, units_over
from liandong.people.rules.posts import PostOutsideUnit
from liandong.timeline.queries import Entry
from tests.areas.editing import FAR_GRID as FAR
from tests.areas.editing import GRID, NEXT_GRID, SPLIT, TODAY, TOMORROW, open_plan
from tests.people.organising import unit_row
from tests.world import DISTRICT, World

WEST, EAST = "310198001001005", "310198001001006"
MERGE = {"do": "merge", "areas": [GRID, NEXT_GRID], "name": "东桥大网格", "name_en": ""}
G001 = f"{DISTRICT}-G001"


def redrawn(world: World, step: dict[str, Any]) -> int:
    """A plan for tomorrow that has been adopted."""
    plan = open_plan(world)
    add_step(plan, step=step, actor=world.actor("admin"), at=world.at)
    adopt_redrawing(plan, actor=world.actor("admin"), at=world.at)
    renew(world)
    return plan


def renew(world: World) -> None:
    """What a commit would do in every process."""
    forget_maps()
    forget_rules()


def published(world: World, **leads: str) -> None:
    """A version in force with a row for rubbish over each of these grids."""
    admin = world.actor("admin")
    draft = open_draft(DISTRICT, title="网格细则", actor=admin, at=world.at)
    for area, lead in leads.items():
        set_row(
            draft.pk, class_prefix="M06010", area_prefix=area.removeprefix("_"), lead=lead, reason="网格先行",
            actor=admin, at=world.at,
        )  # fmt: skip
    publish_draft(draft.pk, actor=admin, at=world.at)
    renew(world)


def moved(world: World, plan: int, by: str = "admin", **what: Any) -> Moved:
    """Move what is named, and nothing else."""
    found = move_to_successors(
        plan, **{"posts": {}, "units": {}, "rows": {}, **what}, actor=world.actor(by), at=world.at
    )
    renew(world)
    return found


def head() -> Post:
    """The post of the head of grid 1."""
    return Post.objects.filter(user__username="grid001").order_by("id")[0]


def areas_of_head() -> list[tuple[str, date, date | None]]:
    """The grids the head of grid 1 has, and when."""
    rows = Post.objects.filter(user__username="grid001").order_by("since_on", "area")
    return list(rows.values_list("area", "since_on", "until_on"))


def test_posts_change_from_the_day_of_the_plan_and_stay_what_they_were_before(world: World) -> None:
    plan = redrawn(world, SPLIT)
    post = head()
    assert moved(world, plan, posts={post.pk: [WEST, EAST]}) == Moved(1, 0, 0, 0)
    assert areas_of_head() == [(GRID, post.since_on, TODAY), (WEST, TOMORROW, None), (EAST, TOMORROW, None)]
    head_now = actor_for(User.objects.get(username="grid001"), at=world.at)
    later = actor_for(User.objects.get(username="grid001"), at=world.at + timedelta(days=1))
    assert {held.area for held in head_now.posts} == {GRID}
    assert {held.area for held in later.posts} == {WEST, EAST}
    told = list(Entry.objects.filter(about="account", about_id=post.user_id).order_by("seq").values_list("event"))
    assert told[-3:] == [("PostEnded",), ("PostTaken",), ("PostTaken",)]
    assert posts_over([GRID], after=TOMORROW) == []
    with pytest.raises(PostMovedAlready):
        moved(world, plan, posts={post.pk: [WEST]})


def test_what_was_lent_of_a_post_goes_over_with_it(world: World) -> None:
    admin = world.actor("admin")
    joint = open_unit(unit_row("J001", parent="DC", kind="joint", area=DISTRICT), actor=admin, at=world.at)
    lend_post(head().pk, team=joint.code, since_on=TODAY, until_on=None, actor=admin, at=world.at)
    plan = redrawn(world, SPLIT)
    moved(world, plan, posts={head().pk: [EAST]})
    lent = Lending.objects.order_by("id").values_list("post__area", "since_on", "until_on")
    assert list(lent) == [(GRID, TODAY, TODAY), (EAST, TOMORROW, None)]


def test_rows_of_the_matrix_go_over_in_a_draft_and_what_is_left_stays_listed(world: World) -> None:
    published(world, **{f"_{GRID}": G001, f"_{NEXT_GRID}": "town"})
    plan = redrawn(world, SPLIT)
    (row,) = rows_over(DISTRICT, [GRID])
    assert row.drafts == ()
    found = moved(world, plan, rows={row.row.key: [WEST, EAST]})
    draft = version_numbered(DISTRICT, found.draft)
    assert (draft.title, draft.published_at) == ("区划调整：东桥网格调整", None)
    mine = Responsibility.objects.filter(version=draft, class_prefix="M06010", lead=G001)
    assert sorted(mine.values_list("area_prefix", flat=True)) == [WEST, EAST]
    (row,) = rows_over(DISTRICT, [GRID])
    assert row.drafts == (found.draft,)
    with pytest.raises(RowMissing):
        moved(world, plan, rows={row.row.key: [WEST]})
    assert MatrixVersion.objects.filter(published_at__isnull=True).count() == 1


def test_rows_of_merged_grids_may_agree_but_not_differ(world: World) -> None:
    published(world, **{f"_{GRID}": G001, f"_{NEXT_GRID}": "town"})
    plan = redrawn(world, MERGE)
    first, second = (one.row.key for one in rows_over(DISTRICT, [GRID, NEXT_GRID]))
    with pytest.raises(RowsCollide):
        moved(world, plan, rows={first: [WEST], second: [WEST]})
    assert MatrixVersion.objects.filter(published_at__isnull=True).count() == 0
    published(world, **{f"_{NEXT_GRID}": G001})
    assert moved(world, plan, rows={first: [WEST], second: [WEST]}).rows == 2


def test_a_unit_moves_on_the_day_and_its_posts_before_it(world: World) -> None:
    plan = redrawn(world, SPLIT)
    assert [unit.code for unit in units_over([GRID])] == [G001]
    with pytest.raises(UnitMovesOnTheDay):
        moved(world, plan, units={G001: WEST})
    world.later(days=1)
    assert moved(world, plan, posts={head().pk: [WEST]}, units={G001: WEST}) == Moved(1, 1, 0, 0)
    assert Unit.objects.get(pk=G001).area == WEST
    assert units_over([GRID]) == []
    assert areas_of_head()[-1] == (WEST, TOMORROW, None)


def test_all_of_it_or_nothing_and_only_to_codes_that_took_over(world: World) -> None:
    plan = redrawn(world, SPLIT)
    before = areas_of_head()
    with pytest.raises(NothingToMove):
        moved(world, plan)
    for posts in ({head().pk: [FAR]}, {head().pk: [WEST], head().pk + 999: [WEST]}):
        with pytest.raises((NotASuccessor, NotFound)):
            moved(world, plan, posts=posts)
    assert areas_of_head() == before
    with pytest.raises(NotFound):
        moved(world, plan, by="supervisor", posts={head().pk: [WEST]})
    unadopted = open_plan(world, title="另一个方案")
    with pytest.raises(PlanNotAdopted):
        moved(world, unadopted, posts={head().pk: [WEST]})
    drop_redrawing(unadopted, actor=world.actor("admin"), at=world.at)


def test_a_post_goes_no_further_than_its_unit_and_only_by_who_may_organise(world: World) -> None:
    redrawn(world, SPLIT)
    details: dict[str, Any] = {"since_on": TOMORROW, "at": world.at}
    patrol = Post.objects.filter(user__username="patrol001").order_by("id")[0]
    Post.objects.filter(pk=patrol.pk).update(area=GRID)
    with pytest.raises(PostOutsideUnit):
        move_post(patrol.pk, areas=[FAR], successors={GRID: [FAR]}, actor=world.actor("admin"), **details)
    with pytest.raises(NotASuccessor):
        move_post(head().pk, areas=[], successors={GRID: [WEST]}, actor=world.actor("admin"), **details)
    with pytest.raises(Forbidden):
        move_post(head().pk, areas=[WEST], successors={GRID: [WEST]}, actor=world.actor("supervisor"), **details)
    with pytest.raises(NotASuccessor):
        move_unit(G001, area=FAR, successors={GRID: [WEST]}, actor=world.actor("admin"), at=world.at)
