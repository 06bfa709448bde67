"""指挥大屏: one map and seven panels, and the same figures on a leader's phone. Every number opens its list."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.areas.queries import district_map
from liandong.cases.queries import CaseFilter, class_name
from liandong.cases.queries.asking import address_of
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.duty.queries import on_duty_in, persons
from liandong.kernel.refusal import marked
from liandong.livemap.asking import patience
from liandong.livemap.queries import Figure, Figures, Rate, figures
from liandong.livemap.words import MAP_WORDS
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.rules.scope import Reach
from liandong.web.names import listed, name_of

TODAY_WORDS: Final = {
    "reported": marked("今日上报"),
    "ended": marked("今日办结"),
    "open": marked("在办"),
    "late": marked("超时"),
}
LEVEL_WORDS: Final = {
    "grid": marked("网格"),
    "station": marked("居村工作站"),
    "town": marked("街镇"),
    "district": marked("区级"),
}
RATE_WORDS: Final = {"response": marked("响应率"), "solution": marked("解决率"), "satisfaction": marked("满意率")}
MOST_TOWNS: Final = 13
_WIDE: Final = frozenset({Reach.EVERYWHERE, Reach.AREA})
_ON_DUTY_AT: Final = ("centre", "town")


@desk("livemap.watch")
@require_safe
def wall(request: DeskRequest) -> HttpResponse:
    """The wall. `?theme=light` for a bright room."""
    district = district_map(district_of(request.actor)).district
    context = _panels(request) | {
        "title": name_of(district),
        "theme": "light" if request.GET.get("theme") == "light" else "dark",
        "centre": (district.lon, district.lat),
        "words": {key: _(word) for key, word in MAP_WORDS.items()},
    }
    return render(request, "livemap/wall.html", context)


@desk("livemap.watch")
@require_safe
def panels(request: DeskRequest) -> HttpResponse:
    """The panels alone, as they are now."""
    return render(request, "livemap/wall_panels.html", _panels(request))


@desk("livemap.watch")
@require_safe
def phone(request: DeskRequest) -> HttpResponse:
    """The same figures below one another, for a phone."""
    return render(request, "livemap/wall_phone.html", _panels(request))


def _panels(request: DeskRequest) -> dict[str, Any]:
    at = timezone.now()
    district = district_of(request.actor)
    book = rulebook_for(district)
    with patience():
        found = figures(request.actor, district, at=at)
    stages = sorted(found.stages, key=lambda one: list(STAGE_WORDS).index(Stage(one.code)))
    return {
        "at": at,
        "today": [_figure(one, TODAY_WORDS[one.code]) for one in found.today],
        "stages": [_figure(one, STAGE_WORDS[Stage(one.code)]) for one in stages],
        "flow": _flow(found),
        "funnel": _funnel(found),
        "towns": _towns(found, book),
        "classes": _classes(found, book),
        "rates": [_rate(rate) for rate in found.rates],
        "duty": _on_duty(request, district, at=at),
    }


def _figure(one: Figure, word: str) -> dict[str, Any]:
    return {"code": one.code, "word": _(word), "count": one.count, "url": _list(one.asked)}


def _flow(found: Figures) -> list[dict[str, Any]]:
    busiest = max((max(day.reported.count, day.ended.count) for day in found.flow), default=0)
    return [
        {
            "day": day.day,
            "reported": day.reported.count,
            "ended": day.ended.count,
            "reported_share": _share(day.reported.count, busiest),
            "ended_share": _share(day.ended.count, busiest),
            "url": _list(day.reported.asked),
            "ended_url": _list(day.ended.asked),
        }
        for day in found.flow
    ]


def _funnel(found: Figures) -> list[dict[str, Any]]:
    solved = sum(level.count for level in found.funnel)
    return [_figure(one, LEVEL_WORDS[one.code]) | {"share": _share(one.count, solved)} for one in found.funnel]


def _towns(found: Figures, book: Rulebook) -> list[dict[str, Any]]:
    fullest = max((town.open.count for town in found.towns), default=0)
    return [
        {
            "area": town.area,
            "word": name_of(area) if (area := book.map.areas.get(town.area)) else town.area,
            "open": town.open.count,
            "late": town.late.count,
            "share": _share(town.open.count, fullest),
            "late_share": _share(town.late.count, fullest),
            "url": _list(town.late.asked),
            "open_url": _list(town.open.asked),
        }
        for town in found.towns[:MOST_TOWNS]
    ]


def _classes(found: Figures, book: Rulebook) -> list[dict[str, Any]]:
    most = max((heat.lately.count for heat in found.classes), default=0)
    return [
        {
            "word": class_name(heat.class_code, book),
            "count": heat.lately.count,
            "before": heat.before,
            "share": _share(heat.lately.count, most),
            "url": _list(heat.lately.asked),
        }
        for heat in found.classes
    ]


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "word": _(RATE_WORDS[rate.code]),
        "share": None if rate.share is None else round(100 * rate.share, 1),
        "met": rate.met,
        "of": rate.of,
        "url": _list(rate.short),
    }


def _on_duty(request: DeskRequest, district: str, *, at: datetime) -> list[dict[str, Any]]:
    """Who is on duty now at the centre and in the towns the reader watches."""
    scope = request.actor.scope("livemap.watch")
    reached = tuple("" if one.reach is Reach.EVERYWHERE else one.value for one in scope.grounds if one.reach in _WIDE)
    rows = [
        (roster, now)
        for roster, now, _next in on_duty_in(district, at=at, kinds=_ON_DUTY_AT)
        if now and any(roster.unit.area.startswith(area) for area in reached)
    ]
    people = persons(watch.person for _roster, now in rows for watch in now if watch.person is not None)
    lines: dict[str, dict[str, Any]] = {}
    for roster, now in rows:
        names = [people[watch.person].name for watch in now if watch.person in people]
        line = lines.setdefault(roster.unit_id, {"unit": name_of(roster.unit), "names": [], "phone": roster.unit.phone})
        line["names"] += [name for name in names if name not in line["names"]]
    return [line | {"names": listed(line["names"])} for line in lines.values() if line["names"]]


def _list(asked: CaseFilter | None) -> str:
    return f"{reverse('workbench:cases')}?{urlencode(address_of(asked))}" if asked else ""


def _share(count: int, whole: int) -> float:
    """A share in percent."""
    return round(100 * count / whole, 1) if whole else 0.0
