"""Named questions about the map: which area, which district, which working time. Answers are cached per edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from liandong.areas.locator import Drawn, Locator, Locators
from liandong.areas.models import (
    Area,
    CalendarDay,
    CalendarYear,
    District,
    Outline,
    Redrawing,
    RedrawingState,
)
from liandong.areas.rules.recoding import Recoding, Succession
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Calendar
from liandong.web.remembered import Remembered


class UnknownDistrict(Refusal):
    """A district that is not loaded."""

    status = 422
    says = marked("没有载入代码为“%(code)s”的区。")
    remedy = marked("请核对区代码，或请管理员载入该区的数据。")


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """An area without its outline; `since_on`, `until_on` empty for always and open."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str
    kind: str
    households: int
    lon: float | None
    lat: float | None
    since_on: date | None = None
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the area is one on that day."""
        return (self.since_on is None or self.since_on <= day) and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class AreaOutline:
    """An area with its outline, a GeoJSON geometry in WGS-84; `approximate` when it was drawn around a seat."""

    code: str
    level: str
    name: str
    name_en: str
    geometry: dict[str, Any]
    approximate: bool


@dataclass(frozen=True, slots=True)
class DistrictMap:
    """All that is asked of a district's map, ready in memory. `areas` are all there ever were, and those to come."""

    district: District
    areas: dict[str, AreaFacts]
    calendar: Calendar
    succession: Succession
    locators: Locators

    def day_of(self, at: datetime) -> date:
        """The day an instant falls on in this district."""
        return at.astimezone(self.calendar.zone).date()

    def locator_on(self, day: date) -> Locator:
        """What finds the area of a point on the map of that day."""
        return self.locators.on(day)

    def areas_on(self, day: date) -> dict[str, AreaFacts]:
        """The areas there are on that day."""
        return {code: area for code, area in self.areas.items() if area.holds_on(day)}

    def path(self, code: str) -> tuple[AreaFacts, ...]:
        """The areas from town to grid that `code` lies in."""
        return tuple(self.areas[code[:size]] for size in (9, 12, 15) if size <= len(code) and code[:size] in self.areas)

    def heir_of(self, code: str, day: date) -> str:
        """The code that stands for `code` on a day: itself, or who took over most of it."""
        return self.succession.heir_of(code, day)

    def forerunners(self, code: str) -> tuple[str, ...]:
        """The codes that an area came from, nearest first, the largest part first."""
        return self.succession.forerunners(code)


def district_map(code: str) -> DistrictMap:
    """The map of a district, reread when the district was loaded anew.

    :raises UnknownDistrict: it is not loaded
    """
    return _maps.get(code)


def current_map(code: str) -> DistrictMap:
    """The map as it stands now, whatever is remembered: for those who rebuild what they remember themselves.

    :raises UnknownDistrict: it is not loaded
    """
    forget_maps()
    return _maps.get(code)


def forget_maps() -> None:
    """Drop what is remembered of every map: for those who have just changed one."""
    _maps.forget()


def districts() -> QuerySet[District]:
    """All districts of this installation."""
    return District.objects.order_by("code")


def district_codes() -> list[str]:
    """The codes of all districts, demo first: the one a visitor without a district is shown."""
    return list(District.objects.order_by("-is_demo", "code").values_list("code", flat=True))


def main_district() -> str:
    """The code of the district that is meant where nobody names one; empty when there is none."""
    return District.objects.filter(is_main=True).values_list("code", flat=True).first() or ""


def area_outlines(district: str, *, level: str, day: date, within: str = "") -> list[AreaOutline]:
    """The areas of one level that there are on a day and that have an outline by then, in the order of their codes.

    `within` is the area they lie in; the whole district without one.
    """
    drawn = outlines_on(district, day=day).filter(area__level=level, area__code__startswith=within)
    columns = ("area_id", "area__level", "area__name", "area__name_en", "geometry", "approximate")
    return [AreaOutline(*row) for row in drawn.values_list(*columns)]


def outlines_on(district: str, *, day: date) -> QuerySet[Outline]:
    """The outline in force on a day of each area there is then, in the order of their codes."""
    return (
        Outline.objects.filter(area__district=district, since_on__lte=day)
        .filter(Q(area__since_on__isnull=True) | Q(area__since_on__lte=day))
        .filter(Q(area__until_on__isnull=True) | Q(area__until_on__gte=day))
        .order_by("area_id", "-since_on")
        .distinct("area_id")
    )


def calendar_of(district: District) -> Calendar:
    """The working time of a district, from its hours and its calendar's days."""
    days = list(CalendarDay.objects.filter(calendar=district.calendar).values_list("day", "is_working"))
    years = CalendarYear.objects.filter(calendar=district.calendar, is_confirmed=True)
    return Calendar(
        zone=ZoneInfo(district.zone),
        hours=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in district.hours),
        holidays=frozenset(day for day, working in days if not working),
        makeup_workdays=frozenset(day for day, working in days if working),
        confirmed_years=frozenset(years.values_list("year", flat=True)),
    )


def edition_of(code: str) -> int:
    """The edition of a district's data; grows with every load.

    :raises UnknownDistrict: it is not loaded
    """
    edition = District.objects.values_list("edition", flat=True).filter(code=code).first()
    if edition is None:
        raise UnknownDistrict(code=code)
    return edition


def _read_map(code: str) -> DistrictMap:
    district = District.objects.get(code=code)
    columns = ("code", "parent_id", "level", "name", "name_en", "kind", "households", "lon", "lat")
    rows = Area.objects.filter(district=code).order_by("code")
    facts = {row[0]: AreaFacts(row[0], row[1] or "", *row[2:])
             for row in rows.values_list(*columns, "since_on", "until_on")}  # fmt: skip
    adopted = Redrawing.objects.filter(district=code, state=RedrawingState.ADOPTED).order_by("effective_on", "id")
    succession = Succession(
        (day, [Recoding(**row) for row in recoding])
        for day, recoding in adopted.values_list("effective_on", "recoding")
    )
    locators = Locators(_changes(code, facts.values()), lambda day: _leaves(code, day))
    return DistrictMap(district, facts, calendar_of(district), succession, locators)


def _changes(code: str, areas: Iterable[AreaFacts]) -> set[date]:
    """The days from which the map of a district differs from the day before."""
    drawn = Outline.objects.filter(area__district=code).values_list("since_on", flat=True).order_by().distinct()
    began = {area.since_on for area in areas if area.since_on}
    ended = {area.until_on + timedelta(days=1) for area in areas if area.until_on and area.until_on < date.max}
    return {*drawn, *began, *ended}


def _leaves(code: str, day: date) -> list[Drawn]:
    """The outlines of a day that hold no smaller ones."""
    drawn = outlines_on(code, day=day).values_list("area_id", "geometry")
    outlines = dict(drawn)
    around = {area[:size] for area in outlines for size in (6, 9, 12) if len(area) > size}
    return [Drawn(area, geometry) for area, geometry in outlines.items() if area not in around]


_maps: Remembered[str, DistrictMap] = Remembered(_read_map, edition_of)
