"""Hexagons of the H3 grid (Uber, 2018): each point lies in one cell of each of sixteen finenesses, 0 to 15.

A cell of one fineness is nested, by its number, in one of the next coarser. The database computes that by the same
arithmetic on the number (`parent_of`), so that it can count by cells of any fineness without an extension.
"""

from __future__ import annotations

from typing import Final

import h3.api.basic_int as h3

FINEST: Final = 12
"""What is stored: hexagons about twenty metres across."""

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees of WGS-84."""


def cell_at(lon: float | None, lat: float | None, fineness: int = FINEST) -> int | None:
    """The number of the cell a point lies in, below 2^63; nothing for no point."""
    if lon is None or lat is None:
        return None
    return int(h3.latlng_to_cell(lat, lon, fineness))


def parent_of(cell: int, fineness: int) -> int:
    """The cell of a coarser `fineness` that holds `cell`: bits 52 to 55 say how fine, every finer digit is all ones."""
    return (cell & ~(15 << 52)) | (fineness << 52) | ((1 << 3 * (15 - fineness)) - 1)


def ring_of(cell: int) -> list[tuple[float, float]]:
    """The corners of a cell as a closed ring of longitude and latitude."""
    corners = [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
    return [*corners, corners[0]]


def cells_in(box: Box, fineness: int) -> list[int]:
    """The cells that a box touches; the caller keeps it so small that there are few."""
    west, south, east, north = box
    corners = [(south, west), (south, east), (north, east), (north, west)]
    return list(h3.h3shape_to_cells_experimental(h3.LatLngPoly(corners), fineness, contain="overlap"))
