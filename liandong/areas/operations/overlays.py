"""Laying road and patrol grids over the areas (多网叠加), and ending them. To move one, end it and draw it anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from shapely.geometry import shape

from liandong.areas.events import OverlayDrawn, OverlayEnded
from liandong.areas.geojson import BrokenOutlines, OutlineFault
from liandong.areas.models import Area, Overlay
from liandong.areas.operations.loading import lock_district, touch_district
from liandong.areas.overlay_files import (
    DrawnOverlay,
    KnownOverlay,
    OverlayAstray,
    fitting_code,
    layer_named,
    lies_in,
    read_overlays,
)
from liandong.areas.queries.overlays import forget_overlays, overlays_between, standing_overlays
from liandong.areas.queries.plans import ACT, shapes_on
from liandong.areas.redrawing import UnknownArea, named
from liandong.areas.shapes import geometry_of, is_same, outline_from
from liandong.kernel.datum import Datum
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, Forbidden, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record


class OverlayStands(Refusal):
    """An overlay of that code that is still in force."""

    status = 409
    says = marked("编号为“%(code)s”的网格在 %(day)s 仍在使用。")
    remedy = marked("请先终止它，或换一个编号。")


@dataclass(frozen=True, slots=True)
class OverlaysTaken:
    """What came of a file: how many overlays are new, drawn anew, and as they were; and the datum it was read in."""

    new: int
    redrawn: int
    same: int
    datum: Datum


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
    layer, code = layer_named(layer), fitting_code(code)
    if not Area.objects.filter(district=district, code=area).exists():
        raise UnknownArea(area=area)
    name, name_en = named({"name": name, "name_en": name_en})
    if overlays_between(district, layer, code, since_on=since_on).exists():
        raise OverlayStands(code=code, day=since_on.isoformat())
    drawn = outline_from(outline)
    around = shapes_on(district, day=since_on, within=area).get(area)
    if around is not None and not lies_in(around, drawn):
        raise OverlayAstray(area=around.name)
    found = DrawnOverlay(1, layer, code, name, name_en, area, drawn)
    overlay = _lay(district, found, since_on=since_on, actor=actor, at=at)
    _announce(district)
    return overlay


@transaction.atomic
def import_overlays(
    district: str,
    *,
    content: bytes,
    since_on: date,
    datum: str = "",
    layer: str = "",
    area: str = "",
    actor: Actor,
    at: datetime,
) -> OverlaysTaken:
    """Take a GeoJSON file of overlays, in force from a day: all of it, or none.

    A code that stands and is drawn otherwise ends the day before and is laid anew; what is as it was stays.

    :raises TooLargeFile, NotGeoJson, UnknownDatum, WrongDatum, DatumNeeded: the file is refused
    :raises BrokenOutlines: features are at fault, lie outside their area, stand since that day or later, or belong to
        an area the actor may not redraw; all told
    """
    lock_district(district)
    standing = {(one.layer, one.code): one for one in standing_overlays(district, since_on=since_on)}
    known = {key: KnownOverlay(one.name, one.name_en, one.area, shape(one.outline)) for key, one in standing.items()}
    shapes = shapes_on(district, day=since_on)
    read = read_overlays(content, datum=datum, layer=layer, area=area, known=known, areas=shapes)
    changed = [one for one in read.overlays if not _is_as_it_was(one, known.get((one.layer, one.code)))]
    moved = [there for one in changed if (there := standing.get((one.layer, one.code)))]
    faults = [fault for one in changed if (fault := _hindrance(one, standing, since_on=since_on, actor=actor))]
    if faults:
        raise BrokenOutlines(faults)
    for there in moved:
        _end(there, until_on=since_on - timedelta(days=1), actor=actor, at=at)
    for one in changed:
        _lay(district, one, since_on=since_on, actor=actor, at=at)
    if changed:
        _announce(district)
    return OverlaysTaken(len(changed) - len(moved), len(moved), len(read.overlays) - len(changed), read.datum)


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
    _end(overlay, until_on=until_on, actor=actor, at=at)
    _announce(overlay.district_id)
    return overlay


def _lay(district: str, drawn: DrawnOverlay, *, since_on: date, actor: Actor, at: datetime) -> Overlay:
    geometry = geometry_of(drawn.outline)
    overlay = Overlay.objects.create(
        district_id=district, layer=drawn.layer, code=drawn.code, name=drawn.name, name_en=drawn.name_en,
        area=drawn.area, outline=geometry, since_on=since_on,
    )  # fmt: skip
    digest = hashlib.sha256(orjson.dumps(geometry)).hexdigest()
    event = OverlayDrawn(drawn.layer, drawn.code, drawn.name, since_on, digest)
    record(event, about=_about(overlay), actor=actor.key, at=at)
    return overlay


def _end(overlay: Overlay, *, until_on: date, actor: Actor, at: datetime) -> None:
    overlay.until_on = until_on
    overlay.save(update_fields=["until_on"])
    record(OverlayEnded(overlay.layer, overlay.code, until_on), about=_about(overlay), actor=actor.key, at=at)


def _is_as_it_was(drawn: DrawnOverlay, there: KnownOverlay | None) -> bool:
    """Whether a file draws an overlay as it stands, but for the rounding of a file."""
    if there is None or (drawn.name, drawn.name_en, drawn.area) != (there.name, there.name_en, there.area):
        return False
    return is_same(drawn.outline, there.outline)


def _hindrance(
    drawn: DrawnOverlay, standing: Mapping[tuple[str, str], Overlay], *, since_on: date, actor: Actor
) -> OutlineFault | None:
    """Why one overlay of a file cannot be laid, where it cannot."""
    there = standing.get((drawn.layer, drawn.code))
    if not all(actor.may(ACT, Thing(area=area)) for area in (drawn.area, there.area if there else drawn.area)):
        return OutlineFault(drawn.number, drawn.code, Forbidden(act=ACT))
    if there is not None and (there.since_on >= since_on or there.until_on is not None):
        return OutlineFault(drawn.number, drawn.code, OverlayStands(code=drawn.code, day=since_on.isoformat()))
    return None


def _announce(district: str) -> None:
    """Every process rereads; this one at once, for whoever drew it looks at it next."""
    touch_district(district)
    transaction.on_commit(forget_overlays)


def _about(overlay: Overlay) -> Subject:
    return Subject("overlay", overlay.pk, area=overlay.area)
