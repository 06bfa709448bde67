"""The geometry of redrawing: cutting an outline, joining outlines, moving a border that neighbours share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import shapely
from shapely.geometry.base import BaseGeometry

from liandong.areas.shapes import NOISE_M2, Plane, polygons_of, whole_of
from liandong.kernel.refusal import Refusal, marked

SMALLEST_M2 = 100
"""No grid is smaller: a smaller piece is a slip of the hand."""

_REACH_M = 0.1
"""A line drawn up to a border ends a hair before or behind it; it is drawn on by this much."""

_APART_M = 0.5
"""Borders that lie no further apart are meant to be one."""

_HAIRLINES = (1e-9, 1e-7, 5e-6)
"""Rounding leaves hairlines of a tenth of a millimetre, a centimetre or half a metre between borders, in degrees."""

_CORNER_M2 = 5.0
"""What is within reach of two areas that share only a corner; along a border of a few metres it is more."""


class LineMissesArea(Refusal):
    """A line that leaves an area in one piece."""

    status = 422
    says = marked("分割线没有把“%(area)s”分成几块。")
    remedy = marked("请让线的两端都越过该区域的边界，或画一个完整的环。")


class PieceTooSmall(Refusal):
    """A line that cuts off a scrap."""

    status = 422
    says = marked("分割线从“%(area)s”切下的一块只有 %(surface)s 平方米。")
    remedy = marked("请移动分割线，使每一块不小于 100 平方米。")


class NotTouching(Refusal):
    """Areas that share no border."""

    status = 422
    says = marked("要合并的区域不相邻：%(areas)s。")
    remedy = marked("只有有共同边界的区域才能合并；请补上中间的区域。")


class SwallowsNeighbour(Refusal):
    """An outline that leaves nothing of a neighbour."""

    status = 422
    says = marked("新的轮廓盖住了整个“%(area)s”。")
    remedy = marked("要取消相邻区域，请先合并；否则请把轮廓收小。")


class LeftToNobody(Refusal):
    """Ground that an area leaves and that no neighbour borders on."""

    status = 422
    says = marked("让出的 %(surface)s 平方米没有相邻区域可以接收。")
    remedy = marked("请让这一段边界留在原处，或不连同相邻区域一起调整。")


def cut(outline: BaseGeometry, line: BaseGeometry, *, name: str, plane: Plane) -> list[BaseGeometry]:
    """The pieces a line cuts an outline into. Parts of the outline that it does not touch join the nearest piece.

    :raises LineMissesArea: it stays in one piece
    :raises PieceTooSmall: a piece is smaller than any grid
    """
    drawn_on = _drawn_on(line, plane.degrees(_REACH_M))
    pieces: list[BaseGeometry] = []
    whole: list[BaseGeometry] = []
    for part in polygons_of(outline):
        faces = shapely.polygonize([shapely.union(part.boundary, drawn_on)])
        within = [face for face in polygons_of(faces) if part.contains(face.representative_point())]
        (pieces if len(within) > 1 else whole).extend(within if len(within) > 1 else [part])
    if len(pieces) < 2:
        raise LineMissesArea(area=name)
    for part in whole:
        nearest = min(range(len(pieces)), key=lambda number: pieces[number].distance(part))
        pieces[nearest] = shapely.union(pieces[nearest], part)
    smallest = min(plane.surface(piece) for piece in pieces)
    if smallest < SMALLEST_M2:
        raise PieceTooSmall(area=name, surface=round(smallest))
    return pieces


def joined(outlines: Mapping[str, BaseGeometry], *, plane: Plane) -> BaseGeometry:
    """One outline around several that touch each other; hairlines between their borders are closed.

    :raises NotTouching: some do not
    """
    reach = plane.degrees(_APART_M)
    touching: list[tuple[str, str]] = []
    group = {code: code for code in outlines}
    for one, other in combinations(outlines, 2):
        hair = _hair(outlines[one], outlines[other], reach)
        if hair is None or plane.surface(hair) < _CORNER_M2:
            continue
        touching.append((one, other))
        kept, gone = group[one], group[other]
        group = {code: kept if member == gone else member for code, member in group.items()}
    first = next(iter(outlines))
    apart = [code for code in outlines if group[code] != group[first]]
    if apart:
        raise NotTouching(areas="、".join([first, *apart]))
    fewest = sum(len(polygons_of(outline)) for outline in outlines.values()) - len(outlines) + 1
    return _closed(list(outlines.values()), [(outlines[one], outlines[other]) for one, other in touching], fewest)


def rebalance(
    old: BaseGeometry | None, new: BaseGeometry, neighbours: Mapping[str, BaseGeometry], *, plane: Plane
) -> dict[str, BaseGeometry]:
    """The neighbours of an area whose outline moves: they lose what it takes and get what it leaves.

    What it leaves goes, piece by piece, to the neighbour with the longest border along it. Only neighbours that change
    are returned.

    :raises SwallowsNeighbour: nothing of one is left
    :raises LeftToNobody: a piece borders on none of them
    """
    changed: dict[str, BaseGeometry] = {}
    for code, outline in neighbours.items():
        if not shapely.intersects(outline, new):
            continue
        taken = shapely.intersection(outline, new)
        if plane.surface(taken) >= NOISE_M2:
            left = tidy(shapely.difference(outline, new), plane=plane)
            if left is None:
                raise SwallowsNeighbour(area=code)
            changed[code] = left
    pieces = polygons_of(shapely.difference(old, new)) if old is not None else []
    for piece in pieces:
        if plane.surface(piece) < NOISE_M2:
            continue
        around = piece.buffer(plane.degrees(_APART_M), join_style="mitre")
        borders = {
            code: shapely.intersection(around, outline).area
            for code, outline in neighbours.items()
            if shapely.intersects(around, outline)
        }
        heir = max(sorted(borders), key=lambda code: borders[code], default="")
        if not heir or not borders[heir]:
            raise LeftToNobody(surface=round(plane.surface(piece)))
        held = changed.get(heir, neighbours[heir])
        changed[heir] = _closed([held, piece], [(held, piece)], len(polygons_of(held)))
    return changed


def tidy(geometry: BaseGeometry, *, plane: Plane) -> BaseGeometry | None:
    """The polygons of a geometry without the crumbs that rounding leaves; None when nothing else is left."""
    parts = [part for part in polygons_of(geometry) if plane.surface(part) >= NOISE_M2]
    if not parts:
        return None
    return whole_of(parts)


def reading_order(outlines: Sequence[BaseGeometry]) -> list[int]:
    """Their numbers from west to east and, where they stand above each other, from north to south (DB11)."""
    west, _south, east, _north = shapely.total_bounds(list(outlines))
    # Middles less than a quarter of the whole width apart stand above each other.
    band = float(east - west) / 4 or 1.0
    middles = [outline.centroid for outline in outlines]
    return sorted(
        range(len(outlines)), key=lambda number: (round((middles[number].x - west) / band), -middles[number].y)
    )


def _drawn_on(line: BaseGeometry, reach: float) -> BaseGeometry:
    """The line, a little longer at both ends."""
    points = shapely.get_coordinates(line)
    points = points[[True, *(points[1:] != points[:-1]).any(axis=1)]]
    ends = []
    for end, inner in ((points[0], points[1]), (points[-1], points[-2])):
        away = end - inner
        ends.append(end + away * (reach / float((away**2).sum() ** 0.5)))
    return shapely.LineString([ends[0], *points, ends[1]])


def _closed(
    outlines: Sequence[BaseGeometry], touching: Sequence[tuple[BaseGeometry, BaseGeometry]], fewest: int
) -> BaseGeometry:
    """The union of outlines, with the hairlines between those that touch closed as far as needed: to `fewest` parts."""
    whole = shapely.union_all(list(outlines))
    for reach in _HAIRLINES:
        if len(polygons_of(whole)) <= fewest:
            break
        hairs = [hair for one, other in touching if (hair := _hair(one, other, reach)) is not None]
        whole = shapely.union_all([whole, *hairs])
    return whole


def _hair(one: BaseGeometry, other: BaseGeometry, reach: float) -> BaseGeometry | None:
    """What lies within reach of both, None when they are further apart."""
    if one.distance(other) > reach:
        return None
    found = shapely.intersection(one.buffer(reach, join_style="mitre"), other.buffer(reach, join_style="mitre"))
    return found if found.area else None
