"""The map by the interface: the areas of a day, which of them a point lies in, streets and landmarks by name."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from liandong.areas.queries import AreaFacts, DistrictMap, district_codes, district_map, places_like
from liandong.kernel.datum import Datum, convert, is_plausible
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.api import answer, caller_of

READ = "cases:read"
MOST_PLACES = 50
router = Router(tags=["areas"])
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)


class DistrictUnclear(Refusal):
    """It cannot be told which district is meant."""

    status = 422
    says = marked("无法确定是哪个区。")
    remedy = marked("请用 district 写明区代码：%(known)s。")


class PointImplausible(Refusal):
    """A point that lies nowhere in the country."""

    status = 422
    says = marked("坐标不在合理范围内。")
    remedy = marked("请核对经度 lon、纬度 lat 及坐标系 datum。")


class DayUnfit(Refusal):
    """A day of another century."""

    status = 422
    says = marked("日期须在 2000 至 2100 年之间。")
    remedy = marked("请更正日期，例如 2026-03-02。")


class AreaRow(Schema):
    """An area: its code, the one it lies in, its level, its seat in WGS-84, and from when until when there is one."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str
    kind: str
    lon: float | None
    lat: float | None
    since_on: date | None
    until_on: date | None


class AreaList(Schema):
    """The areas there are on a day, in the order of their codes."""

    district: str
    day: date
    areas: list[AreaRow]


class Located(Schema):
    """The grid a point lies in and the areas around it, from the town down; `area` is empty outside the district."""

    district: str
    area: str
    path: list[AreaRow]


class PlaceRow(Schema):
    """A street or landmark."""

    name: str
    kind: str
    lon: float | None
    lat: float | None


class Places(Schema):
    """Streets and landmarks whose name holds the words, by name."""

    places: list[PlaceRow]


class Point(Schema):
    """A point, in the datum it was taken in."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    datum: Datum = Datum.WGS84
    district: Annotated[str, Field(max_length=6)] = ""


@router.get("/areas", response=AreaList, operation_id="list_areas", summary="区域列表")
def list_areas(
    request: HttpRequest,
    level: Literal["district", "town", "community", "grid"] | None = None,
    on: date | None = None,
    district: Annotated[str, Field(max_length=6)] = "",
) -> HttpResponse:
    """The areas of a district on a day, today unless told otherwise, of one level or of all."""
    book = _map_for(caller_of(request, READ).actor, district)
    day = on or book.day_of(timezone.now())
    if not _FIRST <= day < _LAST:
        raise DayUnfit
    found = (area for area in book.areas_on(day).values() if level is None or area.level == level)
    return answer({"district": book.district.code, "day": day, "areas": [_row(area) for area in found]})


@router.get("/areas/locate", response=Located, operation_id="locate", summary="坐标落在哪个网格")
def locate(request: HttpRequest, point: Query[Point]) -> HttpResponse:
    """Which grid a point lies in today, with the areas around it."""
    book = _map_for(caller_of(request, READ).actor, point.district)
    if not is_plausible(point.lon, point.lat):
        raise PointImplausible
    lon, lat = convert(point.lon, point.lat, source=point.datum, target=Datum.WGS84)
    code = book.locator_on(book.day_of(timezone.now())).locate(lon, lat) or ""
    path = [_row(area) for area in book.path(code)] if code else []
    return answer({"district": book.district.code, "area": code, "path": path})


@router.get("/places", response=Places, operation_id="find_places", summary="按名称查找地点")
def find_places(
    request: HttpRequest,
    text: Annotated[str, Field(min_length=1, max_length=60)],
    district: Annotated[str, Field(max_length=6)] = "",
) -> HttpResponse:
    """Streets and landmarks whose name holds `text`, fifty at most."""
    book = _map_for(caller_of(request, READ).actor, district)
    rows = places_like(book.district.code, text, limit=MOST_PLACES).values(*PlaceRow.model_fields)
    return answer({"places": list(rows)})


def _map_for(actor: Actor, asked: str) -> DistrictMap:
    """The map of the district a caller means: the one named, that of their posts, or the only one there is.

    :raises DistrictUnclear: several are possible and none was named
    :raises UnknownDistrict: the one named is not loaded
    """
    if asked:
        return district_map(asked)
    known = sorted({post.area[:6] for post in actor.posts if post.area}) or district_codes()
    if len(known) != 1:
        raise DistrictUnclear(known="、".join(known))
    return district_map(known[0])


def _row(area: AreaFacts) -> dict[str, Any]:
    return {name: getattr(area, name) for name in AreaRow.model_fields}
