"""Units, accounts and posts: loaded from a folder, keys issued, sign-ins recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from liandong.people.access import Forbidden, actor_for, platform, require
from liandong.people.models import ApiKey, Post, Unit, User
from liandong.people.operations import (
    PostRow,
    UnitRow,
    issue_key,
    load_organisation,
    open_service_account,
    post_faults,
    record_sign_in,
    record_sign_out,
    unit_faults,
)
from liandong.people.queries import demo_accounts, demo_roles, key_holder, unit_named, units_of
from liandong.people.rules.scope import Thing
from liandong.timeline.queries import trace
from tests.world import DISTRICT, World

UNIT = UnitRow(f"{DISTRICT}-X01", f"{DISTRICT}-DC", "department", "district", "service", "新局", "New", DISTRICT, "")
POST = PostRow("newcomer", "新人", UNIT.code, "department", DISTRICT, "科员")


def _standing() -> list[PostRow]:
    """What the folder of the district says already."""
    posts = Post.objects.filter(source="folder", until_on__isnull=True).select_related("user").order_by("id")
    return [
        PostRow(post.user.username, post.user.name, post.unit_id, post.role, post.area, post.title) for post in posts
    ]


def _load(world: World, units: list[UnitRow], posts: list[PostRow]) -> None:
    rows = {row.account: row for row in [*_standing(), *posts]}
    load_organisation(DISTRICT, units, list(rows.values()), password=None, actor=platform("import"), at=world.at)


def test_children_may_stand_before_their_parents(world: World) -> None:
    child = UnitRow(f"{DISTRICT}-X02", UNIT.code, "team", "district", "service", "新队", "Team", DISTRICT, "")
    _load(world, [child, UNIT], [])
    found = unit_named(child.code)
    assert found is not None
    assert found.parent_id == UNIT.code
    assert str(found) == "新队"
    assert units_of(DISTRICT).filter(pk=UNIT.code).exists()


def test_loading_twice_makes_no_second_account_or_post_and_keeps_a_changed_password(world: World) -> None:
    _load(world, [UNIT], [POST])
    account = User.objects.get(username="newcomer")
    account.set_password("chosen by its owner")
    account.save()
    _load(world, [UNIT], [POST])
    assert User.objects.get(username="newcomer").check_password("chosen by its owner")
    assert Post.objects.filter(user=account).count() == 1


def test_an_account_without_a_password_cannot_sign_in(world: World) -> None:
    _load(world, [UNIT], [POST])
    assert not User.objects.get(username="newcomer").has_usable_password()
    assert not demo_accounts().filter(username="newcomer").exists()


def test_only_who_may_load_districts_loads_units(world: World) -> None:
    with pytest.raises(Forbidden):
        load_organisation(DISTRICT, [UNIT], [], password=None, actor=world.actor("lin"), at=world.at)


def test_a_post_holds_from_its_first_to_its_last_day(world: World) -> None:
    _load(world, [UNIT], [POST])
    account = User.objects.get(username="newcomer")
    Post.objects.filter(user=account).update(since_on=date(2026, 3, 2), until_on=date(2026, 3, 4))
    held = [bool(actor_for(account, at=datetime(2026, 3, day, 4, tzinfo=UTC)).posts) for day in (1, 2, 4, 5)]
    assert held == [False, True, True, False]


def test_an_account_name_is_lower_case_and_found_in_any_case(world: World) -> None:
    assert User.objects.get_by_natural_key("LIN").key == "user/lin"
    assert str(User.objects.get(username="lin")) == "林晓"
    with pytest.raises(IntegrityError, match="lower_case"), transaction.atomic():
        User.objects.create(username="Upper", name="x")


def test_a_unit_is_not_its_own_parent(world: World) -> None:
    with pytest.raises(IntegrityError, match="its_own_parent"), transaction.atomic():
        Unit.objects.filter(code=f"{DISTRICT}-D01").update(parent_id=f"{DISTRICT}-D01")


def test_a_key_opens_until_it_expires_or_is_revoked(world: World) -> None:
    admin = world.actor("admin")
    post = PostRow("gateway", "网关", f"{DISTRICT}-DC", "integrator", DISTRICT, "接口账号")
    account = open_service_account("gateway", post=post, is_demo=False, actor=admin, at=world.at)
    key = issue_key(account, secret="s3cret", label="test", scopes="cases:read", actor=admin, at=world.at)
    assert issue_key(account, secret="s3cret", label="again", scopes="*", actor=admin, at=world.at).pk == key.pk
    assert key_holder("s3cret", at=world.at) == (account, frozenset({"cases:read"}))
    assert key_holder("S3cret", at=world.at) is None
    ApiKey.objects.filter(pk=key.pk).update(expires_at=world.at + timedelta(hours=1))
    assert key_holder("s3cret", at=world.at) is not None
    assert key_holder("s3cret", at=world.at + timedelta(hours=1)) is None
    ApiKey.objects.filter(pk=key.pk).update(expires_at=None, revoked_at=world.at)
    assert key_holder("s3cret", at=world.at) is None
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=None)
    User.objects.filter(pk=account.pk).update(is_active=False)
    assert key_holder("s3cret", at=world.at) is None
    assert "s3cret" not in str(ApiKey.objects.values_list())


def test_a_service_gets_one_account_with_one_post_and_no_password(world: World) -> None:
    post = PostRow("gateway", "网关", f"{DISTRICT}-DC", "integrator", DISTRICT, "接口")
    for _ in range(2):
        account = open_service_account("gateway", post=post, is_demo=False, actor=world.actor("admin"), at=world.at)
    assert (account.is_service, account.has_usable_password(), account.posts.count()) == (True, False, 1)
    with pytest.raises(Forbidden):
        open_service_account("other", post=post, is_demo=False, actor=world.actor("lin"), at=world.at)


def test_keys_are_issued_by_the_administrator_only(world: World) -> None:
    account = User.objects.get(username="integrator")
    with pytest.raises(Forbidden):
        issue_key(account, secret="x", label="x", scopes="*", actor=world.actor("supervisor"), at=world.at)


def test_signing_in_and_out_is_on_the_record(world: World) -> None:
    account = User.objects.get(username="lin")
    record_sign_in(account, address="192.0.2.1", at=world.at)
    record_sign_out(account, at=world.later(hours=8))
    assert [(entry.event, entry.actor) for entry in trace("account", account.pk)] == [
        ("SignedIn", "user/lin"),
        ("SignedOut", "user/lin"),
    ]


def test_one_demo_account_stands_for_each_role(world: World) -> None:
    assert ("lin", "dispatcher") in demo_roles()
    assert len({role for _account, role in demo_roles()}) == len(demo_roles())


def test_an_act_nobody_gave_is_nobodys(world: World) -> None:
    for by in ("operator", "supervisor", "admin"):
        with pytest.raises(Forbidden):
            require(world.actor(by), "cases.load_history")
        with pytest.raises(Forbidden):
            require(world.actor(by), "cases.fly", Thing(area=DISTRICT))


def test_faults_of_units_and_posts_are_told_in_words() -> None:
    bad = UnitRow(f"{DISTRICT}-a", "nowhere", "kiosk", "galaxy", "mild", "", "", "", "", date(2026, 2, 1),
                  date(2026, 1, 1))  # fmt: skip
    assert len(list(unit_faults(bad, known={bad.code: bad}))) == 6
    centre = UnitRow(UNIT.parent, "", "centre", "district", "management", "中心", "Centre", DISTRICT, "")
    known = {row.code: row for row in (centre, UNIT)}
    assert list(unit_faults(UNIT, known=known)) == []
    for twice in (UnitRow(UNIT.code, "", "centre", "district", "service", "新局", "New", DISTRICT, ""),):
        assert list(unit_faults(twice, known=known)) == [f"{UNIT.code} stands twice"]
    ring = UnitRow(centre.code, UNIT.code, "centre", "town", "management", "中心", "Centre", DISTRICT, "")
    assert len(list(unit_faults(ring, known={**known, ring.code: ring}))) == 2
    assert len(list(post_faults(PostRow("a", "", "b", "king", "c", ""), units={}, areas=()))) == 4
    strong = PostRow("a", "甲", UNIT.code, "department", DISTRICT, "", "chief", "enforcement")
    assert len(list(post_faults(strong, units=known, areas={DISTRICT}))) == 2
    assert list(post_faults(POST, units=known, areas={DISTRICT})) == []
