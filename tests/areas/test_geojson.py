"""Outlines leave and come back in any of the four datums; a wrong one is found out, and every fault of a file told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from shapely.geometry import shape

from liandong.areas.geojson import (
    BrokenOutlines,
    DatumNeeded,
    NotGeoJson,
    TooLargeFile,
    UnknownDatum,
    WrongDatum,
    collection_of,
    datum_of,
    read_outlines,
    shifted,
)
from liandong.areas.shapes import Plane, Shape
from liandong.areas.topology import FaultKind, faults_of
from liandong.kernel.datum import Datum
from tests.areas.drawings import COMMUNITY, TOWN, code, drawn, small_map, square

SHARED = Path(__file__).parents[3] / "shared" / "data"
DISTRICT_FILE = SHARED / "minhang_310112_boundary_gcj02.geojson"
TOWNS_FILE = SHARED / "minhang_14_streets_SYNTHETIC_voronoi_gcj02.geojson"
real = pytest.mark.skipif(not TOWNS_FILE.exists(), reason="the real outlines of Minhang are not beside this clone")

MAP = small_map(4, 2)


def a_file(*features: Any, **more: Any) -> bytes:
    """A collection as bytes."""
    return orjson.dumps({"type": "FeatureCollection", "features": list(features), **more})


def feature(area: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    """A feature with a code."""
    return {"type": "Feature", "properties": {"code": area, **properties}, "geometry": geometry}


@pytest.mark.parametrize("datum", list(Datum))
def test_what_is_exported_in_any_datum_comes_back_to_the_centimetre(datum: Datum) -> None:
    written = orjson.dumps(collection_of(MAP.values(), datum=datum))
    read = read_outlines(written, known=MAP)
    assert read.datum is datum
    for area in read.areas:
        outline = MAP[area.code].outline
        assert outline is not None
        assert shapely.hausdorff_distance(outline, area.outline) < 3e-7
    assert len(read.areas) == len(MAP)


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_a_file_that_does_not_say_its_datum_is_read_in_the_one_it_fits(datum: Datum) -> None:
    collection = collection_of(MAP.values(), datum=datum)
    del collection["datum"]
    assert read_outlines(orjson.dumps(collection), known=MAP).datum is datum


@pytest.mark.parametrize(
    ("stated", "meant"),
    [(Datum.WGS84, Datum.GCJ02), (Datum.GCJ02, Datum.BD09), (Datum.BD09, Datum.WGS84), (Datum.CGCS2000, Datum.GCJ02)],
)
def test_a_wrong_datum_is_detected_and_the_likely_one_named(stated: Datum, meant: Datum) -> None:
    written = orjson.dumps(collection_of(MAP.values(), datum=meant))
    with pytest.raises(WrongDatum) as refusal:
        read_outlines(written, datum=stated.value, known=MAP)
    assert (refusal.value.values["stated"], refusal.value.values["likely"]) == (stated.value, meant.value)


def test_new_grids_are_compared_with_the_area_around_them() -> None:
    around = {key: area for key, area in MAP.items() if area.level != "grid"}
    grids = [area for area in MAP.values() if area.level == "grid"]
    written = orjson.dumps(collection_of(grids, datum=Datum.GCJ02))
    assert read_outlines(written, datum="GCJ-02", known=around).datum is Datum.GCJ02
    with pytest.raises(WrongDatum):
        read_outlines(written, datum="WGS-84", known=around)


def test_where_nothing_is_drawn_a_file_must_say_its_datum() -> None:
    nothing = {key: Shape(key, area.parent, area.level, area.name) for key, area in MAP.items()}
    written = a_file(feature(code(1), drawn(0, 0)))
    with pytest.raises(DatumNeeded):
        read_outlines(written, known=nothing)
    assert read_outlines(written, datum="BD-09", known=nothing).datum is Datum.BD09


def test_a_small_piece_in_the_middle_shows_no_datum() -> None:
    wide = {TOWN: Shape(TOWN, "310198", "town", "镇", "", square(-50, -50, 100, 100))}
    with pytest.raises(DatumNeeded):
        read_outlines(a_file(feature(COMMUNITY, drawn(0, 0), name="x")), known=wide)


def test_every_fault_of_a_file_is_told_with_its_number_and_code() -> None:
    bow_tie = [[[121.4, 31], [121.41, 31.01], [121.41, 31], [121.4, 31.01], [121.4, 31]]]
    written = a_file(
        feature(code(1), {"type": "Polygon", "coordinates": bow_tie}),
        feature("3101980010", drawn(0, 0)),
        feature(code(2), drawn(1, 0)),
        feature(code(2), drawn(1, 0)),
        feature("999999001", drawn(0, 0), name="x"),
        feature(f"{COMMUNITY}077", drawn(0, 0), name="x"),
        feature(f"{COMMUNITY}078", drawn(0, 0)),
        feature(code(3), {"type": "Point", "coordinates": [1, 2]}),
        feature(code(4), {"type": "Polygon", "coordinates": [[[1, 2], [2, 2], [2, 3], [1, 3]]]}),
        {"type": "Feature", "properties": None, "geometry": None},
        "nonsense",
    )
    with pytest.raises(BrokenOutlines) as refusal:
        read_outlines(written, datum="WGS-84", known=MAP, taken={f"{COMMUNITY}077"})
    assert [(fault.number, type(fault.refusal).__name__) for fault in refusal.value.faults] == [
        (1, "SelfCrossing"),
        (2, "MalformedCode"),
        (4, "NamedTwice"),
        (5, "UnknownArea"),
        (6, "CodeTaken"),
        (7, "NameMissing"),
        (8, "NotAnOutline"),
        (9, "OpenRing"),
        (10, "MalformedCode"),
        (11, "MalformedCode"),
    ]
    assert refusal.value.faults[0].place == f"1 {code(1)}"
    assert "2 3101980010 “3101980010”不是区域代码" in str(refusal.value)


def test_a_new_area_may_stand_before_its_parent_in_a_file() -> None:
    new = f"{TOWN}009"
    written = a_file(
        feature(f"{new}001", drawn(0, 0), name="网格"), feature(new, drawn(0, 0), name="居村"), datum="WGS-84"
    )
    assert [area.name for area in read_outlines(written, known=MAP).areas] == ["网格", "居村"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b'{"type": "Feature"}', b'{"type": "FeatureCollection", "features": []}', b"{" * 9999],
)
def test_what_is_no_collection_is_refused_as_such(content: bytes) -> None:
    with pytest.raises(NotGeoJson):
        read_outlines(content, known=MAP)


def test_a_file_nobody_wants_to_wait_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liandong.areas.geojson.LARGEST_FILE", 10)
    with pytest.raises(TooLargeFile):
        read_outlines(a_file(feature(code(1), drawn(0, 0))), known=MAP)
    monkeypatch.undo()
    monkeypatch.setattr("liandong.areas.geojson.MOST_FEATURES", 1)
    with pytest.raises(TooLargeFile):
        read_outlines(a_file(feature(code(1), drawn(0, 0)), feature(code(2), drawn(1, 0))), known=MAP)


@pytest.mark.parametrize("word", ["EPSG:4547", "wgs84"])
def test_an_unknown_datum_is_refused_by_name(word: str) -> None:
    with pytest.raises(UnknownDatum, match=word):
        read_outlines(a_file(feature(code(1), drawn(0, 0))), datum=word, known=MAP)
    with pytest.raises(UnknownDatum):
        datum_of(word)
    with pytest.raises(UnknownDatum):
        datum_of("")


def test_a_mark_at_the_beginning_of_a_file_does_no_harm() -> None:
    written = b"\xef\xbb\xbf" + a_file(feature(code(1), drawn(0, 0)), datum="WGS-84")
    assert read_outlines(written, known=MAP).areas[0].code == code(1)


def _minhang() -> dict[str, Shape]:
    """The district as it would be loaded: its outline in WGS-84, its towns known by code and not yet drawn."""
    outline = shape(json.loads(DISTRICT_FILE.read_text(encoding="utf-8"))["features"][0]["geometry"])
    known = {"310112": Shape("310112", "", "district", "闵行区", "", shifted(outline, Datum.GCJ02, Datum.WGS84))}
    for one in json.loads(TOWNS_FILE.read_text(encoding="utf-8"))["features"]:
        town = one["properties"]["code"]
        known[town] = Shape(town, "310112", "town", one["properties"]["name"])
    return known


@real
def test_the_real_district_outline_is_read_by_its_public_code_and_converted() -> None:
    known = {"310112": Shape("310112", "", "district", "闵行区")}
    read = read_outlines(DISTRICT_FILE.read_bytes(), datum="GCJ-02", known=known)
    assert [area.code for area in read.areas] == ["310112"]
    surface = Plane.around([read.areas[0].outline]).surface(read.areas[0].outline) / 1e6
    assert 365 < surface < 380


@real
def test_the_real_towns_said_to_be_in_wgs84_are_refused_and_gcj02_is_named() -> None:
    for stated in ("WGS-84", "CGCS2000", "BD-09"):
        with pytest.raises(WrongDatum) as refusal:
            read_outlines(TOWNS_FILE.read_bytes(), datum=stated, known=_minhang())
        assert refusal.value.values["likely"] == "GCJ-02"


@real
def test_the_real_towns_are_recognised_without_a_word_and_tile_their_district() -> None:
    known = _minhang()
    read = read_outlines(TOWNS_FILE.read_bytes(), known=known)
    assert (read.datum, len(read.areas)) == (Datum.GCJ02, 14)
    towns = [Shape(area.code, "310112", "town", area.name, "", area.outline) for area in read.areas]
    found = faults_of([known["310112"], *towns])
    assert {fault.kind for fault in found} <= {FaultKind.SLIVER}
