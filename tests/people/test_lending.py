"""Joint teams: posts lent by several units, each member with home unit and force."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.people.access import Forbidden, NotFound, actor_for
from liandong.people.models import Lending
from liandong.people.operations import end_post, lend_post, recall_post
from liandong.people.operations.lending import LentAlready, NotAJointTeam, PostDoesNotStand
from liandong.people.operations.posts import EndedInThePast
from liandong.people.queries import members_of
from tests.people.organising import TODAY, TOWN_1, account, appointed, opened, post_of, told_of, unit_code
from tests.world import DISTRICT, World

DAY = timedelta(days=1)


def _joint(world: World) -> str:
    return opened(world, "J001", parent="DC", kind="joint", area=DISTRICT, force="enforcement").code


def _lent(world: World, name: str, team: str, *, by: str = "admin", **term: object) -> Lending:
    given = {"since_on": TODAY, "until_on": None, **term}
    return lend_post(post_of(name).pk, team=team, actor=world.actor(by), at=world.at, **given)


def test_members_of_a_joint_team_keep_their_home_unit_and_force(world: World) -> None:
    team = _joint(world)
    for name in ("bureau002", "patrol001", "department01"):
        _lent(world, name, team)
    found = [(one.person.username, one.home.code, one.force) for one in members_of(team, TODAY)]
    assert found == [
        ("bureau002", unit_code("B002"), "enforcement"),
        ("department01", unit_code("D01"), "enforcement"),
        ("patrol001", unit_code("P001"), "management"),
    ]
    held = {post.unit: (post.home, post.force, post.by) for post in actor_for(account("patrol001"), at=world.at).posts}
    assert held[team] == (unit_code("P001"), "management", "lent")
    [entry] = told_of(account("patrol001"), "PostLent")
    assert (entry.hearers, entry.data["force"]) == ([unit_code("P001"), team], "management")


def test_a_lent_post_goes_home_after_its_day(world: World) -> None:
    team = _joint(world)
    lending = _lent(world, "patrol001", team)
    recall_post(lending.pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    assert members_of(team, TODAY)
    assert members_of(team, TODAY + DAY) == []
    assert told_of(account("patrol001"), "PostRecalled")
    with pytest.raises(EndedInThePast):
        recall_post(lending.pk, until_on=TODAY - 2 * DAY, actor=world.actor("admin"), at=world.at)


def test_a_lending_that_had_not_begun_never_does_and_one_ends_with_its_post(world: World) -> None:
    team = _joint(world)
    lending = _lent(world, "patrol001", team, since_on=TODAY + 3 * DAY)
    recall_post(lending.pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    assert not Lending.objects.exists()
    _lent(world, "patrol001", team)
    end_post(post_of("patrol001").pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    assert Lending.objects.get().until_on == TODAY
    assert members_of(team, TODAY + DAY) == []


def test_a_post_is_lent_to_a_joint_team_once_at_a_time_while_somebody_holds_it(world: World) -> None:
    team = _joint(world)
    _lent(world, "patrol001", team, until_on=TODAY + 5 * DAY)
    with pytest.raises(LentAlready):
        _lent(world, "patrol001", team, since_on=TODAY + 5 * DAY)
    _lent(world, "patrol001", team, since_on=TODAY + 6 * DAY)
    with pytest.raises(NotAJointTeam):
        _lent(world, "patrol001", unit_code("B002"))
    with pytest.raises(NotFound):
        _lent(world, "patrol001", "999999-J1")
    with pytest.raises(PostDoesNotStand):
        _lent(world, "bureau002", team, until_on=TODAY - DAY)
    appointed(world, "later", "B001", since_on=TODAY + 5 * DAY, until_on=TODAY + 9 * DAY)
    for since in (TODAY, TODAY + 10 * DAY):
        with pytest.raises(PostDoesNotStand):
            _lent(world, "later", team, since_on=since)


def test_only_who_organises_both_lends_and_one_of_them_recalls(world: World) -> None:
    team = _joint(world)
    with pytest.raises(Forbidden):
        _lent(world, "patrol001", team, by="supervisor")
    lending = _lent(world, "patrol001", team)
    for by, refusal in (("supervisor", Forbidden), ("grid001", NotFound)):
        with pytest.raises(refusal):
            recall_post(lending.pk, until_on=TODAY, actor=world.actor(by), at=world.at)
    with pytest.raises(NotFound):
        recall_post(0, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    in_town = opened(world, "J002", parent="T01", kind="joint", area=TOWN_1).code
    assert _lent(world, "bureau002", in_town).team_id == in_town
