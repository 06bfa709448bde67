"""Loading a district's folder again: what left the file ends, what was appointed by hand stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from liandong.people.access import actor_for, platform
from liandong.people.models import Post, Source, Unit
from liandong.people.operations import LastAdministrator, PostRow, UnitRow, load_organisation
from tests.people.organising import TODAY, account, appointed, post_of, told_of_district, unit_code
from tests.world import DISTRICT, World


def _rows() -> list[PostRow]:
    posts = Post.objects.filter(source=Source.FOLDER).select_related("user").order_by("id")
    return [
        PostRow(post.user.username, post.user.name, post.unit_id, post.role, post.area, post.title) for post in posts
    ]


def _load(world: World, posts: list[PostRow], units: tuple[UnitRow, ...] = ()) -> None:
    load_organisation(DISTRICT, units, posts, password=None, actor=platform("import"), at=world.at)


def _without(rows: list[PostRow], name: str) -> list[PostRow]:
    return [row for row in rows if row.account != name]


def test_a_post_that_left_the_file_ended_the_day_before(world: World) -> None:
    _load(world, _without(_rows(), "bureau002"))
    assert post_of("bureau002").until_on == TODAY - timedelta(days=1)
    assert not actor_for(account("bureau002"), at=world.at).posts
    entry = told_of_district("OrganisationLoaded")[-1]
    assert entry.data["ended"] == [f"bureau002:{unit_code('B002')}:bureau"]


def test_a_post_that_comes_back_into_the_file_begins_anew(world: World) -> None:
    rows = _rows()
    _load(world, _without(rows, "bureau002"))
    _load(world, rows)
    held = Post.objects.filter(user=account("bureau002")).order_by("id")
    assert [(post.since_on, post.until_on) for post in held] == [
        (date(2025, 1, 1), TODAY - timedelta(days=1)),
        (TODAY, None),
    ]
    _load(world, _without(rows, "bureau002"))
    assert Post.objects.filter(user=account("bureau002")).count() == 1
    _load(world, rows)
    count = Post.objects.count()
    _load(world, rows)
    assert Post.objects.count() == count


def test_posts_appointed_by_hand_are_never_touched(world: World) -> None:
    rows = _rows()
    by_hand = appointed(world, "newcomer", "B002", title="手工")
    _load(world, [*rows, PostRow("newcomer", "人员newcomer", by_hand.unit_id, "bureau", by_hand.area, "文件")])
    _load(world, rows)
    again = post_of("newcomer")
    assert (again.pk, again.title, again.until_on, again.source) == (by_hand.pk, "手工", None, Source.HAND)


def test_what_the_file_says_anew_of_its_own_posts_is_taken(world: World) -> None:
    rows = _rows()
    changed = [
        replace(row, title="中队长", rank="head", force="management", until=date(2026, 12, 31))
        if row.account == "bureau002" else row
        for row in rows
    ]  # fmt: skip
    _load(world, changed)
    post = post_of("bureau002")
    assert (post.title, post.rank, post.force, post.until_on) == ("中队长", "head", "management", date(2026, 12, 31))
    entry = told_of_district("OrganisationLoaded")[-1]
    assert (entry.data["new"], entry.data["changed"]) == (0, 1)


def test_a_file_without_an_administrator_is_refused_and_nothing_is_ended(world: World) -> None:
    with pytest.raises(LastAdministrator):
        _load(world, _without(_without(_rows(), "admin"), "lin"))
    assert post_of("lin").until_on is None


def test_days_of_units_are_taken_where_the_file_names_them_and_left_alone_elsewhere(world: World) -> None:
    unit = Unit.objects.get(pk=unit_code("B001"))
    row = UnitRow(unit.code, unit_code("T01"), unit.kind, unit.level, unit.force, unit.name, unit.name_en, unit.area,
                  "", date(2020, 1, 1), date(2026, 12, 31))  # fmt: skip
    _load(world, _rows(), (row,))
    _load(world, _rows(), (replace(row, since=None, until=None, phone="021-1"),))
    unit.refresh_from_db()
    assert (unit.since_on, unit.until_on, unit.phone) == (date(2020, 1, 1), date(2026, 12, 31), "021-1")
