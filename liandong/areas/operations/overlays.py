"""Laying road and patrol grids over the areas (多网叠加), and ending them. To move one, end it and draw it anew."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import orjson
from django.db import transaction

from liandong.areas.events import OverlayDrawn, OverlayEnded
from liandong.areas.models import Area, Overlay, OverlayLayer
from liandong.areas.operations.loading import lock_district, touch_district
from liandong.areas.queries.overlays import forget_overlays, overlays_between
from liandong.areas.queries.plans import ACT, shapes_on
from liandong.areas.redrawing import UnknownArea, named
from liandong.areas.shapes import NOISE_M2, Plane, geometry_of, outline_from
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

LONGEST_CODE = 24


class UnknownLayer(Refusal):
    """A layer that is none."""

    status = 422
    says = marked("没有“%(layer)s”这种叠加网格。")
    remedy = marked("可用的种类：road（道路网格）、patrol（巡查网格）。")


class OverlayCodeMisfit(Refusal):
    """An overlay's code that is empty or does not fit."""

    status = 422
    says = marked("叠加网格的编号应为 1 至 24 个字符。")
    remedy = marked("请填写编号，例如 R-001。")


class OverlayStands(Refusal):
    """An overlay of that code that is still in force."""

    status = 409
    says = marked("编号为“%(code)s”的网格在 %(day)s 仍在使用。")
    remedy = marked("请先终止它，或换一个编号。")


class OverlayAstray(Refusal):
    """An overlay that does not touch the area it is said to lie in."""

    status = 422
    says = marked("画出的网格不在“%(area)s”之内，一点也不相交。")
    remedy = marked("请核对所属区域与坐标系（应为 WGS-84），在该区域内重新画。")


class OverlayEndsTooSoon(Refusal):
    """An end before the beginning, or one that was set before."""

    status = 409
    says = marked("网格“%(code)s”不能终止于 %(day)s：它自 %(since)s 起使用，或已终止。")
    remedy = marked("请选择起用日或以后的日期。")


@transaction.atomic
def draw_overlay(
    district: str,
    *,
    layer: str,
    code: str,
    name: str,
    area: str,
    outline: dict[str, Any],
    since_on: date,
    name_en: str = "",
    actor: Actor,
    at: datetime,
) -> Overlay:
    """Lay a road or patrol grid over `area` from a day on; a road is drawn as the ground it takes up.

    :raises Forbidden: the actor may not redraw there
    :raises UnknownLayer, OverlayCodeMisfit, OverlayStands, UnknownArea, NameMissing, NameTooLong: it cannot be laid
    :raises NotAnOutline, OpenRing, SelfCrossing, OverlayAstray: its outline is at fault
    """
    require(actor, ACT, Thing(area=area))
    lock_district(district)
    if layer not in OverlayLayer.values:
        raise UnknownLayer(layer=layer[:20])
    code = code.replace("\x00", "").strip()
    if not 0 < len(code) <= LONGEST_CODE:
        raise OverlayCodeMisfit
    if not Area.objects.filter(district=district, code=area).exists():
        raise UnknownArea(area=area)
    name, name_en = named({"name": name, "name_en": name_en})
    if overlays_between(district, layer, code, since_on=since_on).exists():
        raise OverlayStands(code=code, day=since_on.isoformat())
    geometry = _laid_on(district, area, outline, day=since_on)
    overlay = Overlay.objects.create(
        district_id=district, layer=layer, code=code, name=name, name_en=name_en, area=area,
        outline=geometry, since_on=since_on,
    )  # fmt: skip
    _announce(overlay)
    digest = hashlib.sha256(orjson.dumps(geometry)).hexdigest()
    record(OverlayDrawn(layer, code, name, since_on, digest), about=_about(overlay), actor=actor.key, at=at)
    return overlay


@transaction.atomic
def end_overlay(overlay_id: int, *, until_on: date, actor: Actor, at: datetime) -> Overlay:
    """End an overlay with a day, the last on which it is in force.

    :raises NotFound: there is none, or not for this actor
    :raises OverlayEndsTooSoon: it had not begun by then, or has an end already
    """
    overlay = Overlay.objects.select_for_update().filter(pk=overlay_id).first()
    if overlay is None or not actor.may(ACT, Thing(area=overlay.area)):
        raise NotFound(what=marked("这个叠加网格"))
    if overlay.until_on is not None or until_on < overlay.since_on:
        since = overlay.since_on.isoformat()
        raise OverlayEndsTooSoon(code=overlay.code, day=until_on.isoformat(), since=since)
    overlay.until_on = until_on
    overlay.save(update_fields=["until_on"])
    _announce(overlay)
    record(OverlayEnded(overlay.layer, overlay.code, until_on), about=_about(overlay), actor=actor.key, at=at)
    return overlay


def _laid_on(district: str, area: str, outline: dict[str, Any], *, day: date) -> dict[str, Any]:
    """The geometry of an overlay.

    :raises OverlayAstray: it covers nothing of its area
    """
    drawn = outline_from(outline)
    around = shapes_on(district, day=day, within=area).get(area)
    if around is not None and around.outline is not None:
        common = around.outline.intersection(drawn)
        if Plane.around([around.outline]).surface(common) <= NOISE_M2:
            raise OverlayAstray(area=around.name)
    return geometry_of(drawn)


def _announce(overlay: Overlay) -> None:
    """Every process rereads; this one at once, for whoever drew it looks at it next."""
    touch_district(overlay.district_id)
    transaction.on_commit(forget_overlays)


def _about(overlay: Overlay) -> Subject:
    return Subject("overlay", overlay.pk, area=overlay.area)
