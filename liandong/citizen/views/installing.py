"""What makes the pages an app: the worker, the manifest, and the outlines its map draws."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.areas.queries import basemap_body, outlines_body
from liandong.citizen.offline import APP
from liandong.citizen.queries import home_district
from liandong.citizen.views.answering import for_everybody
from liandong.kernel.refusal import marked
from liandong.web.kept_bodies import answer_kept
from liandong.web.offline import manifest, worker_script


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
    body = outlines_body(home_district(), level=request.GET.get("level", ""), at=timezone.now())
    return answer_kept(request, body, cache="max-age=60")


@for_everybody
@require_safe
def basemap(request: HttpRequest) -> HttpResponse:
    """What is drawn under the areas; unchanged it is not sent again."""
    return answer_kept(request, basemap_body(home_district()), cache="max-age=60")
