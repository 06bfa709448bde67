"""Loading a district's map and calendars from data. Loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from liandong.areas.events import AreasLoaded, CalendarLoaded
from liandong.areas.models import Area, CalendarDay, CalendarYear, District, Place
from liandong.areas.rules.folder import AreaRow
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record


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

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    district, _created = District.objects.select_for_update().update_or_create(
        code=facts.code,
        defaults=_columns(facts),
        create_defaults={**_columns(facts), "is_main": not District.objects.exists()},
    )
    fields = ["parent", "level", "name", "name_en", "kind", "households", "lon", "lat", "outline", "approximate"]
    areas = [_area(district, row, outlines) for row in sorted(rows, key=lambda row: len(row.code))]
    Area.objects.bulk_create(areas, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    Place.objects.filter(district=district).delete()
    Place.objects.bulk_create(Place(district=district, **place) for place in places)
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


def _area(district: District, row: AreaRow, outlines: Mapping[str, tuple[dict[str, Any], bool]]) -> Area:
    outline, approximate = outlines.get(row.code, (None, False))
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
        outline=outline,
        approximate=approximate,
    )
