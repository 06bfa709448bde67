"""Requests as the public sees them: searched by number or by time, two states, nothing about persons.

Coordinates are WGS-84. A livelihood appeal is about somebody's home: it shows the seat and name of its grid instead of
point and address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from liandong.cases.queries import handling_dues, public_cases
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import CLOSING_WORDS, STAGE_WORDS, Closing, Stage
from liandong.intake_channels.open311.faults import (
    PageInvalid,
    RequestUnknown,
    SpanTooLong,
    StatusUnknown,
    TooManyNumbers,
)
from liandong.intake_channels.open311.parameters import Parameters
from liandong.intake_channels.open311.services import named, path_named, service_of, unit_named

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1000

_COLUMNS = (
    "id",
    "number",
    "stage",
    "closing",
    "class_code",
    "description",
    "unit",
    "reported_at",
    "updated_at",
    "ended_at",
    "address",
    "area",
    "lon",
    "lat",
    "attributes",
)


def requests_found(parameters: Parameters, *, district: str, at: datetime) -> list[dict[str, Any]]:
    """The public requests a search asks for, the latest first; numbers override everything else.

    :raises RequestUnknown: numbers were named, and none of them is a public request
    """
    numbers = parameters.items("service_request_id")
    if numbers:
        return requests_numbered(numbers, district=district)
    book = rulebook_for(district)
    start, end = _span(parameters, zone=book.map.calendar.zone, at=at)
    cases = public_cases(district).filter(reported_at__gte=start, reported_at__lt=end)
    codes = parameters.items("service_code")
    if codes:
        cases = cases.filter(class_code__in=[service_of(district, code).code for code in codes])
    states = _states(parameters)
    if len(states) == 1:
        cases = cases.filter(ended_at__isnull=states == {"open"})
    for name, lookup in (("updated_after", "updated_at__gte"), ("updated_before", "updated_at__lte")):
        instant = parameters.instant(name, zone=book.map.calendar.zone)
        if instant:
            cases = cases.filter(**{lookup: instant})
    first, size = _page(parameters)
    return _rows(cases.order_by("-reported_at", "-id").values(*_COLUMNS)[first : first + size], book)


def requests_numbered(numbers: list[str], *, district: str) -> list[dict[str, Any]]:
    """The public requests of these numbers.

    :raises RequestUnknown: none of them is one
    """
    if len(numbers) > MOST_ROWS:
        raise TooManyNumbers(longest=MOST_ROWS)
    cases = public_cases(district).filter(number__in=numbers).order_by("-reported_at", "-id")
    rows = _rows(cases.values(*_COLUMNS), rulebook_for(district))
    if not rows:
        raise RequestUnknown(number=", ".join(numbers)[:80])
    return rows


def _span(parameters: Parameters, *, zone: ZoneInfo, at: datetime) -> tuple[datetime, datetime]:
    """From when until before when: both ends belong to it, a day named as its end belongs to it wholly."""
    start = parameters.instant("start_date", zone=zone)
    end = parameters.instant("end_date", zone=zone)
    try:
        if start is None:
            end = end or at
            start = end - LONGEST_SPAN
        elif end is None:
            end = min(start + LONGEST_SPAN, max(at, start))
        inclusive = timedelta(days=1) if parameters.is_day("end_date") else timedelta(seconds=1)
        if end < start or end - start > LONGEST_SPAN:
            raise SpanTooLong(days=LONGEST_SPAN.days)
        return start, end + inclusive
    except OverflowError:
        raise SpanTooLong(days=LONGEST_SPAN.days) from None


def _states(parameters: Parameters) -> set[str]:
    states = set(parameters.items("status"))
    unknown = states - {"open", "closed"}
    if unknown:
        raise StatusUnknown(status=", ".join(sorted(unknown))[:40])
    return states


def _page(parameters: Parameters) -> tuple[int, int]:
    try:
        page = int(parameters.text("page") or 1)
        size = int(parameters.text("page_size") or MOST_ROWS)
    except ValueError:
        raise PageInvalid(longest=MOST_ROWS) from None
    if not (1 <= page <= 1_000_000 and 1 <= size <= MOST_ROWS):
        raise PageInvalid(longest=MOST_ROWS)
    return (page - 1) * size, size


def _rows(cases: Iterable[Mapping[str, Any]], book: Rulebook) -> list[dict[str, Any]]:
    found = list(cases)
    dues = handling_dues([case["id"] for case in found if case["ended_at"] is None])
    return [_row(case, dues.get(case["id"]), book) for case in found]


def _row(case: Mapping[str, Any], due_at: datetime | None, book: Rulebook) -> dict[str, Any]:
    zone = book.map.calendar.zone
    kind = book.classes.get(case["class_code"])
    address, lon, lat = _place(case, is_home=kind is None or kind.kind == "appeal", book=book)
    return {
        "service_request_id": case["number"],
        "status": "open" if case["ended_at"] is None else "closed",
        "status_notes": _notes(case["stage"], case["closing"]),
        "service_name": named(kind) if kind else None,
        "service_code": case["class_code"],
        "description": case["description"],
        "agency_responsible": unit_named(book, case["unit"]),
        "service_notice": None,
        "requested_datetime": _told(case["reported_at"], zone),
        "updated_datetime": _told(case["updated_at"], zone),
        "expected_datetime": _told(due_at, zone),
        "address": address,
        "address_id": case["area"],
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": case["attributes"].get("media_url"),
    }


def _place(case: Mapping[str, Any], *, is_home: bool, book: Rulebook) -> tuple[str | None, float | None, float | None]:
    if not is_home:
        point = (case["lon"], case["lat"])
        lon, lat = (None, None) if None in point else (round(point[0], 6), round(point[1], 6))
        return case["address"] or None, lon, lat
    area = book.map.areas.get(case["area"])
    if area is None or len(area.code) == 6:
        return None, None, None
    return path_named(book.map.path(area.code)), area.lon, area.lat


def _notes(stage: str, closing: str) -> str:
    words = gettext(STAGE_WORDS[Stage(stage)])
    return f"{words} ({gettext(CLOSING_WORDS[Closing(closing)])})" if closing else words


def _told(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return instant.astimezone(zone).isoformat(timespec="seconds") if instant else None
