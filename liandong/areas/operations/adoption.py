"""Putting a plan into force: areas and outlines get their days, codes their heirs, and names their day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from liandong.areas.events import AreasRedrawn, AreasRenamed
from liandong.areas.models import Area, District, Outline, Redrawing, RedrawingState
from liandong.areas.operations.loading import lock_district, touch_district
from liandong.areas.operations.plans import DayHasPassed, EmptyPlan, about, draft, stay_within
from liandong.areas.queries.maps import district_map, districts, edition_of, forget_maps
from liandong.areas.queries.plans import ACT, redrawn_by, shapes_on
from liandong.areas.redrawing import Redrawn
from liandong.areas.shapes import Shape, geometry_of
from liandong.areas.topology import Fault, faults_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.timeline.operations import record


class TopologyFaults(Refusal):
    """A plan that leaves areas overlapping, outside their parents or crossing themselves."""

    status = 409
    says = marked("方案有 %(count)s 处拓扑错误（重叠、越界或自相交），不能批准：%(areas)s。")
    remedy = marked("请按拓扑报告逐处修改；空白与缝隙只作提示。")

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        told = "；".join("、".join(fault.areas) for fault in faults[:10])
        super().__init__(count=len(faults), areas=told)


class LaterChangeAdopted(Refusal):
    """A plan for a day before that of one already adopted for the same areas."""

    status = 409
    says = marked("%(areas)s 在 %(day)s 或之后已另有生效的调整。")
    remedy = marked("请把生效日改到那次调整之后，在新的区划上重画。")


@transaction.atomic
def adopt_redrawing(redrawing_id: int, *, actor: Actor, at: datetime) -> Redrawing:
    """Put a plan into force from its day on. Dates decide the rest: nobody needs to do anything on that day.

    :raises NotFound, PlanClosed, EmptyPlan, DayHasPassed: there is nothing to adopt
    :raises OutsidePlan, LaterChangeAdopted, TopologyFaults: it must not be adopted as it is
    :raises StepsNoLongerFit, Refusal: its steps cannot be done on the map of that day
    """
    redrawing = draft(redrawing_id, actor=actor)
    day, district = redrawing.effective_on, redrawing.district_id
    today = district_map(district).day_of(at)
    if day < today:
        raise DayHasPassed(day=day.isoformat(), today=today.isoformat())
    before = shapes_on(district, day=day)
    redrawn = redrawn_by(redrawing, before)
    if not redrawn.touched:
        raise EmptyPlan
    stay_within(redrawing, redrawn)
    _nothing_comes_later(district, redrawn, day=day)
    errors = [fault for fault in faults_of(list(redrawn.shapes.values()), about=redrawn.touched) if fault.is_error]
    if errors:
        raise TopologyFaults(errors)
    _write(redrawing, redrawn, before)
    redrawing.recoding = [asdict(one) for one in redrawn.recoding]
    redrawing.names = {code: [redrawn.shapes[code].name, redrawn.shapes[code].name_en] for code in redrawn.renamed}
    redrawing.names_due_on = day if redrawing.names else None
    redrawing.state, redrawing.adopted_by, redrawing.adopted_at = RedrawingState.ADOPTED, actor.key, at
    redrawing.save(update_fields=["recoding", "names", "names_due_on", "state", "adopted_by", "adopted_at"])
    touch_district(district)
    transaction.on_commit(forget_maps)
    event = AreasRedrawn(
        redrawing.title, day, redrawn.created, redrawn.ended, redrawn.reshaped, redrawn.renamed, redrawn.recoding,
        edition_of(district),
    )  # fmt: skip
    record(event, about=about(redrawing), actor=actor.key, at=at)
    if redrawing.names and day <= today:
        _take_names(redrawing, actor=actor, at=at)
    return redrawing


@transaction.atomic
def take_new_names(*, actor: Actor, at: datetime) -> int:
    """Give areas the names of adopted plans whose day has come, and return how many plans there were.

    :raises Forbidden: the actor may not redraw
    """
    require(actor, ACT)
    taken = 0
    for district in districts():
        today = district_map(district.code).day_of(at)
        if not Redrawing.objects.filter(district=district, names_due_on__lte=today).exists():
            continue
        # The district first, as everywhere: whoever draws meanwhile waits instead of locking up.
        lock_district(district.code)
        due = Redrawing.objects.filter(district=district, names_due_on__lte=today).order_by("names_due_on", "id")
        for redrawing in due.select_for_update():
            _take_names(redrawing, actor=actor, at=at)
            taken += 1
    return taken


def _take_names(redrawing: Redrawing, *, actor: Actor, at: datetime) -> None:
    areas = list(Area.objects.filter(code__in=redrawing.names))
    for area in areas:
        area.name, area.name_en = redrawing.names[area.code]
    Area.objects.bulk_update(areas, ["name", "name_en"])
    redrawing.names_due_on = None
    redrawing.save(update_fields=["names_due_on"])
    touch_district(redrawing.district_id)
    record(AreasRenamed(redrawing.title, redrawing.names), about=about(redrawing), actor=actor.key, at=at)


def _nothing_comes_later(district: str, redrawn: Redrawn, *, day: date) -> None:
    """Return when no area that the plan changes has another change after its day already.

    :raises LaterChangeAdopted: one has
    """
    changed = Area.objects.filter(district=district, code__in=redrawn.touched)
    later = changed.filter(Q(since_on__gt=day) | Q(until_on__gte=day) | Q(outlines__since_on__gt=day))
    # An area cannot end before it begins.
    born = changed.filter(code__in=redrawn.ended, since_on__gte=day)
    codes = sorted({*later.values_list("code", flat=True), *born.values_list("code", flat=True)})
    if codes:
        raise LaterChangeAdopted(areas="、".join(codes[:10]), day=day.isoformat())


def _write(redrawing: Redrawing, redrawn: Redrawn, before: dict[str, Shape]) -> None:
    district, day = District.objects.get(pk=redrawing.district_id), redrawing.effective_on
    Area.objects.filter(code__in=redrawn.ended).update(until_on=day - timedelta(days=1))
    new = sorted((redrawn.shapes[code] for code in redrawn.created), key=lambda area: len(area.code))
    Area.objects.bulk_create(_area(district, area, since_on=day) for area in new)
    moved = [redrawn.shapes[code] for code in redrawn.reshaped]
    seats = [Area(code=area.code, lon=area.lon, lat=area.lat) for area in moved
             if (area.lon, area.lat) != (before[area.code].lon, before[area.code].lat)]  # fmt: skip
    Area.objects.bulk_update(seats, ["lon", "lat"])
    Outline.objects.bulk_create(
        [
            Outline(area_id=area.code, since_on=day, geometry=geometry_of(area.outline), redrawing=redrawing)
            for area in (*new, *moved)
            if area.outline is not None
        ],
        update_conflicts=True,
        unique_fields=["area", "since_on"],
        update_fields=["geometry", "approximate", "redrawing"],
    )


def _area(district: District, area: Shape, *, since_on: date) -> Area:
    return Area(
        code=area.code,
        district=district,
        parent_id=area.parent or None,
        level=area.level,
        name=area.name,
        name_en=area.name_en,
        kind=area.kind,
        households=area.households,
        lon=area.lon,
        lat=area.lat,
        since_on=since_on,
    )
