"""The map of a day: its areas, what lies over it, what is wrong with it, and how to take it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from liandong.areas.forms import DATUMS, LEVELS, DayForm, RedrawingForm
from liandong.areas.models import OverlayLayer, RedrawingState
from liandong.areas.queries import (
    AreaOutline,
    DistrictMap,
    RedrawingFacts,
    area_outlines,
    areas_to_redraw,
    district_map,
    edition_of,
    export_areas,
    export_overlays,
    overlays_of,
    redrawings,
    topology_of,
)
from liandong.areas.views.picture import fault_features, fault_rows, feature_collection, rounded
from liandong.areas.views.words import script_words
from liandong.kernel.refusal import Refusal, marked
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of, reads_english
from liandong.web.refusals import explain

MOST_PLANS = 50
PLACES = {"6": 6, "7": 7}
"""Digits after the point: six are a hand's breadth, for looking; seven a centimetre, for drawing on."""

STATE_TONES = {"draft": "amber", "adopted": "green", "dropped": "grey"}


class UnknownExport(Refusal):
    """A level, a datum or a day that no map can be taken away in."""

    status = 422
    says = marked("导出的层级、坐标系或日期写错了。")
    remedy = marked("请从页面上的列表中选择后再导出。")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan in the list."""

    facts: RedrawingFacts
    state: str
    tone: str
    within: str


@desk("duty.view")
@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """The areas in force on a day, the plans, the report and the exports."""
    return overview_page(request)


def overview_page(
    request: DeskRequest, *, form: RedrawingForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The page as it stands, or with a form that comes back."""
    district = district_of(request.actor)
    book = district_map(district)
    today = book.day_of(timezone.now())
    asked = DayForm(request.GET if "day" in request.GET else None)
    day = (asked.cleaned_data["day"] if asked.is_valid() else None) or today
    may_redraw = request.actor.may("areas.redraw")
    context = {
        "day": day,
        "today": today,
        "is_today": day == today,
        "is_bad_day": "day" in request.GET and not asked.is_valid(),
        "levels": LEVELS,
        "datums": DATUMS,
        "layers": OverlayLayer.choices,
        "count": len(book.areas_on(day)),
        "plans": _plans(request, book) if may_redraw else [],
        "form": form or (new_plan_form(request, today) if may_redraw else None),
        "refusal": explain(refusal) if refusal else None,
        "words": script_words(),
    }
    return render(request, "areas/overview.html", context, status=status)


def new_plan_form(request: DeskRequest, today: date, data: Any = None) -> RedrawingForm | None:
    """The form of a new plan, within the widest areas this person may redraw; none when there are no such areas."""
    areas = areas_to_redraw(request.actor, district_of(request.actor))
    if not areas:
        return None
    choices = [(area.code, name_of(area)) for area in areas]
    return RedrawingForm(data, areas=choices, initial={"effective_on": today + timedelta(days=1)})


@desk("duty.view")
@require_safe
@gzip_page
def outlines(request: DeskRequest) -> HttpResponse:
    """Every outline of a day, from town to grid; unchanged ones are not sent again."""
    district = district_of(request.actor)
    day, places = asked_day(request), PLACES.get(request.GET.get("places", ""), 6)
    language = "en" if reads_english() else "zh"
    tag = f'W/"{district}-{edition_of(district)}-{day}-{places}-{language}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        drawn = (area for level, _word in LEVELS for area in area_outlines(district, level=level, day=day))
        response = _geojson([_area_feature(area, places) for area in drawn])
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Accept-Language"
    return response


@desk("duty.view")
@require_safe
@gzip_page
def overlays(request: DeskRequest) -> HttpResponse:
    """The road and patrol grids of a day."""
    response = _geojson(overlay_features(district_of(request.actor), asked_day(request)))
    response["Cache-Control"] = "no-store"
    return response


@desk("duty.view")
@require_safe
def faults(request: DeskRequest) -> HttpResponse:
    """What is wrong with the map of a day: rows to read, and shapes to draw."""
    district = district_of(request.actor)
    day = asked_day(request)
    found = topology_of(district, day)
    names = {code: name_of(area) for code, area in district_map(district).areas.items()}
    context = {
        "rows": fault_rows(found, names),
        "features": feature_collection(fault_features(found)),
        "errors": sum(fault.is_error for fault in found),
        "total": len(found),
    }
    return render(request, "areas/report.html", context)


@desk("duty.view")
@require_safe
@gzip_page
def export(request: DeskRequest) -> HttpResponse:
    """The areas of a level, or the overlays of a layer, on a day as GeoJSON, in the datum asked for."""
    district = district_of(request.actor)
    level, datum = request.GET.get("level", ""), request.GET.get("datum", "WGS-84")
    form = DayForm(request.GET)
    is_overlay = level in OverlayLayer.values
    known = is_overlay or level in {"", *(code for code, _word in LEVELS)}
    if not known or datum not in dict(DATUMS) or not form.is_valid():
        raise UnknownExport
    day = form.cleaned_data["day"] or district_map(district).day_of(timezone.now())
    if is_overlay:
        found = export_overlays(district, layer=level, day=day, datum=datum)
    else:
        found = export_areas(district, level=level, day=day, datum=datum)
    response = HttpResponse(orjson.dumps(found), content_type="application/geo+json")
    name = "-".join(["overlays" if is_overlay else "areas", district, level or "all", day.isoformat(), datum])
    response["Content-Disposition"] = f'attachment; filename="{name}.geojson"'
    response["Cache-Control"] = "no-store"
    return response


def asked_day(request: DeskRequest) -> date:
    """The day named in the address; today where none is, or none that can be read."""
    form = DayForm(request.GET)
    day: date | None = form.cleaned_data["day"] if form.is_valid() else None
    return day or district_map(district_of(request.actor)).day_of(timezone.now())


def overlay_features(district: str, day: date) -> list[dict[str, Any]]:
    """The overlays of a day as features."""
    return [
        {
            "type": "Feature",
            "geometry": rounded(overlay.geometry, 6),
            "properties": {"id": overlay.id, "layer": overlay.layer, "code": overlay.code, "name": name_of(overlay)},
        }
        for overlay in overlays_of(district, layer="", day=day)
    ]


def _plans(request: DeskRequest, book: DistrictMap) -> list[PlanRow]:
    words = dict(RedrawingState.choices)
    found = redrawings(district_of(request.actor), actor=request.actor)[:MOST_PLANS]
    return [
        PlanRow(
            facts=facts,
            state=str(words.get(facts.state, facts.state)),
            tone=STATE_TONES.get(facts.state, "grey"),
            within=name_of(book.areas[facts.area]) if facts.area in book.areas else gettext("全区"),
        )
        for facts in found
    ]


def _area_feature(area: AreaOutline, places: int) -> dict[str, Any]:
    properties = {
        "code": area.code,
        "level": area.level,
        "name": name_of(area),
        "approximate": area.approximate,
    }
    return {"type": "Feature", "geometry": rounded(area.geometry, places), "properties": properties}


def _geojson(features: list[dict[str, Any]]) -> HttpResponse:
    return HttpResponse(orjson.dumps(feature_collection(features)), content_type="application/geo+json")
