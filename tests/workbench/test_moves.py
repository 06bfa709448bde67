"""The page that moves posts, rows and units from the ended codes of a plan to those that took over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse
from pytest_django import Settings

from liandong.cases.matrices import rows_over
from liandong.people.models import Post, Unit
from tests.areas.editing import GRID, NEXT_GRID, SPLIT, TODAY, TOMORROW, monday_at_the_desk, open_plan
from tests.cases.test_moving import EAST, G001, MERGE, WEST, head, published, redrawn
from tests.workbench.conftest import SignedIn
from tests.world import DISTRICT, World


@pytest.fixture(autouse=True)
def monday(settings: Settings) -> Iterator[None]:
    """Every test is on the Monday of the story."""
    with monday_at_the_desk(settings):
        yield


def _ticked(page: str, field: str) -> list[str]:
    return re.findall(rf'name="{field}" value="(\d+)" checked', page)


def test_the_plan_leads_to_the_page_once_it_is_adopted(world: World, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    draft = open_plan(world, title="草案")
    assert admin.get(reverse("workbench:moves", args=[draft])).status_code == 404
    plan = redrawn(world, SPLIT)
    url = reverse("workbench:moves", args=[plan])
    assert url in admin.get(reverse("areas:plan", args=[plan])).content.decode()
    page = admin.get(url).content.decode()
    assert "赵走 网格长" in page
    assert "生效日起才能改写" in page
    assert signed_in("lin").get(url).status_code == 403
    for language in ("zh-hans", "en"):
        assert admin.get(url, headers={"Accept-Language": language}).status_code == 200


def test_posts_and_rows_are_moved_as_ticked_and_the_rest_stays(world: World, signed_in: SignedIn) -> None:
    published(world, **{f"_{GRID}": G001})
    url = reverse("workbench:moves", args=[redrawn(world, SPLIT)])
    admin = signed_in("admin")
    page = admin.get(url).content.decode()
    post, (row,) = head(), rows_over(DISTRICT, [GRID])
    assert len(_ticked(page, f"post-{post.pk}")) == 1
    assert sorted(_ticked(page, f"row-{row.id}")) == [WEST, EAST]
    empty = admin.post(url, {})
    assert empty.status_code == 422
    assert "没有选择任何岗位" in empty.content.decode()
    done = admin.post(url, {f"post-{post.pk}": [EAST], f"row-{row.id}": [WEST, EAST], "row-999": [WEST]}, follow=True)
    said = done.content.decode()
    assert "已改写：岗位 1 个、规则 1 条" in said
    assert "已在草案中改写，待发布" in said
    assert f"post-{post.pk}" not in said
    assert "1号网格组" in said
    rows = Post.objects.filter(user=post.user).order_by("since_on", "id").values_list("area", "until_on")
    assert list(rows) == [(GRID, TODAY), (EAST, None)]


def test_a_refused_move_keeps_what_was_ticked(world: World, signed_in: SignedIn) -> None:
    published(world, **{f"_{GRID}": G001, f"_{NEXT_GRID}": "town"})
    url = reverse("workbench:moves", args=[redrawn(world, MERGE)])
    admin = signed_in("admin")
    first, second = rows_over(DISTRICT, [GRID, NEXT_GRID])
    page = admin.get(url).content.decode()
    assert (_ticked(page, f"row-{first.id}"), _ticked(page, f"row-{second.id}")) == ([WEST], [])
    refused = admin.post(url, {f"row-{first.id}": WEST, f"row-{second.id}": WEST})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "会有两条不同的规则" in page
    assert _ticked(page, f"row-{second.id}") == [WEST]
    assert _ticked(page, f"post-{head().pk}") == []


def test_units_are_moved_on_the_day(world: World, signed_in: SignedIn) -> None:
    plan = redrawn(world, SPLIT)
    url = reverse("workbench:moves", args=[plan])
    assert signed_in("admin").post(url, {f"unit-{G001}": WEST}).status_code == 409
    with time_machine.travel(world.later(days=1), tick=False):
        admin = signed_in("admin")
        assert "立即改为所选区域" in admin.get(url).content.decode()
        done = admin.post(url, {f"unit-{G001}": WEST, f"post-{head().pk}": [WEST]}, follow=True)
        assert "已改写：岗位 1 个、单位 1 个" in done.content.decode()
        assert "没有岗位、规则或单位还在用旧编码" in done.content.decode()
    assert Unit.objects.get(pk=G001).area == WEST
    assert Post.objects.filter(area=WEST, since_on=TOMORROW).count() == 1
