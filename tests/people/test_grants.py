"""Granting a role for a time, and taking it away: by whom, to whom, how far, how long, and on the record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liandong.cases.queries import permitted_cases
from liandong.kernel.area_codes import MalformedCode
from liandong.people.access import Actor, Forbidden, NotFound, actor_for, roles
from liandong.people.models import Grant, Post, Unit, User
from liandong.people.operations import LastAdministrator, grant_role, revoke_grant
from liandong.people.operations.grants import GrantOver, HeldAlready
from liandong.people.rules.granting import (
    COVERABLE,
    LONGEST_GRANT,
    UNGRANTABLE,
    BeyondYourArea,
    DistrictAdminNeeded,
    GrantReasonNeeded,
    NotToOneself,
    RoleNotGrantable,
    TermBackwards,
    TermTooLong,
    UnitNeededForRole,
    UnitOfAnotherDistrict,
    capped,
    is_wider,
)
from liandong.people.rules.scope import PostHeld
from liandong.timeline.queries import trace
from tests.world import World

TOWN_1, TOWN_2 = "310198001", "310198002"
WEEK = timedelta(days=7)


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _grant(world: World, to: str = "mediator", by: str = "admin", **details: Any) -> Grant:
    details = {
        "role": "leader",
        "area": TOWN_1,
        "since_at": world.at,
        "until_at": world.at + WEEK,
        "reason": "挂职锻炼",
        **details,
    }
    return grant_role(_user(to), actor=_now(world, by), at=world.at, **details)


def _now(world: World, name: str, at: datetime | None = None) -> Actor:
    return actor_for(_user(name), at=at or world.at)


@pytest.fixture
def town_admin(world: World) -> str:
    """The account of somebody who grants in Dongqiao and nowhere else."""
    _grant(world, to="assessor", role="admin", area=TOWN_1)
    return "assessor"


def test_a_granted_role_opens_its_area_from_its_beginning_until_its_end(world: World) -> None:
    case = world.report()
    starts, ends = world.at + timedelta(hours=1), world.at + timedelta(hours=3)
    _grant(world, since_at=starts, until_at=ends)
    seen = {
        name: permitted_cases(_now(world, "mediator", at)).filter(pk=case.pk).exists()
        for name, at in {
            "before": starts - timedelta(seconds=1),
            "first": starts,
            "last": ends - timedelta(seconds=1),
            "after": ends,
        }.items()
    }
    assert seen == {"before": False, "first": True, "last": True, "after": False}
    assert _now(world, "mediator", starts).ends_at == ends


def test_a_grant_is_on_the_record_with_its_reason_and_heard_by_whom_it_is_for(world: World) -> None:
    grant = _grant(world, unit="310198-T01", role="town")
    told = trace("account", grant.user_id).last()
    assert told is not None
    assert (told.event, told.actor, told.hearers) == ("RoleGranted", "user/admin", [f"person/{grant.user_id}"])
    assert (told.data["role"], told.data["unit"], told.data["reason"]) == ("town", "310198-T01", "挂职锻炼")
    revoke_grant(grant.pk, reason="提前结束", actor=world.actor("admin"), at=world.later(hours=1))
    told = trace("account", grant.user_id).last()
    assert told is not None
    assert (told.event, told.data["reason"], told.data["purpose"]) == ("RoleRevoked", "提前结束", "grant")


def test_a_right_never_begins_before_it_was_given(world: World) -> None:
    assert _grant(world, since_at=world.at - WEEK).since_at == world.at


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        ({"role": "platform"}, RoleNotGrantable),
        ({"role": "citizen"}, RoleNotGrantable),
        ({"role": "emperor"}, RoleNotGrantable),
        ({"role": "station"}, UnitNeededForRole),
        ({"unit": "310198-T99"}, NotFound),
        ({"area": "31019"}, MalformedCode),
        ({"area": ""}, MalformedCode),
        ({"area": "310199"}, BeyondYourArea),
        ({"area": "310199", "unit": "310198-T01"}, UnitOfAnotherDistrict),
        ({"reason": " \x00 "}, GrantReasonNeeded),
        ({"reason": "长" * 201}, GrantReasonNeeded),
        ({"until_at": "before"}, TermBackwards),
        ({"until_at": "long"}, TermTooLong),
    ],
)
def test_a_bad_grant_is_refused_by_name_and_leaves_nothing(
    world: World, details: dict[str, Any], refusal: type[Exception]
) -> None:
    ends = {"before": world.at, "long": world.at + LONGEST_GRANT + timedelta(seconds=1)}
    if "until_at" in details:
        details = {"until_at": ends[details["until_at"]]}
    with pytest.raises(refusal):
        _grant(world, **details)
    assert not Grant.objects.exists()


@pytest.mark.parametrize("by", ["operator", "supervisor", "town01", "station001", "auditor", "leader"])
def test_only_administrators_grant(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        _grant(world, by=by)


def test_an_administrator_of_a_town_grants_in_the_town_and_nowhere_else(world: World, town_admin: str) -> None:
    assert _grant(world, by=town_admin, role="leader", area="310198001001").pk
    for details in (
        {"area": TOWN_2},
        {"area": "310198"},
        {"role": "department", "unit": "310198-D02", "area": TOWN_1},  # the unit's cases lie in all towns
    ):
        with pytest.raises(BeyondYourArea):
            _grant(world, by=town_admin, **details)


@pytest.mark.parametrize("role", ["admin", "integrator"])
def test_the_roles_of_the_district_come_from_the_district(world: World, town_admin: str, role: str) -> None:
    with pytest.raises(DistrictAdminNeeded):
        _grant(world, by=town_admin, role=role)
    given = _grant(world, to="leader", role=role)
    with pytest.raises(NotFound):
        revoke_grant(given.pk, reason="不该", actor=_now(world, town_admin), at=world.at)


def test_nobody_gives_themselves_a_right_they_lack(world: World) -> None:
    for role, unit in (("dispatcher", ""), ("supervisor", ""), ("station", "310198-S001")):
        with pytest.raises(NotToOneself):
            _grant(world, to="admin", role=role, unit=unit)
    assert _grant(world, to="admin", role="assessor").role == "assessor"  # an administrator sees the town as it is


def test_a_right_held_for_the_whole_time_is_not_given_twice(world: World) -> None:
    _grant(world)
    with pytest.raises(HeldAlready):
        _grant(world, until_at=world.at + timedelta(days=1))
    assert _grant(world, until_at=world.at + 2 * WEEK).pk


def test_a_closed_account_is_given_nothing(world: World) -> None:
    User.objects.filter(username="mediator").update(is_active=False)
    with pytest.raises(NotFound):
        _grant(world)


def test_a_unit_that_is_no_more_is_given_to_nobody(world: World) -> None:
    Unit.objects.filter(pk="310198-S001").update(since_on="2025-01-01", until_on="2026-03-01")
    with pytest.raises(NotFound):
        _grant(world, role="station", unit="310198-S001", area="310198001001")


def test_a_revoked_right_is_gone_at_once_and_revoked_once(world: World, town_admin: str) -> None:
    case, grant = world.report(), _grant(world)
    assert permitted_cases(_now(world, "mediator")).filter(pk=case.pk).exists()
    with pytest.raises(GrantReasonNeeded):
        revoke_grant(grant.pk, reason="", actor=_now(world, town_admin), at=world.later(minutes=1))
    revoke_grant(grant.pk, reason="任务结束", actor=_now(world, town_admin), at=world.at)
    assert not permitted_cases(_now(world, "mediator")).exists()
    with pytest.raises(GrantOver):
        revoke_grant(grant.pk, reason="再撤一次", actor=_now(world, town_admin), at=world.at)


def test_a_right_that_has_run_out_is_not_revoked(world: World) -> None:
    grant = _grant(world)
    with pytest.raises(GrantOver):
        revoke_grant(grant.pk, reason="晚了", actor=world.actor("admin"), at=grant.until_at)


def test_the_last_administrators_right_is_not_revoked(world: World) -> None:
    first, second = _grant(world, role="admin", area="310198"), _grant(world, to="lin", role="admin", area="310198")
    Post.objects.filter(role="admin").delete()
    assert revoke_grant(first.pk, reason="交接", actor=_now(world, "lin"), at=world.at).revoked_at
    with pytest.raises(LastAdministrator):
        revoke_grant(second.pk, reason="交接", actor=_now(world, "lin"), at=world.at)
    second.refresh_from_db()
    assert second.revoked_at is None


@pytest.mark.parametrize("by", ["operator", "supervisor", "mediator", "town02"])
def test_who_could_not_give_it_does_not_find_it_to_revoke(world: World, by: str) -> None:
    grant = _grant(world)
    with pytest.raises(NotFound):
        revoke_grant(grant.pk, reason="不许", actor=world.actor(by), at=world.at)
    with pytest.raises(NotFound):
        revoke_grant(0, reason="没有", actor=world.actor("admin"), at=world.at)


def test_who_sees_a_right_of_another_town_cannot_take_it(world: World, town_admin: str) -> None:
    grant = _grant(world, area=TOWN_2)
    with pytest.raises(NotFound):
        revoke_grant(grant.pk, reason="越界", actor=_now(world, town_admin), at=world.at)


def test_the_database_keeps_grants_in_order(world: World) -> None:
    user, other = _user("mediator"), _user("lin")
    good = {"user": user, "role": "grid", "area": TOWN_1, "reason": "x", "made_by": "x"}
    term = {"since_at": world.at, "until_at": world.at + WEEK}
    for bad in (
        {"since_at": world.at, "until_at": world.at},
        {**term, "purpose": "cover", "colleague": other},
        {**term, "purpose": "cover", "unit_id": "310198-G001"},
        {**term, "colleague": other},
        {**term, "purpose": "cover", "unit_id": "310198-G001", "colleague": user},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(**{**good, **bad})


@pytest.mark.parametrize(
    ("force", "own", "acts_with"),
    [
        ("enforcement", ["service"], "service"),
        ("enforcement", ["service", "management"], "management"),
        ("management", ["enforcement"], "management"),
        ("enforcement", [], "service"),
        ("", ["enforcement"], ""),
    ],
)
def test_a_right_acts_with_the_lower_of_both_forces(force: str, own: list[str], acts_with: str) -> None:
    assert capped(force, own=own) == acts_with


@pytest.mark.parametrize(
    ("held", "given", "wider"),
    [
        (("310198-T01", "town", TOWN_1), ("310198-T01", "town", "310198001001"), False),
        (("310198-T01", "town", TOWN_1), ("310198-T02", "town", TOWN_1), True),
        (("310198-T01", "town", TOWN_1), ("310198-T01", "town", "310198"), True),
        (("310198-DC", "admin", "310198"), ("", "assessor", TOWN_1), False),
        (("310198-DC", "operator", "310198"), ("310198-DC", "supervisor", "310198"), True),
        (("310198-DC", "supervisor", "310198"), ("310198-DC", "dispatcher", "310198"), False),
    ],
)
def test_a_right_is_wider_when_it_allows_anything_more(
    held: tuple[str, str, str], given: tuple[str, str, str], *, wider: bool
) -> None:
    assert is_wider(PostHeld(*given), than=(PostHeld(*held),), roles=roles()) is wider


def test_what_may_be_granted_and_covered_are_roles_of_the_table(world: World) -> None:
    assert roles().keys() >= COVERABLE | UNGRANTABLE
