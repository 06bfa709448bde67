"""The pages of maps from elsewhere: which there are, setting one up, switching it, and trying whether it answers."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.areas.forms import TileForm
from liandong.areas.operations import TileSourceDetails, add_tile_source, change_tile_source, switch_tile_source
from liandong.areas.queries import KEEP_TILES, district_map, facts_of_source, tile_source_for, tile_sources
from liandong.areas.rules.tiling import TIANDITU, tile_at
from liandong.areas.tiles import TileFault, Trouble, fetch_tile
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain

TRIED_AT: Final = 12
"""The level at which a source is tried, where it has that: a district fills the screen."""
TROUBLES: Final = {
    Trouble.ADDRESS: marked("来源未经允许，或指向内网地址"),
    Trouble.CONNECTION: marked("连接不上"),
    Trouble.TIME: marked("没有按时回应"),
    Trouble.STATUS: marked("回应的状态码不是 200"),
    Trouble.PICTURE: marked("回应的不是 PNG、JPEG 或 WebP 图片，密钥可能不对"),
    Trouble.SIZE: marked("回应过大"),
}
_NAMES: Final = tuple(field.name for field in fields(TileSourceDetails))


@desk(KEEP_TILES)
@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """All sources of the district, those that are off too."""
    rows = list(tile_sources(district_of(request.actor), actor=request.actor))
    return render(request, "areas/sources.html", {"rows": rows})


@desk(KEEP_TILES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Set up a source; the form begins with an example to fill in."""
    example = {
        "name": "天地图矢量",
        "kind": "WMTS",
        "template": TIANDITU,
        "crs": "EPSG:4490",
        "min_zoom": 1,
        "max_zoom": 18,
        "attribution": "天地图",
    }
    form = TileForm(request.POST if request.method == "POST" else None, initial=example)
    return _taken(request, form, None)


@desk(KEEP_TILES)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: DeskRequest, source: int) -> HttpResponse:
    """Set up a source otherwise. Its token is never shown."""
    row = tile_source_for(source, actor=request.actor)
    initial = {name: getattr(row, name) for name in _NAMES}
    form = TileForm(request.POST if request.method == "POST" else None, initial=initial)
    return _taken(request, form, source)


@desk(KEEP_TILES)
@require_POST
def switch(request: DeskRequest, source: int) -> HttpResponse:
    """Switch a source on or off."""
    is_on = request.POST.get("is_on") == "1"
    row = switch_tile_source(source, is_on=is_on, actor=request.actor, at=timezone.now())
    told = _("已恢复使用“%(name)s”。") if is_on else _("已停用“%(name)s”。")
    messages.success(request, told % {"name": row.name})
    return HttpResponseRedirect(reverse("areas:sources"))


@desk(KEEP_TILES)
@require_POST
def try_out(request: DeskRequest, source: int) -> HttpResponse:
    """Fetch the tile in the middle of the district and say what came of it."""
    row = tile_source_for(source, actor=request.actor)
    district = district_map(row.district_id).district
    z = max(row.min_zoom, min(row.max_zoom, TRIED_AT))
    tile = tile_at(district.lon, district.lat, z, row.crs)
    try:
        found = fetch_tile(facts_of_source(row), tile, seconds=settings.LIANDONG_TILE_SECONDS)
    except TileFault as fault:
        why = _(TROUBLES[fault.trouble]) + (f" ({fault.status})" if fault.status else "")
        messages.error(request, _("“%(name)s”没有给出地图：%(why)s。") % {"name": row.name, "why": why})
    else:
        told = {"name": row.name, "media": found.media, "size": len(found.content)}
        messages.success(request, _("“%(name)s”可用：收到 %(media)s，%(size)s 字节。") % told)
    return HttpResponseRedirect(reverse("areas:sources"))


def _taken(request: DeskRequest, form: TileForm, source: int | None) -> HttpResponse:
    """The form, or the list once what it says is kept."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = dict(form.cleaned_data)
            details: dict[str, Any] = {"token": given.pop("token"), "actor": request.actor, "at": timezone.now()}
            try:
                if source is None:
                    add_tile_source(district_of(request.actor), given=TileSourceDetails(**given), **details)
                else:
                    change_tile_source(source, given=TileSourceDetails(**given), **details)
            except NotFound:
                raise
            except Refusal as refusal:
                told = explain(refusal)
                form.add_error(None, f"{told.says}{told.remedy}")
                status = refusal.status
            else:
                messages.success(request, _("地图源已保存。"))
                return HttpResponseRedirect(reverse("areas:sources"))
    return render(request, "areas/source.html", {"form": form, "is_new": source is None}, status=status)
