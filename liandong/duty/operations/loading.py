"""Rosters from a district's folder: `rosters.csv`, a row per roster. Loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from liandong.areas.queries import district_map
from liandong.duty.events import RostersLoaded
from liandong.duty.models import Duty, Roster
from liandong.duty.operations.rosters import LONGEST_ROSTER_NAME, LONGEST_TURN, PlanFacts, save_plan
from liandong.duty.rules.rotation import Shift, TurnBy
from liandong.duty.rules.wording import shifts_from, stored
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of `rosters.csv`, its unit already carrying the district's code; `turns` are account names."""

    unit: str
    duty: str
    name: str
    shifts: tuple[Shift, ...]
    turns: tuple[str, ...]
    anchor: date
    every: int = 1
    by: TurnBy = TurnBy.DAY


def roster_row(district: str, row: Mapping[str, str]) -> RosterRow:
    """Read a row: `unit,duty,name,shifts,turns,anchor` and, where they differ from each day, `every,by`.

    :raises ValueError, ShiftsUnclear: it cannot be read
    """
    every = int(row.get("every") or 1)
    if row["duty"] not in Duty.values:
        raise ValueError(f"{row['duty']!r} is none of {', '.join(Duty.values)}")
    if not 1 <= every <= LONGEST_TURN or not 0 < len(row["name"]) <= LONGEST_ROSTER_NAME:
        raise ValueError(f"{row['name']!r} every {every} is no turn of a named roster")
    return RosterRow(
        unit=f"{district}-{row['unit']}",
        duty=row["duty"],
        name=row["name"],
        shifts=shifts_from(row["shifts"]),
        turns=tuple(filter(None, (account.strip() for account in row["turns"].split(";")))),
        anchor=date.fromisoformat(row["anchor"]),
        every=every,
        by=TurnBy(row.get("by") or TurnBy.DAY),
    )


def roster_faults(row: RosterRow, *, units: Collection[str], accounts: Collection[str]) -> Iterator[str]:
    """What is wrong with a roster's row; `units` and `accounts` are all of the district."""
    if row.unit not in units:
        yield f"unknown unit {row.unit}"
    for account in row.turns:
        if account not in accounts:
            yield f"unknown account {account}"


@transaction.atomic
def load_rosters(district: str, rows: Sequence[RosterRow], *, actor: Actor, at: datetime) -> None:
    """Create or refresh a district's rosters. A plan that is no longer the one given is followed from today on.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    accounts = {account for row in rows for account in row.turns}
    known = get_user_model().objects.filter(username__in=accounts)
    people = dict(known.values_list("username", "pk"))
    planned = sum(_load(district, row, people, actor=actor, at=at) for row in rows)
    about = Subject("duty", int(district), area=district)
    record(RostersLoaded(len(rows), planned), about=about, actor=actor.key, at=at)


def _load(district: str, row: RosterRow, people: Mapping[str, int], *, actor: Actor, at: datetime) -> bool:
    """Load one roster, and say whether its plan is new."""
    roster, created = Roster.objects.select_for_update().get_or_create(
        unit_id=row.unit, duty=row.duty, name=row.name, defaults={"district": district}
    )
    turns = tuple(people[account] for account in row.turns)
    newest = None if created else roster.plans.order_by("-number").first()
    if newest is not None:
        line = tuple(newest.turns.order_by("position").values_list("user", flat=True))
        told = (newest.shifts, line, newest.anchor, newest.every, newest.turn_by)
        if told == (stored(row.shifts), turns, row.anchor, row.every, row.by.value):
            return False
    today = at.astimezone(district_map(district).calendar.zone).date()
    since = today if newest else min(row.anchor, today)
    save_plan(roster, PlanFacts(row.shifts, turns, row.anchor, since, row.every, row.by), actor=actor, at=at)
    return True
