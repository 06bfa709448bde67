"""The page of one case, and its photos."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, photos_of
from liandong.kernel.refusal import marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.detail import case_context, steps_context

_PARTS = {"story": "workbench/case_live.html", "body": "workbench/case_body.html"}


@desk()
@require_safe
def case(request: DeskRequest, number: str) -> HttpResponse:
    """The whole case; `?part=` gives what a live page fetches again."""
    found = case_for(request.actor, number)
    part = request.GET.get("part", "")
    if part == "steps":
        return render(request, "workbench/steps.html", steps_context(request.actor, found, at=timezone.now()))
    context = case_context(request.actor, found, at=timezone.now())
    context["may_see_access"] = request.actor.may("people.see_access", thing_of(found))
    return render(request, _PARTS.get(part, "workbench/case.html"), context)


@desk()
@require_safe
def photo_file(request: DeskRequest, number: str, photo: int) -> HttpResponse | FileResponse:
    """The content of a photo, for whoever may see its case."""
    kept = photos_of(case_for(request.actor, number)).filter(pk=photo).first()
    file = Path(settings.MEDIA_ROOT) / kept.sha256[:2] / kept.sha256 if kept else None
    if kept is None or file is None or not file.is_file():
        raise NotFound(what=marked("这张照片"))
    response = FileResponse(file.open("rb"), content_type=kept.content_type)
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Content-Disposition"] = "inline"
    return response
