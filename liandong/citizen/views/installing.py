"""What makes the pages an app: the worker, the manifest, and the outlines its map draws."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.areas.queries import area_outlines, basemap_body, district_map, edition_of
from liandong.citizen.offline import APP
from liandong.citizen.queries import home_district
from liandong.citizen.views.answering import for_everybody
from liandong.kernel.refusal import marked
from liandong.web.kept_bodies import answer_kept
from liandong.web.names import name_of, reads_english
from liandong.web.offline import manifest, worker_script
from liandong.web.remembered import Remembered

LEVELS: Final = ("town", "community", "grid")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the citizens' app."""
    return worker_script(APP)


@require_safe
def app_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone installs."""
    return manifest(
        name=marked("联动 · 随手反映"),
        short=marked("随手反映"),
        about=marked("身边的问题，拍下来告诉我们"),
        scope="/",
        more={"start_url": "/report/"},
    )


@for_everybody
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The outlines of one level of the district; unchanged ones are not sent again."""
    level = request.GET.get("level", "town")
    district = home_district()
    book = district_map(district)
    since = book.locators.since(book.day_of(timezone.now()))
    body, tag = _outlines.get((district, level if level in LEVELS else "town", reads_english(), since))
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "max-age=60"
    response["Vary"] = "Cookie, Accept-Language"
    return response


@for_everybody
@require_safe
def basemap(request: HttpRequest) -> HttpResponse:
    """What is drawn under the areas; unchanged it is not sent again."""
    return answer_kept(request, basemap_body(home_district()), cache="max-age=60")


def _read(key: tuple[str, str, bool, date]) -> tuple[bytes, str]:
    district, level, _english, day = key
    features: list[dict[str, Any]] = [
        {"type": "Feature", "geometry": area.geometry, "properties": {"code": area.code, "name": name_of(area)}}
        for area in area_outlines(district, level=level, day=day)
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return body, f'"{hashlib.sha256(body).hexdigest()[:24]}"'


_outlines: Remembered[tuple[str, str, bool, date], tuple[bytes, str]] = Remembered(
    _read, lambda key: edition_of(key[0])
)
