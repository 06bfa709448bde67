"""Answers for searchable choices, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.workbench import choices

LONGEST_QUESTION = 60


def _answering(find: Callable[[str, Rulebook], list[dict[str, Any]]]) -> Callable[[HttpRequest], HttpResponseBase]:
    @desk()
    @require_safe
    def options(request: DeskRequest) -> HttpResponse:
        text = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUESTION]
        return JsonResponse({"options": find(text, rulebook_for(district_of(request.actor)))})

    return options


def _of_today(
    find: Callable[[str, Rulebook, date], list[dict[str, Any]]],
) -> Callable[[HttpRequest], HttpResponseBase]:
    return _answering(lambda text, book: find(text, book, book.day_of(timezone.now())))


classes = _answering(choices.class_options)
units = _of_today(choices.unit_options)
areas = _of_today(choices.area_options)
places = _of_today(choices.place_options)
