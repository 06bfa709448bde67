"""Open data: its page with dictionary and licence, cases as CSV and JSON, figures as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from liandong.areas.queries import edition_of
from liandong.cases.rulebook import rulebook_for
from liandong.citizen.operations import spend
from liandong.citizen.publishing.asking import (
    MOST_AT_ONCE,
    asked_of_data,
    district_in,
    limit_in,
    place_in,
)
from liandong.citizen.publishing.queries import (
    DICTIONARY,
    Part,
    Place,
    counted_at,
    figure_rows,
    parts_of,
    place_after,
    portal_text,
    smallest_cell,
    state_of_cases,
)
from liandong.citizen.publishing.rules.periods import months_from
from liandong.citizen.publishing.showing import group_choices, town_choices
from liandong.citizen.rules.limits import limit_of
from liandong.citizen.views.answering import source_of

NAMES: Final = tuple(name for name, _type, _about in DICTIONARY)
FIGURES: Final = (
    "month", "town_code", "town_name", "group_code", "group_name", "reported", "open", "handled", "due", "in_time",
    "rated", "satisfied", "is_withheld",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
Answer = TypeVar("Answer", bound=HttpResponseBase)
_Written = Callable[[Iterator[Part]], Iterator[bytes]]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What may be taken, in which form, under which licence, and what each column says."""
    district = district_in(request.GET)
    book = rulebook_for(district)
    context = {
        "district": book.map.district,
        "texts": {name: portal_text(district, name) for name in ("about", "licence", "contact")},
        "dictionary": [(name, kind, gettext(about)) for name, kind, about in DICTIONARY],
        "groups": group_choices(book),
        "towns": town_choices(book, at=timezone.now()),
        "most": MOST_AT_ONCE,
        "per_hour": limit_of("download_address", own=settings.LIANDONG_CITIZEN_LIMITS).most,
        "counted_at": counted_at(district),
        "zone": book.map.calendar.zone,
        "least": smallest_cell(district),
    }
    return render(request, "publishing/open_data.html", context)


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """The columns of the files for programs."""
    district = district_in(request.GET)
    columns = [{"name": name, "type": kind, "description": gettext(about)} for name, kind, about in DICTIONARY]
    told = {"district": district, "licence": portal_text(district, "licence"), "columns": columns}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
def cases_csv(request: HttpRequest) -> HttpResponseBase:
    """Public cases as CSV (RFC 4180, UTF-8), in the order of their reports."""
    return _cases(request, _csv, "text/csv; charset=utf-8", "cases.csv")


@require_safe
def cases_json(request: HttpRequest) -> HttpResponseBase:
    """Public cases as one JSON document with licence, cases, and the place after the last one."""
    district = district_in(request.GET)
    head = {"district": district, "licence": portal_text(district, "licence")}
    return _cases(request, lambda parts: _json(parts, head), "application/json", "cases.json")


@require_safe
def figures_csv(request: HttpRequest) -> HttpResponseBase:
    """Figures by month, town and group as CSV; what is of too few is marked and left blank."""
    at = timezone.now()
    district = district_in(request.GET)
    book = rulebook_for(district)
    spend("download_address", of=source_of(request), at=at)
    first, last = request.GET.get("from", "") or "1900-01", request.GET.get("until", "")
    months = months_from(first, last, today=book.map.day_of(at))
    counted = counted_at(district)
    tag = f'"{edition_of(district)}-{counted.timestamp() if counted else 0}"'
    if fresh := _unchanged(request, tag, counted):
        return fresh
    rows = []
    for month, town, group, counts, _least in figure_rows(district, months):
        area, kind = book.map.areas.get(town), book.classes.get(group)
        told = ("",) * 7 if counts is None else tuple(getattr(counts, name) for name in FIGURES[5:12])
        names = (town if len(town) == 9 else "", area.name if area and len(town) == 9 else "", group)
        rows.append((month, *names, kind.name if kind else "", *told, str(counts is None).lower()))
    response = HttpResponse(_lines([FIGURES, *rows]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return _marked(response, tag, counted)


def _cases(request: HttpRequest, write: _Written, media_type: str, name: str) -> HttpResponseBase:
    at = timezone.now()
    asked = asked_of_data(request.GET)
    after, limit = place_in(request.GET), limit_in(request.GET)
    spend("download_address", of=source_of(request), at=at)
    state, since = state_of_cases(asked.district, at=at)
    tag = f'W/"{state}"'
    if fresh := _unchanged(request, tag, since):
        return fresh
    found = parts_of(asked.district, asked.wanted, after=after, limit=limit, at=at)
    response = StreamingHttpResponse(write(found), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if limit is not None:
        following = place_after(asked.district, asked.wanted, after=after, limit=limit, at=at)
        if following is not None:
            response["Link"] = f'<{_following(request, following)}>; rel="next"'
    _marked(response, tag, since)
    return response


def _unchanged(request: HttpRequest, tag: str, since: datetime | None) -> HttpResponse | None:
    """The short answer to whoever has this state already."""
    asked = request.headers.get("If-None-Match", "")
    if tag not in [part.strip() for part in asked.split(",")]:
        return None
    response = HttpResponseNotModified()
    _marked(response, tag, since)
    return response


def _marked(response: Answer, tag: str, since: datetime | None) -> Answer:
    response["ETag"] = tag
    if since is not None:
        response["Last-Modified"] = http_date(since.timestamp())
    # A copy may be kept, and is asked about each time: what is hidden is gone with the next request.
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _following(request: HttpRequest, place: Place) -> str:
    query = request.GET.copy()
    query["after"] = str(place)
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _csv(parts: Iterator[Part]) -> Iterator[bytes]:
    yield _lines([NAMES]).encode()
    text = {place for place, (_name, kind, _about) in enumerate(DICTIONARY) if kind == "text"}
    for part in parts:
        yield _lines([_cells(row, text) for row in part.rows]).encode()


def _json(parts: Iterator[Part], head: dict[str, str]) -> Iterator[bytes]:
    yield orjson.dumps(head)[:-1] + b',"cases":['
    last, lead = "", b""
    for part in parts:
        rows = (orjson.dumps(dict(zip(NAMES, row, strict=True))) for row in part.rows)
        yield lead + b",\n".join(rows)
        lead, last = b",\n", str(part.last)
    yield b'],"after":' + orjson.dumps(last) + b"}"


def _cells(row: tuple[Any, ...], text: set[int]) -> list[Any]:
    """A row that no spreadsheet takes for formulas, whatever a reporter wrote."""
    return [_cell(value, is_text=place in text) for place, value in enumerate(row)]


def _cell(value: Any, *, is_text: bool) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if is_text and value and value.lstrip(" ")[:1] in _FORMULAS else value


def _lines(rows: Iterable[Any]) -> str:
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue()
