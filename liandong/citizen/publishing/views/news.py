"""News, notices and warnings as everybody reads them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing.asking import AskedUnclear, district_in
from liandong.citizen.publishing.front import told
from liandong.citizen.publishing.queries import articles_in_force, public_article, warnings_in_force
from liandong.citizen.publishing.rules.words import KIND_WORDS, Kind
from liandong.citizen.publishing.showing import town_choices

ROWS: Final = 20


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The warnings that hold, then what else is in force, the latest first, of one kind or town if asked for."""
    at = timezone.now()
    district = district_in(request.GET)
    book = rulebook_for(district)
    kind, town = request.GET.get("kind", ""), request.GET.get("town", "")
    towns = town_choices(book, at=at)
    if kind and kind not in set(Kind):
        raise AskedUnclear(name="kind", value=kind[:60])
    if town and town not in dict(towns):
        raise AskedUnclear(name="town", value=town[:60])
    number = request.GET.get("page", "1")
    page_number = int(number) if number.isdecimal() and 0 < len(number) < 5 else 1
    first = (max(page_number, 1) - 1) * ROWS
    found = articles_in_force(district, at=at, kind=kind, town=town)
    rows = list(found[first : first + ROWS + 1])
    said = {name: value for name, value in (("kind", kind), ("town", town)) if value}
    if request.GET.get("district"):
        said["district"] = district
    context = {
        "warnings": _told_all(warnings_in_force(district, at=at), book) if not kind else [],
        "rows": _told_all(rows[:ROWS], book),
        "kinds": [(code.value, gettext(word)) for code, word in KIND_WORDS.items()],
        "towns": towns,
        "asked": said,
        "further": urlencode({**said, "page": str(page_number + 1)}) if len(rows) > ROWS else "",
        "zone": book.map.calendar.zone,
    }
    return render(request, "publishing/news.html", context)


@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """One article."""
    district = district_in(request.GET)
    book = rulebook_for(district)
    row = told(public_article(district, pk, at=timezone.now()), book)
    return render(request, "publishing/article.html", {"row": row, "zone": book.map.calendar.zone})


def _told_all(rows: Any, book: Rulebook) -> list[dict[str, Any]]:
    return [told(row, book) for row in rows]
