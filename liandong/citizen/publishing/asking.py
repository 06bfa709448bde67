"""Reading what a public address asks for: which district, cases, place. What is unclear is refused by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import QueryDict

from liandong.areas.queries import district_codes, district_map
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing.queries import STATES, Picture, Place, Wanted, groups_of
from liandong.citizen.publishing.queries.maps import LEAST_ZOOM, MOST_ZOOM
from liandong.citizen.queries import home_district
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound

THE_DISTRICT = marked("这个区")
PERIODS: Final[Mapping[str, tuple[int, str]]] = {
    "7": (7, marked("近 7 天")),
    "30": (30, marked("近 30 天")),
    "90": (90, marked("近 90 天")),
    "365": (365, marked("近一年")),
}
USUAL_PERIOD: Final = "30"
MOST_AT_ONCE: Final = 50_000


class AskedUnclear(Refusal):
    """A filter that is none, or of something nobody has."""

    status = 400
    says = marked("参数 %(name)s 的值“%(value)s”无效。")
    remedy = marked("请从页面上的选项中选择；接口的参数与取值见“开放数据”页。")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, and the words it was asked in, for forms and further addresses."""

    district: str
    wanted: Wanted
    words: Mapping[str, str]


def district_in(query: QueryDict) -> str:
    """The district an address names, else the main one, else the first.

    :raises NotFound: there is none, or not the one that is named
    """
    known = district_codes()
    asked = query.get("district", "")
    if asked and asked not in known:
        raise NotFound(what=THE_DISTRICT)
    found = asked or home_district()
    if not found:
        raise NotFound(what=THE_DISTRICT)
    return found


def asked_on_map(query: QueryDict, *, at: datetime) -> Asked:
    """What the map's form asks for: the last days, one group of classes, one area, one state.

    :raises AskedUnclear: a value is none
    """
    district = district_in(query)
    book = rulebook_for(district)
    words = {name: _clean(query.get(name, "")) for name in ("kind", "area", "state", "period")}
    words["period"] = words["period"] or USUAL_PERIOD
    if words["period"] not in PERIODS:
        raise AskedUnclear(name="period", value=words["period"])
    since = at - timedelta(days=PERIODS[words["period"]][0])
    return Asked(district, _wanted(words, book, since=since, until=None, updated=None), _said(query, words))


def asked_of_data(query: QueryDict) -> Asked:
    """What an address of open data asks for: `from`, `until` (reports), `updated_after`, `town`, `class`, `state`.

    :raises AskedUnclear: a value is none
    """
    district = district_in(query)
    book = rulebook_for(district)
    zone = book.map.calendar.zone
    names = {"kind": "class", "area": "town", "state": "state"}
    words = {name: _clean(query.get(asked, "")) for name, asked in names.items()}
    since, until, updated = (_instant(query, name, zone) for name in ("from", "until", "updated_after"))
    if until is not None and len(_clean(query.get("until", ""))) == 10:
        until += timedelta(days=1)
    return Asked(district, _wanted(words, book, since=since, until=until, updated=updated), _said(query, {}))


def place_in(query: QueryDict) -> Place | None:
    """The place after which a page of open data begins.

    :raises AskedUnclear: it is none
    """
    text = _clean(query.get("after", ""))
    if not text:
        return None
    instant, bar, pk = text.rpartition("~")
    try:
        # A plus sign that was not escaped arrives as a blank.
        at = datetime.fromisoformat(instant.replace(" ", "+"))
    except ValueError:
        raise AskedUnclear(name="after", value=text[:60]) from None
    if not bar or not pk.isdecimal() or len(pk) > 18 or at.tzinfo is None:
        raise AskedUnclear(name="after", value=text[:60])
    return Place(at, int(pk))


def limit_in(query: QueryDict) -> int | None:
    """At most how many rows; nothing for all of them.

    :raises AskedUnclear: it is no number from 1 to 50,000
    """
    text = _clean(query.get("limit", ""))
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= MOST_AT_ONCE:
        raise AskedUnclear(name="limit", value=text[:60])
    return int(text)


def picture_in(query: QueryDict) -> Picture:
    """The edges of a map: `bbox=west,south,east,north` and `zoom`.

    :raises AskedUnclear: they are none
    """
    text, zoom = _clean(query.get("bbox", "")), _clean(query.get("zoom", "12"))
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise AskedUnclear(name="bbox", value=text[:60]) from None
    edges = (west, south, east, north)
    if not all(math.isfinite(edge) and abs(edge) <= 360 for edge in edges) or west > east or south > north:
        raise AskedUnclear(name="bbox", value=text[:60])
    if not zoom.isdecimal() or len(zoom) > 2:
        raise AskedUnclear(name="zoom", value=zoom[:60])
    return Picture(west, south, east, north, min(max(int(zoom), LEAST_ZOOM), MOST_ZOOM))


def _wanted(
    words: Mapping[str, str], book: Rulebook, *, since: datetime | None, until: datetime | None,
    updated: datetime | None,
) -> Wanted:  # fmt: skip
    kind, area, state = words["kind"], words["area"], words["state"]
    known = {group.code for group in groups_of(book)}
    leaf = book.classes.get(kind)
    if kind and kind not in known and not (leaf is not None and leaf.is_public):
        raise AskedUnclear(name="class", value=kind[:60])
    if area and (area not in book.map.areas or len(area) > 15):
        raise AskedUnclear(name="town", value=area[:60])
    if state and state not in STATES:
        raise AskedUnclear(name="state", value=state[:60])
    return Wanted(area, kind, state, since, until, updated)


def _instant(query: QueryDict, name: str, zone: ZoneInfo) -> datetime | None:
    text = _clean(query.get(name, ""))
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        return found if 1900 < found.year < 2999 else _unclear(name, text)
    except ValueError:
        return _unclear(name, text)


def _unclear(name: str, text: str) -> datetime:
    raise AskedUnclear(name=name, value=text[:60])


def _said(query: QueryDict, words: Mapping[str, str]) -> dict[str, str]:
    said = {name: value for name, value in words.items() if value}
    return {**said, "district": query.get("district", "")} if query.get("district") else said


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def zone_of(district: str) -> ZoneInfo:
    """The zone whose clocks a district reads."""
    return district_map(district).calendar.zone
