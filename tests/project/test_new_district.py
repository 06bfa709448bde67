"""`liandong new-district` and `liandong import --check`: from an empty folder to a district, without a line of code."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liandong.areas.queries import district_codes, district_map
from liandong.cases.folder import BrokenFolder
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.kernel.datum import Datum, convert
from liandong.project.cli import main
from liandong.project.district_check import check_district
from liandong.project.districts import load_district
from liandong.project.new_district import FolderInUse, Plan, UnreadableSource, read_towns, write_new_district
from tests.world import FOLDER, World

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
MINHANG = SHARED / "minhang_310112_boundary_gcj02.geojson"
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

needs_minhang = pytest.mark.skipif(not MINHANG.exists(), reason="the real outline of Minhang is not beside this clone")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small district that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "district"))


def _minhang(folder: Path) -> int:
    return main(
        [
            *("new-district", str(folder), "--code", "310112", "--name", "闵行区", "--name-en", "Minhang District"),
            *("--prefix", "MH", "--datum", "GCJ-02", "--outline", str(MINHANG)),
            *("--outline", str(SHARED / "minhang_14_streets_SYNTHETIC_voronoi_gcj02.geojson")),
            *("--towns", str(SHARED / "minhang_14_streets.csv")),
        ]
    )


@needs_minhang
@pytest.mark.django_db
def test_the_real_outline_and_codes_of_a_district_become_one_that_loads_as_written(tmp_path: Path) -> None:
    assert _minhang(tmp_path / "310112") == 0
    check = check_district(tmp_path / "310112", at=AT)
    assert {row.table: len(row.new) for row in check.differences}["区域"] == 15
    load_district(tmp_path / "310112", at=AT)
    forget_rules()
    book = rulebook_for("310112")
    assert {unit.kind for unit in book.units.values()} == {"centre", "town"}
    point = convert(121.402, 31.009, source=Datum.GCJ02, target=Datum.WGS84)
    assert book.map.locator_on(AT.date()).locate(*point) == "310112001"
    found = book.suggest(class_code="M06010", area="310112001", at=AT)
    assert found is not None
    assert book.units[found.lead].name == "江川路街道"


@pytest.mark.django_db
def test_a_district_of_which_only_code_and_name_are_known_loads(tmp_path: Path) -> None:
    assert main(["new-district", str(tmp_path / "new"), "--code", "330106", "--name", "西湖区", "--prefix", "XH"]) == 0
    load_district(tmp_path / "new", at=AT)
    assert "330106" in district_codes()
    assert district_map("330106").areas["330106"].name == "西湖区"


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(FolderInUse):
        write_new_district(tmp_path, Plan("330106", "西湖区", "Xihu", "XH"))
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]


def test_a_code_of_the_wrong_length_or_an_unknown_datum_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-district", str(tmp_path / "a"), "--code", "330", "--name", "x"]) == 1
    assert main(["new-district", str(tmp_path / "a"), "--code", "330106", "--name", "x", "--datum", "BJ54"]) == 1
    said = capsys.readouterr().err
    assert "330" in said
    assert "BJ54" in said
    assert not (tmp_path / "a").exists()


def test_a_town_of_another_district_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "towns.csv"
    file.write_text("code,name,lon,lat\n310112001,江川路街道,121.4,31\n310113001,外区镇,121.4,31\n", encoding="utf-8")
    with pytest.raises(UnreadableSource, match="310113001"):
        read_towns(file, district="310112")


def test_a_check_says_what_is_new_changed_and_gone_and_writes_nothing(world: World, folder: Path) -> None:
    units = folder / "units.csv"
    lines = units.read_text(encoding="utf-8").splitlines()
    changed = [line.replace("卫生健康委", "卫生健康局") for line in lines if not line.startswith("D03,")]
    units.write_text("\n".join([*changed, "D09,DC,department,district,service,民政局,Civil,310198,"]), encoding="utf-8")
    (folder / "matrix.csv").write_text("class,area,lead,assisting,fallback,reason\nM,*,town,,DC,x\n", encoding="utf-8")
    posts = folder / "posts.csv"
    kept = [line for line in posts.read_text(encoding="utf-8").splitlines() if not line.startswith("department03,")]
    posts.write_text("\n".join(kept), encoding="utf-8")
    check = check_district(folder, at=AT)
    rows = {row.table: row for row in check.differences}
    assert rows["机构"].new == ("310198-D09",)
    assert rows["机构"].changed == ("310198-D04",)
    assert rows["机构"].gone == ("310198-D03",)
    assert (rows["岗位"].new, len(rows["岗位"].gone)) == ((), 1)
    assert rows["责任矩阵"].changed == ("M * *",)
    assert any("310198-D09" in what for _sentence, what in check.warnings)
    assert any("兜底" in sentence for sentence, _what in check.warnings)
    assert rulebook_for("310198").units["310198-D04"].name == "卫生健康委"


def test_a_check_of_what_stands_already_finds_no_difference(world: World) -> None:
    check = check_district(FOLDER, at=AT)
    assert [row.table for row in check.differences if row.new or row.changed or row.gone] == []


def test_every_fault_of_a_folder_is_told_with_its_place(world: World, folder: Path) -> None:
    (folder / "district.toml").write_text(
        (folder / "district.toml").read_text(encoding="utf-8").replace('"cn"', '"mars"'), encoding="utf-8"
    )
    with (folder / "areas.csv").open("a", encoding="utf-8") as areas:
        areas.write("31019800,310198,town,短,Short,urban,0,,\n310198001,310198,town,重,Twice,urban,0,,\n")
    bowtie = '{"type":"Polygon","coordinates":[[[121.4,31],[121.5,31.1],[121.5,31],[121.4,31.1],[121.4,31]]]}'
    feature = '{"type":"Feature","properties":{"code":"%s"},"geometry":%s}'
    features = ",".join([feature % ("310198", bowtie), feature % ("999999", bowtie)])
    (folder / "areas.geojson").write_text(f'{{"type":"FeatureCollection","features":[{features}]}}', encoding="utf-8")
    with pytest.raises(BrokenFolder) as refusal:
        check_district(folder, at=AT)
    faults = str(refusal.value.values["faults"])
    for told in ("mars", "31019800", "stands twice", "Self-intersection", "999999"):
        assert told in faults
