"""A case as a list shows it: codes turned into words of the reader's language, nothing asked of the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from liandong.cases.queries import class_name as class_name
from liandong.cases.queries import state_of
from liandong.cases.queries import unit_name as unit_name
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import CHANNEL_WORDS
from liandong.web.names import name_of

if TYPE_CHECKING:
    from liandong.areas.queries import AreaFacts
    from liandong.cases.models import Case


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `place` is the address, else the innermost area, and `where` names the town before it;
    `state` is the map's word for its clock."""

    pk: int
    number: str
    version: int
    stage: str
    urgency: str
    force: str
    kind: str
    description: str
    place: str
    where: str
    unit: str
    suggested: str
    suggested_force: str
    why: str
    channel: str
    reported_at: datetime
    updated_at: datetime
    stage_since: datetime
    due_at: datetime | None
    state: str
    returns: int
    reworks: int
    is_placed: bool


def rows_of(cases: Iterable[Case], *, at: datetime) -> list[Row]:
    """Return the rows of cases, of whatever districts they are."""
    return [row_of(case, rulebook_for(case.district), at=at) for case in cases]


def row_of(case: Case, book: Rulebook, *, at: datetime) -> Row:
    """Return the row of one case."""
    return Row(
        pk=case.pk,
        number=case.number,
        version=case.version,
        stage=case.stage,
        urgency=case.urgency,
        force=case.force,
        kind=class_name(case.class_code, book),
        description=case.description,
        place=place_of(case.address, case.area, book),
        where=where_of(case.address, case.area, book),
        unit=unit_name(case.unit, book),
        suggested=unit_name(case.suggested_unit, book),
        suggested_force=unit_force(case.suggested_unit, book),
        why=gettext(case.suggested_why) if case.suggested_why else "",
        channel=channel_word(case.channel),
        reported_at=case.reported_at,
        updated_at=case.updated_at,
        stage_since=case.stage_since,
        due_at=case.due_at if case.ended_at is None else None,
        state=state_of(case, at=at),
        returns=case.returns,
        reworks=case.reworks,
        is_placed=case.lon is not None,
    )


def place_of(address: str, area: str, book: Rulebook) -> str:
    """Where it is: the address, or else the smallest area that is known."""
    return address or _innermost(book.map.path(area))


def where_of(address: str, area: str, book: Rulebook) -> str:
    """The place with its town before it, unless it begins with that."""
    path = book.map.path(area)
    town, place = (name_of(path[0]) if path else ""), address or _innermost(path)
    return place if place.startswith(town) else f"{town} {place}"


def _innermost(path: Sequence[AreaFacts]) -> str:
    return name_of(path[-1]) if path else ""


def unit_force(code: str, book: Rulebook) -> str:
    """The kind of force a unit carries, nothing for no unit."""
    unit = book.units.get(code)
    return unit.force if unit else ""


def area_path(code: str, book: Rulebook) -> str:
    """An area with the areas around it: 东桥街道 › 东桥第一居委会 › 东桥1号网格."""
    return " › ".join(name_of(area) for area in book.map.path(code))


def channel_word(code: str) -> str:
    """The channel in words."""
    return gettext(CHANNEL_WORDS.get(code, code))
