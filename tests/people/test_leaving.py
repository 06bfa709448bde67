"""When a person leaves: what ends, who takes over, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.people.access import Forbidden, NotFound, actor_for, platform
from liandong.people.models import Grant, Lending, Post, User
from liandong.people.operations import (
    LastAdministrator,
    close_left_accounts,
    departure_of,
    grant_role,
    leave,
    lend_post,
)
from liandong.people.operations.leaving import SuccessorUnfit
from liandong.people.operations.left_behind import UnitLeftEmpty
from liandong.people.operations.posts import AccountIsClosed, EndedInThePast
from liandong.people.rules.granting import NotToOneself
from tests.people.organising import TODAY, TOWN_1, account, appointed, opened, post_of, told_of, unit_code
from tests.world import DISTRICT, World

DAY = timedelta(days=1)


def _leave(world: World, name: str, to: str = "", *, on: object = TODAY, by: str = "admin") -> None:
    successor = account(to) if to else None
    leave(account(name), successor=successor, on=on, actor=world.actor(by), at=world.at)  # type: ignore[arg-type]


def test_everything_somebody_holds_ends_and_the_account_closes(world: World) -> None:
    team = opened(world, "J1", parent="DC", kind="joint", area=DISTRICT)
    admin = world.actor("admin")
    lend_post(post_of("bureau002").pk, team=team.code, since_on=TODAY, until_on=None, actor=admin, at=world.at)
    grant_role(account("bureau002"), role="town", area=TOWN_1, unit=unit_code("T01"), since_at=world.at,
               until_at=world.at + 30 * DAY, reason="代管", actor=admin, at=world.at)  # fmt: skip
    _leave(world, "bureau002")
    user = account("bureau002")
    assert (user.is_active, user.leaves_on) == (False, TODAY)
    assert post_of("bureau002").until_on == TODAY
    assert Lending.objects.get().until_on == TODAY
    assert Grant.objects.get().revoked_at == world.at
    assert not actor_for(user, at=world.at + DAY).posts
    [entry] = told_of(user, "PersonLeft")
    assert entry.data == {
        "account": "user/bureau002",
        "on": "2026-03-02",
        "posts": [post_of("bureau002").pk],
        "units": [unit_code("B002")],
        "grants": 1,
        "lendings": 1,
    }


def test_who_leaves_later_works_until_then_and_is_closed_by_the_sweep(world: World) -> None:
    last = TODAY + 5 * DAY
    grant_role(account("bureau002"), role="verifier", area=TOWN_1, since_at=world.at, until_at=world.at + 30 * DAY,
               reason="支援", actor=world.actor("admin"), at=world.at)  # fmt: skip
    _leave(world, "bureau002", on=last)
    user = account("bureau002")
    assert user.is_active
    assert actor_for(user, at=world.at + 5 * DAY).posts
    assert not actor_for(user, at=world.at + 6 * DAY).posts
    assert Grant.objects.get().until_at.isoformat() == "2026-03-07T16:00:00+00:00"
    assert close_left_accounts(actor=platform("sweep"), at=world.at + 5 * DAY) == 0
    assert close_left_accounts(actor=platform("sweep"), at=world.at + 6 * DAY) == 1
    assert close_left_accounts(actor=platform("sweep"), at=world.at + 7 * DAY) == 0
    assert not account("bureau002").is_active
    assert told_of(user, "AccountClosed")


def test_a_successor_takes_over_what_they_do_not_hold_already(world: World) -> None:
    appointed(world, "bureau002", "P001", person="科员2", role="patrol", rank="deputy", title="副队长")
    appointed(world, "bureau001", "B002", person="科员1")
    _leave(world, "bureau002", "bureau001", on=TODAY + DAY)
    held = Post.objects.filter(user=account("bureau001")).order_by("id")
    assert [(post.unit_id, post.rank, post.since_on) for post in held][2:] == [
        (unit_code("P001"), "deputy", TODAY + 2 * DAY)
    ]
    assert told_of(account("bureau001"), "PostTaken")
    assert told_of(account("bureau002"), "PersonLeft")[0].data["successor"] == "user/bureau001"


def test_a_successor_begins_at_once_where_the_account_closes_at_once(world: World) -> None:
    appointed(world, "stand", "B001")
    _leave(world, "bureau002", "stand")
    assert unit_code("B002") in actor_for(account("stand"), at=world.at).units


def test_open_work_is_not_left_to_nobody(world: World) -> None:
    world.received()
    with pytest.raises(UnitLeftEmpty) as refused:
        _leave(world, "bureau002")
    assert refused.value.values["units"] == "东桥街道城管中队 (1)"
    assert account("bureau002").is_active
    seen = departure_of(account("bureau002"), successor=None, on=TODAY, at=world.at)
    assert [(unit.code, count) for unit, count in seen.left_empty] == [(unit_code("B002"), 1)]
    _leave(world, "bureau002", "bureau001")
    assert actor_for(account("bureau001"), at=world.at).units == {unit_code("B001"), unit_code("B002")}


def test_a_colleague_who_stays_or_is_lent_is_enough(world: World) -> None:
    world.received()
    appointed(world, "colleague", "B002")
    _leave(world, "bureau002")
    assert not account("bureau002").is_active


def test_the_last_administrator_leaves_only_to_a_successor(world: World) -> None:
    with pytest.raises(LastAdministrator):
        _leave(world, "admin")
    assert departure_of(account("admin"), successor=None, on=TODAY, at=world.at).is_last_admin
    _leave(world, "admin", "auditor")
    assert actor_for(account("auditor"), at=world.at).may("people.organise")


def test_a_right_to_administer_goes_to_no_successor(world: World) -> None:
    until = world.at + timedelta(days=30)
    grant_role(
        account("supervisor"), role="admin", area=DISTRICT, since_at=world.at, until_at=until, reason="代管",
        actor=world.actor("admin"), at=world.at,
    )  # fmt: skip
    Post.objects.filter(user=account("admin")).update(until_on=TODAY - DAY)
    with pytest.raises(LastAdministrator):
        leave(account("supervisor"), successor=account("lin"), on=TODAY, actor=platform("import"), at=world.at)


def test_a_post_that_had_not_begun_goes_to_the_successor_from_its_own_day(world: World) -> None:
    begins = TODAY + 9 * DAY
    appointed(world, "newcomer", "B001", since_on=begins)
    _leave(world, "newcomer", "bureau002")
    assert not Post.objects.filter(user=account("newcomer")).exists()
    assert Post.objects.get(user=account("bureau002"), unit=unit_code("B001")).since_on == begins


def test_who_may_not_let_somebody_leave_is_refused(world: World) -> None:
    for by, refusal in (("town01", Forbidden), ("town02", NotFound), ("bureau001", NotFound)):
        with pytest.raises(refusal):
            _leave(world, "bureau002", by=by)
    User.objects.create(username="nobody", name="无岗")
    for name in ("nobody",):
        with pytest.raises(NotFound):
            _leave(world, name)


def test_an_unfit_successor_or_a_day_long_over_is_refused(world: World) -> None:
    User.objects.create(username="gone", name="旧人", is_active=False)
    for to, refusal in (("bureau002", SuccessorUnfit), ("gone", AccountIsClosed)):
        with pytest.raises(refusal):
            _leave(world, "bureau002", to)
    with pytest.raises(EndedInThePast):
        _leave(world, "bureau002", on=TODAY - 2 * DAY)
    with pytest.raises(NotToOneself):
        _leave(world, "operator", "admin")
