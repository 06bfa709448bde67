"""What a module brings to the map: one contract, so that the map knows no module and a module no map.

Which layers there are is written in `project/map_layers.py`. A layer's features are narrowed to what the reader may
see by the layer itself, and to the box that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from liandong.kernel.cells import Box
from liandong.people.access import Actor


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map: a GeoJSON geometry in WGS-84, what it is called, a few lines about it, its own page."""

    key: str
    geometry: dict[str, Any]
    name: str
    lines: tuple[str, ...] = ()
    url: str = ""


def point(lon: float, lat: float) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


Features: TypeAlias = Callable[[Actor, Box, datetime], Iterable[Feature]]


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer: `acts` reveal it to whoever may do one of them, to all staff when there are none.

    `tone` is one of the colours of the desk; areas (`is_area`) are drawn under points.
    """

    code: str
    word: str
    icon: str
    tone: str
    features: Features
    acts: tuple[str, ...] = ()
    is_area: bool = False
