"""A district is a folder of data: loaded twice it is the same, loaded anew every process follows."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Model

from liandong.areas.models import Area, CalendarDay, CalendarYear, District, Outline, Place
from liandong.areas.queries import (
    UnknownDistrict,
    area_outlines,
    district_codes,
    district_map,
    districts,
    edition_of,
    forget_maps,
    places_like,
)
from liandong.cases.models import CaseClass, FilingCondition, Responsibility, TimeLimit
from liandong.cases.rulebook import rulebook_for
from liandong.people.access import Forbidden, actor_for
from liandong.people.models import Post, Unit, User
from liandong.timeline.models import Entry
from tests.world import DISTRICT, FOLDER, GRID_1, World

TABLES: list[type[Model]] = [
    *(
        Area,
        Outline,
        CalendarDay,
        CalendarYear,
        Unit,
        User,
        Post,
        CaseClass,
        FilingCondition,
        Responsibility,
        TimeLimit,
    ),
]


def _rows(model: type[Model]) -> list[dict[str, object]]:
    return list(model._default_manager.order_by("pk").values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small district that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "district"))


def test_loading_twice_leaves_every_row_as_it_was(world: World) -> None:
    before = {model.__name__: _rows(model) for model in TABLES}
    places = list(Place.objects.values_list("name", "area"))
    world.load_again()
    for model in TABLES:
        assert _rows(model) == before[model.__name__], model.__name__
    assert list(Place.objects.values_list("name", "area")) == places


def test_every_load_raises_the_edition_and_is_on_the_record(world: World) -> None:
    edition, entries = edition_of(DISTRICT), Entry.objects.count()
    world.load_again()
    assert edition_of(DISTRICT) > edition
    loaded = set(Entry.objects.order_by("-id").values_list("event", flat=True)[: Entry.objects.count() - entries])
    assert loaded >= {"AreasLoaded", "CalendarLoaded", "OrganisationLoaded", "CatalogueLoaded"}


def _move_the_border(folder: Path) -> None:
    """Let the border between grids 1 and 2 lie further west in the folder."""
    outlines = json.loads((folder / "areas.geojson").read_text(encoding="utf-8"))
    for feature in outlines["features"]:
        ring = feature["geometry"]["coordinates"][0]
        if feature["properties"]["code"] == "310198001001001":
            feature["geometry"]["coordinates"] = [[[min(lon, 121.404), lat] for lon, lat in ring]]
        if feature["properties"]["code"] == "310198001001002":
            feature["geometry"]["coordinates"] = [[[121.404 if lon == 121.41 else lon, lat] for lon, lat in ring]]
    (folder / "areas.geojson").write_text(json.dumps(outlines), encoding="utf-8")


def test_a_moved_border_is_seen_by_the_next_report(world: World, folder: Path) -> None:
    assert world.report().area == "310198001001001"
    _move_the_border(folder)
    world.load_again(folder)
    assert world.report().area == "310198001001002"
    assert rulebook_for(DISTRICT).map.locator_on(world.at.date()).locate(*GRID_1) == "310198001001002"


def test_a_moved_border_holds_from_the_day_it_was_loaded_and_yesterday_keeps_the_old_one(
    world: World, folder: Path
) -> None:
    before = Outline.objects.count()
    _move_the_border(folder)
    world.load_again(folder)
    new = Outline.objects.filter(since_on=world.at.date()).values_list("area", flat=True)
    assert sorted(new) == ["310198001001001", "310198001001002"]
    assert Outline.objects.count() == before + 2
    forget_maps()
    locate = district_map(DISTRICT).locator_on
    assert locate(world.at.date()).locate(*GRID_1) == "310198001001002"
    assert locate(world.at.date() - timedelta(days=1)).locate(*GRID_1) == "310198001001001"
    world.load_again(folder)
    assert Outline.objects.count() == before + 2
    world.later(days=3)
    world.load_again()
    forget_maps()
    assert locate(world.at.date() - timedelta(days=1)).locate(*GRID_1) == "310198001001002"
    assert district_map(DISTRICT).locator_on(world.at.date()).locate(*GRID_1) == "310198001001001"


def test_a_border_loaded_twice_on_one_day_is_the_later_one(world: World, folder: Path) -> None:
    before = Outline.objects.count()
    _move_the_border(folder)
    world.load_again(folder)
    world.load_again()
    forget_maps()
    assert Outline.objects.count() == before + 2
    assert district_map(DISTRICT).locator_on(world.at.date()).locate(*GRID_1) == "310198001001001"


def test_a_rule_taken_out_of_the_folder_no_longer_holds(world: World, folder: Path) -> None:
    matrix = folder / "matrix.csv"
    kept = [line for line in matrix.read_text(encoding="utf-8").splitlines() if not line.startswith("M,")]
    matrix.write_text("\n".join(kept) + "\n", encoding="utf-8")
    world.load_again(folder)
    assert world.report().suggested_unit == "310198-T01"


def test_only_who_may_load_districts_does(world: World) -> None:
    from liandong.areas.operations import DistrictFacts, load_areas, load_calendar

    facts = DistrictFacts("310197", "x", "x", "Asia/Shanghai", "zh-hans", "X", (121.0, 31.0), (), "cn")
    for account in ("operator", "town01", "supervisor"):
        actor = actor_for(User.objects.get(username=account), at=world.at)
        with pytest.raises(Forbidden):
            load_calendar("cn", [], [], district=DISTRICT, actor=actor, at=world.at)
        with pytest.raises(Forbidden):
            load_areas(facts, [], {}, [], actor=actor, at=world.at)
    load_calendar("cn", [], [], district=DISTRICT, actor=world.actor("admin"), at=world.at)


def test_a_holiday_loaded_later_moves_the_clocks_started_after_it(world: World) -> None:
    from datetime import date

    from liandong.areas.operations import load_calendar
    from liandong.cases.rulebook import forget_rules
    from tests.cases.paths import clock

    before = clock(world.dispatched(), "receive").due_at
    day = date(2026, 3, 2)
    load_calendar("cn", [(day, False, "临时放假")], [], district=DISTRICT, actor=world.actor("admin"), at=world.at)
    forget_rules()
    assert clock(world.dispatched(), "receive").due_at.date() > before.date()


def test_the_map_answers_by_name_and_level(world: World) -> None:
    assert district_codes() == [DISTRICT] == [district.code for district in districts()]
    book = district_map(DISTRICT)
    assert [area.name for area in book.path("310198001001001")] == ["东桥街道", "东桥第一居委会", "东桥1号网格"]
    assert len(area_outlines(DISTRICT, level="town", day=world.at.date())) == 2
    assert [place.name for place in places_like(DISTRICT, "东桥", limit=5)] == ["东桥路"]
    assert (str(District.objects.get()), str(Area.objects.get(code="310198001"))) == ("新岸区", "东桥街道")


def test_a_district_that_is_not_loaded_has_no_map(world: World) -> None:
    with pytest.raises(UnknownDistrict):
        district_map("999999")


FAULTS = {
    "areas.csv": [("310198001,310198,town", "310198001,310198,village"), ("500,121.405,31.01", "many,121.405,31.01")],
    "units.csv": [("D01,DC,department,district", "D01,XX,department,galaxy")],
    "posts.csv": [("lin,林晓,DC,dispatcher", "lin,林晓,ZZ,dispatchr")],
    "matrix.csv": [("A07,*,D01,", "A07,*,D99,")],
    "district.toml": [('zone = "Asia/Shanghai"', 'zone = "Asia/Atlantis"')],
}


def test_a_broken_folder_is_refused_with_every_fault_by_file_and_line_and_changes_nothing(
    world: World, folder: Path
) -> None:
    from liandong.cases.folder import BrokenFolder

    for name, replacements in FAULTS.items():
        file = folder / name
        text = file.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    (folder / "limits.csv").write_text(
        "class,condition,clock,amount,unit,clause\nM06,*,handle,soon,working_day,x\nM06,*,handling,1,working_day,x\n"
        "M06,*,handle,1,fortnight,x\nQ99,*,handle,1,working_day,x\nM06,*,handle,-1,working_day,x\n",
        encoding="utf-8",
    )
    before = {model.__name__: _rows(model) for model in TABLES}
    with pytest.raises(BrokenFolder) as refusal:
        world.load_again(folder)
    told = str(refusal.value)
    for place in (
        *("areas.csv:3", "areas.csv:5", "units.csv:3", "posts.csv:2", "matrix.csv:6", "district.toml"),
        *("limits.csv:2", "limits.csv:3", "limits.csv:4", "limits.csv:5", "limits.csv:6"),
    ):
        assert place in told, place
    assert {model.__name__: _rows(model) for model in TABLES} == before
