"""A basemap as a file: `basemap.geojson` of a district's folder, with every fault of it told at once.

What lies here is only drawn. So a polygon that crosses itself does no harm and is taken; what is refused is what could
not be drawn at all, lies somewhere else, or would make every map of the district slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from liandong.areas.rules.basemap import (
    GEOMETRIES,
    LONGEST_NAME,
    LONGEST_NAME_EN,
    SURFACES,
    BasemapKind,
    BasemapRow,
    RoadClass,
)
from liandong.kernel.datum import is_plausible
from liandong.kernel.refusal import Refusal

FILE: Final = "basemap.geojson"
LARGEST_FILE: Final = 20_000_000
"""In bytes."""
MOST_FEATURES: Final = 20_000
MOST_VERTICES: Final = 200_000
"""In the whole file: some four megabytes, one without compression, sent once to each browser."""
MOST_VERTICES_OF_ONE: Final = 20_000
FARTHEST: Final = 2.0
"""So many degrees from the district's centre nothing of a district lies; swapped pairs and metres do."""
_DEPTHS: Final = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_LEAST: Final = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
_DIGITS: Final = 6

Move = Callable[[float, float], tuple[float, float]]
"""A point in the folder's datum → the same point in WGS-84."""


@dataclass(slots=True)
class _Sheet:
    """One reading of one file: where the district lies, how points are moved, and how many there were."""

    centre: tuple[float, float]
    move: Move
    vertices: int = 0


def read_basemap(folder: Path, *, centre: tuple[float, float], move: Move, faults: list[str]) -> list[BasemapRow]:
    """The basemap of a folder in WGS-84, nothing where there is no such file; what is wrong with it goes to `faults`.

    `centre` is the district's, in WGS-84; `move` brings a point of the file there.
    """
    file = folder / FILE
    if not file.exists():
        return []
    features = _features(file, faults)
    sheet, rows = _Sheet(centre, move), []
    for number, feature in enumerate(features, start=1):
        try:
            rows.append(_row(feature, sheet))
        except (ValueError, Refusal) as fault:
            faults.append(f"{FILE}: feature {number}{_called(feature)}: {fault}")
    if sheet.vertices > MOST_VERTICES:
        faults.append(f"{FILE}: {sheet.vertices} vertices, at most {MOST_VERTICES}: simplify the lines")
    return rows


def _features(file: Path, faults: list[str]) -> list[Any]:
    """The features of a collection; a file that is none becomes one fault."""
    if file.stat().st_size > LARGEST_FILE:
        faults.append(f"{FILE}: larger than {LARGEST_FILE // 1_000_000} MB")
        return []
    try:
        found = orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        faults.append(f"{FILE}: not JSON: {error}")
        return []
    match found:
        case {"type": "FeatureCollection", "features": list() as features}:
            if len(features) <= MOST_FEATURES:
                return features
            faults.append(f"{FILE}: {len(features)} features, at most {MOST_FEATURES}")
        case _:
            faults.append(f"{FILE}: not a GeoJSON FeatureCollection")
    return []


def _row(feature: Any, sheet: _Sheet) -> BasemapRow:
    """What a feature says.

    :raises ValueError: it cannot be drawn, lies elsewhere or has too many vertices
    """
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise ValueError("not a feature with properties")
    kind = _word(properties, "kind")
    if kind not in set(BasemapKind):
        raise ValueError(f"unknown kind {kind or '(none)'}; known are {', '.join(BasemapKind)}")
    road_class = _word(properties, "class") if kind == BasemapKind.ROAD else ""
    if kind == BasemapKind.ROAD and road_class not in set(RoadClass):
        raise ValueError(f"unknown class {road_class or '(none)'} of a road; known are {', '.join(RoadClass)}")
    name, name_en = _word(properties, "name"), _word(properties, "name_en")
    if kind == BasemapKind.PLACE and not name:
        raise ValueError("a place without a name")
    if len(name) > LONGEST_NAME or len(name_en) > LONGEST_NAME_EN:
        raise ValueError(f"a name longer than {LONGEST_NAME} characters, or in English {LONGEST_NAME_EN}")
    return BasemapRow(kind, road_class, name, name_en, _geometry(BasemapKind(kind), feature.get("geometry"), sheet))


def _word(properties: dict[str, Any], key: str) -> str:
    """A property as one line of text."""
    value = properties.get(key)
    return " ".join(value.replace("\x00", "").split()) if isinstance(value, str) else ""


def _called(feature: Any) -> str:
    """How a person finds the feature: its name, with a blank before it."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = _word(properties, "name") if isinstance(properties, dict) else ""
    return f" {name[:LONGEST_NAME]}" if name else ""


def _geometry(kind: BasemapKind, given: Any, sheet: _Sheet) -> dict[str, Any]:
    """The geometry in WGS-84, rounded to 0.1 m.

    :raises ValueError: it is none a feature of this kind has
    """
    form = given.get("type") if isinstance(given, dict) else None
    if form not in GEOMETRIES[kind]:
        raise ValueError(f"a {kind} is a {' or '.join(GEOMETRIES[kind])}, not a {form or 'feature without geometry'}")
    before = sheet.vertices
    coordinates = _moved(given.get("coordinates"), _DEPTHS[form], form, sheet)
    if sheet.vertices - before > MOST_VERTICES_OF_ONE:
        raise ValueError(f"{sheet.vertices - before} vertices, at most {MOST_VERTICES_OF_ONE}: simplify it")
    return {"type": form, "coordinates": coordinates}


def _moved(given: Any, depth: int, form: str, sheet: _Sheet) -> list[Any]:
    """Nested coordinates, every point of them checked and moved.

    :raises ValueError: they are not nested as the geometry wants it, or a point is none of this district
    """
    if not isinstance(given, list) or not given:
        raise ValueError(f"broken coordinates of a {form}")
    if depth == 0:
        sheet.vertices += 1
        return list(_point(given, sheet))
    parts = [_moved(part, depth - 1, form, sheet) for part in given]
    if depth == 1:
        if len(parts) < _LEAST[form]:
            raise ValueError(f"a {form} with {len(parts)} points, at least {_LEAST[form]}")
        if form in SURFACES and parts[0] != parts[-1]:
            raise ValueError("an open ring")
    return parts


def _point(pair: list[Any], sheet: _Sheet) -> Iterator[float]:
    if len(pair) < 2 or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in pair[:2]):
        raise ValueError("a point that is no pair of numbers")
    lon, lat = float(pair[0]), float(pair[1])
    if not is_plausible(lon, lat):
        raise ValueError(f"the point ({lon:g}, {lat:g}) is no longitude and latitude in degrees")
    lon, lat = sheet.move(lon, lat)
    if abs(lon - sheet.centre[0]) > FARTHEST or abs(lat - sheet.centre[1]) > FARTHEST:
        raise ValueError(f"the point ({lon:.4f}, {lat:.4f}) lies far from the district")
    yield from (round(lon, _DIGITS), round(lat, _DIGITS))
