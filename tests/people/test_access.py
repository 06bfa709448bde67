"""Why: the explanation of a permission agrees with the permission, and who may is who would be let in one by one."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from liandong.people.access import NotFound, actor_for, platform
from liandong.people.explaining import actor_named, grants_for, grants_of, people_like, person_for, who_may
from liandong.people.keys import caller_with, forget_keys
from liandong.people.models import Lending, Post, Unit, UnitKind, User
from liandong.people.operations import grant_role, issue_key
from liandong.people.rules.scope import Reach, Thing
from liandong.project.roles import ACT_WORDS
from tests.people.crowd import some_people, some_thing
from tests.world import World


@pytest.mark.parametrize("seed", range(3))
def test_an_explanation_is_empty_exactly_where_the_permission_is_missing(world: World, seed: int) -> None:
    dice = random.Random(seed)
    people = some_people(dice, 25, at=world.at)
    explained = 0
    for person in people:
        actor = actor_for(person, at=world.at)
        for _ in range(20):
            act, thing = dice.choice(["cases.view", *ACT_WORDS]), some_thing(dice, people)
            because = actor.explain(act, thing)
            assert bool(because) == actor.may(act, thing), (actor, act, thing)
            assert bool(actor.explain(act)) == actor.may(act)
            assert all(one.post in actor.posts and one.ground.holds(thing, person=person.pk) for one in because)
            explained += bool(because)
    assert explained > 10


@pytest.mark.parametrize("seed", range(4))
def test_who_may_is_everybody_who_would_be_let_in_and_for_the_same_reasons(world: World, seed: int) -> None:
    dice = random.Random(seed)
    people = some_people(dice, 40, at=world.at)
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    everybody = {user.pk: actor_named(user, at=world.at) for user in User.objects.all()}
    kept_out = 0
    for _ in range(30):
        act = dice.choice(list(ACT_WORDS)) if dice.random() < 0.4 else "cases.view"
        thing = some_thing(dice, people)
        found = who_may(act, thing, at=world.at)
        by_testing = {pk: set(actor.explain(act, thing)) for pk, actor in everybody.items() if actor.may(act, thing)}
        assert {holder.user_id: set(holder.because) for holder in found.may} == by_testing, (act, thing)
        without = Thing(thing.area, thing.level, thing.units, thing.reporter)
        shut = {pk for pk, actor in everybody.items() if actor.may(act, without) and pk not in by_testing}
        assert {holder.user_id for holder in found.kept_out} == shut
        kept_out += len(shut)
    assert kept_out > 5


def test_who_may_takes_the_same_statements_however_many_there_are(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thing = Thing("310198001001001", "district", frozenset({"310198-B002"}), None, "310198-T01")
    with django_assert_num_queries(3):
        few = who_may("cases.view", thing, at=world.at)
    some_people(random.Random(0), 60, at=world.at)
    with django_assert_num_queries(3):
        assert len(who_may("cases.view", thing, at=world.at).may) > len(few.may)


def test_each_reason_names_the_post_and_until_when(world: World) -> None:
    user = User.objects.get(username="mediator")
    until = world.at + timedelta(days=3)
    details = {"role": "leader", "area": "310198001", "since_at": world.at, "until_at": until, "reason": "蹲点"}
    grant = grant_role(user, actor=world.actor("admin"), at=world.at, **details)
    (because,) = actor_for(user, at=world.at).explain("cases.view", Thing("310198001001001"))
    assert because.ground.reach is Reach.AREA
    assert (because.post.by, because.post.id, because.post.title) == ("grant", grant.pk, "蹲点")
    assert (because.post.since_at, because.post.until_at) == (world.at, until)


def test_an_ended_lending_ends_with_its_post(world: World) -> None:
    Unit.objects.filter(pk="310198-T02").update(kind=UnitKind.JOINT)
    post = Post.objects.get(user__username="grid001")
    post.until_on = world.at.date()
    post.save()
    Lending.objects.create(post=post, team_id="310198-T02", since_on=world.at.date() - timedelta(days=1))
    actor = actor_for(post.user, at=world.at)
    assert {(held.by, held.until_at) for held in actor.posts} == {("post", actor.ends_at), ("lent", actor.ends_at)}
    assert actor.ends_at is not None
    assert not actor_for(post.user, at=actor.ends_at).posts
    assert actor.has_lapsed(at=actor.ends_at)
    assert not actor.has_lapsed(at=actor.ends_at - timedelta(seconds=1))


def test_a_key_remembers_nobody_past_the_end_of_their_right(world: World) -> None:
    user = User.objects.create(username="caller", name="接口")
    ends = world.at + timedelta(seconds=5)
    grant_role(
        user,
        role="leader",
        area="310198",
        since_at=world.at,
        until_at=ends,
        reason="演练",
        actor=world.actor("admin"),
        at=world.at,
    )
    issue_key(user, secret="short-lived", label="x", scopes="*", actor=platform("test"), at=world.at)
    forget_keys()
    before = caller_with("short-lived", at=world.at)
    assert before is not None
    assert before.actor.may("cases.view")
    after = caller_with("short-lived", at=ends)
    assert after is not None
    assert not after.actor.may("cases.view")
    forget_keys()


def test_people_are_found_and_opened_by_whoever_looks_after_them(world: World) -> None:
    def found(by: str, text: str = "") -> set[str]:
        return {user.username for user in people_like(text, actor=world.actor(by), at=world.at, limit=100)}

    assert found("town01") == {f"grid{n:03}" for n in range(1, 9)} | {
        "town01",
        "bureau001",
        "bureau002",
        "patrol001",
        "station001",
        "station002",
    }
    assert found("station001") == {"station001", "grid001", "grid002", "grid003", "grid004"}
    assert found("admin", "赵走") == {"grid001"}
    assert found("operator") == found("town01", "%") == set()
    assert person_for(world.actor("town01"), "GRID001 ", at=world.at).username == "grid001"
    assert person_for(world.actor("operator"), "operator", at=world.at).username == "operator"
    for by, account in (("town02", "grid001"), ("operator", "lin"), ("admin", "nobody"), ("admin", "\x00")):
        with pytest.raises(NotFound):
            person_for(world.actor(by), account, at=world.at)


def test_grants_are_listed_where_one_looks_after_them(world: World) -> None:
    user = User.objects.get(username="mediator")
    for area in ("310198001", "310198002"):
        grant_role(
            user,
            role="leader",
            area=area,
            since_at=world.at,
            until_at=world.at + timedelta(days=1),
            reason="蹲点",
            actor=world.actor("admin"),
            at=world.at,
        )
    listed = {by: {grant.area for grant in grants_for(world.actor(by), at=world.at)} for by in ("admin", "town01")}
    assert listed == {"admin": {"310198001", "310198002"}, "town01": {"310198001"}}
    assert not grants_for(world.actor("operator"), at=world.at).exists()
    assert not grants_for(world.actor("admin"), at=world.at + timedelta(days=32)).exists()
    assert grants_of(user).count() == 2
