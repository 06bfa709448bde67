"""Loading a district's map and calendars from data. Loading twice changes nothing the second time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from liandong.areas.events import AreasLoaded, CalendarLoaded
from liandong.areas.models import (
    Area,
    CalendarDay,
    CalendarYear,
    District,
    Outline,
    Place,
    Redrawing,
    RedrawingState,
)
from liandong.areas.rules.folder import AreaRow
from liandong.areas.rules.gazetteer import place_terms
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

ALWAYS: Final = date(1900, 1, 1)
"""Since when an outline holds that nobody knows the beginning of."""


@dataclass(frozen=True, slots=True)
class DistrictFacts:
    """What `district.toml` says."""

    code: str
    name: str
    name_en: str
    zone: str
    language: str
    number_prefix: str
    centre: tuple[float, float]
    hours: tuple[tuple[str, str], ...]
    calendar: str
    standards: tuple[str, ...] = field(default=())
    is_demo: bool = False


@transaction.atomic
def load_areas(
    facts: DistrictFacts,
    rows: Sequence[AreaRow],
    outlines: Mapping[str, tuple[dict[str, Any], bool]],
    places: Sequence[dict[str, Any]],
    *,
    actor: Actor,
    at: datetime,
) -> District:
    """Create or refresh a district with its areas; `outlines` maps codes to (WGS-84 geometry, approximate).

    An outline that the folder gives for the first time holds since ever; one that it changed, from the day of `at`.
    What was redrawn since stays until the folder says something new; names a plan gave stay until a plan gives others.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    district, _created = District.objects.select_for_update().update_or_create(
        code=facts.code,
        defaults=_columns(facts),
        create_defaults={**_columns(facts), "is_main": not District.objects.exists()},
    )
    fields = ["parent", "level", "name", "name_en", "kind", "households", "lon", "lat"]
    areas = _as_redrawn(district, [_area(district, row) for row in sorted(rows, key=lambda row: len(row.code))])
    Area.objects.bulk_create(areas, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    _load_outlines(district, outlines, known={row.code for row in rows}, at=at)
    Place.objects.filter(district=district).delete()
    Place.objects.bulk_create((_place(district, place) for place in places), batch_size=2_000)
    touch_district(facts.code)
    district.refresh_from_db()
    record(
        AreasLoaded(len(areas), len(outlines), district.edition),
        about=_district_subject(facts.code),
        actor=actor.key,
        at=at,
    )
    return district


def touch_district(code: str) -> None:
    """Raise the edition of a district, so that every process rereads what it remembers of it."""
    District.objects.filter(code=code).update(edition=F("edition") + 1)


def lock_district(code: str) -> None:
    """Let nobody else change the map of a district until this transaction ends."""
    District.objects.select_for_update().get(code=code)


@transaction.atomic
def load_calendar(
    calendar: str,
    days: Sequence[tuple[date, bool, str]],
    years: Sequence[tuple[int, bool, str]],
    *,
    district: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Create or refresh a calendar: days that differ from their weekday, and which years are confirmed.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    District.objects.select_for_update().get(code=district)
    CalendarDay.objects.bulk_create(
        [CalendarDay(calendar=calendar, day=day, is_working=working, why=why) for day, working, why in days],
        update_conflicts=True,
        unique_fields=["calendar", "day"],
        update_fields=["is_working", "why"],
    )
    CalendarYear.objects.bulk_create(
        [CalendarYear(calendar=calendar, year=year, is_confirmed=ok, source=source) for year, ok, source in years],
        update_conflicts=True,
        unique_fields=["calendar", "year"],
        update_fields=["is_confirmed", "source"],
    )
    touch_district(district)
    record(
        CalendarLoaded(calendar, len(days), tuple(year for year, _ok, _source in years)),
        about=_district_subject(district),
        actor=actor.key,
        at=at,
    )


def _columns(facts: DistrictFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "name_en": facts.name_en,
        "zone": facts.zone,
        "language": facts.language,
        "number_prefix": facts.number_prefix,
        "lon": facts.centre[0],
        "lat": facts.centre[1],
        "hours": [list(span) for span in facts.hours],
        "calendar": facts.calendar,
        "standards": list(facts.standards),
        "is_demo": facts.is_demo,
    }


def _district_subject(code: str) -> Subject:
    return Subject("district", int(code), area=code)


def _area(district: District, row: AreaRow) -> Area:
    return Area(
        code=row.code,
        district=district,
        parent_id=row.parent or None,
        level=row.level,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        households=row.households,
        lon=row.lon,
        lat=row.lat,
    )


def _place(district: District, given: Mapping[str, Any]) -> Place:
    names = (given["name"], given["name_en"], *given.get("aliases", ()))
    return Place(district=district, **given, terms=list(place_terms(names)))


def _as_redrawn(district: District, areas: list[Area]) -> list[Area]:
    """The areas of a folder with the names and seats that adopted plans gave them."""
    adopted = Redrawing.objects.filter(district=district, state=RedrawingState.ADOPTED, names_due_on__isnull=True)
    names: dict[str, list[str]] = {}
    for given in adopted.order_by("effective_on", "id").values_list("names", flat=True):
        names |= given
    newest = Outline.objects.filter(area__district=district).order_by("area_id", "-since_on").distinct("area_id")
    drawn = newest.values_list("area_id", "redrawing", "area__lon", "area__lat")
    seats = {code: (lon, lat) for code, redrawing, lon, lat in drawn if redrawing is not None}
    for area in areas:
        area.name, area.name_en = names.get(area.code, (area.name, area.name_en))
        area.lon, area.lat = seats.get(area.code, (area.lon, area.lat))
    return areas


def _load_outlines(
    district: District, outlines: Mapping[str, tuple[dict[str, Any], bool]], *, known: set[str], at: datetime
) -> None:
    """Write the outlines that differ from what the folder said last."""
    loaded = Outline.objects.filter(area__district=district, redrawing__isnull=True)
    newest = loaded.order_by("area_id", "-since_on").distinct("area_id")
    said = {code: (geometry, near) for code, geometry, near in newest.values_list("area_id", "geometry", "approximate")}
    today = at.astimezone(ZoneInfo(district.zone)).date()
    changed = []
    for code in sorted(outlines.keys() & known):
        geometry, near = outlines[code]
        stored = json.loads(json.dumps(geometry))
        if said.get(code) != (stored, near):
            since_on = today if code in said else ALWAYS
            changed.append(Outline(area_id=code, since_on=since_on, geometry=stored, approximate=near))
    Outline.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["area", "since_on"],
        update_fields=["geometry", "approximate", "redrawing"],
    )
