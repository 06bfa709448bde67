"""Loading units, accounts and posts from a district's folder, and accounts for services."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, require, roles
from liandong.people.events import OrganisationLoaded
from liandong.people.models import Level, Post, Source, Unit, User
from liandong.people.operations.beats import lock_organisation
from liandong.people.operations.last_admin import keep_an_administrator
from liandong.people.operations.posts import end_row
from liandong.people.rules.posts import Home, PostFacts, faults_of_post
from liandong.people.rules.unit_tree import PLACES, Place, faults_of_facts, faults_of_place
from liandong.people.structure import day_of
from liandong.timeline.operations import Subject, record
from liandong.web.refusals import explain

_ANYWHERE: Final = Place((), "", ())
_Key = tuple[int, str, str, str]
"""(account, unit, role, area): what makes two posts the same one."""


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
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PostRow:
    """One row of `posts.csv`."""

    account: str
    person: str
    unit: str
    role: str
    area: str
    title: str
    rank: str = "member"
    force: str = ""
    since: date | None = None
    until: date | None = None


def unit_faults(row: UnitRow, *, known: Mapping[str, UnitRow]) -> Iterator[str]:
    """What is wrong with a unit's row; `known` are the rows of all units of the district by code."""
    district = row.code.partition("-")[0]
    yield from _told(
        faults_of_facts(row.code, district=district, name=row.name, force=row.force, phone=row.phone),
        faults_of_place(row, tree=known, district=district),
    )
    if row.level not in Level.values or PLACES.get(row.kind, _ANYWHERE).level not in ("", row.level):
        yield f"{row.level!r} is not the level of a {row.kind}"
    if known.get(row.code) is not row:
        yield f"{row.code} stands twice"
    if row.since and row.until and row.until < row.since:
        yield f"ends on {row.until}, before it begins"


def post_faults(row: PostRow, *, units: Mapping[str, UnitRow], areas: Collection[str]) -> Iterator[str]:
    """What is wrong with a post's row; `units` are the rows of all units of the district by code."""
    unit = units.get(row.unit)
    home = Home(unit.area, unit.force) if unit else None
    facts = PostFacts(row.account, row.person, row.unit, row.role, row.area, row.title, row.rank, row.force,
                      row.since, row.until)  # fmt: skip
    yield from _told(faults_of_post(facts, home, roles=roles(), areas=areas))


def _told(*faults: Iterator[Refusal]) -> Iterator[str]:
    """Faults in English, as the rest of what a folder is told."""
    with translation.override("en"):
        yield from (explain(fault).says for found in faults for fault in found)


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

    Posts that an earlier load brought and the folder no longer names end the day before; posts appointed by hand or
    brought by a sheet stay as they are.

    :raises Forbidden: the actor may not load districts
    :raises LastAdministrator: the folder no longer names anybody who administers the district
    """
    require(actor, "areas.load")
    lock_organisation(district)
    _load_units(district, units)
    accounts = _load_accounts(posts, password=password)
    new, changed = _load_posts(posts, accounts, source=Source.FOLDER, on=day_of(at))
    ended = _end_absent(district, posts, accounts, at=at)
    record(
        OrganisationLoaded(len(units), len(accounts), len(posts), new, changed, tuple(ended)),
        about=Subject("organisation", int(district), area=district),
        actor=actor.key,
        at=at,
    )


def _load_units(district: str, units: Sequence[UnitRow]) -> None:
    fields = ["parent", "kind", "level", "force", "name", "name_en", "area", "phone"]
    rows = [_unit(district, row) for row in parents_first(units)]
    Unit.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    # A folder that says nothing of days leaves those as they are that somebody set by hand.
    dated = [unit for unit in rows if unit.since_on or unit.until_on]
    Unit.objects.bulk_update(dated, ["since_on", "until_on"], batch_size=500)


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
        since_on=row.since,
        until_on=row.until,
    )


def parents_first(units: Sequence[UnitRow]) -> list[UnitRow]:
    """Units in an order in which none stands before its parent."""
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


def _load_posts(posts: Sequence[PostRow], accounts: Mapping[str, int], *, source: Source, on: date) -> tuple[int, int]:
    """Create the posts that nobody holds yet, and refresh those that a load brought: (new, changed)."""
    standing, past = _posts_of(accounts.values(), on=on)
    new, changed = [], []
    for row in posts:
        held = standing.get((accounts[row.account], row.unit, row.role, row.area))
        if held is None:
            # At the first load posts reach back, so that a history poured in with them finds its people.
            begun = on if (accounts[row.account], row.unit, row.role, row.area) in past else date(on.year - 1, 1, 1)
            new.append(_post(row, accounts[row.account], source=source, since_on=row.since or begun))
        elif held.source == Source.FOLDER and _refreshed(held, row):
            changed.append(held)
    Post.objects.bulk_create(new)
    Post.objects.bulk_update(changed, ["title", "rank", "force", "until_on"], batch_size=500)
    return len(new), len(changed)


def _posts_of(accounts: Collection[int], *, on: date) -> tuple[dict[_Key, Post], set[_Key]]:
    """The posts of these accounts that have not ended, and which ones have."""
    standing: dict[_Key, Post] = {}
    past: set[_Key] = set()
    for post in Post.objects.filter(user__in=accounts):
        key = (post.user_id, post.unit_id, post.role, post.area)
        if post.until_on is None or post.until_on >= on:
            standing[key] = post
        else:
            past.add(key)
    return standing, past


def _post(row: PostRow, user: int, *, source: Source, since_on: date) -> Post:
    return Post(
        user_id=user,
        unit_id=row.unit,
        role=row.role,
        area=row.area,
        title=row.title,
        rank=row.rank,
        force=row.force,
        source=source,
        since_on=since_on,
        until_on=row.until,
    )


def _refreshed(held: Post, row: PostRow) -> bool:
    """Give a post what its row says; whether that changed anything."""
    before = (held.title, held.rank, held.force, held.until_on)
    held.title, held.rank, held.force = row.title, row.rank, row.force
    held.until_on = row.until or held.until_on
    return before != (held.title, held.rank, held.force, held.until_on)


def _end_absent(district: str, posts: Sequence[PostRow], accounts: Mapping[str, int], *, at: datetime) -> list[str]:
    """End the posts that an earlier load brought and this one no longer names; tell whose they were."""
    on, named = day_of(at), {(accounts[row.account], row.unit, row.role, row.area) for row in posts}
    brought = Post.objects.filter(unit__district=district, source=Source.FOLDER, user__is_service=False)
    absent = [
        post
        for post in brought.filter(Q(until_on__isnull=True) | Q(until_on__gte=on)).select_related("user")
        if (post.user_id, post.unit_id, post.role, post.area) not in named
    ]
    keep_an_administrator(district, at=at, without_posts=[post.pk for post in absent])
    told = [f"{post.user.username}:{post.unit_id}:{post.role}" for post in absent]
    for post in absent:
        end_row(post, on - timedelta(days=1))
    return told
