"""A small map as a drawing: our own areas around a place, in lines that a black-and-white printer prints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liandong.areas.queries import AreaOutline, area_outlines
from liandong.web.names import name_of

if TYPE_CHECKING:
    from liandong.cases.models import Case

WIDTH: Final = 320
HEIGHT: Final = 200
_MARGIN: Final = 40
_BELOW: Final = {15: ("grid", 9), 12: ("community", 9), 9: ("community", 9)}
"""What is drawn around a place known so exactly: which areas, and within how much of its code."""
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Frame:
    """From degrees to the units of the drawing; north is up, and a metre is as long either way."""

    west: float
    north: float
    scale: float
    narrow: float
    left: float
    top: float

    def put(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point stands in the drawing."""
        x = self.left + (lon - self.west) * self.narrow * self.scale
        return round(x, 1), round(self.top + (self.north - lat) * self.scale, 1)


class Sketches:
    """Draws maps for several cases; each neighbourhood is read once."""

    def __init__(self, day: date) -> None:
        self._outlines = cache(
            lambda district, level, within: area_outlines(district, level=level, day=day, within=within)
        )

    def of(self, case: Case) -> SafeString:
        """The areas around a case, its own emphasised, and its point; nothing where no outline is known."""
        level, size = _BELOW.get(len(case.area), ("town", 6))
        drawn: list[AreaOutline] = self._outlines(case.district, level, case.area[:size])
        own = [one for one in drawn if case.area.startswith(one.code)] or drawn
        points = [point for one in own for ring in _rings(one) for point in ring]
        if not points:
            return SafeString("")
        frame = _frame(points)
        lines = format_html_join(
            "",
            '<path d="{}" fill="none" stroke="#000" stroke-width="{}"/>',
            ((_path(one, frame), 1.8 if one in own and len(own) == 1 else 0.6) for one in drawn),
        )
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" class="wo-map" viewBox="0 0 {} {}" role="img" aria-label="{}">'
            "{}{}{}</svg>",
            WIDTH,
            HEIGHT,
            "、".join(name_of(one) for one in own[:1]),
            lines,
            _names(drawn, frame),
            _mark(case, frame),
        )


def _mark(case: Case, frame: Frame) -> SafeString:
    if case.lon is None or case.lat is None:
        return SafeString("")
    x, y = frame.put(case.lon, case.lat)
    return format_html(
        '<circle cx="{}" cy="{}" r="6" fill="#fff" stroke="#000" stroke-width="2"/><circle cx="{}" cy="{}" r="2"/>',
        x,
        y,
        x,
        y,
    )


def _names(drawn: Iterable[AreaOutline], frame: Frame) -> SafeString:
    return format_html_join(
        "",
        '<text x="{}" y="{}" font-size="8" text-anchor="middle">{}</text>',
        (
            (x, y, name_of(one))
            for one in drawn
            if 0 < (x := _middle(one, frame)[0]) < WIDTH and 0 < (y := _middle(one, frame)[1]) < HEIGHT
        ),
    )


def _middle(one: AreaOutline, frame: Frame) -> tuple[float, float]:
    ring = max(_rings(one), key=len)
    lon = sum(point[0] for point in ring) / len(ring)
    lat = sum(point[1] for point in ring) / len(ring)
    return frame.put(lon, lat)


def _path(one: AreaOutline, frame: Frame) -> str:
    rings = []
    for ring in _rings(one):
        corners = (frame.put(point[0], point[1]) for point in ring)
        rings.append("M" + "L".join(f"{x} {y}" for x, y in corners))
    return "Z".join(rings) + "Z"


def _frame(points: Points) -> Frame:
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    return Frame(west, north, scale, narrow, (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2)


def _rings(one: AreaOutline) -> Iterator[Points]:
    shapes = one.geometry["coordinates"]
    for shape in [shapes] if one.geometry["type"] == "Polygon" else shapes:
        yield from shape
