"""Before a code ends, everybody who names it is told of: units, posts, rights for a time, rules and open cases."""

from __future__ import annotations

from datetime import timedelta

from liandong.areas.queries import AreaUse, units_named_for, uses_of
from liandong.people.models import Grant, Post, User
from tests.areas.drawings import code
from tests.world import World


def test_units_posts_and_open_cases_of_a_grid_are_told(world: World) -> None:
    world.report()
    world.report()
    assert uses_of([code(1)]) == [
        AreaUse("单位", "1号网格组", code(1)),
        AreaUse("岗位", "赵走 网格长", code(1)),
        AreaUse("未结案件", "2", code(1)),
    ]


def test_rights_for_a_time_are_told_until_they_are_revoked(world: World) -> None:
    zhao = User.objects.get(username="grid001")
    until = world.at + timedelta(days=1)
    grant = Grant.objects.create(
        user=zhao, role="grid", area=code(2), reason="代班", made_by="user/admin", since_at=world.at, until_at=until
    )
    assert AreaUse("授权", "赵走", code(2)) in uses_of([code(2)])
    Grant.objects.filter(pk=grant.pk).update(revoked_at=world.at)
    assert AreaUse("授权", "赵走", code(2)) not in uses_of([code(2)])


def test_rules_of_the_matrix_are_told_with_their_class(world: World) -> None:
    uses = uses_of(["310198002"])
    assert [(use.kind, use.name.split()[-1]) for use in uses if use.kind == "责任矩阵"] == [("责任矩阵", "M06")]


def test_units_to_be_given_another_area_are_those_that_name_it_and_those_of_posts_there(world: World) -> None:
    Post.objects.filter(user__username="patrol001").update(area=code(1))
    named = [unit.code for unit in units_named_for([code(1), code(1)])]
    assert named == sorted({"310198-G001", Post.objects.get(user__username="patrol001").unit_id})
    Post.objects.filter(area=code(1)).update(until_on=world.at.date())
    assert [unit.code for unit in units_named_for([code(1)])] == ["310198-G001"]
    assert units_named_for([]) == []


def test_a_code_nobody_names_has_no_uses(world: World) -> None:
    assert uses_of([]) == []
    assert uses_of(["310198001001099"]) == []
