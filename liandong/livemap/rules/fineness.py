"""How fine the cells are by which a map counts: about a bubble large at each zoom, never too many in a picture."""

from __future__ import annotations

from math import log2
from typing import Final

from liandong.kernel.cells import FINEST, Box

_BY_ZOOM: Final = {11: 6, 12: 7, 13: 8, 14: 8, 15: 9, 16: 10, 17: 11}
"""Zoom of the web's usual tiles → fineness whose hexagons are 60 to 160 pixels across in China's latitudes."""
WIDEST_PX: Final = 8192
"""No screen is wider, spliced walls included: a wider box at a zoom is a mistake, or somebody's attempt to read all."""


def fineness_at(zoom: float, box: Box) -> int:
    """The fineness of the cells for a box at a zoom, 0 to 12: that of a smaller zoom where the box is too wide."""
    width = max(box[2] - box[0], box[3] - box[1], 1e-9)
    zoom = min(zoom, log2(WIDEST_PX * 360 / (256 * width)))
    if zoom < 11:
        return max(0, int((zoom + 1) // 2))
    return _BY_ZOOM.get(int(zoom), FINEST)
