"""Open data: public cases row by row, a few thousand in memory at a time, each part asked for anew.

What is hidden while a download runs is left out of what has not gone out yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from liandong.areas.queries import edition_of
from liandong.cases.queries import first_public_photos, public_place
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.citizen.publishing.queries.narrowing import Wanted, group_of, wanted_cases
from liandong.kernel.refusal import marked
from liandong.timeline.queries import latest_about

AT_ONCE: Final = 2000
_COLUMNS: Final = (
    "id", "number", "class_code", "area", "lon", "lat", "address", "stage", "unit", "description",
    "reported_at", "updated_at", "ended_at",
)  # fmt: skip

DICTIONARY: Final[tuple[tuple[str, str, str], ...]] = (
    ("number", "text", marked("案件编号，唯一")),
    ("class_code", "text", marked("类别代码（本区目录）")),
    ("class_name", "text", marked("类别名称")),
    ("class_name_en", "text", marked("类别英文名称")),
    ("group_code", "text", marked("大类代码")),
    ("group_name", "text", marked("大类名称")),
    ("town_code", "text", marked("街镇代码；位置不明时为空")),
    ("town_name", "text", marked("街镇名称")),
    ("area_code", "text", marked("公开到的区域代码：网格 15 位，居村 12 位，街镇 9 位，区 6 位")),
    ("address", "text", marked("地址；只在公开具体位置的类别中给出")),
    ("lon", "number", marked("经度，WGS-84；不公开具体位置的类别为区域驻地")),
    ("lat", "number", marked("纬度，WGS-84")),
    ("is_exact", "boolean", marked("坐标与地址是否为具体位置")),
    ("state", "text", marked("open 办理中，closed 已办结")),
    ("stage", "text", marked("所处环节代码")),
    ("stage_name", "text", marked("所处环节名称")),
    ("unit_name", "text", marked("承办单位")),
    ("description", "text", marked("问题描述；电话、证件号、车牌在受理时已删去")),
    ("photo", "text", marked("公开照片的地址，没有则为空")),
    ("reported_at", "time", marked("上报时间，ISO 8601，UTC")),
    ("updated_at", "time", marked("最近更新时间，ISO 8601，UTC；用作 updated_after")),
    ("ended_at", "time", marked("办结时间，办理中为空")),
)
"""Column, type, and what it says; the order is that of the files."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part begins: after the case of this report and id."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        """The place as it stands in an address."""
        return f"{self.at.isoformat()}~{self.pk}"


@dataclass(frozen=True, slots=True)
class Part:
    """A few thousand rows, and the place after them."""

    rows: list[tuple[Any, ...]]
    last: Place


def parts_of(district: str, wanted: Wanted, *, after: Place | None, limit: int | None, at: datetime) -> Iterator[Part]:
    """The rows asked for in the order of their reports, part by part, at most `limit` in all."""
    left = limit
    writer = _Writer(rulebook_for(district))
    while left is None or left > 0:
        size = AT_ONCE if left is None else min(AT_ONCE, left)
        found = list(_behind(district, wanted, after, at=at).values_list(*_COLUMNS)[:size])
        if not found:
            return
        photos = first_public_photos([row[0] for row in found])
        after = Place(found[-1][10], found[-1][0])
        yield Part([writer.row(row, photos.get(row[0])) for row in found], after)
        left = None if left is None else left - len(found)
        if len(found) < size:
            return


def place_after(district: str, wanted: Wanted, *, after: Place | None, limit: int, at: datetime) -> Place | None:
    """Where the next page begins after one of `limit` rows; nothing where there is none."""
    keys = _behind(district, wanted, after, at=at).values_list("reported_at", "id")
    found = list(keys[limit - 1 : limit + 1])
    return Place(*found[0]) if len(found) == 2 else None


def state_of_cases(district: str, *, at: datetime) -> tuple[str, datetime | None]:
    """What tells one state of all cases from another, and since when it holds.

    Anything that happens to any case changes it, so a copy kept by somebody is never taken for fresh when it is not.
    """
    latest = latest_about("case")
    # A case may become public by the mere passing of days; a copy is looked at again each day.
    parts = (district, edition_of(district), latest.pk if latest else 0, at.date().isoformat())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24], latest.recorded_at if latest else None


def _behind(district: str, wanted: Wanted, after: Place | None, *, at: datetime) -> Any:
    cases = wanted_cases(district, wanted, at=at)
    if after is not None:
        later = Q(reported_at__gt=after.at) | Q(reported_at=after.at, pk__gt=after.pk)
        cases = cases.filter(later, reported_at__gte=after.at)
    return cases.order_by("reported_at", "id")


class _Writer:
    """Makes rows; what is said of a class, a stage or a unit is made once."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._kinds: dict[str, tuple[str, str, str, str, str]] = {}
        self._towns: dict[str, tuple[str, str]] = {}

    def row(self, case: tuple[Any, ...], photo: int | None) -> tuple[Any, ...]:
        """One case as `DICTIONARY` has it."""
        _id, number, code, area, lon, lat, address, stage, unit, description, reported, updated, ended = case
        book = self._book
        place = public_place(book, class_code=code, area=area, lon=lon, lat=lat, address=address)
        known = book.units.get(unit)
        return (
            number, *self._kind(code), *self._town(place.area), place.area, place.address, place.lon, place.lat,
            place.is_exact, "open" if ended is None else "closed", stage, STAGE_WORDS[Stage(stage)],
            known.name if known else "", description,
            f"/map/{number}/photos/{photo}/" if photo else "",
            _told(reported), _told(updated), _told(ended) if ended else "",
        )  # fmt: skip

    def _kind(self, code: str) -> tuple[str, str, str, str, str]:
        found = self._kinds.get(code)
        if found is None:
            kind = self._book.classes.get(code)
            group = self._book.classes.get(group_of(self._book, code))
            names = (kind.name, kind.name_en) if kind else ("", "")
            found = (code, *names, group.code if group else "", group.name if group else "")
            self._kinds[code] = found
        return found

    def _town(self, area: str) -> tuple[str, str]:
        code = area[:9] if len(area) >= 9 else ""
        found = self._towns.get(code)
        if found is None:
            town = self._book.map.areas.get(code)
            found = self._towns[code] = (code, town.name if town else "")
        return found


def _told(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
