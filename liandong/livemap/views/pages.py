"""The map's own pages: the map, and the card of one case on it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.areas.queries import district_map
from liandong.cases.queries import case_for, class_name, state_of, unit_name
from liandong.cases.queries.asking import NAMES, question_in
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import CHANNEL_WORDS, STAGE_WORDS
from liandong.livemap.views.data import layers_for
from liandong.livemap.words import MAP_WORDS
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of

SHOWN: Final = ("text", "stage", "open", "late", "area", "class_code", "channel", "days", "unit")
"""The names of the filter for which the map has fields; others come along from a list and can be dropped together."""


@desk("cases.view")
@require_safe
def live_map(request: DeskRequest) -> HttpResponse:
    """The map of everything the reader may see. Without a question of its own it shows what is open."""
    asked = request.GET.copy()
    if not any(asked.get(name) for name in NAMES):
        asked["open"] = "yes"
    question_in(asked)  # refuses a shape that is none
    shown = [name for name in SHOWN if name != "stage" or len(asked.getlist("stage")) < 2]
    district = district_of(request.actor)
    book = rulebook_for(district)
    day = book.day_of(timezone.now())
    towns = [area for area in book.map.areas_on(day).values() if area.level == "town"]
    area = book.map.areas.get(asked.get("area", ""))
    context = {
        "asked": asked,
        "kept": _kept(asked, shown),
        "stage": asked.get("stage", "") if "stage" in shown else "",
        "picked": {
            "class_code": class_name(asked.get("class_code", ""), book),
            "unit": unit_name(asked.get("unit", ""), book),
            "area": name_of(area) if area else "",
        },
        "towns": [(town.code, name_of(town)) for town in sorted(towns, key=lambda one: one.code)],
        "stages": [(code, _(word)) for code, word in STAGE_WORDS.items()],
        "channels": [(code, _(word)) for code, word in CHANNEL_WORDS.items()],
        "layers": [
            {"code": one.code, "word": _(one.word), "icon": one.icon, "tone": one.tone, "is_area": one.is_area}
            for one in layers_for(request)
        ],
        "centre": (book.map.district.lon, book.map.district.lat),
        "today": day.isoformat(),
        "words": {key: _(word) for key, word in MAP_WORDS.items()},
    }
    return render(request, "livemap/map.html", context)


@desk("cases.view")
@require_safe
def card(request: DeskRequest, number: str) -> HttpResponse:
    """What the map says of one case: enough to know whether to open it."""
    at = timezone.now()
    case = case_for(request.actor, number)
    book = rulebook_for(case.district)
    context = {
        "case": case,
        "kind": class_name(case.class_code, book),
        "unit": unit_name(case.unit, book),
        "where": case.address or " › ".join(name_of(area) for area in district_map(case.district).path(case.area)),
        "channel": _(CHANNEL_WORDS.get(case.channel, case.channel)),
        "state": state_of(case, at=at),
        "now": at,
    }
    return render(request, "livemap/card.html", context)


def _kept(asked: QueryDict, shown: list[str]) -> dict[str, Any]:
    """What the question holds beyond the fields of this page."""
    pairs = [(name, value) for name, values in asked.lists() for value in values if name in NAMES and name not in shown]
    rest = urlencode([(name, asked[name]) for name in shown if asked.get(name)])
    return {"pairs": pairs, "count": len(pairs), "rest": rest}
