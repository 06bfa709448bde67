"""What the map asks for while one looks around. Rows are short, for they are many: each answer names its columns."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.areas.queries import district_map
from liandong.cases.queries import class_name, state_of
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.cells import ring_of
from liandong.kernel.datum import is_plausible
from liandong.kernel.refusal import marked
from liandong.livemap.asking import BadBox, asked_for, box_of, day_in, patience, zoom_of
from liandong.livemap.queries import MOST_POINTS, cases_of_day, clusters, nearest_units, points, shares
from liandong.livemap.queries.picture import LENGTHS
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.layers import MapLayer
from liandong.web.names import name_of

REASON_WORDS = {
    "own_grid": marked("所在网格"),
    "own_community": marked("所在居村"),
    "own_town": marked("所在街镇"),
    "distance": marked("距离较近"),
}
MOST_DRAWN: Final = 1_000
"""So many features of a layer a page draws; where there are more, it says so."""
_THE_LAYER = marked("这个图层")


@desk("cases.view")
@require_safe
def picture(request: DeskRequest) -> HttpResponse:
    """The cases of a box: single ones where they are few, else bubbles, or with `as=heat` hexagons.

    `cases` and `late` count what is in the box. Points: `[lon, lat, number, state, class]`; bubbles:
    `[lon, lat, cases, late]`; hexagons: `[[lon, lat, …], cases, late]`.
    """
    at = timezone.now()
    asked, box, zoom = asked_for(request, at=at), box_of(request), zoom_of(request)
    as_heat = request.GET.get("as") == "heat"
    with patience():
        found = clusters(asked, request.actor, box=box, zoom=zoom, whole_cells=as_heat)
        cases = sum(one.cases for one in found)
        shown = None if as_heat or cases > MOST_POINTS else points(asked, request.actor, box=box, most=MOST_POINTS + 1)
        # Cells at the rim are counted whole or not at all: how many there are is known only now.
        if shown is not None and len(shown) <= MOST_POINTS:
            rows: list[list[Any]] = [
                [case.lon, case.lat, case.number, state_of(case, at=at), _class_of(case)] for case in shown
            ]
            late = sum(case.ended_at is None and case.late_since is not None for case in shown)
            return _answer(kind="points", cases=len(rows), late=late, rows=rows)
        if shown is not None:
            found = clusters(asked, request.actor, box=box, zoom=zoom, whole_cells=True)
            cases = sum(one.cases for one in found)
    late = sum(one.late for one in found)
    if as_heat:
        rows = [[_flat(ring_of(one.cell)), one.cases, one.late] for one in found]
        return _answer(kind="heat", cases=cases, late=late, rows=rows)
    rows = [[round(one.lon, 5), round(one.lat, 5), one.cases, one.late] for one in found]
    return _answer(kind="clusters", cases=cases, late=late, rows=rows)


@desk("cases.view")
@require_safe
def area_shares(request: DeskRequest) -> HttpResponse:
    """Cases of each area of a level: `[code, cases, late]`."""
    level = request.GET.get("level", "town")
    with patience():
        asked = asked_for(request, at=timezone.now())
        found = shares(asked, request.actor, level=level if level in LENGTHS else "town")
    return _answer(rows=[[one.area, one.cases, one.late] for one in found])


@desk("cases.view")
@require_safe
def day(request: DeskRequest) -> HttpResponse:
    """One day as it went: `[lon, lat, number, minute, ended, late]`, minutes since it began; `cases` is how many."""
    at = timezone.now()
    zone = district_map(district_of(request.actor)).calendar.zone
    begins = datetime.combine(day_in(request), time.min, zone)
    with patience():
        found, count = cases_of_day(asked_for(request, at=at), request.actor, begins=begins)
    rows = [[one.lon, one.lat, one.number, one.minute, one.ended, one.late] for one in found]
    is_over = begins + timedelta(days=1) <= at
    return _answer(cases=count, rows=rows, until=1440 if is_over else max(0, int((at - begins).total_seconds() // 60)))


@desk("cases.view")
@require_safe
def nearest(request: DeskRequest) -> HttpResponse:
    """The units nearest to a point, with reasons, and who is on duty for those who may see that."""
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        raise BadBox from None
    if not is_plausible(lon, lat):
        raise BadBox
    sees_duty = request.actor.may("duty.view")
    found = nearest_units(district_of(request.actor), lon=lon, lat=lat, at=timezone.now())
    rows = [
        {
            "code": near.unit.code,
            "name": name_of(near.unit),
            "kind": str(near.unit.get_kind_display()),
            "metres": near.metres,
            "reason": _(REASON_WORDS[near.reason]),
            "duty": near.on_duty.names if sees_duty else "",
            "phone": near.on_duty.phone if sees_duty else "",
        }
        for near in found
    ]
    return _answer(rows=rows)


@desk()
@require_safe
def layer(request: DeskRequest, code: str) -> HttpResponse:
    """The features of one layer within a box, as GeoJSON with `name`, `lines` and `url`; `has_more` beyond the first.

    :raises NotFound: there is no such layer, or not for this person
    """
    found = next((one for one in layers_for(request) if one.code == code), None)
    if found is None:
        raise NotFound(what=_THE_LAYER)
    drawn = list(islice(found.features(request.actor, box_of(request), timezone.now()), MOST_DRAWN + 1))
    features = [
        {
            "type": "Feature",
            "id": one.key,
            "geometry": one.geometry,
            "properties": {"name": one.name, "lines": one.lines, "url": one.url},
        }
        for one in drawn[:MOST_DRAWN]
    ]
    return _answer(type="FeatureCollection", features=features, has_more=len(drawn) > MOST_DRAWN)


def layers_for(request: DeskRequest) -> list[MapLayer]:
    """The layers this person is offered, in their order."""
    layers: tuple[MapLayer, ...] = import_string(settings.LIANDONG_MAP_LAYERS)
    return [one for one in layers if not one.acts or any(request.actor.may(act) for act in one.acts)]


def _class_of(case: Any) -> str:
    return class_name(case.class_code, rulebook_for(case.district))


def _flat(ring: list[tuple[float, float]]) -> list[float]:
    return [round(degrees, 5) for corner in ring for degrees in corner]


def _answer(**content: Any) -> HttpResponse:
    response = HttpResponse(orjson.dumps(content), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
