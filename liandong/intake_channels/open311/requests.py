"""Requests as the public sees them: searched by number or by time, two states, nothing about persons.

Coordinates are WGS-84. A livelihood appeal is about somebody's home: it shows the seat and name of its grid instead of
point and address. A photo that came with a request is shown as the copy without metadata, of other photos none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext

from liandong.cases.queries import first_public_photos, handling_dues, photo_rule_of, public_cases, public_place
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.policies import PhotoRule
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
from liandong.intake_channels.open311.space import narrowed

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


Address = Callable[[str], str]
"""Makes an address on this server whole."""


def requests_found(parameters: Parameters, *, district: str, at: datetime, address: Address) -> list[dict[str, Any]]:
    """The public requests a search asks for, the latest first; numbers override everything else.

    :raises RequestUnknown: numbers were named, and none of them is a public request
    """
    numbers = parameters.items("service_request_id")
    if numbers:
        return requests_numbered(numbers, district=district, address=address)
    book = rulebook_for(district)
    start, end = _span(parameters, zone=book.map.calendar.zone, at=at)
    cases = public_cases(district, at=at).filter(reported_at__gte=start, reported_at__lt=end)
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
    cases = narrowed(cases, parameters, district=district)
    first, size = page_in(parameters)
    found = cases.order_by("-reported_at", "-id").values(*_COLUMNS)[first : first + size]
    return _rows(found, book, address)


def requests_numbered(numbers: list[str], *, district: str, address: Address) -> list[dict[str, Any]]:
    """The public requests of these numbers.

    :raises RequestUnknown: none of them is one
    """
    if len(numbers) > MOST_ROWS:
        raise TooManyNumbers(longest=MOST_ROWS)
    cases = public_cases(district).filter(number__in=numbers).order_by("-reported_at", "-id")
    rows = _rows(cases.values(*_COLUMNS), rulebook_for(district), address)
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


def page_in(parameters: Parameters) -> tuple[int, int]:
    """Behind how many rows a page begins, and how many it holds.

    :raises PageInvalid: it is none
    """
    try:
        page = int(parameters.text("page") or 1)
        size = int(parameters.text("page_size") or MOST_ROWS)
    except ValueError:
        raise PageInvalid(longest=MOST_ROWS) from None
    if not (1 <= page <= 1_000_000 and 1 <= size <= MOST_ROWS):
        raise PageInvalid(longest=MOST_ROWS)
    return (page - 1) * size, size


def _rows(cases: Iterable[Mapping[str, Any]], book: Rulebook, address: Address) -> list[dict[str, Any]]:
    found = list(cases)
    dues = handling_dues([case["id"] for case in found if case["ended_at"] is None])
    photos = first_public_photos([case["id"] for case in found])
    rows = [_row(case, dues.get(case["id"]), book) for case in found]
    for case, row in zip(found, rows, strict=True):
        if case["id"] in photos:
            place = {"base": "v2", "number": case["number"], "photo": photos[case["id"]]}
            row["media_url"] = address(reverse("open311:media", kwargs=place))
    return rows


def _row(case: Mapping[str, Any], due_at: datetime | None, book: Rulebook) -> dict[str, Any]:
    zone = book.map.calendar.zone
    kind = book.classes.get(case["class_code"])
    place = public_place(book, **{name: case[name] for name in ("class_code", "area", "lon", "lat", "address")})
    shows_media = photo_rule_of(case["class_code"], district=book.map.district.code) is PhotoRule.AT_ONCE
    return {
        "service_request_id": case["number"],
        "status": "open" if case["ended_at"] is None else "closed",
        "status_notes": _notes(case["stage"], case["closing"]),
        "service_name": named(kind) if kind else None,
        "service_code": case["class_code"],
        "description": case["description"],
        "agency_responsible": unit_named(book, case["unit"]),
        "service_notice": None,
        "requested_datetime": told_at(case["reported_at"], zone),
        "updated_datetime": told_at(case["updated_at"], zone),
        "expected_datetime": told_at(due_at, zone),
        "address": (place.address if place.is_exact else path_named(book.map.path(place.area))) or None,
        "address_id": place.area,
        "zipcode": None,
        "lat": place.lat,
        "long": place.lon,
        "media_url": case["attributes"].get("media_url") if shows_media else None,
    }


def _notes(stage: str, closing: str) -> str:
    words = gettext(STAGE_WORDS[Stage(stage)])
    return f"{words} ({gettext(CLOSING_WORDS[Closing(closing)])})" if closing else words


def told_at(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """An instant as the specification writes it, in the zone of the district."""
    return instant.astimezone(zone).isoformat(timespec="seconds") if instant else None
