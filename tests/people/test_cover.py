"""AB 岗: standing in for a colleague for a shift or during leave, with their rights and never with more force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liandong.cases.queries import permitted_cases, steps_open_to
from liandong.people.access import Forbidden, NotFound, actor_for
from liandong.people.models import Grant, Post, User
from liandong.people.operations import cover_post, revoke_grant
from liandong.people.operations.grants import GrantOver, HeldAlready, NothingToCover
from liandong.people.rules.granting import (
    BeyondYourArea,
    GrantReasonNeeded,
    NotToOneself,
    PostNotCoverable,
    StandInForOneself,
    TermBackwards,
    TermTooLong,
)
from liandong.timeline.queries import trace
from tests.world import World

SHIFT = timedelta(hours=8)


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _cover(
    world: World, to: str = "grid002", whom: str = "grid001", by: str = "town01", **details: Any
) -> tuple[Grant, ...]:
    details = {
        "unit": "310198-G001",
        "since_at": world.at,
        "until_at": world.at + SHIFT,
        "reason": "赵走上午就医",
        **details,
    }
    return cover_post(_user(to), colleague=_user(whom), actor=world.actor(by), at=world.at, **details)


def test_a_stand_in_works_the_colleagues_cases_for_the_shift_and_no_longer(world: World) -> None:
    case = world.dispatched(to="310198-G001")
    assert not permitted_cases(actor_for(_user("grid002"), at=world.at)).exists()
    (cover,) = _cover(world)
    standing_in = actor_for(_user("grid002"), at=world.at)
    assert "receive" in {step.code for step in steps_open_to(standing_in, case)}
    assert standing_in.ends_at == cover.until_at
    assert not permitted_cases(actor_for(_user("grid002"), at=cover.until_at)).exists()


def test_both_are_told_and_the_timeline_names_both(world: World) -> None:
    (cover,) = _cover(world)
    told = trace("account", cover.user_id).last()
    assert told is not None
    assert (told.event, told.data["account"], told.data["colleague"]) == ("PostCovered", "grid002", "grid001")
    assert set(told.hearers) == {f"person/{_user(name).pk}" for name in ("grid001", "grid002")}


@pytest.mark.parametrize("by", ["town01", "station001", "supervisor", "admin"])
def test_those_who_run_the_area_arrange_stand_ins(world: World, by: str) -> None:
    assert _cover(world, by=by)


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        ("grid001", Forbidden),
        ("operator", Forbidden),
        ("auditor", Forbidden),
        ("town02", BeyondYourArea),
        ("station002", BeyondYourArea),
    ],
)
def test_nobody_else_does(world: World, by: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        _cover(world, by=by)


def test_a_station_head_does_not_hand_out_the_posts_of_the_town(world: World) -> None:
    with pytest.raises(BeyondYourArea):
        _cover(world, whom="bureau002", unit="310198-B002", by="station001")
    Post.objects.filter(user__username="bureau002").update(area="310198001001")  # its unit's cases lie in all the town
    with pytest.raises(BeyondYourArea):
        _cover(world, whom="bureau002", unit="310198-B002", by="station001")


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        ({"until_at": timedelta(hours=24, seconds=1)}, TermTooLong),
        ({"until_at": timedelta(days=16, seconds=1), "for_leave": True}, TermTooLong),
        ({"until_at": timedelta(0)}, TermBackwards),
        ({"reason": ""}, GrantReasonNeeded),
        ({"unit": "310198-G003"}, NothingToCover),
        ({"unit": "310198-X"}, NothingToCover),
        ({"role": "station"}, NothingToCover),
        ({"to": "grid001"}, StandInForOneself),
        ({"whom": "supervisor", "unit": "310198-DC", "by": "admin"}, PostNotCoverable),
        ({"whom": "admin", "unit": "310198-DC", "by": "supervisor"}, PostNotCoverable),
    ],
)
def test_a_bad_stand_in_is_refused_by_name_and_leaves_nothing(
    world: World, details: dict[str, Any], refusal: type[Exception]
) -> None:
    if "until_at" in details:
        details = {**details, "until_at": world.at + details["until_at"]}
    with pytest.raises(refusal):
        _cover(world, **details)
    assert not Grant.objects.exists()


def test_leave_may_be_covered_for_sixteen_days(world: World) -> None:
    (cover,) = _cover(world, until_at=world.at + timedelta(days=16), for_leave=True)
    assert cover.until_at - cover.since_at == timedelta(days=16)


def test_a_shift_next_week_is_arranged_today(world: World) -> None:
    starts = world.at + timedelta(days=7)
    (cover,) = _cover(world, since_at=starts, until_at=starts + SHIFT)
    assert not actor_for(_user("grid002"), at=world.at).units - {"310198-G002"}
    assert "310198-G001" in actor_for(_user("grid002"), at=starts).units
    with pytest.raises(HeldAlready):
        _cover(world, since_at=cover.since_at, until_at=cover.until_at)


def test_a_service_post_that_covers_an_enforcement_post_enforces_nothing(world: World) -> None:
    _cover(world, to="grid001", whom="bureau002", unit="310198-B002")
    forces = {post.unit: post.force for post in actor_for(_user("grid001"), at=world.at).posts}
    assert forces == {"310198-G001": "service", "310198-B002": "service"}
    _cover(world, to="bureau004", whom="bureau002", unit="310198-B002")
    assert {post.force for post in actor_for(_user("bureau004"), at=world.at).posts} == {"enforcement"}


def test_every_coverable_post_of_the_colleague_in_the_unit_is_covered_or_the_one_asked_for(world: World) -> None:
    lin = _user("lin")
    for role in ("operator", "verifier"):
        Post.objects.create(user=lin, unit_id="310198-DC", role=role, area="310198", since_on="2026-01-01")
    both = _cover(world, to="mediator", whom="lin", unit="310198-DC", by="supervisor")
    assert {cover.role for cover in both} == {"dispatcher", "operator"}
    (one,) = _cover(world, to="leader", whom="lin", unit="310198-DC", role="operator", by="supervisor")
    assert one.role == "operator"


def test_nobody_arranges_for_themselves_rights_they_lack(world: World) -> None:
    for by, whom, unit in (("admin", "lin", "310198-DC"), ("station001", "grid001", "310198-G001")):
        with pytest.raises(NotToOneself):
            _cover(world, to=by, whom=whom, unit=unit, by=by)


def test_a_stand_in_cannot_be_stood_in_for(world: World) -> None:
    _cover(world)
    with pytest.raises(NothingToCover):
        _cover(world, to="grid003", whom="grid002")


def test_a_stand_in_ends_early_by_who_runs_the_area(world: World) -> None:
    (cover,) = _cover(world)
    for by in ("town02", "grid001", "operator"):
        with pytest.raises(NotFound):
            revoke_grant(cover.pk, reason="不许", actor=world.actor(by), at=world.at)
    revoke_grant(cover.pk, reason="赵走回岗", actor=world.actor("station001"), at=world.later(hours=1))
    assert "310198-G001" not in actor_for(_user("grid002"), at=world.at).units
    with pytest.raises(GrantOver):
        revoke_grant(cover.pk, reason="再撤", actor=world.actor("admin"), at=world.at)


def test_who_grants_may_end_a_stand_in_too(world: World) -> None:
    (cover,) = _cover(world)
    assert revoke_grant(cover.pk, reason="有误", actor=world.actor("admin"), at=world.at).revoked_at == world.at
