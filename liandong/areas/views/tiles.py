"""Maps from elsewhere for the staff's browsers: which there are, and their tiles. No template and no token leaves."""

from __future__ import annotations

import math

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.areas.queries import sources_on
from liandong.areas.rules.tiling import Tile, is_tile
from liandong.areas.tiles import Found, Missing, NotYet, tile_proxy
from liandong.kernel.refusal import marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of

THE_TILE = marked("这块地图")
_CACHE = {True: "private, max-age=86400", False: "private, max-age=300"}
"""How long a browser keeps a fresh tile, and one that is old."""


@desk()
@require_safe
def sources(request: DeskRequest) -> HttpResponse:
    """The sources of the reader's district that are switched on, as the map needs them."""
    told = [
        {
            "id": source.id,
            "name": source.name,
            "crs": source.crs,
            "min_zoom": source.min_zoom,
            "max_zoom": source.max_zoom,
            "attribution": source.attribution,
            "review_no": source.review_no,
            "is_labels": source.is_labels,
            "mark": source.mark.partition("-")[2],
        }
        for source in sources_on(district_of(request.actor)).values()
    ]
    response = JsonResponse({"sources": told})
    response["Cache-Control"] = "no-store"
    return response


@desk()
@require_safe
def tile(request: DeskRequest, source: int, z: int, x: int, y: int) -> HttpResponse:
    """One tile: 200 with it, 202 while it is fetched, 204 where the source has none, 503 while the source fails."""
    facts = sources_on(district_of(request.actor)).get(source)
    wanted = Tile(z, x, y)
    if facts is None or not facts.min_zoom <= z <= facts.max_zoom or not is_tile(wanted, facts.crs):
        raise NotFound(what=THE_TILE)
    match tile_proxy().tile(facts, wanted, at=timezone.now()):
        case Found(content, media, is_fresh):
            response = HttpResponse(content, content_type=media)
            response["Cache-Control"] = _CACHE[is_fresh]
            response["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return response
        case NotYet():
            response = HttpResponse(status=202)
            response["Retry-After"] = "1"
        case Missing(is_empty=True):
            response = HttpResponse(status=204)
        case Missing(seconds=seconds):
            response = HttpResponse(status=503)
            response["Retry-After"] = str(max(1, math.ceil(seconds)))
    response["Cache-Control"] = "no-store"
    return response
