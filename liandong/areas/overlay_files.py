"""Road and patrol grids as files: GeoJSON in, in any of the four datums, with every fault of a file told at once.

The datum is found out as that of areas is: by comparing with the overlay of that code there is, or else with the area
the overlay belongs to. A grid in the middle of a wide area fits under every datum; then the file must say its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from liandong.areas.geojson import (
    BrokenOutlines,
    NamedTwice,
    OutlineFault,
    Pair,
    collection_in,
    datum_fitting,
    datum_stated,
    reference_for,
    shifted,
)
from liandong.areas.models import OverlayLayer
from liandong.areas.redrawing import UnknownArea, named
from liandong.areas.shapes import NOISE_M2, Plane, Shape, outline_from
from liandong.kernel.datum import Datum
from liandong.kernel.refusal import Refusal, marked

LONGEST_CODE: Final = 24


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


class OverlayAstray(Refusal):
    """An overlay that does not touch the area it is said to lie in."""

    status = 422
    says = marked("画出的网格不在“%(area)s”之内，一点也不相交。")
    remedy = marked("请核对所属区域与坐标系（应为 WGS-84），在该区域内重新画。")


@dataclass(frozen=True, slots=True)
class DrawnOverlay:
    """An overlay as a file draws it, in WGS-84; `number` is that of its feature."""

    number: int
    layer: str
    code: str
    name: str
    name_en: str
    area: str
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class KnownOverlay:
    """An overlay that stands: its names, its area and its outline, for what a file leaves out or moves."""

    name: str
    name_en: str
    area: str
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class OverlaysRead:
    """What a file holds, and the datum it was read in."""

    overlays: tuple[DrawnOverlay, ...]
    datum: Datum


def read_overlays(
    content: bytes,
    *,
    datum: str = "",
    layer: str = "",
    area: str = "",
    known: Mapping[tuple[str, str], KnownOverlay],
    areas: Mapping[str, Shape],
) -> OverlaysRead:
    """Read a collection of overlays; `layer` and `area` stand for features that name none.

    :raises TooLargeFile, NotGeoJson, UnknownDatum: it cannot be read at all
    :raises BrokenOutlines: features are at fault, all told
    :raises WrongDatum, DatumNeeded: it lies elsewhere under the datum it is said to be in, or nobody can say
    """
    collection = collection_in(content)
    stated = datum_stated(datum or str(collection.get("datum") or ""))
    drawn: list[DrawnOverlay] = []
    faults: list[OutlineFault] = []
    seen: set[tuple[str, str]] = set()
    for number, feature in enumerate(collection["features"], start=1):
        properties = _properties(feature)
        code = clean_code(properties.get("code"))
        try:
            overlay = _overlay(number, feature, {"layer": layer, "area": area, **properties}, known, areas)
            if (overlay.layer, overlay.code) in seen:
                raise NamedTwice(code=code)
            seen.add((overlay.layer, overlay.code))
            drawn.append(overlay)
        except Refusal as refusal:
            faults.append(OutlineFault(number, code[:32], refusal))
    if faults:
        raise BrokenOutlines(faults)
    found = datum_fitting(stated, [pair for overlay in drawn if (pair := _pair(overlay, known, areas))])
    moved = tuple(replace(one, outline=shifted(one.outline, found, Datum.WGS84)) for one in drawn)
    astray = [fault for overlay in moved if (fault := _astray(overlay, areas))]
    if astray:
        raise BrokenOutlines(astray)
    return OverlaysRead(moved, found)


def layer_named(layer: str) -> str:
    """The layer, when there is one of that name.

    :raises UnknownLayer: there is none
    """
    if layer not in OverlayLayer.values:
        raise UnknownLayer(layer=layer[:20])
    return layer


def fitting_code(code: object) -> str:
    """The code without what surrounds it.

    :raises OverlayCodeMisfit: it is empty or too long
    """
    found = clean_code(code)
    if not 0 < len(found) <= LONGEST_CODE:
        raise OverlayCodeMisfit
    return found


def clean_code(code: object) -> str:
    """A code as somebody wrote it, without blanks around it."""
    return str("" if code is None else code).replace("\x00", "").strip()


def lies_in(area: Shape | None, outline: BaseGeometry) -> bool:
    """Whether an overlay covers something of its area; an area without an outline holds everything."""
    if area is None or area.outline is None:
        return True
    return Plane.around([area.outline]).surface(area.outline.intersection(outline)) > NOISE_M2


def _properties(feature: Any) -> dict[str, Any]:
    """What a feature says of itself; what is empty is left out."""
    found = feature.get("properties") if isinstance(feature, dict) else None
    return {key: value for key, value in found.items() if value} if isinstance(found, dict) else {}


def _overlay(
    number: int,
    feature: Any,
    properties: Mapping[str, Any],
    known: Mapping[tuple[str, str], KnownOverlay],
    areas: Mapping[str, Shape],
) -> DrawnOverlay:
    """The overlay of a feature.

    :raises Refusal: something is wrong with it
    """
    layer, code = layer_named(str(properties["layer"])), fitting_code(properties.get("code"))
    there = known.get((layer, code))
    given = {"name": there.name, "name_en": there.name_en, **properties} if there else properties
    name, name_en = named({key: str(given.get(key) or "") for key in ("name", "name_en")})
    area = str(properties["area"] or (there.area if there else ""))
    if area not in areas:
        raise UnknownArea(area=area[:32])
    return DrawnOverlay(number, layer, code, name, name_en, area, outline_from(_geometry(feature)))


def _geometry(feature: Any) -> Any:
    return feature.get("geometry") if isinstance(feature, dict) else None


def _pair(
    overlay: DrawnOverlay, known: Mapping[tuple[str, str], KnownOverlay], areas: Mapping[str, Shape]
) -> Pair | None:
    """What to compare an overlay with: the one that stands under its code, else the area it belongs to."""
    there = known.get((overlay.layer, overlay.code))
    if there is not None:
        return overlay.outline, there.outline, True
    around = reference_for(overlay.area, areas)
    return (overlay.outline, around[0], False) if around else None


def _astray(overlay: DrawnOverlay, areas: Mapping[str, Shape]) -> OutlineFault | None:
    area = areas[overlay.area]
    if lies_in(area, overlay.outline):
        return None
    return OutlineFault(overlay.number, overlay.code, OverlayAstray(area=area.name))
