"""Steps change a map as they say, give codes that go on from the highest ever used, and are refused by name."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from liandong.areas.redrawing import (
    AreaTooSmall,
    CodesUsedUp,
    CodeTaken,
    CutsThrough,
    DistrictStays,
    HasAreasWithin,
    LeftToNobody,
    LineMissesArea,
    NameMissing,
    NameTooLong,
    NotDrawn,
    NotTouching,
    OtherParent,
    PieceTooSmall,
    ReachesOutside,
    Redrawn,
    StepsNoLongerFit,
    SwallowsNeighbour,
    UnknownArea,
    UnknownStep,
    apply,
    areas_named,
    plain,
)
from liandong.areas.redrawing.plan import suffix, suffix_number
from liandong.areas.shapes import NotALine, NotAnOutline, OpenRing, Plane, SelfCrossing, Shape
from liandong.kernel.area_codes import MalformedCode
from liandong.kernel.refusal import Refusal
from tests.areas.drawings import (
    COMMUNITY,
    TOWN,
    code,
    drawn,
    grid,
    merge,
    reshape,
    small_map,
    split,
    square,
)


def redraw(*steps: dict[str, Any], shapes: dict[str, Shape] | None = None, taken: set[str] | None = None) -> Redrawn:
    """What steps make of the small map."""
    return apply([plain(step) for step in steps], shapes or small_map(), taken=taken or set())


def test_a_split_grid_ends_and_its_parts_are_numbered_from_west_to_east_after_the_highest_code() -> None:
    done = redraw(split(code(2), (1.4, -1), (1.4, 2)))
    assert (done.created, done.ended) == ((code(5), code(6)), (code(2),))
    west, east = done.shapes[code(5)], done.shapes[code(6)]
    assert west.outline is not None
    assert east.outline is not None
    assert west.outline.centroid.x < east.outline.centroid.x
    assert (west.name, east.name_en, west.households, east.households) == ("2号-1", "Grid 2-2", 200, 300)
    assert done.steps[0]["codes"] == [code(5), code(6)]


def test_parts_above_each_other_are_numbered_from_north_to_south() -> None:
    done = redraw(split(code(1), (-1, 0.3), (2, 0.32)))
    north, south = done.shapes[code(5)].outline, done.shapes[code(6)].outline
    assert north is not None
    assert south is not None
    assert north.centroid.y > south.centroid.y


def test_the_recoding_says_how_much_each_part_took_and_the_largest_is_the_heir() -> None:
    done = redraw(split(code(1), (0.3, -1), (0.3, 2)))
    assert [(one.new, one.share, one.is_heir) for one in done.recoding] == [
        (code(6), 0.7, True),
        (code(5), 0.3, False),
    ]
    assert sum(one.surface_m2 for one in done.recoding) == pytest.approx(Plane(31.005).surface(square(0, 0)), rel=1e-4)


def test_a_code_once_used_is_never_given_again() -> None:
    assert redraw(split(code(1), (0.5, -1), (0.5, 2)), taken={code(41)}).created == (code(42), code(43))


def test_codes_made_by_a_step_stay_when_it_is_applied_again() -> None:
    done = redraw(split(code(1), (0.5, -1), (0.5, 2)))
    again = apply(done.steps, small_map(), taken={code(90)})
    assert again.created == done.created
    with pytest.raises(CodeTaken):
        apply(done.steps, small_map(), taken={code(5)})


def test_names_given_to_parts_are_theirs() -> None:
    done = redraw(split(code(1), (0.5, -1), (0.5, 2), names=["西", "东"]))
    assert [done.shapes[new].name for new in done.created] == ["西", "东"]


def test_a_closed_line_cuts_a_piece_out_of_the_middle() -> None:
    done = redraw(split(code(1), (0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)))
    surfaces = sorted(one.share for one in done.recoding)
    assert surfaces == [0.36, 0.64]


def test_a_line_that_ends_on_the_border_cuts_too() -> None:
    assert len(redraw(split(code(1), (0.5, 0), (0.5, 1))).created) == 2


def test_an_island_goes_with_the_nearest_piece() -> None:
    shapes = small_map()
    shapes[code(9)] = Shape(code(9), COMMUNITY, "grid", "九", "", shapely.union(square(6, 0), square(7.5, 0, 0.2, 0.2)))
    done = redraw(split(code(9), (6.5, -1), (6.5, 2)), shapes=shapes)
    assert [one.share for one in done.recoding] == [pytest.approx(0.5192, abs=1e-3), pytest.approx(0.4808, abs=1e-3)]


def test_merged_grids_end_and_the_new_one_is_heir_to_both() -> None:
    done = redraw(merge(code(1), code(2), name="一号网格"))
    assert (done.created, done.ended) == ((code(5),), (code(1), code(2)))
    assert {(one.old, one.new, one.share, one.is_heir) for one in done.recoding} == {
        (code(1), code(5), 1.0, True),
        (code(2), code(5), 1.0, True),
    }
    assert (done.shapes[code(5)].name, done.shapes[code(5)].households) == ("一号网格", 1000)


def test_a_hairline_between_borders_is_closed_when_they_are_merged() -> None:
    shapes = small_map(2)
    shapes[code(2)] = grid(2, 1.000004, 0)
    outline = redraw(merge(code(1), code(2)), shapes=shapes).shapes[code(3)].outline
    assert outline is not None
    assert outline.geom_type == "Polygon"


def test_neighbours_give_what_a_reshaped_grid_takes_and_get_what_it_leaves() -> None:
    done = redraw(reshape(code(2), drawn(1.2, 0, 1)))
    widths = {number: done.shapes[code(number)].outline for number in (1, 2, 3)}
    assert [round(outline.area / square(0, 0).area, 6) for outline in widths.values() if outline] == [1.2, 1.0, 0.8]
    assert done.reshaped == (code(1), code(2), code(3))
    assert (done.created, done.recoding) == ((), ())


def test_without_neighbours_only_the_grid_itself_moves() -> None:
    assert redraw(reshape(code(2), drawn(1.2, 0, 0.5), neighbours=False)).reshaped == (code(2),)


def test_a_reshaped_grid_keeps_a_seat_within_it() -> None:
    moved = redraw(reshape(code(1), drawn(0, 0, 0.3))).shapes[code(1)]
    assert moved.outline is not None
    assert moved.outline.contains(shapely.Point(moved.lon, moved.lat))


def test_an_outline_that_reaches_out_of_its_parent_by_a_hair_ends_there() -> None:
    moved = redraw(reshape(code(1), drawn(-0.001, 0, 1.101))).shapes[code(1)].outline
    assert moved is not None
    assert moved.within(square(0, 0, 4).buffer(1e-9))
    assert moved.area == pytest.approx(square(0, 0, 1.1).area)


def test_a_new_area_takes_its_ground_from_its_neighbours() -> None:
    step = {"do": "add", "parent": COMMUNITY, "name": "学校", "outline": drawn(1.8, 0.2, 0.4, 0.4), "neighbours": True}
    done = redraw(step)
    assert (done.created, done.reshaped) == ((code(5),), (code(2), code(3)))
    assert done.shapes[code(5)].level == "grid"


def test_a_new_area_may_bring_its_own_code_if_that_is_free_and_fits() -> None:
    step = {"do": "add", "parent": COMMUNITY, "name": "学校", "outline": drawn(5, 0), "code": f"{COMMUNITY}0A1"}
    assert redraw(step).created == (f"{COMMUNITY}0A1",)
    for wrong, why in ((code(2), CodeTaken), ("310198002001", UnknownArea), (f"{COMMUNITY}1", MalformedCode)):
        with pytest.raises(why):
            redraw({**step, "code": wrong})


def test_an_ended_grid_leaves_its_heir_where_others_take_its_ground() -> None:
    done = redraw({"do": "end", "area": code(1)}, reshape(code(2), drawn(0, 0, 2)))
    assert [(one.old, one.new, one.is_heir) for one in done.recoding] == [(code(1), code(2), True)]


def test_a_new_name_changes_nothing_else() -> None:
    done = redraw({"do": "rename", "area": code(1), "name": "新名", "name_en": "New"})
    assert (done.renamed, done.reshaped, done.created) == ((code(1),), (), ())


def test_areas_within_a_split_community_go_with_their_part_and_are_recoded() -> None:
    done = redraw(split(COMMUNITY, (2, -1), (2, 2)))
    one, two = f"{TOWN}002", f"{TOWN}003"
    assert [area for area in done.created if len(area) == 15] == [f"{one}001", f"{one}002", f"{two}001", f"{two}002"]
    heirs = {recoding.old: recoding.new for recoding in done.recoding if recoding.is_heir}
    assert heirs[code(1)] == f"{one}001"
    assert heirs[code(4)] == f"{two}002"
    assert all(done.shapes[area].parent == area[:-3] for area in done.created)


def test_areas_without_outlines_follow_their_seats_and_are_recoded_too() -> None:
    shapes = {area.code: area for area in small_map().values() if area.level != "grid"}
    shapes[code(1)] = Shape(code(1), COMMUNITY, "grid", "1号", "", None, 121.435, 31.005)
    shapes[code(2)] = Shape(code(2), COMMUNITY, "grid", "2号", "", None)
    done = redraw(split(COMMUNITY, (2, -1), (2, 2)), shapes=shapes)
    heirs = {recoding.old: recoding.new for recoding in done.recoding}
    assert heirs[code(1)] == f"{TOWN}003001"
    assert heirs[code(2)] == f"{TOWN}002001"


UNDRAWN = {**small_map(), code(7): Shape(code(7), COMMUNITY, "grid", "七", "")}
ELSEWHERE = {
    **small_map(),
    f"{TOWN}002": Shape(f"{TOWN}002", TOWN, "community", "二居", "", square(4, 0)),
    f"{TOWN}002001": Shape(f"{TOWN}002001", f"{TOWN}002", "grid", "别", "", square(4, 0)),
    "310198": Shape("310198", "", "district", "区", "", square(-1, -1, 9, 9)),
}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[121.4, 31], [121.41, 31.01], [121.41, 31], [121.4, 31.01], [121.4, 31]]],
}
OPEN = {"type": "Polygon", "coordinates": [[[121.4, 31], [121.41, 31], [121.41, 31.01], [121.4, 31.01]]]}
REFUSED: list[tuple[dict[str, Any], type[Refusal]]] = [
    (split(code(1), (5, 5), (6, 6)), LineMissesArea),
    (split(code(1), (0.5, -1), (0.5, 0.5)), LineMissesArea),
    (split(code(1), (0.00005, -1), (0.00005, 2)), PieceTooSmall),
    (split(code(88), (0.5, -1), (0.5, 2)), UnknownArea),
    (split("12345", (0.5, -1), (0.5, 2)), MalformedCode),
    (split("310198", (0.5, -9), (0.5, 9)), DistrictStays),
    (split(code(7), (0.5, -1), (0.5, 2)), NotDrawn),
    (split(COMMUNITY, (0.5, -1), (0.5, 2)), CutsThrough),
    (split(code(1), (0.5, -1), (0.5, 2), names=["长" * 81, "短"]), NameTooLong),
    ({"do": "split", "area": code(1), "line": {"type": "Point", "coordinates": [1, 2]}}, NotALine),
    ({"do": "split", "area": code(1), "line": {"type": "LineString", "coordinates": [["x", 2], [1, 2]]}}, NotALine),
    ({"do": "split", "area": code(1), "line": {"type": "LineString", "coordinates": [[1, 2], [1, 2]]}}, NotALine),
    (merge(code(1), code(3)), NotTouching),
    (merge(code(1)), NotTouching),
    (merge(code(1), f"{TOWN}002001"), OtherParent),
    (merge(code(1), COMMUNITY), OtherParent),
    (merge(code(1), code(2), name=" "), NameMissing),
    (merge(code(1), code(2), name="长" * 81), NameTooLong),
    (reshape(code(1), BOW_TIE), SelfCrossing),
    (reshape(code(1), OPEN), OpenRing),
    (reshape(code(1), drawn(0, 0, 0.005, 0.005)), AreaTooSmall),
    (reshape(code(1), {"type": "Polygon", "coordinates": [[[0, 0], [1, 10**400], [1, 1], [0, 0]]]}), NotAnOutline),
    (reshape(code(1), {"type": "Polygon", "coordinates": [[[0, 0], [True, 1], [1, 1], [0, 0]]]}), NotAnOutline),
    (reshape(code(1), {"type": "Polygon", "coordinates": [[[0, 0], [1], "ab", [0, 0]]]}), NotAnOutline),
    (reshape(code(1), {"type": "LineString", "coordinates": []}), NotAnOutline),
    (reshape(code(1), {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}), NotAnOutline),
    (reshape(code(1), {"type": "Polygon", "coordinates": []}), NotAnOutline),
    (reshape(code(1), {"type": "MultiPolygon", "coordinates": [[]]}), NotAnOutline),
    (reshape(code(1), {"type": "Polygon", "coordinates": [[[0, 0], [1, float("nan")], [1, 1], [0, 0]]]}), NotAnOutline),
    (reshape(code(1), drawn(0, 0, 1, 1.5)), ReachesOutside),
    (reshape(code(1), drawn(0, 0, 2.2)), SwallowsNeighbour),
    (reshape(f"{TOWN}002001", drawn(4, 0, 0.5)), LeftToNobody),
    ({"do": "add", "parent": code(1), "name": "x", "outline": drawn(0, 0)}, MalformedCode),
    ({"do": "add", "parent": COMMUNITY, "outline": drawn(0, 0)}, NameMissing),
    ({"do": "end", "area": COMMUNITY}, HasAreasWithin),
    ({"do": "rename", "area": "310198", "name": "x"}, DistrictStays),
    ({"do": "explode", "area": code(1)}, UnknownStep),
]


@pytest.mark.parametrize(("step", "why"), REFUSED, ids=[f"{why.__name__}-{n}" for n, (_s, why) in enumerate(REFUSED)])
def test_what_cannot_be_drawn_is_refused_by_name_and_changes_nothing(step: dict[str, Any], why: type[Refusal]) -> None:
    shapes = {**UNDRAWN, **ELSEWHERE}
    before = dict(shapes)
    with pytest.raises(why):
        redraw(step, shapes=shapes)
    assert shapes == before


def test_a_crossing_is_told_with_its_place() -> None:
    with pytest.raises(SelfCrossing, match=r"121\.405000, 31\.005000"):
        redraw(reshape(code(1), BOW_TIE))


def test_an_earlier_step_that_no_longer_fits_is_told_by_its_number() -> None:
    steps = [split(code(1), (0.5, -1), (0.5, 2)), merge(code(2), code(3))]
    with pytest.raises(StepsNoLongerFit) as refusal:
        redraw(*steps, shapes={key: area for key, area in small_map().items() if key != code(1)})
    assert refusal.value.values["number"] == 1
    assert isinstance(refusal.value.__cause__, UnknownArea)


def test_more_corners_than_anybody_draws_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liandong.areas.shapes.MOST_CORNERS", 4)
    with pytest.raises(NotAnOutline):
        redraw(reshape(code(1), drawn(0, 0, 0.9)))


def test_a_step_is_kept_as_it_was_understood() -> None:
    outline = drawn(0, 0, 0.9)
    outline["coordinates"] = [[[*point, "\x00"] for point in outline["coordinates"][0]]]
    done = redraw(reshape(code(1), {**outline, "crs": "\x00"}), {"do": "rename", "area": code(1), "name": "新\x00名"})
    assert done.steps[0]["outline"] == drawn(0, 0, 0.9)
    assert done.steps[1]["name"] == "新名"


def test_what_a_page_adds_to_a_step_is_left_out() -> None:
    assert plain({"do": "end", "area": code(1), "codes": [code(1)], "batch": "x", "name": "y"}) == {
        "do": "end",
        "area": code(1),
    }
    for nothing in ({}, [], {"do": 1}, {"do": "fly"}):
        with pytest.raises(UnknownStep):
            plain(nothing)
    assert areas_named({"do": "merge", "areas": ["a", "b"]}) == ("a", "b")


def test_after_999_codes_go_on_with_letters_until_none_are_left() -> None:
    assert [suffix(number) for number in (1, 999, 1000, 1099, 1100, 3599)] == ["001", "999", "A00", "A99", "B00", "Z99"]
    assert all(suffix_number(suffix(number)) == number for number in range(1, 3600))
    assert suffix_number("0A1") == 0
    with pytest.raises(CodesUsedUp):
        redraw(split(code(1), (0.5, -1), (0.5, 2)), taken={f"{COMMUNITY}Z98"})
