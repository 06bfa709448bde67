"""The basemap of a district: a file of its folder, checked, kept, replaced, and sent to a browser once."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liandong.areas import basemap_files
from liandong.areas.models import BasemapFeature
from liandong.areas.operations import load_basemap
from liandong.areas.queries import basemap_of, edition_of, forget_basemaps
from liandong.areas.rules.basemap import BasemapRow
from liandong.cases.folder import BrokenFolder
from liandong.kernel.datum import Datum, convert
from liandong.people.access import Forbidden
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.project.district_check import check_district
from liandong.timeline.models import Entry
from tests.world import DISTRICT, FOLDER, World

ADDRESS = "/desk/map/basemap.json"
POND = {"type": "Polygon", "coordinates": [[[121.41, 31.01], [121.42, 31.01], [121.42, 31.02], [121.41, 31.01]]]}
LINE = {"type": "LineString", "coordinates": [[121.41, 31.01], [121.42, 31.02]]}
POINT = {"type": "Point", "coordinates": [121.41, 31.01]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small district that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "district"))


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _write(folder: Path, *features: Any) -> None:
    content = {"type": "FeatureCollection", "features": features}
    (folder / "basemap.geojson").write_text(json.dumps(content), encoding="utf-8")


def _client(account: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def test_what_the_folder_draws_is_kept_in_its_order_and_the_same_file_twice_changes_nothing(world: World) -> None:
    rows = basemap_of(DISTRICT)
    assert [row.kind for row in rows] == ["water", "water", "green", "road", "road", "road", "place"]
    assert [(row.name, row.name_en, row.road_class) for row in rows][5] == ("东桥路", "Dongqiao Road", "major")
    before = list(BasemapFeature.objects.values_list("pk", flat=True))
    world.load_again()
    assert list(BasemapFeature.objects.values_list("pk", flat=True)) == before


def test_a_new_file_replaces_the_basemap_raises_the_edition_and_is_on_the_record(world: World, folder: Path) -> None:
    edition = edition_of(DISTRICT)
    _write(folder, _feature(LINE, kind="road", **{"class": "minor"}, name="渡口弄"))
    world.load_again(folder)
    assert [row.name for row in basemap_of(DISTRICT)] == ["渡口弄"]
    assert edition_of(DISTRICT) > edition + 1
    entry = Entry.objects.filter(event="BasemapLoaded").latest("id")
    assert entry.data["features"] == {"road": 1}
    (folder / "basemap.geojson").unlink()
    world.load_again(folder)
    assert basemap_of(DISTRICT) == []


@pytest.mark.parametrize("datum", list(Datum))
def test_points_are_read_in_the_datum_of_the_folder(world: World, folder: Path, datum: Datum) -> None:
    toml = (folder / "district.toml").read_text(encoding="utf-8")
    (folder / "district.toml").write_text(f'datum = "{datum}"\n{toml}', encoding="utf-8")
    written = convert(121.41, 31.01, source=Datum.WGS84, target=datum)
    _write(folder, _feature({"type": "Point", "coordinates": [*written, 4.5]}, kind="place", name="渡口"))
    world.load_again(folder)
    assert basemap_of(DISTRICT)[0].geometry["coordinates"] == pytest.approx([121.41, 31.01], abs=2e-6)


FAULTS: list[tuple[Any, str]] = [
    (
        _feature(LINE, kind="canal", name="东泾"),
        "feature 1 东泾: unknown kind canal; known are water, green, road, place",
    ),
    (_feature(LINE, name="东泾"), "feature 1 东泾: unknown kind (none)"),
    (_feature(LINE, kind="road", **{"class": "wide"}), "feature 1: unknown class wide of a road"),
    (_feature(LINE, kind="road", name="东桥路"), "feature 1 东桥路: unknown class (none) of a road"),
    (_feature(POND, kind="road", **{"class": "major"}), "a road is a LineString or MultiLineString, not a Polygon"),
    (_feature(LINE, kind="green"), "a green is a Polygon or MultiPolygon, not a LineString"),
    (_feature(POND, kind="place", name="渡口"), "feature 1 渡口: a place is a Point, not a Polygon"),
    (_feature(None, kind="water"), "not a feature without geometry"),
    (_feature(POINT, kind="place"), "feature 1: a place without a name"),
    (
        _feature({"type": "Point", "coordinates": [31.01, 121.41]}, kind="place", name="渡口"),
        "no longitude and latitude",
    ),
    (_feature({"type": "Point", "coordinates": [0, 0]}, kind="place", name="渡口"), "no longitude and latitude"),
    (
        _feature({"type": "Point", "coordinates": [117.2, 39.1]}, kind="place", name="渡口"),
        "lies far from the district",
    ),
    (_feature({"type": "Point", "coordinates": ["121", True]}, kind="place", name="渡口"), "no pair of numbers"),
    (_feature({"type": "LineString", "coordinates": [[121.4, 31]]}, kind="water"), "with 1 points, at least 2"),
    (_feature({"type": "LineString", "coordinates": 5}, kind="water"), "broken coordinates of a LineString"),
    (_feature({"type": "Polygon", "coordinates": [LINE["coordinates"] * 2]}, kind="water"), "an open ring"),
    (_feature(POND, kind="green", name="园" * 81), "a name longer than 80"),
    ("no feature", "feature 1: not a feature with properties"),
]


@pytest.mark.parametrize(("feature", "told"), FAULTS)
def test_a_fault_names_the_feature_and_the_reason_and_nothing_is_loaded(
    world: World, folder: Path, feature: Any, told: str
) -> None:
    before = basemap_of(DISTRICT)
    _write(folder, feature)
    with pytest.raises(BrokenFolder) as refusal:
        world.load_again(folder)
    assert "basemap.geojson: " in str(refusal.value)
    assert told in str(refusal.value)
    assert basemap_of(DISTRICT) == before


def test_a_file_too_heavy_for_every_map_is_refused(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemap_files, "MOST_VERTICES_OF_ONE", 3)
    with pytest.raises(BrokenFolder, match="feature 1 渡口河: 5 vertices, at most 3"):
        world.load_again(folder)
    monkeypatch.setattr(basemap_files, "MOST_VERTICES_OF_ONE", 5)
    monkeypatch.setattr(basemap_files, "MOST_VERTICES", 10)
    with pytest.raises(BrokenFolder, match="20 vertices, at most 10"):
        world.load_again(folder)
    monkeypatch.setattr(basemap_files, "MOST_FEATURES", 6)
    with pytest.raises(BrokenFolder, match="7 features, at most 6"):
        world.load_again(folder)
    monkeypatch.setattr(basemap_files, "LARGEST_FILE", 1_000)
    with pytest.raises(BrokenFolder, match="larger than"):
        world.load_again(folder)


@pytest.mark.parametrize("content", ["{", '{"type":"Feature"}', "[]"])
def test_a_file_that_is_no_collection_is_told(world: World, folder: Path, content: str) -> None:
    (folder / "basemap.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(BrokenFolder, match="basemap.geojson: not"):
        world.load_again(folder)


def test_a_check_says_what_a_new_file_would_change(world: World, folder: Path) -> None:
    rows = {difference.table: difference for difference in check_district(folder, at=world.at).differences}
    assert (rows["底图"].new, rows["底图"].changed, rows["底图"].gone) == ((), (), ())
    text = (folder / "basemap.geojson").read_text(encoding="utf-8").replace("东泾", "西泾").replace("31.034", "31.033")
    (folder / "basemap.geojson").write_text(text, encoding="utf-8")
    rows = {difference.table: difference for difference in check_district(folder, at=world.at).differences}
    assert rows["底图"].new == ("water 西泾",)
    assert rows["底图"].changed == ("green 渡口公园",)
    assert rows["底图"].gone == ("water 东泾",)


def test_only_who_may_load_districts_loads_a_basemap(world: World) -> None:
    row = BasemapRow("place", "", "渡口", "", POINT)
    for account in ("operator", "town01", "supervisor"):
        with pytest.raises(Forbidden):
            load_basemap(DISTRICT, [row], actor=world.actor(account), at=world.at)
    load_basemap(DISTRICT, [row], actor=world.actor("admin"), at=world.at)
    assert basemap_of(DISTRICT) == [row]


def test_a_browser_is_sent_kind_class_and_name_in_its_language_once(world: World, folder: Path) -> None:
    client = _client("operator")
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
    told = [feature["properties"] for feature in answer.json()["features"]]
    assert told[4] == {"kind": "road", "class": "minor"}
    assert told[5] == {"kind": "road", "class": "major", "name": "东桥路"}
    assert client.get(ADDRESS, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    english = client.get(ADDRESS, headers={"Accept-Language": "en"})
    assert english.json()["features"][5]["properties"]["name"] == "Dongqiao Road"
    assert english["ETag"] != answer["ETag"]
    packed = client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == answer.content
    _write(folder)
    world.load_again(folder)
    forget_basemaps()
    again = client.get(ADDRESS, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.json()["features"]) == (200, [])


def test_the_basemap_is_for_staff_and_the_citizens_maps_have_addresses_of_their_own(world: World) -> None:
    assert Client().get(ADDRESS).status_code == 302
    for address in ("/report/basemap.json", "/map/basemap.json", "/map/basemap.json?district=310198"):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert len(answer.json()["features"]) == 7
    assert Client().get("/map/basemap.json?district=999999").status_code == 404
