"""Whatever is redrawn, in whatever order: the smallest areas tile their parents, and a point lies in one of them."""

from __future__ import annotations

from typing import Any

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.areas.locator import Drawn, Locator
from liandong.areas.redrawing import Redrawn, apply, plain
from liandong.areas.shapes import Plane, Shape, geometry_of
from liandong.areas.topology import FaultKind, faults_of
from liandong.kernel.area_codes import parent_of
from liandong.kernel.refusal import Refusal
from tests.areas.drawings import COMMUNITY, SIDE, SOUTH, TOWN, WEST, line, merge, small_map, split

COLUMNS, ROWS = 3, 2
TOLERATED_M2 = 25.0
"""What a dozen steps may lose to rounding among six square kilometres."""

parts = st.floats(0, 1, allow_nan=False, width=32)
choices = st.tuples(st.sampled_from(["split", "merge", "reshape", "add", "rename", "parent"]), *[parts] * 6)


def _step(kind: str, shapes: dict[str, Shape], numbers: tuple[float, ...]) -> dict[str, Any]:
    """A step of that kind on areas and points that the numbers choose."""
    leaves = sorted(code for code, area in shapes.items() if area.level == "grid")
    area = shapes[leaves[int(numbers[0] * 0.999 * len(leaves))]]
    assert area.outline is not None
    west, south, east, north = area.outline.bounds
    points = [
        (west + (east - west) * x, south + (north - south) * y) for x, y in zip(numbers[1:], numbers[2:], strict=False)
    ]
    if kind == "split":
        (x1, y1), (x2, y2) = points[0], points[2]
        # Drawn on beyond the area on both sides.
        steps = ((x1 - 9 * (x2 - x1), y1 - 9 * (y2 - y1)), (x2 + 9 * (x2 - x1), y2 + 9 * (y2 - y1)))
        return {"do": "split", "area": area.code, "line": {"type": "LineString", "coordinates": [*map(list, steps)]}}
    if kind == "merge":
        others = sorted(
            code for code in leaves
            if code != area.code and area.outline.intersection(shapes[code].outline).length > SIDE / 50
        )  # fmt: skip
        return merge(area.code, *(others[int(numbers[1] * 0.999 * len(others))] for _once in others[:1]))
    if kind == "reshape":
        stretched = shapely.affinity.translate(
            area.outline, (numbers[1] - 0.5) * SIDE / 3, (numbers[2] - 0.5) * SIDE / 3
        )
        moved = shapely.intersection(stretched, shapes[area.parent].outline)
        return {"do": "reshape", "area": area.code, "outline": geometry_of(moved), "neighbours": True}
    if kind == "add":
        outline = shapely.Point(points[0]).buffer(SIDE / 5, quad_segs=2).intersection(shapes[area.parent].outline)
        return {"do": "add", "parent": area.parent, "name": "新", "outline": geometry_of(outline), "neighbours": True}
    if kind == "rename":
        return {"do": "rename", "area": area.code, "name": "改名"}
    # Between the rows, where the grids within are not cut as long as nobody has moved their borders.
    return split(area.parent, (-1, 1), (COLUMNS + 1, 1))


def _drawn(shapes: dict[str, Shape], wanted: list[tuple[Any, ...]]) -> Redrawn:
    """All of the wanted steps that are legal."""
    done = apply([], shapes)
    for kind, *numbers in wanted:
        try:
            done = apply([*done.steps, plain(_step(kind, done.shapes, tuple(numbers)))], shapes)
        except Refusal:
            continue
    return done


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    wanted=st.lists(choices, min_size=1, max_size=7), spots=st.lists(st.tuples(parts, parts), min_size=20, max_size=20)
)
def test_after_any_legal_steps_the_grids_tile_their_parents_and_every_point_lies_in_the_grid_it_is_found_in(
    wanted: list[tuple[Any, ...]], spots: list[tuple[float, float]]
) -> None:
    before = small_map(COLUMNS, ROWS)
    done = _drawn(before, wanted)
    plane = Plane.around(area.outline for area in done.shapes.values())
    _tile(done, plane)
    _codes_are_in_order(before, done)
    _points_are_found(done, plane, spots)


def _tile(done: Redrawn, plane: Plane) -> None:
    wrong = [fault for fault in faults_of(list(done.shapes.values())) if fault.surface_m2 > TOLERATED_M2]
    assert wrong == [], done.steps
    assert all(fault.kind is not FaultKind.SELF_CROSSING for fault in faults_of(list(done.shapes.values())))
    for parent in [area for area in done.shapes.values() if area.level != "grid"]:
        held = [area.outline for area in done.shapes.values() if area.parent == parent.code and area.outline]
        assert parent.outline is not None
        assert abs(sum(plane.surface(outline) for outline in held) - plane.surface(parent.outline)) < TOLERATED_M2


def _codes_are_in_order(before: dict[str, Shape], done: Redrawn) -> None:
    assert all(parent_of(code) == area.parent for code, area in done.shapes.items() if code != TOWN)
    assert set(done.created).isdisjoint(before)
    made = [code for step in done.steps for code in step.get("codes", ())]
    assert len(made) == len(set(made))
    for old in done.ended:
        taken = [one for one in done.recoding if one.old == old]
        assert sum(one.is_heir for one in taken) == 1
        assert abs(sum(one.share for one in taken) - 1) < 0.05
        assert all(one.new in done.shapes for one in taken)


def _points_are_found(done: Redrawn, plane: Plane, spots: list[tuple[float, float]]) -> None:
    leaves = {code: area.outline for code, area in done.shapes.items() if area.level == "grid" and area.outline}
    locator = Locator(Drawn(code, geometry_of(outline)) for code, outline in leaves.items())
    for x, y in spots:
        point = shapely.Point(WEST + x * COLUMNS * SIDE, SOUTH + y * ROWS * SIDE)
        found = locator.locate(point.x, point.y)
        holding = sorted(code for code, outline in leaves.items() if outline.intersects(point))
        assert found == (holding[0] if holding else None)
        if found is None:
            # Only within the hairlines that rounding may leave.
            assert min(outline.distance(point) for outline in leaves.values()) < plane.degrees(0.5)


def test_small_maps_tile_to_begin_with() -> None:
    assert faults_of(list(small_map(COLUMNS, ROWS).values())) == []
    assert COMMUNITY in small_map()
    assert line((0, 0), (1, 1))["type"] == "LineString"
