"""Loading units, accounts and posts from a district's folder, and accounts for services."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from liandong.people.access import Actor, require, roles
from liandong.people.events import OrganisationLoaded
from liandong.people.models import Force, Level, Post, Unit, UnitKind, User
from liandong.timeline.operations import Subject, record


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row of `units.csv`, its codes already carrying the district's."""

    code: str
    parent: str
    kind: str
    level: str
    force: str
    name: str
    name_en: str
    area: str
    phone: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """One row of `posts.csv`."""

    account: str
    person: str
    unit: str
    role: str
    area: str
    title: str


def unit_faults(row: UnitRow, *, known: Collection[str]) -> Iterator[str]:
    """What is wrong with a unit's row; `known` are the codes of all units of the district."""
    for word, kind in ((row.kind, UnitKind), (row.level, Level), (row.force, Force)):
        if word not in kind.values:
            yield f"{word!r} is none of {', '.join(kind.values)}"
    if row.parent and row.parent not in known:
        yield f"unknown unit {row.parent}"


def post_faults(row: PostRow, *, units: Collection[str], areas: Collection[str]) -> Iterator[str]:
    """What is wrong with a post's row."""
    if row.role not in roles():
        yield f"unknown role {row.role}"
    if row.unit not in units:
        yield f"unknown unit {row.unit}"
    if row.area not in areas:
        yield f"unknown area {row.area}"


@transaction.atomic
def load_organisation(
    district: str,
    units: Sequence[UnitRow],
    posts: Sequence[PostRow],
    *,
    password: str | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Create or refresh a district's units, accounts and posts. `password` is set on new accounts; None locks them.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    fields = ["parent", "kind", "level", "force", "name", "name_en", "area", "phone"]
    Unit.objects.bulk_create(
        [_unit(district, row) for row in _parents_first(units)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )
    accounts = _load_accounts(posts, password=password)
    _load_posts(posts, accounts, on=at.date())
    record(
        OrganisationLoaded(len(units), len(accounts), len(posts)),
        about=Subject("organisation", int(district), area=district),
        actor=actor.key,
        at=at,
    )


@transaction.atomic
def open_service_account(account: str, *, post: PostRow, is_demo: bool, actor: Actor, at: datetime) -> User:
    """Return the account of a service that calls the API, with one post; nobody can sign in to it.

    :raises Forbidden: the actor may not issue keys
    """
    require(actor, "people.issue_key")
    user, _is_new = User.objects.get_or_create(
        username=account,
        defaults={"name": post.person, "is_service": True, "is_demo": is_demo, "password": make_password(None)},
    )
    _load_posts([post], {account: user.pk}, on=at.date())
    return user


def _unit(district: str, row: UnitRow) -> Unit:
    return Unit(
        code=row.code,
        district=district,
        parent_id=row.parent or None,
        kind=row.kind,
        level=row.level,
        force=row.force,
        name=row.name,
        name_en=row.name_en,
        area=row.area,
        phone=row.phone,
    )


def _parents_first(units: Sequence[UnitRow]) -> list[UnitRow]:
    by_code = {row.code: row for row in units}

    def _depth(row: UnitRow) -> int:
        depth = 0
        while row.parent in by_code and depth <= len(by_code):
            row, depth = by_code[row.parent], depth + 1
        return depth

    return sorted(units, key=_depth)


def _load_accounts(posts: Sequence[PostRow], *, password: str | None) -> dict[str, int]:
    # One hash for all demo accounts: hashing 1,400 passwords one by one would take minutes and protect nobody.
    hashed = make_password(password)
    people = {row.account: row.person for row in posts}
    User.objects.bulk_create(
        [
            User(username=account, name=person, password=hashed, is_demo=password is not None)
            for account, person in people.items()
        ],
        ignore_conflicts=True,
    )
    return dict(User.objects.filter(username__in=people).values_list("username", "id"))


def _load_posts(posts: Sequence[PostRow], accounts: dict[str, int], *, on: date) -> None:
    held = set(Post.objects.filter(user__in=accounts.values()).values_list("user_id", "unit_id", "role", "area"))
    Post.objects.bulk_create(
        Post(
            user_id=accounts[row.account],
            unit_id=row.unit,
            role=row.role,
            area=row.area,
            title=row.title,
            since_on=date(on.year - 1, 1, 1),
        )
        for row in posts
        if (accounts[row.account], row.unit, row.role, row.area) not in held
    )
