"""The steps of a plan, each a line of JSON:

{"do": "split",   "area": code, "line": LineString, "names": [name, …]}
{"do": "merge",   "areas": [code, …], "name": …, "name_en": …}
{"do": "reshape", "area": code, "outline": Polygon, "neighbours": true}     neighbours give and take within the parent
{"do": "add",     "parent": code, "name": …, "outline": Polygon, "neighbours": true, "code": code}
{"do": "rename",  "area": code, "name": …, "name_en": …}
{"do": "end",     "area": code}

A step that makes areas carries their codes as "codes" once it was applied: they never change afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from liandong.areas.redrawing.cutting import SMALLEST_M2, NotTouching, cut, joined, reading_order, rebalance
from liandong.areas.redrawing.plan import HasAreasWithin, OtherParent, Plan, Redrawn, cleaned, level_below, named
from liandong.areas.shapes import Shape, geometry_of, line_from, outline_from, seat_of
from liandong.kernel.refusal import Refusal, marked

Step = dict[str, Any]

WORDS: Final[Mapping[str, str]] = {
    "split": marked("分割"),
    "merge": marked("合并"),
    "reshape": marked("调整边界"),
    "add": marked("新增"),
    "rename": marked("更名"),
    "end": marked("撤销"),
}

_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "split": frozenset({"area", "line", "names"}),
    "merge": frozenset({"areas", "name", "name_en"}),
    "reshape": frozenset({"area", "outline", "neighbours"}),
    "add": frozenset({"parent", "name", "name_en", "outline", "neighbours", "code"}),
    "rename": frozenset({"area", "name", "name_en"}),
    "end": frozenset({"area"}),
}


class UnknownStep(Refusal):
    """A step that is none."""

    status = 422
    says = marked("没有“%(do)s”这种调整。")
    remedy = marked("可用的调整：split、merge、reshape、add、rename、end。")


class AreaTooSmall(Refusal):
    """An outline around next to nothing."""

    status = 422
    says = marked("新的轮廓只有 %(surface)s 平方米。")
    remedy = marked("每个区域不小于 100 平方米；请重新画出轮廓。")


class StepsNoLongerFit(Refusal):
    """An earlier step of a plan that the map of today does not allow any more."""

    status = 409
    says = marked("第 %(number)s 步（%(step)s）已不适用于生效日的区划。")
    remedy = marked("区划在此期间已变动：请从该步起撤回并重画。")


def apply(steps: Iterable[Step], shapes: Mapping[str, Shape], *, taken: Collection[str] = ()) -> Redrawn:
    """Return what `steps` make of `shapes`, the areas in force when they begin; `taken` are codes used besides theirs.

    :raises StepsNoLongerFit: a step before the last cannot be done
    :raises Refusal: the last one cannot be done, by the name of why
    """
    plan = Plan(shapes, taken)
    given, done = list(steps), []
    for number, step in enumerate(given, start=1):
        try:
            # Kept as it was understood: whatever else came with it is not.
            done.append({"do": step["do"], "batch": step.get("batch", ""), **_DOING[step["do"]](plan, step)})
        except Refusal as refusal:
            if number == len(given):
                raise
            raise StepsNoLongerFit(number=number, step=WORDS[step["do"]]) from refusal
    return plan.result(done)


def plain(step: Any) -> Step:
    """A step as it may be stored: what its kind knows and nothing else, codes as the platform gives them.

    :raises UnknownStep: it is none
    """
    do = step.get("do") if isinstance(step, dict) else None
    if not isinstance(do, str) or do not in _KEYS:
        raise UnknownStep(do=str(do)[:20])
    return {"do": do, **{key: value for key, value in step.items() if key in _KEYS[do] and value not in (None, "")}}


def areas_named(step: Step) -> tuple[str, ...]:
    """The areas a step says it works on."""
    return tuple(str(code) for code in (step.get("area"), step.get("parent"), *_codes(step.get("areas"))) if code)


def _split(plan: Plan, step: Step) -> Step:
    area, outline = plan.drawn(step.get("area"))
    line = line_from(step.get("line"))
    names = [clean for name in _codes(step.get("names")) if (clean := cleaned(name))]
    pieces = cut(outline, line, name=area.name, plane=plan.plane)
    ordered = [pieces[number] for number in reading_order(pieces)]
    codes = plan.codes(area.parent, len(ordered), given=_codes(step.get("codes")))
    parts = []
    for number, (code, piece) in enumerate(zip(codes, ordered, strict=True)):
        name, name_en = f"{area.name}-{number + 1}", f"{area.name_en}-{number + 1}" if area.name_en else ""
        if len(names) == len(ordered):
            name, name_en = names[number], ""
        name, name_en = named({"name": name, "name_en": name_en})
        households = round(area.households * piece.area / outline.area)
        lon, lat = seat_of(piece)
        parts.append(replace(area, code=code, name=name, name_en=name_en, outline=piece, lon=lon, lat=lat,
                             households=households, approximate=False))  # fmt: skip
    _replaced(plan, [area], parts)
    return {"area": area.code, "line": geometry_of(line), "names": names, "codes": codes}


def _merge(plan: Plan, step: Step) -> Step:
    name, name_en = named(step)
    codes = list(dict.fromkeys(_codes(step.get("areas"))))
    drawn = [plan.drawn(code) for code in codes]
    if len({area.parent for area, _outline in drawn}) > 1:
        raise OtherParent(areas="、".join(area.name for area, _outline in drawn))
    if len(drawn) < 2:
        raise NotTouching(areas="、".join(area.name for area, _outline in drawn))
    outline = joined({area.code: outline for area, outline in drawn}, plane=plan.plane)
    largest = max((area for area, _outline in drawn), key=lambda area: area.outline.area if area.outline else 0.0)
    (code,) = plan.codes(largest.parent, 1, given=_codes(step.get("codes")))
    lon, lat = seat_of(outline)
    households = sum(area.households for area, _outline in drawn)
    merged = replace(largest, code=code, name=name, name_en=name_en, outline=outline, lon=lon, lat=lat,
                     households=households, approximate=False)  # fmt: skip
    _replaced(plan, [area for area, _outline in drawn], [merged])
    return {"areas": codes, "name": name, "name_en": name_en, "codes": [code]}


def _reshape(plan: Plan, step: Step) -> Step:
    area = plan.area(step.get("area"))
    outline = outline_from(step.get("outline"))
    neighbours = bool(step.get("neighbours"))
    _shared(plan, area, outline, gives=area.outline, with_neighbours=neighbours)
    return {"area": area.code, "outline": geometry_of(outline), "neighbours": neighbours}


def _add(plan: Plan, step: Step) -> Step:
    parent = plan.area(step.get("parent"))
    level = level_below(parent)
    name, name_en = named(step)
    outline = outline_from(step.get("outline"))
    given = _codes(step.get("codes")) or _codes([step["code"]] if step.get("code") else [])
    (code,) = plan.codes(parent.code, 1, given=given)
    lon, lat = seat_of(outline)
    area = Shape(code, parent.code, level, name, name_en, outline, lon, lat, kind=parent.kind)
    neighbours = bool(step.get("neighbours"))
    _shared(plan, area, outline, gives=None, with_neighbours=neighbours)
    return {
        "parent": parent.code, "name": name, "name_en": name_en, "outline": geometry_of(outline),
        "neighbours": neighbours, "codes": [code],
    }  # fmt: skip


def _rename(plan: Plan, step: Step) -> Step:
    area = plan.below_the_district(step.get("area"))
    name, name_en = named(step)
    plan.put(replace(area, name=name, name_en=name_en))
    return {"area": area.code, "name": name, "name_en": name_en}


def _end(plan: Plan, step: Step) -> Step:
    area = plan.below_the_district(step.get("area"))
    within = plan.within(area.code)
    if within:
        raise HasAreasWithin(area=area.name, count=len(within))
    plan.end(area.code)
    return {"area": area.code}


_DOING: Final[Mapping[str, Callable[[Plan, Step], Step]]] = {
    "split": _split,
    "merge": _merge,
    "reshape": _reshape,
    "add": _add,
    "rename": _rename,
    "end": _end,
}


def _replaced(plan: Plan, gone: list[Shape], parts: list[Shape]) -> None:
    """Put new areas in the place of old ones, and what lay within the old ones into them."""
    for part in parts:
        plan.put(part)
    plan.rehome(parts, [area.code for area in gone])
    for area in gone:
        plan.end(area.code)


def _shared(
    plan: Plan, area: Shape, outline: BaseGeometry, *, gives: BaseGeometry | None, with_neighbours: bool
) -> None:
    """Draw an area anew; with its neighbours, the border they share moves within their parent.

    :raises AreaTooSmall, ReachesOutside, SwallowsNeighbour, LeftToNobody: it cannot be drawn so
    """
    surface = plan.plane.surface(outline)
    if surface < SMALLEST_M2:
        raise AreaTooSmall(surface=round(surface))
    if with_neighbours and area.parent:
        outline = plan.clipped(outline, area.parent)
        neighbours = plan.siblings(area.code, area.parent)
        for code, moved in rebalance(gives, outline, neighbours, plane=plan.plane).items():
            plan.put(replace(plan.shapes[code], outline=moved, approximate=False))
    plan.put(replace(area, outline=outline, approximate=False))


def _codes(given: Any) -> list[str]:
    return [str(code) for code in given] if isinstance(given, list | tuple) else []
