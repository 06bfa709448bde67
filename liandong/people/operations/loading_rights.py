"""From a district's folder: posts lent to joint teams, and commands delegated. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from liandong.people.access import Actor, require
from liandong.people.events import DelegationsLoaded, LendingsLoaded
from liandong.people.models import Delegation, Lending, Post, UnitKind
from liandong.people.operations.loading import UnitRow
from liandong.timeline.operations import Subject, record


@dataclass(frozen=True, slots=True)
class LendingRow:
    """One row of `lendings.csv`: an account's post in a unit, lent to a joint team. Units carry the district's code."""

    account: str
    unit: str
    team: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One row of `delegations.csv`: 先期指挥权 from a department to a town. Units carry the district's code."""

    department: str
    town: str
    classes: tuple[str, ...]
    area: str
    basis: str
    since: date
    until: date


def lending_faults(
    row: LendingRow, *, posts: Collection[tuple[str, str]], units: Mapping[str, UnitRow]
) -> Iterator[str]:
    """What is wrong with a lending; `posts` are (account, unit)."""
    if (row.account, row.unit) not in posts:
        yield f"{row.account} has no post in {row.unit}"
    if row.team not in units or units[row.team].kind != UnitKind.JOINT:
        yield f"{row.team} is no joint team"


def delegation_faults(row: DelegationRow, *, units: Mapping[str, UnitRow]) -> Iterator[str]:
    """What is wrong with a delegation."""
    if row.department not in units or units[row.department].kind != UnitKind.DEPARTMENT:
        yield f"{row.department} is no department"
    if row.town not in units or units[row.town].kind != UnitKind.TOWN:
        yield f"{row.town} is no town"
    elif not row.area.startswith(units[row.town].area):
        yield f"{row.area} lies outside {row.town}"
    if not row.classes or not row.basis:
        yield "classes and basis must be given"
    if row.until < row.since:
        yield f"{row.until} comes before {row.since}"


@transaction.atomic
def load_lendings(district: str, rows: Sequence[LendingRow], *, actor: Actor, at: datetime) -> None:
    """Lend the posts that are not lent yet.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    new = 0
    for row in rows:
        held = Post.objects.filter(user__username=row.account, unit=row.unit).order_by("id")
        post = held.select_for_update().first()
        if post is not None:
            _lending, is_new = Lending.objects.get_or_create(
                post=post, team_id=row.team, since_on=row.since, defaults={"until_on": row.until}
            )
            new += is_new
    if new:
        record(LendingsLoaded(len(rows), new), about=_organisation(district), actor=actor.key, at=at)


@transaction.atomic
def load_delegations(district: str, rows: Sequence[DelegationRow], *, actor: Actor, at: datetime) -> None:
    """Delegate what is not delegated yet; what was revoked stays so.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    new = 0
    for row in rows:
        _delegation, is_new = Delegation.objects.get_or_create(
            department_id=row.department,
            town_id=row.town,
            area=row.area,
            since_on=row.since,
            classes=list(row.classes),
            defaults={"basis": row.basis, "until_on": row.until, "made_by": actor.key},
        )
        new += is_new
    if new:
        record(DelegationsLoaded(len(rows), new), about=_organisation(district), actor=actor.key, at=at)


def _organisation(district: str) -> Subject:
    return Subject("organisation", int(district), area=district)
