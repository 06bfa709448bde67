"""Outlines where the data gives only seats: nearest-seat cells that fill their parent."""

from __future__ import annotations

import random

import pytest
import shapely
from shapely.geometry import mapping, shape

from liandong.areas.outlines import outlines_for
from liandong.areas.rules.folder import AreaRow

PARENT = shapely.Polygon([(0, 0), (8, 0), (8, 4), (4, 6), (0, 4)])


def _row(code: str, parent: str, lon: float | None, lat: float | None) -> AreaRow:
    return AreaRow(code, parent, "town", "", "", "", 0, lon, lat)


DISTRICT_ROW = _row("310198", "", None, None)


def test_cells_fill_the_parent_overlap_nowhere_and_hold_what_lies_nearest_to_their_seat() -> None:
    dice = random.Random(7)
    seats = {f"31019800{n}": (dice.uniform(1, 7), dice.uniform(0.5, 3.5)) for n in range(1, 10)}
    rows = [DISTRICT_ROW, *(_row(code, "310198", *seat) for code, seat in seats.items())]
    found = outlines_for(rows, {"310198": mapping(PARENT)})
    cells = {code: shape(found[code][0]) for code in seats}
    assert all(found[code][1] for code in seats)
    assert not found["310198"][1]
    assert sum(cell.area for cell in cells.values()) == pytest.approx(PARENT.area)
    assert shapely.union_all(list(cells.values())).symmetric_difference(PARENT).area == pytest.approx(0, abs=1e-9)
    for _ in range(500):
        point = shapely.Point(dice.uniform(0, 8), dice.uniform(0, 4))
        nearest = min(seats, key=lambda code: point.distance(shapely.Point(seats[code])))
        assert cells[nearest].distance(point) < 1e-9


def test_drawn_outlines_are_kept_as_they_are() -> None:
    rows = [DISTRICT_ROW, _row("310198001", "310198", 1, 1), _row("310198002", "310198", 5, 1)]
    drawn = {"310198": mapping(PARENT), "310198001": mapping(shapely.box(0, 0, 2, 2))}
    found = outlines_for(rows, drawn)
    assert found["310198001"] == (drawn["310198001"], False)
    assert "310198002" not in found


def test_a_single_seat_gets_the_whole_parent_and_a_shared_seat_gets_one_cell() -> None:
    alone = outlines_for([DISTRICT_ROW, _row("310198001", "310198", 1, 1)], {"310198": mapping(PARENT)})
    assert shape(alone["310198001"][0]).equals(PARENT)
    rows = [DISTRICT_ROW, *(_row(f"31019800{n}", "310198", 2, 2) for n in (1, 2)), _row("310198003", "310198", 6, 2)]
    shared = outlines_for(rows, {"310198": mapping(PARENT)})
    assert len(shared) == 3


def test_cells_go_down_level_by_level() -> None:
    rows = [
        DISTRICT_ROW,
        *(_row(f"31019800{n}", "310198", n * 2, 2) for n in (1, 2, 3)),
        *(_row(f"31019800100{n}", "310198001", n * 0.5, 2) for n in (1, 2)),
    ]
    found = outlines_for(rows, {"310198": mapping(PARENT)})
    town = shape(found["310198001"][0])
    assert all(shape(found[f"31019800100{n}"][0]).within(town.buffer(1e-9)) for n in (1, 2))


def test_without_an_outline_above_nothing_is_drawn() -> None:
    assert outlines_for([DISTRICT_ROW, _row("310198001", "310198", 1, 1)], {}) == {}
    seatless = outlines_for([DISTRICT_ROW, _row("310198001", "310198", None, None)], {"310198": mapping(PARENT)})
    assert seatless.keys() == {"310198"}
