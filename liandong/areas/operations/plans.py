"""Redrawing the map: open a plan, draw it step by step or from a file, adopt it for a day or drop it.

What a step means for the map is worked out by `redrawing` alone; here it is decided who may, kept and put into force.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import orjson
from django.db import transaction

from liandong.areas.events import (
    OutlinesImported,
    RedrawingDropped,
    RedrawingMoved,
    RedrawingOpened,
    RedrawingStepAdded,
    RedrawingStepsUndone,
)
from liandong.areas.geojson import OutlinesRead, read_outlines
from liandong.areas.models import Area, Redrawing, RedrawingState
from liandong.areas.operations.loading import lock_district
from liandong.areas.queries.maps import district_map
from liandong.areas.queries.plans import ACT, codes_taken, made_by, permitted_redrawings, redrawn_by, shapes_on
from liandong.areas.redrawing import NameMissing, NameTooLong, Redrawn, UnknownArea, areas_named, plain
from liandong.areas.shapes import Shape, geometry_of, is_same
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

LONGEST_TITLE = 80


class PlanClosed(Refusal):
    """A plan that was adopted or dropped."""

    status = 409
    says = marked("方案“%(title)s”已批准或已撤销，不能再改。")
    remedy = marked("请另开一个方案。")


class DayHasPassed(Refusal):
    """A day before today: what has been is not redrawn."""

    status = 422
    says = marked("生效日 %(day)s 已过。")
    remedy = marked("请选择今天（%(today)s）或以后的日期；过去的案件保留当时的网格。")


class OutsidePlan(Refusal):
    """A step that changes what lies outside the area a plan is about."""

    status = 403
    says = marked("这一步会改动方案范围“%(area)s”之外的区域：%(codes)s。")
    remedy = marked("请只改动范围之内的区域，或请上一级开立方案。")


class EmptyPlan(Refusal):
    """A plan that changes nothing, or has nothing to take back."""

    status = 409
    says = marked("方案还没有任何调整。")
    remedy = marked("请先在地图上画出调整。")


@transaction.atomic
def open_redrawing(
    district: str, *, title: str, effective_on: date, area: str = "", actor: Actor, at: datetime
) -> Redrawing:
    """Open a plan for a day, to draw within `area`, the whole district unless told otherwise.

    :raises Forbidden: the actor may not redraw there
    :raises UnknownArea, DayHasPassed, NameMissing, NameTooLong: it cannot be opened
    """
    area = area or district
    require(actor, ACT, Thing(area=area))
    known = Area.objects.filter(district=district, code=area).first()
    if known is None or known.level == "grid":
        raise UnknownArea(area=area)
    redrawing = Redrawing.objects.create(
        district_id=district,
        area=area,
        title=_title(title),
        effective_on=_day(district, effective_on, at=at),
        made_by=actor.key,
        made_at=at,
    )
    record(RedrawingOpened(redrawing.title, area, effective_on), about=about(redrawing), actor=actor.key, at=at)
    return redrawing


@transaction.atomic
def move_redrawing(redrawing_id: int, *, title: str, effective_on: date, actor: Actor, at: datetime) -> Redrawing:
    """Give a draft another title and day; its steps must fit the map of that day.

    :raises NotFound, PlanClosed, DayHasPassed, NameMissing, NameTooLong, StepsNoLongerFit: it cannot be moved
    """
    redrawing = draft(redrawing_id, actor=actor)
    redrawing.title = _title(title)
    redrawing.effective_on = _day(redrawing.district_id, effective_on, at=at)
    redrawn_by(redrawing, shapes_on(redrawing.district_id, day=effective_on))
    redrawing.save(update_fields=["title", "effective_on"])
    record(RedrawingMoved(redrawing.title, effective_on), about=about(redrawing), actor=actor.key, at=at)
    return redrawing


@transaction.atomic
def add_step(redrawing_id: int, *, step: dict[str, Any], actor: Actor, at: datetime) -> Redrawing:
    """Draw one more step; the codes it makes are fixed with it.

    :raises NotFound, PlanClosed: there is no such draft for this actor
    :raises OutsidePlan: it changes what lies outside the plan's area
    :raises Refusal: the step cannot be done, by the name of why
    """
    redrawing = draft(redrawing_id, actor=actor)
    taken = plain(step)
    redrawn = redrawn_by(redrawing, shapes_on(redrawing.district_id, day=redrawing.effective_on), taken)
    stay_within(redrawing, redrawn)
    redrawing.steps = list(redrawn.steps)
    redrawing.save(update_fields=["steps"])
    done = redrawing.steps[-1]
    event = RedrawingStepAdded(len(redrawing.steps), done["do"], areas_named(done), made_by(done), _digest([done]))
    record(event, about=about(redrawing), actor=actor.key, at=at)
    return redrawing


@transaction.atomic
def undo_step(redrawing_id: int, *, actor: Actor, at: datetime) -> Redrawing:
    """Take back the last step of a draft, or all that its last file brought.

    :raises NotFound, PlanClosed, EmptyPlan: there is nothing to take back
    """
    redrawing = draft(redrawing_id, actor=actor)
    if not redrawing.steps:
        raise EmptyPlan
    last = redrawing.steps.pop()
    while last.get("batch") and redrawing.steps and redrawing.steps[-1].get("batch") == last["batch"]:
        redrawing.steps.pop()
    redrawing.save(update_fields=["steps"])
    record(RedrawingStepsUndone(len(redrawing.steps)), about=about(redrawing), actor=actor.key, at=at)
    return redrawing


@transaction.atomic
def import_outlines(
    redrawing_id: int, *, content: bytes, datum: str = "", neighbours: bool = False, actor: Actor, at: datetime
) -> Redrawing:
    """Take a GeoJSON file into a draft: areas there are get its outlines, new codes become new areas.

    Outlines that stay as they are make no step. With `neighbours`, borders shared within a parent move along.

    :raises NotFound, PlanClosed, OutsidePlan: there is no such draft for this actor
    :raises TooLargeFile, NotGeoJson, BrokenOutlines, UnknownDatum, WrongDatum, DatumNeeded: the file is refused
    :raises EmptyPlan: the file changes nothing
    :raises Refusal: one of its areas cannot be drawn, by the name of why
    """
    redrawing = draft(redrawing_id, actor=actor)
    before = shapes_on(redrawing.district_id, day=redrawing.effective_on)
    current = redrawn_by(redrawing, before).shapes
    taken = codes_taken(redrawing.district_id, besides=redrawing.pk)
    read = read_outlines(content, datum=datum, known=current, taken=taken)
    batch = hashlib.sha256(content).hexdigest()
    steps = _steps(read, current, neighbours=neighbours, batch=f"{len(redrawing.steps)}-{batch[:12]}")
    if not steps:
        raise EmptyPlan
    redrawn = redrawn_by(redrawing, before, *steps)
    stay_within(redrawing, redrawn)
    redrawing.steps = list(redrawn.steps)
    redrawing.save(update_fields=["steps"])
    event = OutlinesImported(len(steps), read.datum.value, batch)
    record(event, about=about(redrawing), actor=actor.key, at=at)
    return redrawing


@transaction.atomic
def drop_redrawing(redrawing_id: int, *, actor: Actor, at: datetime) -> Redrawing:
    """Give a draft up. The codes promised to it are free again.

    :raises NotFound, PlanClosed: there is no such draft for this actor
    """
    redrawing = draft(redrawing_id, actor=actor)
    redrawing.state = RedrawingState.DROPPED
    redrawing.save(update_fields=["state"])
    record(RedrawingDropped(redrawing.title), about=about(redrawing), actor=actor.key, at=at)
    return redrawing


def draft(redrawing_id: int, *, actor: Actor) -> Redrawing:
    """Lock a plan that may still be changed by this actor, and with it the codes of its district.

    :raises NotFound: there is none, or not for this actor
    :raises PlanClosed: it was adopted or dropped
    """
    allowed = permitted_redrawings(actor).filter(pk=redrawing_id).values_list("district", flat=True).first()
    if allowed is None:
        raise NotFound(what=marked("这个区划调整方案"))
    # Two drafts must not be promised the same codes.
    lock_district(allowed)
    redrawing = Redrawing.objects.select_for_update().get(pk=redrawing_id)
    if redrawing.state != RedrawingState.DRAFT:
        raise PlanClosed(title=redrawing.title)
    return redrawing


def stay_within(redrawing: Redrawing, redrawn: Redrawn) -> None:
    """Return when a plan changes nothing but what lies in its area; that area itself only the district's plans change.

    :raises OutsidePlan: otherwise
    """
    area = redrawing.area
    whole = area == redrawing.district_id
    outside = sorted(code for code in redrawn.touched if not code.startswith(area) or (code == area and not whole))
    if outside:
        raise OutsidePlan(area=area, codes="、".join(outside[:10]))


def about(redrawing: Redrawing) -> Subject:
    """Who hears of a plan: those who watch its area."""
    return Subject("redrawing", redrawing.pk, area=redrawing.area)


def _steps(read: OutlinesRead, current: dict[str, Shape], *, neighbours: bool, batch: str) -> list[dict[str, Any]]:
    """A step for each area of a file whose outline differs, wider areas first."""
    steps: list[dict[str, Any]] = []
    for drawn in sorted(read.areas, key=lambda area: (len(area.code), area.code)):
        known = current.get(drawn.code)
        outline = {"outline": geometry_of(drawn.outline), "neighbours": neighbours, "batch": batch}
        if known is None:
            names = {"name": drawn.name, "name_en": drawn.name_en}
            steps.append({"do": "add", "parent": drawn.code[:-3], "code": drawn.code, **names, **outline})
        elif known.outline is None or not is_same(known.outline, drawn.outline):
            steps.append({"do": "reshape", "area": drawn.code, **outline})
    return steps


def _title(title: str) -> str:
    said = title.replace("\x00", "").strip()
    if not said:
        raise NameMissing
    if len(said) > LONGEST_TITLE:
        raise NameTooLong(length=len(said), longest=LONGEST_TITLE)
    return said


def _day(district: str, day: date, *, at: datetime) -> date:
    today = district_map(district).day_of(at)
    if day < today:
        raise DayHasPassed(day=day.isoformat(), today=today.isoformat())
    return day


def _digest(steps: list[dict[str, Any]]) -> str:
    return hashlib.sha256(orjson.dumps(steps, option=orjson.OPT_SORT_KEYS)).hexdigest()
