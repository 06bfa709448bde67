"""The public map: its page with a plain list, the outlines and bundles it draws, and the page of one public case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from liandong.areas.queries import basemap_body, district_codes, outlines_body
from liandong.cases.queries import THE_CASE, copy_to_send, first_public_photos, public_cases, public_photo
from liandong.cases.rulebook import rulebook_for
from liandong.citizen.publishing.asking import PERIODS, Asked, asked_on_map, district_in, picture_in, place_in
from liandong.citizen.publishing.queries import Bundle, Place, bundles, wanted_cases
from liandong.citizen.publishing.showing import COLUMNS, group_choices, shown, town_choices
from liandong.people.access import NotFound
from liandong.web.files import send_file
from liandong.web.kept_bodies import answer_kept
from liandong.web.names import name_of

ROWS: Final = 30


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The map with its filter, and the same cases as a list, the latest first."""
    at = timezone.now()
    asked = asked_on_map(request.GET, at=at)
    book = rulebook_for(asked.district)
    cases = wanted_cases(asked.district, asked.wanted, at=at)
    after = place_in(request.GET)
    if after is not None:
        cases = cases.filter(reported_at__lte=after.at).exclude(reported_at=after.at, pk__gte=after.pk)
    rows = list(cases.order_by("-reported_at", "-id").values(*COLUMNS)[: ROWS + 1])
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    further = {**asked.words, "after": str(Place(last["reported_at"], last["id"]))} if last else {}
    context = {
        "asked": asked.words,
        "query": urlencode(asked.words),
        "rows": shown(rows[:ROWS], book),
        "further": urlencode(further),
        "is_first": after is None,
        "groups": group_choices(book),
        "towns": town_choices(book, at=at),
        "periods": [(code, gettext(word)) for code, (_days, word) in PERIODS.items()],
        "narrower": name_of(book.map.areas[asked.wanted.area]) if len(asked.wanted.area) > 9 else "",
        "district": book.map.district,
        "zone": book.map.calendar.zone,
    }
    return render(request, "publishing/map.html", context)


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The outlines of one level of a district; unchanged ones are not sent again."""
    body = outlines_body(district_in(request.GET), level=request.GET.get("level", ""), at=timezone.now())
    return answer_kept(request, body, cache="public, max-age=60")


@require_safe
def basemap(request: HttpRequest) -> HttpResponse:
    """What is drawn under the areas of a district; unchanged it is not sent again."""
    return answer_kept(request, basemap_body(district_in(request.GET)), cache="public, max-age=60")


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """The bundles of one picture of the map."""
    at = timezone.now()
    asked = asked_on_map(request.GET, at=at)
    found = bundles(asked.district, asked.wanted, picture_in(request.GET), at=at)
    alone = [bundle.first for bundle in found if bundle.count == 1]
    rows = wanted_cases(asked.district, asked.wanted, at=at).filter(pk__in=alone).values(*COLUMNS)
    named = {row["id"]: row for row in rows}
    features = [_feature(bundle, named.get(bundle.first), asked) for bundle in found]
    response = HttpResponse(
        orjson.dumps({"type": "FeatureCollection", "features": features}), content_type="application/geo+json"
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One public case: what, where, how far, and what was done."""
    at = timezone.now()
    district = district_in(request.GET) if request.GET.get("district") else ""
    for code in [district] if district else district_codes():
        row = public_cases(code, at=at).filter(number=number.replace("\x00", "")).values(*COLUMNS).first()
        if row is not None:
            book = rulebook_for(code)
            photo = first_public_photos([row["id"]]).get(row["id"])
            context = {"case": shown([row], book)[0], "photo": photo, "zone": book.map.calendar.zone}
            return render(request, "publishing/case.html", context)
    raise NotFound(what=THE_CASE)


@require_safe
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The photo that came with a public case: the copy, never what was sent."""
    for code in district_codes():
        try:
            return send_file(request, copy_to_send(public_photo(code, number.replace("\x00", ""), pk)))
        except NotFound:
            continue
    raise NotFound(what=THE_CASE)


def _feature(bundle: Bundle, row: Mapping[str, Any] | None, asked: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {"count": bundle.count, "open": bundle.open, "area": _common(bundle.areas)}
    if bundle.count == 1 and row is not None:
        told["number"] = row["number"]
        kind = rulebook_for(asked.district).classes.get(row["class_code"])
        told["name"] = name_of(kind) if kind else ""
    point = [round(bundle.lon, 6), round(bundle.lat, 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": told}


def _common(areas: set[str]) -> str:
    """The smallest area that all of these lie in."""
    first, last = min(areas), max(areas)
    size = next((size for size in (15, 12, 9, 6) if first[:size] == last[:size] and len(first) >= size), 6)
    return first[:size]
