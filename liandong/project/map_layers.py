"""The layers of the map, in the order in which they are offered. A module that is not there brings none."""

from __future__ import annotations

from typing import Final

from liandong.areas.layers import OVERLAYS
from liandong.cases.layers import PROBLEMS
from liandong.duty.layers import ON_DUTY, UNITS
from liandong.people.layers import MapLayer

LAYERS: Final[tuple[MapLayer, ...]] = (UNITS, ON_DUTY, PROBLEMS, *OVERLAYS)
