"""What a plan looks like after its steps: shapes for the map, and words for the panel beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from liandong.areas.queries import (
    Fault,
    RedrawingView,
    RedrawnShape,
    StepFacts,
    edition_of,
    units_named_for,
    uses_of,
)
from liandong.people.desk import DeskRequest
from liandong.web.names import name_of
from liandong.web.refusals import explain

MOST_FAULTS = 200
MOST_NAMES = 8
MOST_UNITS = 20


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault of the map in words; `number` is its place among the shapes drawn."""

    number: int
    word: str
    areas: tuple[tuple[str, str], ...]
    surface: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in words: on which areas, and which came of it."""

    number: int
    word: str
    areas: tuple[tuple[str, str], ...]
    created: tuple[tuple[str, str], ...]
    name: str


@dataclass(frozen=True, slots=True)
class StepGroup:
    """Steps that were taken together, from one file; usually one."""

    steps: tuple[StepRow, ...]
    is_batch: bool


@dataclass(frozen=True, slots=True)
class RecodingRow:
    """What becomes of one old code: its parts, the heir first."""

    old: tuple[str, str]
    parts: tuple[tuple[str, str, float, bool], ...]


@dataclass(frozen=True, slots=True)
class UseRow:
    """Who is affected, by kind: how many, and the first few by name."""

    kind: str
    count: int
    names: tuple[str, ...]
    more: int


def picture_of(view: RedrawingView, request: DeskRequest, *, said: str = "") -> dict[str, Any]:
    """All that the editor shows of a plan; the shapes are what differs from the map without it."""
    facts = view.facts
    context = panel_context(view)
    base = f"{reverse('areas:outlines')}?day={facts.effective_on}&places=7&edition={edition_of(facts.district)}"
    return {
        "steps": len(view.steps),
        "state": facts.state,
        "base": base,
        "areas": [[shape.code, shape.parent, shape.level, name_of(shape)] for shape in view.shapes],
        "changed": feature_collection(_shape_features(view.shapes)),
        "gone": [shape.code for shape in view.ended],
        "faults": feature_collection(fault_features(view.faults)),
        "panel": render_to_string("areas/panel.html", context, request),
        "summary": render_to_string("areas/consequences.html", context, request),
        "said": said,
    }


def panel_context(view: RedrawingView) -> dict[str, Any]:
    """What the panel and the summary of consequences tell."""
    names = names_in(view)
    ended = [shape.code for shape in view.ended]
    affected = {*ended, *(line.old for line in view.recoding)}
    changed = [shape for shape in view.shapes if shape.is_changed and not shape.is_new]
    return {
        "plan": view.facts,
        "step_count": len(view.steps),
        "groups": _step_groups(view, names),
        "recoding": _recoding_rows(view, names),
        "uses": _use_rows(affected),
        "units": [(unit.code, name_of(unit)) for unit in units_named_for(affected)[:MOST_UNITS]],
        "faults": fault_rows(view.faults, names),
        "fault_count": len(view.faults),
        "error_count": sum(fault.is_error for fault in view.faults),
        "stale": explain(view.refusal) if view.refusal else None,
        "ended": [(code, names[code]) for code in ended],
        "created": [(shape.code, name_of(shape)) for shape in view.shapes if shape.is_new],
        "reshaped": [(shape.code, name_of(shape)) for shape in changed],
    }


def names_in(view: RedrawingView) -> dict[str, str]:
    """What the areas of a plan are called, those it ends included."""
    return {shape.code: name_of(shape) for shape in (*view.ended, *view.shapes)}


def said_of(view: RedrawingView) -> str:
    """The last step in one sentence, for the line under the map and for screen readers."""
    if not view.steps:
        return gettext("方案里还没有步骤。")
    step = view.steps[-1]
    names = names_in(view)
    where = gettext("、").join(names.get(code, code) for code in step.areas) or step.name
    told = gettext("第 %(number)s 步已记入方案：%(word)s %(where)s") % {
        "number": step.number,
        "word": gettext(step.word),
        "where": where,
    }
    return f"{told} → {gettext('、').join(step.created)}" if step.created else told


def fault_rows(faults: Iterable[Fault], names: Mapping[str, str]) -> list[FaultRow]:
    """The first faults in words."""
    return [
        FaultRow(
            number=number,
            word=gettext(fault.word),
            areas=tuple((code, names.get(code, code)) for code in fault.areas),
            surface=f"{fault.surface_m2:,.0f}" if fault.surface_m2 else "",
            is_error=fault.is_error,
        )
        for number, fault in enumerate(list(faults)[:MOST_FAULTS])
    ]


def fault_features(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """The first faults as shapes, numbered as their rows."""
    return [
        {
            "type": "Feature",
            "geometry": rounded(fault.geometry, 7),
            "properties": {"number": number, "is_error": fault.is_error, "name": gettext(fault.word)},
        }
        for number, fault in enumerate(list(faults)[:MOST_FAULTS])
    ]


def feature_collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Features as one GeoJSON object."""
    return {"type": "FeatureCollection", "features": features}


def rounded(geometry: Mapping[str, Any] | None, places: int) -> dict[str, Any] | None:
    """A GeoJSON geometry with so many digits after the point."""
    if not geometry:
        return None
    if "geometries" in geometry:
        parts = [rounded(part, places) for part in geometry["geometries"]]
        return {"type": geometry["type"], "geometries": parts}
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"], places)}


def _rounded(part: Any, places: int) -> Any:
    if isinstance(part, int | float):
        return round(part, places)
    return [_rounded(one, places) for one in part]


def _shape_features(shapes: Iterable[RedrawnShape]) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "geometry": rounded(shape.geometry, 7),
            "properties": {
                "code": shape.code,
                "level": shape.level,
                "name": name_of(shape),
                "is_new": shape.is_new,
                "is_changed": shape.is_changed,
            },
        }
        for shape in shapes
        if (shape.is_new or shape.is_changed) and shape.geometry
    ]


def _step_groups(view: RedrawingView, names: Mapping[str, str]) -> list[StepGroup]:
    """Steps in their order; those of one file as one group, for they are taken back together."""
    alike = groupby(view.steps, key=lambda step: step.batch or f"step-{step.number}")
    found = [tuple(_step_row(step, names) for step in steps) for _batch, steps in alike]
    return [StepGroup(steps, is_batch=len(steps) > 1) for steps in found]


def _step_row(step: StepFacts, names: Mapping[str, str]) -> StepRow:
    return StepRow(
        number=step.number,
        word=gettext(step.word),
        areas=tuple((code, names.get(code, "")) for code in step.areas),
        created=tuple((code, names.get(code, "")) for code in step.created),
        name=step.name,
    )


def _recoding_rows(view: RedrawingView, names: Mapping[str, str]) -> list[RecodingRow]:
    parts = defaultdict(list)
    for line in view.recoding:
        parts[line.old].append((line.new, names.get(line.new, ""), line.share, line.is_heir))
    return [
        RecodingRow((old, names.get(old, "")), tuple(sorted(found, key=lambda part: (not part[3], -part[2], part[0]))))
        for old, found in parts.items()
    ]


def _use_rows(codes: Iterable[str]) -> list[UseRow]:
    found: dict[str, list[str]] = defaultdict(list)
    for use in uses_of(codes):
        found[use.kind].append(use.name)
    return [
        UseRow(gettext(kind), len(names), tuple(names[:MOST_NAMES]), max(0, len(names) - MOST_NAMES))
        for kind, names in found.items()
    ]
