"""Cells of the H3 grid, against the library that knows them."""

from __future__ import annotations

import h3.api.basic_int as h3
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.cells import FINEST, cell_at, cells_in, parent_of, ring_of

LON, LAT = st.floats(73, 135), st.floats(18, 54)


@given(LON, LAT, st.integers(0, FINEST))
def test_the_arithmetic_of_parents_agrees_with_the_library(lon: float, lat: float, fineness: int) -> None:
    cell = cell_at(lon, lat)
    assert cell is not None
    assert 0 < cell < 2**63
    assert parent_of(cell, fineness) == h3.cell_to_parent(cell, fineness)


@given(LON, LAT)
def test_a_point_lies_within_the_ring_of_its_cell(lon: float, lat: float) -> None:
    cell = cell_at(lon, lat, 9)
    assert cell is not None
    ring = ring_of(cell)
    assert ring[0] == ring[-1]
    assert min(x for x, _y in ring) <= lon <= max(x for x, _y in ring)
    assert min(y for _x, y in ring) <= lat <= max(y for _x, y in ring)


def test_no_point_lies_in_no_cell() -> None:
    assert cell_at(None, None) is None


@given(LON, LAT)
def test_a_box_touches_the_cells_of_all_its_points(lon: float, lat: float) -> None:
    found = cells_in((lon, lat, lon + 0.05, lat + 0.05), 7)
    corners = ((lon, lat), (lon + 0.05, lat + 0.05), (lon + 0.02, lat + 0.05), (lon + 0.025, lat + 0.025))
    assert {cell_at(x, y, 7) for x, y in corners} <= set(found)
    assert len(found) < 30
