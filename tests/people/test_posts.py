"""Appointing, changing and ending posts; who stands in, who sits in a crew, who assists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from liandong.kernel.refusal import Refusal
from liandong.people.access import Forbidden, NotFound, actor_for, platform
from liandong.people.models import Post, Source, User
from liandong.people.operations import (
    LastAdministrator,
    appoint,
    change_post,
    end_post,
    grant_role,
    keep_an_administrator,
)
from liandong.people.operations.posts import (
    AccountIsClosed,
    AccountOfAMachine,
    AccountOfAnother,
    EndedInThePast,
    PostHeldAlready,
)
from liandong.people.queries import assistants_of, crew_of, stand_ins, teams_of_station
from liandong.people.rules.granting import DistrictAdminNeeded, NotToOneself
from liandong.people.rules.posts import (
    CREW_SEATS,
    STATION_TEAMS,
    STREET_TEAMS,
    ForceBeyondUnit,
    PersonNameless,
    PostBackwards,
    PostOutsideUnit,
    TitleTooLong,
    UnknownPostArea,
    UnknownPostForce,
    UnknownRank,
    UnknownRole,
    WrongAccountName,
)
from tests.people.organising import (
    TODAY,
    TOWN_1,
    TOWN_2,
    account,
    appointed,
    facts_of,
    opened,
    post_of,
    told_of,
    unit_code,
)
from tests.world import DISTRICT, World

COMMUNITY = f"{TOWN_1}001"


def test_an_appointment_makes_an_account_nobody_can_sign_in_to_yet(world: World) -> None:
    post = appointed(world, "newcomer", "B001", title="科员")
    user = post.user
    assert (user.name, user.has_usable_password(), user.must_change_password) == ("人员newcomer", False, True)
    assert (post.area, post.since_on, post.until_on, post.source, post.rank) == (
        TOWN_1, TODAY, None, Source.HAND, "member",
    )  # fmt: skip
    [entry] = told_of(user, "PostTaken")
    assert (entry.actor, entry.hearers, entry.data["title"]) == ("user/admin", [unit_code("B001")], "科员")
    assert [held.unit for held in actor_for(user, at=world.at).posts] == [unit_code("B001")]


def test_one_person_holds_many_posts_but_none_twice_at_a_time(world: World) -> None:
    appointed(world, "bureau001", "B002", person="科员1")
    assert account("bureau001").posts.count() == 2
    with pytest.raises(PostHeldAlready):
        appointed(world, "bureau001", "B002", person="科员1", since_on=TODAY + timedelta(days=9))
    post = appointed(world, "shift", "B002", until_on=TODAY)
    later = appointed(world, "shift", "B002", since_on=TODAY + timedelta(days=1))
    assert later.user_id == post.user_id


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"account": "Ünknown"}, WrongAccountName),
        ({"person": ""}, PersonNameless),
        ({"role": "king"}, UnknownRole),
        ({"role": "platform"}, UnknownRole),
        ({"role": "citizen"}, UnknownRole),
        ({"area": TOWN_2}, PostOutsideUnit),
        ({"area": f"{TOWN_1}777"}, UnknownPostArea),
        ({"title": "长" * 41}, TitleTooLong),
        ({"rank": "emperor"}, UnknownRank),
        ({"force": "magic"}, UnknownPostForce),
        ({"force": "enforcement"}, ForceBeyondUnit),
        ({"until_on": TODAY - timedelta(days=1)}, PostBackwards),
        ({"account": "lin"}, AccountOfAnother),
        ({"account": "machine", "person": "接口"}, AccountOfAMachine),
        ({"account": "gone", "person": "旧人"}, AccountIsClosed),
        ({"unit": unit_code("Z99")}, NotFound),
    ],
)
def test_a_post_that_cannot_be_is_refused_by_name(facts: dict[str, str], refusal: type[Refusal], world: World) -> None:
    User.objects.create(username="machine", name="接口", is_service=True)
    User.objects.create(username="gone", name="旧人", is_active=False)
    count = Post.objects.count()
    with pytest.raises(refusal):
        appoint(replace(facts_of("newcomer", "B001"), **facts), actor=world.actor("admin"), at=world.at)
    assert Post.objects.count() == count


def test_posts_are_given_within_ones_area_and_never_more_than_ones_own_to_oneself(world: World) -> None:
    for by in ("supervisor", "town01"):
        with pytest.raises(Forbidden):
            appointed(world, "newcomer", "B001", by=by)
    with pytest.raises(NotToOneself):
        appointed(world, "admin", "DC", person="安可", role="operator")


def test_an_administrator_of_a_town_appoints_there_and_no_administrators(world: World) -> None:
    until = world.at + timedelta(days=30)
    grant_role(account("town01"), role="admin", area=TOWN_1, since_at=world.at, until_at=until, reason="试点",
               actor=world.actor("admin"), at=world.at)  # fmt: skip
    deputy = actor_for(account("town01"), at=world.at)
    post = appoint(facts_of("newcomer", "B001"), actor=deputy, at=world.at)
    assert post.unit_id == unit_code("B001")
    with pytest.raises(NotFound):
        appoint(facts_of("newcomer", "B003"), actor=deputy, at=world.at)
    with pytest.raises(DistrictAdminNeeded):
        appoint(facts_of("newcomer", "B001", role="admin"), actor=deputy, at=world.at)


def test_a_change_of_a_post_is_told_with_before_and_after(world: World) -> None:
    post, admin = post_of("bureau002"), world.actor("admin")
    change_post(post.pk, rank="head", title="中队长", force="service", actor=admin, at=world.at)
    change_post(post.pk, rank="head", actor=admin, at=world.at)
    [entry] = told_of(account("bureau002"), "PostChanged")
    assert entry.data["changes"] == {"title": ["科员", "中队长"], "rank": ["member", "head"], "force": ["", "service"]}
    assert actor_for(account("bureau002"), at=world.at).posts[0].force == "service"
    for facts, refusal in (
        ({"force": "magic"}, UnknownPostForce),
        ({"rank": "x"}, UnknownRank),
        ({"area": TOWN_2}, PostOutsideUnit),
    ):
        with pytest.raises(refusal):
            change_post(post.pk, actor=admin, at=world.at, **facts)
    with pytest.raises(NotFound):
        change_post(post.pk, rank="head", actor=world.actor("town02"), at=world.at)
    with pytest.raises(Forbidden):
        change_post(post.pk, rank="head", actor=world.actor("town01"), at=world.at)
    with pytest.raises(NotFound):
        change_post(0, rank="head", actor=admin, at=world.at)


def test_a_service_post_of_a_bureau_of_management_stays_what_it_is_when_its_area_changes(world: World) -> None:
    post = appointed(world, "walker", "P001", role="patrol", force="service")
    change_post(post.pk, area=COMMUNITY, actor=world.actor("admin"), at=world.at)
    assert actor_for(post.user, at=world.at).posts[0].area == COMMUNITY


def test_a_post_ends_after_its_day_and_at_once_when_it_ended_yesterday(world: World) -> None:
    admin, post = world.actor("admin"), post_of("bureau001")
    end_post(post.pk, until_on=TODAY, actor=admin, at=world.at)
    user = account("bureau001")
    assert actor_for(user, at=world.at).posts
    assert not actor_for(user, at=world.at + timedelta(days=1)).posts
    end_post(post_of("bureau002").pk, until_on=TODAY - timedelta(days=1), actor=admin, at=world.at)
    assert not actor_for(account("bureau002"), at=world.at).posts
    assert [entry.data["until"] for entry in told_of(user, "PostEnded")] == ["2026-03-02"]
    with pytest.raises(EndedInThePast):
        end_post(post_of("town01").pk, until_on=TODAY - timedelta(days=2), actor=admin, at=world.at)


def test_a_post_that_had_not_begun_never_does(world: World) -> None:
    post = appointed(world, "newcomer", "B001", since_on=TODAY + timedelta(days=5))
    end_post(post.pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    assert not Post.objects.filter(user=post.user).exists()
    assert told_of(account("newcomer"), "PostEnded")


def test_an_early_end_is_never_moved_later(world: World) -> None:
    post = appointed(world, "newcomer", "B001", until_on=TODAY + timedelta(days=3))
    end_post(post.pk, until_on=TODAY + timedelta(days=30), actor=world.actor("admin"), at=world.at)
    assert post_of("newcomer").until_on == TODAY + timedelta(days=3)


def test_the_last_administrator_is_never_removed(world: World) -> None:
    admin, mine = world.actor("admin"), post_of("admin")
    with pytest.raises(LastAdministrator):
        end_post(mine.pk, until_on=TODAY, actor=admin, at=world.at)
    second = appointed(world, "second", "DC", role="admin", until_on=TODAY + timedelta(days=10))
    with pytest.raises(LastAdministrator):
        end_post(mine.pk, until_on=TODAY + timedelta(days=10), actor=admin, at=world.at)
    with pytest.raises(LastAdministrator):
        end_post(mine.pk, until_on=TODAY + timedelta(days=9), actor=admin, at=world.at)
    Post.objects.filter(pk=second.pk).update(until_on=None)
    end_post(mine.pk, until_on=TODAY + timedelta(days=9), actor=admin, at=world.at)
    with pytest.raises(LastAdministrator):
        end_post(second.pk, until_on=TODAY + timedelta(days=9), actor=admin, at=world.at)


def test_a_grant_does_not_stand_in_for_the_last_post_but_for_another_grant(world: World) -> None:
    until = world.at + timedelta(days=30)
    given = [
        grant_role(account(name), role="admin", area=DISTRICT, since_at=world.at, until_at=until, reason="代管",
                   actor=world.actor("admin"), at=world.at)
        for name in ("supervisor", "leader")
    ]  # fmt: skip
    mine = [post_of("admin").pk]
    with pytest.raises(LastAdministrator):
        keep_an_administrator(DISTRICT, at=world.at, without_posts=mine)
    keep_an_administrator(DISTRICT, at=world.at, without_grants=[grant.pk for grant in given])
    Post.objects.filter(pk__in=mine).update(until_on=TODAY - timedelta(days=1))
    keep_an_administrator(DISTRICT, at=world.at, without_grants=[given[0].pk])
    with pytest.raises(LastAdministrator):
        keep_an_administrator(DISTRICT, at=world.at, without_grants=[grant.pk for grant in given])
    keep_an_administrator(DISTRICT, at=world.at, without_posts=[post_of("lin").pk])


def test_who_is_closed_or_leaving_does_not_count_as_an_administrator(world: World) -> None:
    second = appointed(world, "second", "DC", role="admin")
    mine = [post_of("admin").pk]
    keep_an_administrator(DISTRICT, at=world.at, without_posts=mine)
    for state in ({"is_active": False}, {"leaves_on": TODAY - timedelta(days=1), "is_active": True}):
        User.objects.filter(pk=second.user_id).update(**state)
        with pytest.raises(LastAdministrator):
            keep_an_administrator(DISTRICT, at=world.at, without_posts=mine)


def test_heads_then_deputies_answer_for_a_unit_in_the_order_of_their_appointment(world: World) -> None:
    for name, rank, begun in (("d2", "deputy", 3), ("d1", "deputy", 2), ("h1", "head", 2), ("m1", "member", 1)):
        appointed(world, name, "B001", rank=rank, since_on=date(2026, 1, begun))
    unit = unit_code("B001")
    assert [post.user.username for post in stand_ins(unit, TODAY)] == ["h1", "d1", "d2"]
    User.objects.filter(username="h1").update(is_active=False)
    end_post(post_of("d1").pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    assert [post.user.username for post in stand_ins(unit, TODAY + timedelta(days=1))] == ["d2"]


def test_a_crew_shows_its_five_seats_and_which_are_empty(world: World) -> None:
    appointed(world, "volunteer1", "G001", role="volunteer", title="信息员")
    appointed(world, "other", "G001", role="volunteer", title="楼组长")
    seats = crew_of(unit_code("G001"), TODAY)
    assert [seat.title for seat in seats] == [*CREW_SEATS, ""]
    assert [[post.user.username for post in seat.posts] for seat in seats] == [
        ["grid001"], [], ["volunteer1"], [], [], ["other"],
    ]  # fmt: skip
    assert [seat.title for seat in crew_of(unit_code("G002"), TODAY)] == list(CREW_SEATS)


def test_assistants_belong_to_the_towns_team_and_serve_a_station(world: World) -> None:
    assert (len(STATION_TEAMS), len(STREET_TEAMS)) == (6, 2)
    opened(world, "A001", kind="team", force="service", name=f"东桥街道{STATION_TEAMS[0]}队")
    appointed(world, "helper1", "A001", role="assistant", area=COMMUNITY)
    appointed(world, "helper2", "A001", role="assistant", area=f"{TOWN_1}002")
    assert [post.user.username for post in assistants_of(unit_code("S001"), TODAY)] == ["helper1"]
    assert assistants_of(unit_code("B001"), TODAY) == []


def test_a_station_names_its_six_teams_and_says_which_are_missing(world: World) -> None:
    opened(world, "A001", kind="team", force="service", name=f"东桥街道{STATION_TEAMS[0]}队")
    opened(world, "A002", kind="team", force="service", name=f"东桥街道{STATION_TEAMS[2]}队")
    opened(world, "A003", kind="team", force="service", name="东桥街道协管大队")
    opened(world, "A009", kind="team", force="service", name=f"西渡镇{STATION_TEAMS[5]}队", parent="T02", area=TOWN_2)
    appointed(world, "helper1", "A001", role="assistant", area=COMMUNITY)
    appointed(world, "helper2", "A003", role="assistant", area=COMMUNITY, title=f"{STATION_TEAMS[4]}员")
    appointed(world, "helper3", "A002", role="assistant", area=f"{TOWN_1}002")
    teams = teams_of_station(unit_code("S001"), TODAY)
    assert [team.name for team in teams] == list(STATION_TEAMS)
    assert [[unit.code for unit in team.units] for team in teams] == [
        [unit_code("A001")], [], [unit_code("A002")], [], [], [],
    ]  # fmt: skip
    assert [[post.user.username for post in team.posts] for team in teams] == [
        ["helper1"], [], [], [], ["helper2"], [],
    ]  # fmt: skip
    assert teams_of_station(unit_code("T01"), TODAY) == []


def test_who_left_and_comes_back_is_no_longer_leaving(world: World) -> None:
    appointed(world, "newcomer", "B001", until_on=TODAY)
    User.objects.filter(username="newcomer").update(leaves_on=TODAY - timedelta(days=1))
    appointed(world, "newcomer", "B002")
    assert account("newcomer").leaves_on is None
    User.objects.filter(username="newcomer").update(leaves_on=TODAY + timedelta(days=1))
    with pytest.raises(AccountIsClosed):
        appointed(world, "newcomer", "P001")


def test_the_platform_appoints_anywhere(world: World) -> None:
    assert appoint(facts_of("newcomer", "B001"), actor=platform("import"), at=world.at).pk
