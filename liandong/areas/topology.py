"""What is wrong with a map: gaps, overlaps and slivers between borders, areas outside their parents, seats astray.

Surfaces and widths are measured on a plane at the middle of the map (`Plane`). What is smaller than a square metre is
the rounding of coordinates and is not told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from liandong.areas.shapes import NARROW_M, NOISE_M2, Plane, Shape, crossing_of, geometry_of, polygons_of, whole_of
from liandong.kernel.refusal import marked

_ON_BORDER_M = 0.1
"""A seat this near to a border lies on it."""


class FaultKind(StrEnum):
    """What can be wrong."""

    GAP = "gap"
    OVERLAP = "overlap"
    SLIVER = "sliver"
    SEAT_ON_BORDER = "seat_on_border"
    SEAT_OUTSIDE = "seat_outside"
    OUTSIDE_PARENT = "outside_parent"
    SELF_CROSSING = "self_crossing"
    DUPLICATE_CODE = "duplicate_code"


FAULT_WORDS: Final[Mapping[str, str]] = {
    FaultKind.GAP: marked("空白"),
    FaultKind.OVERLAP: marked("重叠"),
    FaultKind.SLIVER: marked("边界缝隙"),
    FaultKind.SEAT_ON_BORDER: marked("驻点压边界"),
    FaultKind.SEAT_OUTSIDE: marked("驻点在区域外"),
    FaultKind.OUTSIDE_PARENT: marked("超出上级区域"),
    FaultKind.SELF_CROSSING: marked("边界自相交"),
    FaultKind.DUPLICATE_CODE: marked("代码重复"),
}

_ERRORS = frozenset({FaultKind.OVERLAP, FaultKind.OUTSIDE_PARENT, FaultKind.SELF_CROSSING, FaultKind.DUPLICATE_CODE})
"""What forbids a plan. The rest is told, and may be meant."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the map, which areas it concerns, and a GeoJSON geometry to show it with."""

    kind: FaultKind
    areas: tuple[str, ...]
    surface_m2: float
    geometry: dict[str, Any]

    @property
    def is_error(self) -> bool:
        """Whether no plan may leave it so."""
        return self.kind in _ERRORS

    @property
    def word(self) -> str:
        """Its kind in words."""
        return FAULT_WORDS[self.kind]


def faults_of(shapes: Sequence[Shape], *, about: Collection[str] | None = None) -> list[Fault]:
    """All faults of a map, errors first; with `about`, those that concern these areas, and gaps beside them."""
    found = list(_duplicates(shapes))
    crossing = {area.code for area in shapes if area.outline is not None and not area.outline.is_valid}
    drawn = {area.code: area for area in shapes if area.outline is not None and area.code not in crossing}
    for area in shapes:
        if area.code in crossing and area.outline is not None:
            point = crossing_of(area.outline)
            found.append(Fault(FaultKind.SELF_CROSSING, (area.code,), 0.0, _point(point)))
    map_ = _Map(drawn, Plane.around(area.outline for area in drawn.values()), about)
    for look in (map_.overlaps, map_.outside, map_.seats):
        found += look()
    if about is not None:
        found = [fault for fault in found if not {*fault.areas}.isdisjoint(about)]
    found += map_.gaps()
    return sorted(found, key=lambda fault: (not fault.is_error, fault.kind, -fault.surface_m2, fault.areas))


