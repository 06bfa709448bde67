"""One step of a plan after the other, and the overlays: each post answers with what stands now."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from liandong.areas.forms import ImportForm, OverlayEndForm, OverlayForm, OverlayImportForm
from liandong.areas.geojson import LARGEST_FILE
from liandong.areas.models import OverlayLayer
from liandong.areas.operations import (
    BrokenOutlines,
    OutlineFault,
    TooLargeFile,
    add_step,
    draw_overlay,
    end_overlay,
    import_outlines,
    import_overlays,
    undo_step,
)
from liandong.areas.queries import district_map, overlays_of
from liandong.areas.views.answers import answer, cleaned, plan_for, posted, refused
from liandong.areas.views.maps import asked_day, overlay_features
from liandong.areas.views.picture import feature_collection, said_of
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of
from liandong.web.refusals import explain


@desk("areas.redraw")
@require_POST
@gzip_page
def add(request: DeskRequest, redrawing: int) -> HttpResponse:
    """Take one step; the answer is the whole plan after it."""
    add_step(redrawing, step=posted(request), actor=request.actor, at=timezone.now())
    return _after(request, redrawing)


@desk("areas.redraw")
@require_POST
@gzip_page
def undo(request: DeskRequest, redrawing: int) -> HttpResponse:
    """Take back the last step."""
    undo_step(redrawing, actor=request.actor, at=timezone.now())
    view = plan_for(request, redrawing)
    said = _("已撤回最后一步，还剩 %(count)s 步。") % {"count": len(view.steps)}
    return answer(request, view, said=said)


@desk("areas.redraw")
@require_POST
@gzip_page
def import_file(request: DeskRequest, redrawing: int) -> HttpResponse:
    """Take the areas of a file as steps: all of them, or none and why each broken one cannot be."""
    details = cleaned(ImportForm(request.POST, request.FILES))
    file = details.pop("file")
    if file.size > LARGEST_FILE:
        raise TooLargeFile
    before = len(plan_for(request, redrawing).steps)
    try:
        import_outlines(redrawing, content=file.read(), **details, actor=request.actor, at=timezone.now())
    except BrokenOutlines as refusal:
        return _broken(refusal)
    view = plan_for(request, redrawing)
    said = _("已导入：新增 %(count)s 步。") % {"count": len(view.steps) - before}
    return answer(request, view, said=said)


@desk("areas.redraw")
@require_POST
@gzip_page
def draw(request: DeskRequest) -> HttpResponse:
    """Lay a road or patrol grid over the areas."""
    details = cleaned(OverlayForm(_as_fields(posted(request))))
    overlay = draw_overlay(district_of(request.actor), **details, actor=request.actor, at=timezone.now())
    return _overlays(request, _("已保存叠加网格：%(name)s") % {"name": overlay.name})


@desk("areas.redraw")
@require_POST
@gzip_page
def import_overlay_file(request: DeskRequest) -> HttpResponse:
    """Take the road or patrol grids of a file: all of them, or none and why each broken one cannot be."""
    details = cleaned(OverlayImportForm(request.POST, request.FILES))
    file = details.pop("file")
    if file.size > LARGEST_FILE:
        raise TooLargeFile
    district, at = district_of(request.actor), timezone.now()
    try:
        taken = import_overlays(district, content=file.read(), **details, actor=request.actor, at=at)
    except BrokenOutlines as refusal:
        return _broken(refusal)
    said = _("按 %(datum)s 读取：新增 %(new)s 个，改画 %(redrawn)s 个，%(same)s 个没有变化。") % {
        "datum": taken.datum.value,
        "new": taken.new,
        "redrawn": taken.redrawn,
        "same": taken.same,
    }
    return _overlays(request, said)


@desk("areas.redraw")
@require_POST
@gzip_page
def end(request: DeskRequest, overlay: int) -> HttpResponse:
    """Say which day is the last one of an overlay."""
    details = cleaned(OverlayEndForm(_as_fields(posted(request))))
    ended = end_overlay(overlay, **details, actor=request.actor, at=timezone.now())
    return _overlays(request, _("叠加网格“%(name)s”的最后一天已记下。") % {"name": ended.name})


def overlay_context(request: DeskRequest, day: date) -> dict[str, Any]:
    """The overlays of a day, for the list beside the map."""
    district = district_of(request.actor)
    areas = district_map(district).areas
    words = dict(OverlayLayer.choices)
    rows = [
        {"facts": overlay, "layer": words.get(overlay.layer, overlay.layer), "name": name_of(overlay),
         "area": name_of(areas[overlay.area]) if overlay.area in areas else overlay.area}
        for overlay in overlays_of(district, layer="", day=day)
    ]  # fmt: skip
    return {"overlays": rows, "overlay_day": day}


def _after(request: DeskRequest, redrawing: int) -> HttpResponse:
    view = plan_for(request, redrawing)
    return answer(request, view, said=said_of(view))


def _broken(refusal: BrokenOutlines) -> HttpResponse:
    """A file of which nothing was taken, with a line for each of its faults."""
    says = _("文件中有 %(count)s 个图形不能用，整个文件都没有导入。") % {"count": len(refusal.faults)}
    return refused(refusal, says=says, lines=[_line(fault) for fault in refusal.faults])


def _line(fault: OutlineFault) -> str:
    """One broken feature of a file in words."""
    told = explain(fault.refusal)
    return _("第 %(number)s 个图形 %(code)s：%(says)s%(remedy)s") % {
        "number": fault.number,
        "code": fault.code,
        "says": told.says,
        "remedy": told.remedy,
    }


def _overlays(request: DeskRequest, said: str) -> HttpResponse:
    day = asked_day(request)
    panel = render_to_string("areas/overlays.html", overlay_context(request, day), request)
    features = feature_collection(overlay_features(district_of(request.actor), day))
    return JsonResponse({"panel": panel, "features": features, "said": said})


def _as_fields(content: dict[str, Any]) -> dict[str, Any]:
    """A posted object as a form reads it: an outline stays one, everything else is text."""
    return {name: value if isinstance(value, dict) else str(value) for name, value in content.items()}
