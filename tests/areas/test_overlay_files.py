"""Road and patrol grids leave and come back as GeoJSON in any datum; a wrong one is found out, every fault told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liandong.areas.geojson import BrokenOutlines, DatumNeeded, NotGeoJson, UnknownDatum, WrongDatum
from liandong.areas.models import Overlay
from liandong.areas.operations import OverlaysTaken, draw_overlay, end_overlay, import_overlays
from liandong.areas.queries import area_outlines, export_overlays, forget_overlays, overlays_of
from liandong.kernel.datum import Datum
from liandong.people.access import Actor
from liandong.people.rules.scope import PostHeld
from liandong.timeline.models import Entry
from tests.areas.drawings import drawn
from tests.areas.editing import JSON, browser_of, monday_at_the_desk, refusal_in
from tests.world import DISTRICT, World

TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
TOWN = "310198001"
TOWN_ADMIN = Actor("user/town-admin", None, "镇管理员", (PostHeld("", "admin", TOWN),))
WHOLE_TOWN = drawn(0, 0, 2, 2)


def feature(code: str, geometry: Any = WHOLE_TOWN, **properties: Any) -> dict[str, Any]:
    """An overlay as a file draws it."""
    properties = {"code": code, "layer": "road", "name": f"{code}号路", "area": TOWN, **properties}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def a_file(*features: Any, **more: Any) -> bytes:
    """A collection as bytes, in WGS-84 unless told otherwise."""
    return json.dumps({"type": "FeatureCollection", "datum": "WGS-84", "features": features, **more}).encode()


def taken(world: World, content: bytes, *, by: Actor | None = None, on: date = TODAY, **details: Any) -> OverlaysTaken:
    """Take a file as the administrator."""
    actor = by or world.actor("admin")
    found = import_overlays(DISTRICT, content=content, since_on=on, actor=actor, at=world.at, **details)
    forget_overlays()
    return found


def laid(world: World, code: str = "R-1", **details: Any) -> Overlay:
    """A road grid that stands since Monday."""
    details = {
        "layer": "road",
        "name": f"{code}号路",
        "area": TOWN,
        "outline": WHOLE_TOWN,
        "since_on": TODAY,
        **details,
    }
    overlay = draw_overlay(DISTRICT, code=code, **details, actor=world.actor("admin"), at=world.at)
    forget_overlays()
    return overlay


@pytest.mark.parametrize("datum", list(Datum))
def test_what_is_exported_in_any_datum_comes_back_as_it_was(world: World, datum: Datum) -> None:
    laid(world)
    laid(world, "P-1", layer="patrol", outline=drawn(0.2, 0.3, 1, 1), name_en="Beat 1")
    written = export_overlays(DISTRICT, day=TODAY, datum=datum.value)
    assert [one["properties"]["code"] for one in written["features"]] == ["P-1", "R-1"]
    assert taken(world, json.dumps(written).encode(), on=TOMORROW) == OverlaysTaken(0, 0, 2, datum)
    Overlay.objects.all().delete()
    forget_overlays()
    # Nothing stands any more: then only the area around can tell the datum.
    assert taken(world, json.dumps(written).encode()) == OverlaysTaken(2, 0, 0, datum)
    again = export_overlays(DISTRICT, day=TODAY)
    corner = again["features"][1]["geometry"]["coordinates"][0][0]
    assert corner == pytest.approx(WHOLE_TOWN["coordinates"][0][0], abs=3e-7)


@pytest.mark.parametrize("known_by", ["overlay", "area"])
@pytest.mark.parametrize(("stated", "meant"), [("WGS-84", "GCJ-02"), ("GCJ-02", "BD-09"), ("CGCS2000", "BD-09")])
def test_a_wrong_datum_is_detected_by_the_overlay_that_stands_or_else_by_its_area(
    world: World, stated: str, meant: str, known_by: str
) -> None:
    town = next(one.geometry for one in area_outlines(DISTRICT, level="town", day=TODAY) if one.code == TOWN)
    laid(world, outline=town)
    written = json.dumps(export_overlays(DISTRICT, day=TODAY, datum=meant)).encode()
    if known_by == "area":
        Overlay.objects.all().delete()
        forget_overlays()
    with pytest.raises(WrongDatum) as refusal:
        taken(world, written, datum=stated, on=TOMORROW)
    assert (refusal.value.values["stated"], refusal.value.values["likely"]) == (stated, meant)


def test_a_file_without_a_datum_in_the_middle_of_its_area_is_asked_for_one(world: World) -> None:
    with pytest.raises(DatumNeeded):
        taken(world, a_file(feature("R-1", drawn(1, 0.9, 0.01, 0.01)), datum=None))
    assert Overlay.objects.count() == 0


def test_a_moved_overlay_ends_the_day_before_and_is_laid_anew(world: World) -> None:
    old = laid(world)
    moved = drawn(0, 0, 2, 1.9)
    assert taken(world, a_file(feature("R-1", moved), feature("R-2")), on=TOMORROW).redrawn == 1
    old.refresh_from_db()
    assert old.until_on == TODAY
    assert [one.geometry for one in overlays_of(DISTRICT, day=TODAY)] == [WHOLE_TOWN]
    assert [one.code for one in overlays_of(DISTRICT, day=TOMORROW)] == ["R-1", "R-2"]
    assert overlays_of(DISTRICT, day=TOMORROW)[0].geometry == moved
    told = Entry.objects.filter(about="overlay").order_by("id").values_list("event", "data__code")
    assert list(told) == [("OverlayDrawn", "R-1"), ("OverlayEnded", "R-1"), ("OverlayDrawn", "R-1"),
                          ("OverlayDrawn", "R-2")]  # fmt: skip


def test_names_a_file_leaves_out_stay_and_layer_and_area_may_be_given_for_all(world: World) -> None:
    laid(world, name_en="First Road")
    bare = feature("R-1", drawn(0, 0, 2, 1.9), name="", layer=None, area=None)
    fresh = feature("R-9", layer=None, area=None)
    assert taken(world, a_file(bare, fresh), layer="road", area=TOWN, on=TOMORROW) == OverlaysTaken(
        1, 1, 0, Datum.WGS84
    )
    first, second = overlays_of(DISTRICT, layer="road", day=TOMORROW)
    assert (first.name, first.name_en, first.area) == ("R-1号路", "First Road", TOWN)
    assert (second.code, second.area) == ("R-9", TOWN)


def test_every_fault_of_a_file_is_told_and_nothing_of_it_taken(world: World) -> None:
    laid(world, "R-5")
    ended = laid(world, "R-6")
    end_overlay(ended.pk, until_on=TOMORROW, actor=world.actor("admin"), at=world.at)
    crossing = {"type": "Polygon", "coordinates": [[[121.4, 31], [121.41, 31.01], [121.41, 31], [121.4, 31.01],
                                                    [121.4, 31]]]}  # fmt: skip
    broken = [
        feature("R-1", layer="rail"), feature(""), feature("R-2", name=""), feature("R-3", area="310198009"),
        feature("R-4", crossing), feature("R-7"), feature("R-7"), "here", feature("R" * 25),
    ]  # fmt: skip
    with pytest.raises(BrokenOutlines) as refusal:
        taken(world, a_file(*broken), layer="road")
    assert [(fault.number, type(fault.refusal).__name__) for fault in refusal.value.faults] == [
        (1, "UnknownLayer"), (2, "OverlayCodeMisfit"), (3, "NameMissing"), (4, "UnknownArea"), (5, "SelfCrossing"),
        (7, "NamedTwice"), (8, "OverlayCodeMisfit"), (9, "OverlayCodeMisfit"),
    ]  # fmt: skip
    astray = a_file(feature("R-8", area="310198002"))
    with pytest.raises(BrokenOutlines) as refusal:
        taken(world, astray, datum="WGS-84")
    assert "东桥" not in str(refusal.value.faults[0].refusal)
    # Begun on that very day, or ending later: neither can be drawn anew from then on.
    standing = a_file(feature("R-5", drawn(0, 0, 2, 1.9)), feature("R-6", drawn(0, 0, 2, 1.9)))
    with pytest.raises(BrokenOutlines) as refusal:
        taken(world, standing)
    assert [type(fault.refusal).__name__ for fault in refusal.value.faults] == ["OverlayStands"] * 2
    assert Overlay.objects.count() == 2


def test_only_who_may_redraw_there_takes_overlays_from_a_file(world: World) -> None:
    there = next(one.geometry for one in area_outlines(DISTRICT, level="town", day=TODAY) if one.code == "310198002")
    laid(world, "R-2", area="310198002", outline=there)
    for one in (feature("R-1", there, area="310198002"), feature("R-2", drawn(0, 0, 2, 1.9))):
        with pytest.raises(BrokenOutlines, match=r"不能对此执行"):
            taken(world, a_file(one), by=TOWN_ADMIN, on=TOMORROW, datum="WGS-84")
    assert taken(world, a_file(feature("R-3")), by=TOWN_ADMIN).new == 1


@pytest.mark.parametrize(
    ("content", "datum", "why"),
    [(b"{}", "", NotGeoJson), (b"PK", "", NotGeoJson), (a_file(feature("R-1")), "Beijing54", UnknownDatum)],
)
def test_what_is_no_file_of_overlays_is_refused_by_name(
    world: World, content: bytes, datum: str, why: type[Exception]
) -> None:
    with pytest.raises(why):
        taken(world, content, datum=datum)


def test_overlays_are_imported_and_exported_at_the_desk(world: World, settings: Any) -> None:
    with monday_at_the_desk(settings):
        client = browser_of("admin")
        fields = {"layer": "road", "since_on": TODAY.isoformat(), "datum": "", "area": ""}

        def post(content: bytes) -> Any:
            file = SimpleUploadedFile("roads.geojson", content)
            return client.post("/desk/areas/overlays/import/", {"file": file, **fields}, headers=JSON)

        told = post(a_file(feature("R-1"))).json()
        assert told["said"] == "按 WGS-84 读取：新增 1 个，改画 0 个，0 个没有变化。"
        assert "R-1号路" in told["panel"]
        broken = refusal_in(post(a_file(feature("R-2", name=""))), 422, "broken_outlines")
        assert broken["lines"][0].startswith("第 1 个图形 R-2：")
        refusal_in(client.post("/desk/areas/overlays/import/", fields, headers=JSON), 422, "form_unreadable")
        forget_overlays()
        answer = client.get("/desk/areas/export.geojson", {"level": "road", "day": TODAY, "datum": "BD-09"})
        assert "overlays-310198-road-2026-03-02-BD-09.geojson" in answer["Content-Disposition"]
        assert [one["properties"]["code"] for one in answer.json()["features"]] == ["R-1"]
        assert browser_of("lin").post("/desk/areas/overlays/import/", fields, headers=JSON).status_code == 403
    assert overlays_of(DISTRICT, day=TODAY - timedelta(days=1)) == []
