"""Named questions about plans to redraw the map, what they come to, and whom they concern."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from shapely.geometry import shape

from liandong.areas.geojson import collection_of, datum_of
from liandong.areas.models import Area, Outline, Redrawing, RedrawingState
from liandong.areas.queries.maps import AreaFacts, district_map, outlines_on
from liandong.areas.redrawing import WORDS, Redrawn, apply, areas_named
from liandong.areas.rules.recoding import Recoding
from liandong.areas.shapes import Plane, Shape, geometry_of
from liandong.areas.topology import Fault, faults_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound
from liandong.people.queries import posts_in, units_of
from liandong.people.rules.scope import Reach, Thing

if TYPE_CHECKING:
    from liandong.people.models import Unit

ACT = "areas.redraw"


@dataclass(frozen=True, slots=True)
class RedrawingFacts:
    """A plan in a list."""

    id: int
    district: str
    area: str
    title: str
    effective_on: date
    state: str
    steps: int
    made_by: str
    made_at: datetime
    adopted_by: str
    adopted_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step of a plan: what it does to which areas, and the codes it made. Steps of one file share a `batch`."""

    number: int
    do: str
    word: str
    areas: tuple[str, ...]
    created: tuple[str, ...]
    name: str
    batch: str


@dataclass(frozen=True, slots=True)
class RedrawnShape:
    """An area as a plan leaves it; `geometry` is GeoJSON in WGS-84."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str
    geometry: dict[str, Any] | None
    is_new: bool
    is_changed: bool
    surface_m2: float


@dataclass(frozen=True, slots=True)
class RedrawingView:
    """A plan and what it comes to on its day. `refusal` says why its steps do not fit the map any more."""

    facts: RedrawingFacts
    steps: tuple[StepFacts, ...]
    shapes: tuple[RedrawnShape, ...]
    ended: tuple[RedrawnShape, ...]
    recoding: tuple[Recoding, ...]
    faults: tuple[Fault, ...]
    refusal: Refusal | None = None

    def feature_collection(self, level: str = "") -> dict[str, Any]:
        """The shapes of one level, or of all, for a map."""
        features = [
            {
                "type": "Feature",
                "geometry": area.geometry,
                "properties": {
                    "code": area.code,
                    "parent": area.parent,
                    "level": area.level,
                    "name": area.name,
                    "name_en": area.name_en,
                    "is_new": area.is_new,
                    "is_changed": area.is_changed,
                },
            }
            for area in self.shapes
            if area.geometry and level in ("", area.level)
        ]
        return {"type": "FeatureCollection", "features": features}


@dataclass(frozen=True, slots=True)
class AreaUse:
    """Something that names an area by its code: `kind` in words, `name` for a person."""

    kind: str
    name: str
    code: str


def permitted_redrawings(actor: Actor) -> QuerySet[Redrawing]:
    """The plans that `actor` may see and change: those that draw within an area they may redraw."""
    scope = actor.scope(ACT)
    grounds = {ground.value for ground in scope.grounds if ground.reach is Reach.AREA}
    if any(ground.reach is Reach.EVERYWHERE for ground in scope.grounds):
        return Redrawing.objects.all()
    found = Redrawing.objects.none()
    for prefix in sorted(grounds):
        found = found | Redrawing.objects.filter(area__startswith=prefix)
    return found


def redrawing_for(redrawing_id: int, *, actor: Actor) -> Redrawing:
    """The plan of that number.

    :raises NotFound: there is none, or not for this actor
    """
    found = permitted_redrawings(actor).filter(pk=redrawing_id).first()
    if found is None:
        raise NotFound(what=marked("这个区划调整方案"))
    return found


def redrawings(district: str, *, actor: Actor) -> list[RedrawingFacts]:
    """The plans of a district that `actor` may see, newest first."""
    found = permitted_redrawings(actor).filter(district=district).order_by("-made_at", "-id")
    return [facts_of(redrawing) for redrawing in found]


def redrawing_view(redrawing_id: int, *, actor: Actor) -> RedrawingView:
    """A plan, the map it leaves and what is wrong with it.

    :raises NotFound: there is none, or not for this actor
    """
    redrawing = redrawing_for(redrawing_id, actor=actor)
    if redrawing.state == RedrawingState.ADOPTED:
        return _adopted(redrawing)
    before = shapes_on(redrawing.district_id, day=redrawing.effective_on)
    try:
        redrawn, refusal = redrawn_by(redrawing, before), None
    except Refusal as found:
        redrawn, refusal = Redrawn((), before, (), (), (), (), ()), found
    return _view(
        redrawing,
        redrawn.shapes,
        {code: before[code] for code in redrawn.ended},
        new=redrawn.created,
        changed=(*redrawn.reshaped, *redrawn.renamed),
        recoding=redrawn.recoding,
        refusal=refusal,
    )


def areas_to_redraw(actor: Actor, district: str) -> list[AreaFacts]:
    """The widest areas of a district within which `actor` may open a plan."""
    book = district_map(district)
    found: list[AreaFacts] = []
    for code in sorted(book.areas):
        is_within = any(code.startswith(area.code) for area in found)
        if not is_within and len(code) < 15 and actor.may(ACT, Thing(area=code)):
            found.append(book.areas[code])
    return found


def shapes_on(district: str, *, day: date, within: str = "") -> dict[str, Shape]:
    """The areas there are on a day as shapes, by code."""
    drawn = outlines_on(district, day=day).filter(area__code__startswith=within)
    outlines = {code: (shape(geometry), near)
                for code, geometry, near in drawn.values_list("area_id", "geometry", "approximate")}  # fmt: skip
    shapes = {}
    for area in district_areas(district).filter(code__startswith=within):
        if AreaFacts.holds_on(_facts(area), day):
            outline, near = outlines.get(area.code, (None, False))
            shapes[area.code] = Shape(
                area.code, area.parent_id or "", area.level, area.name, area.name_en, outline,
                area.lon, area.lat, area.kind, area.households, near,
            )  # fmt: skip
    return shapes


def district_areas(district: str) -> QuerySet[Area]:
    """All areas of a district there ever were, by code."""
    return Area.objects.filter(district=district).order_by("code")


def codes_taken(district: str, *, besides: int) -> set[str]:
    """Codes that were ever given in a district, or are promised to drafts other than `besides`."""
    drafts = Redrawing.objects.filter(district=district, state=RedrawingState.DRAFT).exclude(pk=besides)
    promised = {code for steps in drafts.values_list("steps", flat=True) for step in steps for code in made_by(step)}
    return {*district_areas(district).values_list("code", flat=True), *promised}


def redrawn_by(redrawing: Redrawing, before: dict[str, Shape], *more: dict[str, Any]) -> Redrawn:
    """What a plan, and perhaps more steps, make of the map before it.

    :raises Refusal: a step does not fit
    """
    taken = codes_taken(redrawing.district_id, besides=redrawing.pk) - before.keys()
    return apply([*redrawing.steps, *more], before, taken=taken)


def topology_of(district: str, day: date, *, within: str = "") -> list[Fault]:
    """What is wrong with the map of a day, errors first."""
    return faults_of(list(shapes_on(district, day=day, within=within).values()))


def export_areas(
    district: str, *, level: str = "", day: date, datum: str = "WGS-84", within: str = ""
) -> dict[str, Any]:
    """The outlines of a day as a GeoJSON collection, of one level or of all.

    :raises UnknownDatum: there is no such datum
    """
    shapes = shapes_on(district, day=day, within=within).values()
    return collection_of((area for area in shapes if level in ("", area.level)), datum=datum_of(datum))


def uses_of(codes: Iterable[str]) -> list[AreaUse]:
    """Who and what names one of these areas: each module answers for its own rows (`LIANDONG_AREA_USES`)."""
    asked = sorted(set(codes))
    found: list[AreaUse] = []
    for path in settings.LIANDONG_AREA_USES if asked else ():
        answer: Callable[[Sequence[str]], list[tuple[str, str, str]]] = import_string(path)
        found += [AreaUse(*use) for use in answer(asked)]
    return found


def units_named_for(codes: Iterable[str]) -> list[Unit]:
    """The units that name one of these areas, or in which somebody has a post there, for giving them another."""
    asked = sorted(set(codes))
    found: dict[str, Unit] = {}
    for district in sorted({code[:6] for code in asked}):
        standing = units_of(district).filter(until_on__isnull=True)
        named = standing.filter(area__in=asked).order_by("code")
        posts = posts_in(district).filter(area__in=asked, until_on__isnull=True, unit__until_on__isnull=True)
        found |= {unit.code: unit for unit in named}
        found |= {post.unit_id: post.unit for post in posts.select_related("unit")}
    return [found[code] for code in sorted(found)]


def facts_of(redrawing: Redrawing) -> RedrawingFacts:
    """A plan as a list shows it."""
    return RedrawingFacts(
        redrawing.pk,
        redrawing.district_id,
        redrawing.area,
        redrawing.title,
        redrawing.effective_on,
        redrawing.state,
        len(redrawing.steps),
        redrawing.made_by,
        redrawing.made_at,
        redrawing.adopted_by,
        redrawing.adopted_at,
    )


def made_by(step: dict[str, Any]) -> tuple[str, ...]:
    """The codes a stored step made."""
    return tuple(step.get("codes") or ())


def _adopted(redrawing: Redrawing) -> RedrawingView:
    """A plan that took effect: its own outlines on its day, and what it ended as it was the day before."""
    day = redrawing.effective_on
    drawn = dict(Outline.objects.filter(redrawing=redrawing).values_list("area_id", "area__since_on"))
    recoding = tuple(Recoding(**row) for row in redrawing.recoding)
    gone = {one.old for one in recoding}
    former = shapes_on(redrawing.district_id, day=date.fromordinal(day.toordinal() - 1)) if gone else {}
    return _view(
        redrawing,
        shapes_on(redrawing.district_id, day=day),
        {code: former[code] for code in sorted(gone) if code in former},
        new=[code for code, since_on in drawn.items() if since_on == day],
        changed=[*(code for code, since_on in drawn.items() if since_on != day), *redrawing.names],
        recoding=recoding,
    )


def _view(
    redrawing: Redrawing,
    shapes: dict[str, Shape],
    ended: dict[str, Shape],
    *,
    new: Collection[str],
    changed: Collection[str],
    recoding: tuple[Recoding, ...],
    refusal: Refusal | None = None,
) -> RedrawingView:
    plane = Plane.around(area.outline for area in shapes.values())
    about = {*new, *changed, *ended}
    return RedrawingView(
        facts_of(redrawing),
        tuple(_step_facts(number, step) for number, step in enumerate(redrawing.steps, start=1)),
        tuple(_redrawn(area, plane, is_new=area.code in new, is_changed=area.code in changed)
              for code, area in sorted(shapes.items()) if code.startswith(redrawing.area)),
        tuple(_redrawn(area, plane, is_new=False, is_changed=False) for _code, area in sorted(ended.items())),
        recoding,
        tuple(faults_of(list(shapes.values()), about=about)) if about else (),
        refusal,
    )  # fmt: skip


def _redrawn(area: Shape, plane: Plane, *, is_new: bool, is_changed: bool) -> RedrawnShape:
    geometry = geometry_of(area.outline) if area.outline is not None else None
    surface = round(plane.surface(area.outline)) if area.outline is not None else 0.0
    return RedrawnShape(
        area.code, area.parent, area.level, area.name, area.name_en, geometry, is_new, is_changed, surface
    )


def _step_facts(number: int, step: dict[str, Any]) -> StepFacts:
    name = str(step.get("name") or "")
    return StepFacts(
        number, step["do"], WORDS[step["do"]], areas_named(step), made_by(step), name, str(step.get("batch") or "")
    )


def _facts(area: Area) -> AreaFacts:
    return AreaFacts(
        area.code, area.parent_id or "", area.level, area.name, area.name_en, area.kind, area.households,
        area.lon, area.lat, area.since_on, area.until_on,
    )  # fmt: skip
