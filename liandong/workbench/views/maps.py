"""What the map draws: areas and what lies under them, cases, and which grid a point lies in."""

from __future__ import annotations

import math

import orjson
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.areas.queries import basemap_body, district_map, outlines_body
from liandong.cases.queries import permitted_cases, state_of
from liandong.kernel.datum import is_plausible
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.kept_bodies import answer_kept
from liandong.web.names import name_of
from liandong.workbench.queues import QUEUES, cases_in
from liandong.workbench.views.lists import asked_for

MOST_POINTS = 500


@desk()
@require_safe
def areas(request: DeskRequest) -> HttpResponse:
    """The outlines of one level of the reader's district; unchanged ones are not sent again."""
    body = outlines_body(district_of(request.actor), level=request.GET.get("level", ""), at=timezone.now())
    return answer_kept(request, body, cache="private, max-age=60")


@desk()
@require_safe
def basemap(request: DeskRequest) -> HttpResponse:
    """What is drawn under the areas of the reader's district; unchanged it is not sent again."""
    return answer_kept(request, basemap_body(district_of(request.actor)), cache="private, max-age=60")


@desk()
@require_safe
def cases(request: DeskRequest) -> HttpResponse:
    """The points of a queue, or of the same filter as the list; the newest 500 at most."""
    at = timezone.now()
    queue = request.GET.get("queue", "")
    if queue in QUEUES:
        found = cases_in(queue, request.actor, at=at).filter(lon__isnull=False)
    else:
        narrowed = asked_for(request, at=at).apply(permitted_cases(request.actor))
        found = narrowed.filter(lon__isnull=False).defer("terms").order_by("-reported_at", "-id")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [case.lon, case.lat]},
            "properties": {"number": case.number, "state": state_of(case, at=at)},
        }
        for case in found.only("number", "lon", "lat", "due_at", "ended_at")[:MOST_POINTS]
    ]
    content = orjson.dumps({"type": "FeatureCollection", "features": features})
    response = HttpResponse(content, content_type="application/geo+json")
    response["Cache-Control"] = "no-store"
    return response


@desk()
@require_safe
def locate(request: DeskRequest) -> HttpResponse:
    """The grid a point lies in, with the areas around it; an empty code outside the district."""
    book = district_map(district_of(request.actor))
    point = point_of(request)
    code = book.locator_on(book.day_of(timezone.now())).locate(*point) if point else None
    names = [name_of(area) for area in book.path(code)] if code else []
    return JsonResponse({"area": code or "", "names": names})


def point_of(request: DeskRequest) -> tuple[float, float] | None:
    """The point named in the address, if it is one."""
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return None
    finite = math.isfinite(lon) and math.isfinite(lat)
    return (lon, lat) if finite and is_plausible(lon, lat) else None
