"""Named questions about the map: which area, which district, which working time. Answers are cached per edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from liandong.areas.locator import Locator, Outline
from liandong.areas.models import Area, CalendarDay, CalendarYear, District, Place
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
    """An area without its outline."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str
    kind: str
    households: int
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class DistrictMap:
    """All that is asked of a district's map, ready in memory."""

    district: District
    areas: dict[str, AreaFacts]
    locator: Locator
    calendar: Calendar

    def path(self, code: str) -> tuple[AreaFacts, ...]:
        """The areas from town to grid that `code` lies in."""
        return tuple(self.areas[code[:size]] for size in (9, 12, 15) if size <= len(code) and code[:size] in self.areas)


def district_map(code: str) -> DistrictMap:
    """The map of a district, reread when the district was loaded anew.

    :raises UnknownDistrict: it is not loaded
    """
    return _maps.get(code)


def current_map(code: str) -> DistrictMap:
    """The map as it stands now, whatever is remembered: for those who rebuild what they remember themselves.

    :raises UnknownDistrict: it is not loaded
    """
    _maps.forget()
    return _maps.get(code)


def districts() -> QuerySet[District]:
    """All districts of this installation."""
    return District.objects.order_by("code")


def district_codes() -> list[str]:
    """The codes of all districts, demo first: the one a visitor without a district is shown."""
    return list(District.objects.order_by("-is_demo", "code").values_list("code", flat=True))


def main_district() -> str:
    """The code of the district that is meant where nobody names one; empty when there is none."""
    return District.objects.filter(is_main=True).values_list("code", flat=True).first() or ""


def area_outlines(district: str, *, level: str) -> QuerySet[Area]:
    """The areas of one level that have an outline."""
    return Area.objects.filter(district=district, level=level, outline__isnull=False).order_by("code")


def places_like(district: str, text: str, *, limit: int) -> QuerySet[Place]:
    """Streets and landmarks whose name holds `text`, shortest first."""
    return Place.objects.filter(district=district, name__contains=text).order_by("name")[:limit]


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
    rows = Area.objects.filter(district=code)
    facts = {
        row[0]: AreaFacts(*row)
        for row in rows.values_list("code", "parent_id", "level", "name", "name_en", "kind", "households", "lon", "lat")
    }
    drawn = list(rows.filter(outline__isnull=False).values_list("code", "outline"))
    around = {area[:size] for area, _outline in drawn for size in (6, 9, 12) if len(area) > size}
    locator = Locator(Outline(area, outline) for area, outline in drawn if outline and area not in around)
    return DistrictMap(district, facts, locator, calendar_of(district))


_maps: Remembered[str, DistrictMap] = Remembered(_read_map, edition_of)
