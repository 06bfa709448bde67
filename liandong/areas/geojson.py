"""Outlines as files: GeoJSON in and out, in any of the four datums, with every fault of a file told at once.

A file in the wrong datum looks right and lies half a kilometre off. It is found out by comparing: with the outline an
area has already, or with the one around it, under each datum in turn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from liandong.areas.redrawing import CodeTaken, NameMissing, UnknownArea
from liandong.areas.shapes import Shape, geometry_of, outline_from
from liandong.kernel.area_codes import parent_of, validate
from liandong.kernel.datum import Datum, convert
from liandong.kernel.refusal import Refusal, marked

LARGEST_FILE: Final = 20_000_000
MOST_FEATURES: Final = 20_000
FAULTS_TOLD: Final = 50

_COMPARED = 200
"""So many outlines, spread over the file, show its datum."""

_CLEARLY = 0.005
"""A datum fits better only when it covers this much more of the known outlines, and leaves half as much astray."""

_SHIFTED: Final = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
"""The datums that can be told apart: CGCS2000 lies within centimetres of WGS-84."""


Pair = tuple[BaseGeometry, BaseGeometry, bool]
"""An outline of a file, the known one to lay it on, and whether that is itself or what it should lie in."""


class TooLargeFile(Refusal):
    """A file that nobody wants to wait for."""

    status = 413
    says = marked("文件过大：最多 20 MB、20,000 个区域。")
    remedy = marked("请按街镇拆成几个文件，或精简边界的顶点。")


class NotGeoJson(Refusal):
    """A file that is no GeoJSON collection of outlines."""

    status = 422
    says = marked("文件不是 GeoJSON 的 FeatureCollection。")
    remedy = marked("请导出为 GeoJSON，编码为 UTF-8，每个区域一个 Feature，代码写在 properties 的 code 中。")


class NamedTwice(Refusal):
    """A code that stands twice in a file."""

    status = 422
    says = marked("代码“%(code)s”在文件中出现了不止一次。")
    remedy = marked("请把同一区域的几块合成一个 MultiPolygon。")


class UnknownDatum(Refusal):
    """A datum this platform does not convert."""

    status = 422
    says = marked("没有“%(datum)s”这种坐标系。")
    remedy = marked("可用的坐标系：WGS-84、CGCS2000、GCJ-02、BD-09。")


class DatumNeeded(Refusal):
    """A file that does not say its datum, and whose place does not show it."""

    status = 422
    says = marked("文件没有注明坐标系，也无法从已有边界判断。")
    remedy = marked("请选择文件的坐标系：测绘成果一般为 CGCS2000，互联网地图为 GCJ-02 或 BD-09。")


class WrongDatum(Refusal):
    """A file that lies where it should under another datum than the one it is said to be in."""

    status = 422
    says = marked(
        "文件注明为 %(stated)s，但按 %(likely)s 才与已有边界吻合（%(likely_fit)s%%，注明的只有 %(stated_fit)s%%）。"
    )
    remedy = marked("请核对数据来源，改选 %(likely)s 后重新导入。")


@dataclass(frozen=True, slots=True)
class OutlineFault:
    """What is wrong with one feature of a file: its number from 1, its code, and why."""

    number: int
    code: str
    refusal: Refusal

    @property
    def place(self) -> str:
        """Where in the file a person finds it."""
        return f"{self.number} {self.code}".strip()


class BrokenOutlines(Refusal):
    """A file with faults: all of them, and nothing of it is taken."""

    status = 422
    says = marked("文件中有 %(count)s 处错误：%(told)s")
    remedy = marked("请逐一更正后重新导入；在此之前不会改动任何数据。")

    def __init__(self, faults: Sequence[OutlineFault]) -> None:
        self.faults = tuple(faults)
        told = "；".join(f"{fault.place} {fault.refusal}" for fault in self.faults[:FAULTS_TOLD])
        super().__init__(count=len(self.faults), told=told)


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """An area as a file draws it, in WGS-84; its names are empty where the file gives none."""

    code: str
    name: str
    name_en: str
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class OutlinesRead:
    """What a file holds, and the datum it was read in."""

    areas: tuple[DrawnArea, ...]
    datum: Datum


def read_outlines(
    content: bytes, *, datum: str = "", known: Mapping[str, Shape], taken: Collection[str] = ()
) -> OutlinesRead:
    """Read a collection of outlines; `known` are the areas there are, `taken` the codes ever used.

    :raises TooLargeFile, NotGeoJson, UnknownDatum: it cannot be read at all
    :raises BrokenOutlines: features are at fault, all told
    :raises WrongDatum, DatumNeeded: it lies elsewhere under the datum it is said to be in, or nobody can say
    """
    collection = collection_in(content)
    stated = datum_stated(datum or str(collection.get("datum") or ""))
    features: Sequence[Any] = collection["features"]
    drawn: list[DrawnArea] = []
    faults: list[OutlineFault] = []
    codes = [_code(feature) for feature in features]
    first = {code: number for number, code in reversed(list(enumerate(codes, start=1)))}
    around = {*known, *codes}
    for number, (code, feature) in enumerate(zip(codes, features, strict=True), start=1):
        try:
            if code and first[code] < number:
                raise NamedTwice(code=code)
            drawn.append(_area(code, feature, known=known, around=around, taken=taken))
        except Refusal as refusal:
            faults.append(OutlineFault(number, code[:32], refusal))
    if faults:
        raise BrokenOutlines(faults)
    pairs = [(area.outline, *there) for area in drawn if (there := reference_for(area.code, known))]
    found = datum_fitting(stated, pairs)
    areas = (DrawnArea(area.code, area.name, area.name_en, shifted(area.outline, found, Datum.WGS84)) for area in drawn)
    return OutlinesRead(tuple(areas), found)


def collection_of(shapes: Iterable[Shape], *, datum: Datum) -> dict[str, Any]:
    """A collection of the drawn ones among `shapes` in `datum`, coordinates to the centimetre."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": area.code,
                "parent": area.parent,
                "level": area.level,
                "name": area.name,
                "name_en": area.name_en,
                "kind": area.kind,
                "households": area.households,
                "approximate": area.approximate,
            },
            "geometry": written(area.outline, datum),
        }
        for area in shapes
        if area.outline is not None
    ]
    return {"type": "FeatureCollection", "datum": datum.value, "features": features}


