"""A row of a sheet against what stands: what both plans share, for units and for posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q

from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor
from liandong.people.models import Post, Unit
from liandong.people.operations.beats import ORGANISE
from liandong.people.operations.loading import UnitRow
from liandong.people.operations.sheet_shapes import Asked
from liandong.people.rules.posts import PostFacts
from liandong.people.rules.scope import Thing
from liandong.people.structure import Named, areas_of, day_of


class State(StrEnum):
    """What taking a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet, and what taking it would do: `changes` are (field, before, after), `faults` (column, why)."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    key: str
    state: State
    changes: tuple[tuple[str, str, str], ...]
    faults: tuple[tuple[str, Refusal], ...]
    target: Unit | Post | None
    wanted: UnitRow | PostFacts


@dataclass(slots=True)
class Known:
    """The organisation as it stands, read once for a whole plan."""

    district: str
    actor: Actor
    at: datetime
    units: dict[str, Unit]
    areas: Mapping[str, Named]
    _reached: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, district: str, *, actor: Actor, at: datetime) -> Known:
        """Read it."""
        units = {unit.code: unit for unit in Unit.objects.filter(district=district)}
        return cls(district, actor, at, units, areas_of(district))

    @property
    def today(self) -> date:
        """The day of the plan."""
        return day_of(self.at)

    @property
    def standing_posts(self) -> Q:
        """A condition on posts: they have not ended."""
        return Q(until_on__isnull=True) | Q(until_on__gte=self.today)

    def may(self, area: str) -> bool:
        """Whether the actor organises this area."""
        if area not in self._reached:
            self._reached[area] = self.actor.may(ORGANISE, Thing(area))
        return self._reached[area]


def settled(
    one: Asked,
    *,
    key: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    target: Unit | Post | None,
    wanted: UnitRow | PostFacts,
) -> Line:
    """The line of a row whose faults have all been found."""
    changes: tuple[tuple[str, str, str], ...] = ()
    if one.faults:
        state = State.WRONG
    elif target is None:
        state = State.NEW
    else:
        changes = tuple((field, before[field], value) for field, value in after.items() if before[field] != value)
        state = State.CHANGED if changes else State.SAME
    return Line(one.sheet, one.row.number, one.row.cells, key, state, changes, tuple(one.faults), target, wanted)