class _Map:
    """The drawn areas, their outlines as one array, and which of them are asked about."""

    def __init__(self, drawn: Mapping[str, Shape], plane: Plane, about: Collection[str] | None) -> None:
        self._areas = list(drawn.values())
        self._drawn = drawn
        self._plane = plane
        self._outlines = np.array([area.outline for area in self._areas], dtype=object)
        around = {code[:-3] for code in about or () if len(code) > 6}
        self._about = None if about is None else {*about, *around}

    def overlaps(self) -> Iterator[Fault]:
        """Where areas of one level cover the same ground."""
        by_level: dict[str, list[int]] = defaultdict(list)
        for number, area in enumerate(self._areas):
            by_level[area.level].append(number)
        for numbers in by_level.values():
            outlines = self._outlines[numbers]
            asked = [place for place, number in enumerate(numbers) if self._is_asked(self._areas[number].code)]
            ones, others = shapely.STRtree(outlines).query(outlines[asked])
            pairs = {(min(asked[one], other), max(asked[one], other)) for one, other in zip(ones, others, strict=True)}
            lefts, rights = (np.array([pair[side] for pair in sorted(pairs) if pair[0] != pair[1]], dtype=np.int64)
                             for side in (0, 1))  # fmt: skip
            shared = shapely.intersection(outlines[lefts], outlines[rights])
            for place in np.flatnonzero(shapely.area(shared) * self._square > NOISE_M2):
                codes = tuple(self._areas[numbers[side[place]]].code for side in (lefts, rights))
                yield self._fault(FaultKind.OVERLAP, codes, shared[place])

    def outside(self) -> Iterator[Fault]:
        """Where areas reach out of their parents."""
        held = (area for area in self._areas if self._is_asked(area.code) or self._is_asked(area.parent))
        pairs = [(area, self._drawn[area.parent]) for area in held if area.parent in self._drawn]
        inner = np.array([area.outline for area, _parent in pairs], dtype=object)
        outer = np.array([parent.outline for _area, parent in pairs], dtype=object)
        shapely.prepare(outer)
        apart = np.flatnonzero(~shapely.covers(outer, inner))
        reaching = shapely.difference(inner[apart], outer[apart])
        for place in np.flatnonzero(shapely.area(reaching) * self._square > NOISE_M2):
            area, parent = pairs[apart[place]]
            yield self._fault(FaultKind.OUTSIDE_PARENT, (area.code, parent.code), reaching[place])

    def gaps(self) -> Iterator[Fault]:
        """What lies within an area and in none of those it holds, where at least one of them is drawn."""
        within: dict[str, list[BaseGeometry]] = defaultdict(list)
        for area in self._areas:
            if area.parent in self._drawn and self._is_asked(area.parent) and area.outline is not None:
                within[area.parent].append(area.outline)
        for code, outlines in within.items():
            parent = self._drawn[code].outline
            if parent is not None:
                for piece in polygons_of(shapely.difference(parent, shapely.union_all(outlines))):
                    if self._plane.surface(piece) > NOISE_M2:
                        yield self._fault(FaultKind.GAP, (code,), piece)

    def seats(self) -> Iterator[Fault]:
        """Seats that lie on the border of their area, or outside it."""
        reach = self._plane.degrees(_ON_BORDER_M)
        for area in self._areas:
            if area.outline is None or area.lon is None or area.lat is None or not self._is_asked(area.code):
                continue
            seat = shapely.Point(area.lon, area.lat)
            if area.outline.boundary.distance(seat) < reach:
                yield Fault(FaultKind.SEAT_ON_BORDER, (area.code,), 0.0, _point(seat))
            elif not area.outline.intersects(seat):
                yield Fault(FaultKind.SEAT_OUTSIDE, (area.code,), 0.0, _point(seat))

    @property
    def _square(self) -> float:
        return self._plane.per_lon * self._plane.per_lat

    def _is_asked(self, code: str) -> bool:
        return self._about is None or code in self._about

    def _fault(self, kind: FaultKind, codes: tuple[str, ...], ground: BaseGeometry) -> Fault:
        """A fault with a surface: a sliver where it is narrow, `kind` where it is wide."""
        wide = [part for part in polygons_of(ground) if self._plane.width(part) >= NARROW_M]
        shown = wide or polygons_of(ground)
        surface = round(sum(self._plane.surface(part) for part in shown), 1)
        whole = whole_of(shown)
        return Fault(kind if wide else FaultKind.SLIVER, codes, surface, geometry_of(whole))


def _duplicates(shapes: Sequence[Shape]) -> Iterator[Fault]:
    counts = Counter(area.code for area in shapes)
    for area in shapes:
        if counts.pop(area.code, 0) > 1 and area.outline is not None:
            yield Fault(FaultKind.DUPLICATE_CODE, (area.code,), 0.0, geometry_of(area.outline))


def _point(point: BaseGeometry) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(value, 7) for value in shapely.get_coordinates(point)[0].tolist()]}