def written(outline: BaseGeometry, datum: Datum) -> dict[str, Any]:
    """The GeoJSON geometry of an outline in `datum`, coordinates to the centimetre."""
    return geometry_of(_rounded(shifted(outline, Datum.WGS84, datum)))


def datum_of(word: str) -> Datum:
    """The datum of that name.

    :raises UnknownDatum: there is none
    """
    found = datum_stated(word)
    if found is None:
        raise UnknownDatum(datum="")
    return found


def shifted(outline: BaseGeometry, source: Datum, target: Datum) -> BaseGeometry:
    """An outline in another datum."""
    if source is target:
        return outline
    known: dict[tuple[float, float], tuple[float, float]] = {}

    def moved(corners: NDArray[np.float64]) -> list[tuple[float, float]]:
        for lon, lat in corners.tolist():
            if (lon, lat) not in known:
                known[lon, lat] = convert(lon, lat, source=source, target=target)
        return [known[lon, lat] for lon, lat in corners.tolist()]

    return shapely.transform(outline, lambda corners: np.array(moved(corners)))


def collection_in(content: bytes) -> dict[str, Any]:
    """The collection a file holds.

    :raises TooLargeFile, NotGeoJson: it is none, or too large
    """
    if len(content) > LARGEST_FILE:
        raise TooLargeFile
    try:
        found = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotGeoJson from error
    match found:
        case {"type": "FeatureCollection", "features": list() as features} if features:
            if len(features) > MOST_FEATURES:
                raise TooLargeFile
            return dict(found)
    raise NotGeoJson


def datum_stated(word: str) -> Datum | None:
    """The datum of a word, none where nothing was said.

    :raises UnknownDatum: there is none of that name
    """
    if not word:
        return None
    try:
        return Datum(word)
    except ValueError:
        raise UnknownDatum(datum=word[:20]) from None


def _code(feature: Any) -> str:
    """The code a feature carries, as this platform or as public maps write it; empty when it has none."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return str(properties.get("code") or properties.get("adcode") or "") if isinstance(properties, dict) else ""


def _area(
    code: str, feature: Any, *, known: Mapping[str, Shape], around: Collection[str], taken: Collection[str]
) -> DrawnArea:
    """The area of a feature.

    :raises Refusal: something is wrong with it
    """
    validate(code)
    properties = feature["properties"]
    name, name_en = (str(properties.get(key) or "").strip() for key in ("name", "name_en"))
    if code not in known:
        if code in taken:
            raise CodeTaken(code=code)
        if parent_of(code) not in around:
            raise UnknownArea(area=code)
        if not name:
            raise NameMissing
    return DrawnArea(code, name, name_en, outline_from(feature.get("geometry")))


def _fits(pairs: Sequence[Pair]) -> dict[Datum, float]:
    """How well the outlines lie where they should under each datum, from 0 to 1; nothing where nothing can be said."""
    step = max(1, len(pairs) // _COMPARED)
    fits: dict[Datum, float] = {}
    for datum in _SHIFTED if pairs else ():
        common, whole = 0.0, 0.0
        for outline, reference, is_itself in pairs[::step]:
            moved = shifted(outline, datum, Datum.WGS84)
            shared = shapely.intersection(moved, reference).area if moved.is_valid else 0.0
            common += shared
            whole += moved.area + reference.area - shared if is_itself else moved.area
        fits[datum] = common / whole if whole else 0.0
    return fits


def reference_for(code: str, known: Mapping[str, Shape]) -> tuple[BaseGeometry, bool] | None:
    """What to compare an outline with: the one the area has, else the one around it. Cells around seats say nothing."""
    for size in range(len(code), 3, -3):
        area = known.get(code[:size])
        if area is not None and area.outline is not None and not area.approximate:
            return area.outline, size == len(code)
    return None


def datum_fitting(stated: Datum | None, pairs: Sequence[Pair]) -> Datum:
    """The datum to read a file in, by how its outlines lie to those that are known.

    :raises WrongDatum: another one than the stated fits clearly better
    :raises DatumNeeded: none is stated, and none fits clearly best
    """
    fits = _fits(pairs)
    best = max(fits, key=lambda datum: fits[datum], default=None)
    if stated is not None:
        said = Datum.WGS84 if stated is Datum.CGCS2000 else stated
        if best is not None and _is_clearly_better(fits[best], fits[said]):
            shown = {"likely_fit": round(fits[best] * 100), "stated_fit": round(fits[said] * 100)}
            raise WrongDatum(stated=stated.value, likely=best.value, **shown)
        return stated
    if best is None or not all(_is_clearly_better(fits[best], fits[other]) for other in fits if other is not best):
        raise DatumNeeded
    return best


def _is_clearly_better(one: float, other: float) -> bool:
    return one - other > _CLEARLY and (1 - one) < (1 - other) / 2


def _rounded(outline: BaseGeometry) -> BaseGeometry:
    return shapely.transform(outline, lambda corners: np.round(corners, 7))
