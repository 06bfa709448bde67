"""Public cases in words, as the map's list and the page of a case show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import get_language, gettext

from liandong.cases.queries import public_place
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.citizen.publishing.queries import groups_of
from liandong.web.names import name_of

COLUMNS: Final = (
    "id", "number", "class_code", "area", "lon", "lat", "address", "stage", "unit", "description", "answer",
    "reported_at", "updated_at", "ended_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A public case in the reader's words."""

    id: int
    number: str
    kind: str
    place: str
    is_exact: bool
    lon: float | None
    lat: float | None
    is_open: bool
    stage: str
    unit: str
    description: str
    answer: str
    reported_at: datetime
    updated_at: datetime
    ended_at: datetime | None


def shown(rows: Iterable[Mapping[str, Any]], book: Rulebook) -> list[Shown]:
    """Rows of `COLUMNS` in words."""
    return [_shown(row, book) for row in rows]


def _shown(row: Mapping[str, Any], book: Rulebook) -> Shown:
    place = public_place(book, **{name: row[name] for name in ("class_code", "area", "lon", "lat", "address")})
    kind, unit = book.classes.get(row["class_code"]), book.units.get(row["unit"])
    where = place.address if place.is_exact and place.address else path_of(place.area, book)
    return Shown(
        id=row["id"],
        number=row["number"],
        kind=name_of(kind) if kind else row["class_code"],
        place=where or gettext("位置待定"),
        is_exact=place.is_exact,
        lon=place.lon,
        lat=place.lat,
        is_open=row["ended_at"] is None,
        stage=gettext(STAGE_WORDS[Stage(row["stage"])]),
        unit=name_of(unit) if unit else "",
        description=row["description"],
        answer=row["answer"] if row["ended_at"] else "",
        reported_at=row["reported_at"],
        updated_at=row["updated_at"],
        ended_at=row["ended_at"],
    )


def path_of(area: str, book: Rulebook) -> str:
    """An area with the town and community it lies in."""
    names = [name_of(part) for part in book.map.path(area)]
    return ", ".join(reversed(names)) if (get_language() or "").startswith("en") else "".join(names)


def town_choices(book: Rulebook, *, at: datetime) -> list[tuple[str, str]]:
    """The towns of a day, as choices."""
    areas = book.map.areas_on(book.map.day_of(at)).values()
    return [(area.code, name_of(area)) for area in areas if area.level == "town"]


def group_choices(book: Rulebook) -> list[tuple[str, str]]:
    """The groups of classes open to the public, as choices."""
    return [(group.code, name_of(group)) for group in groups_of(book)]
