"""The demo district's organisation: fixed accounts, units that hang together, a matrix that leaves nothing out."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from liandong.demo.folder import write_district
from liandong.demo.geography import Geography, demo_geography
from liandong.demo.organisation import Organisation, demo_organisation
from liandong.demo.responsibility import MatrixRow, demo_matrix
from liandong.people.operations import UnitRow

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
SEED = 7
SINGLE_ACCOUNTS = {
    "operator",
    "dispatcher",
    "supervisor",
    "verifier",
    "assessor",
    "commander",
    "mediator",
    "leader",
    "auditor",
    "admin",
}

# role and prefix of accounts, how many, digits of the number
FIXED = (
    ("town", 13, 2),
    ("department", 52, 2),
    ("bureau", 78, 3),
    ("station", 516, 3),
    ("grid", 706, 3),
    ("patrol", 13, 3),
)


@pytest.fixture(scope="module")
def geography() -> Geography:
    return demo_geography(seed=SEED)


@pytest.fixture(scope="module")
def organisation(geography: Geography) -> Organisation:
    return demo_organisation(geography, seed=SEED)


@pytest.fixture(scope="module")
def units(organisation: Organisation) -> dict[str, UnitRow]:
    return {unit.code: unit for unit in organisation.units}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("district")
    write_district(written, seed=SEED)
    return written


def leaf_classes() -> list[str]:
    codes = []
    for name in ("gbt47678-5-2026", "livelihood"):
        with (STANDARDS / name / "classes.csv").open(encoding="utf-8", newline="") as stream:
            codes += [row["code"] for row in csv.DictReader(stream) if row["parent"]]
    return codes


def row_for(case_class: str, area: str) -> MatrixRow:
    """The row that wins: the most specific class, then the most specific area."""
    fitting = [
        row
        for row in demo_matrix()
        if (row.case_class == "*" or case_class.startswith(row.case_class))
        and (row.area == "*" or area.startswith(row.area))
    ]
    return max(fitting, key=lambda row: (len(row.case_class.strip("*")), len(row.area.strip("*"))))


def test_the_units_are_one_centre_52_departments_13_towns_and_what_belongs_to_them(organisation: Organisation) -> None:
    assert Counter(unit.kind for unit in organisation.units) == {
        "centre": 1,
        "department": 52,
        "town": 13,
        "bureau": 78,
        "office": 26,
        "team": 13 + 13 * 8,
        "joint": 1,
        "mediation": 6 + 13 + 516,
        "station": 516,
        "grid": 706,
    }


def test_every_unit_hangs_on_a_unit_named_before_it(organisation: Organisation) -> None:
    seen = {""}
    for unit in organisation.units:
        assert unit.code not in seen
        assert unit.parent in seen
        seen.add(unit.code)


def test_every_unit_has_an_area_a_force_a_level_both_names_and_a_phone_of_its_own(
    organisation: Organisation, geography: Geography
) -> None:
    areas = {area.code for area in geography.areas}
    for unit in organisation.units:
        assert unit.area in areas
        assert unit.force in {"service", "management", "enforcement"}
        assert unit.level in {"district", "town", "station", "grid"}
        assert unit.name
        assert unit.name_en.isascii()
    assert len({unit.phone for unit in organisation.units}) == len(organisation.units)
    assert len({unit.name for unit in organisation.units}) == len(organisation.units)


def test_grids_and_stations_serve_and_never_enforce(organisation: Organisation) -> None:
    assert {unit.force for unit in organisation.units if unit.kind in {"station", "grid"}} == {"service"}


def test_the_first_three_departments_are_police_urban_management_and_market_regulation(
    units: dict[str, UnitRow],
) -> None:
    assert "公安" in units["D01"].name
    assert "城市管理" in units["D02"].name
    assert "市场监督" in units["D03"].name


def test_the_fixed_accounts_exist_and_come_first(organisation: Organisation) -> None:
    expected = set(SINGLE_ACCOUNTS)
    for role, count, digits in FIXED:
        expected |= {f"{role}{number:0{digits}d}" for number in range(1, count + 1)}
    assert {post.account for post in organisation.posts[: len(expected)]} == expected


def test_those_who_were_added_share_desks_stand_in_make_up_crews_and_assist(organisation: Organisation) -> None:
    added = Counter(
        post.account.rstrip("0123456789") for post in organisation.posts[sum(row[1] for row in FIXED) + 10 :]
    )
    assert added == {
        "operator": 3,
        "dispatcher": 2,
        "supervisor": 2,
        "deputy": 52,
        "vice": 13,
        "office": 26,
        "crew": 4 * 706 + 516,
        "assistant": 13 * 8 * 2,
        "mediation": 6 + 13,
    }


def test_an_account_is_one_person_whose_posts_lie_in_known_units(
    organisation: Organisation, units: dict[str, UnitRow]
) -> None:
    people = {(post.account, post.person) for post in organisation.posts}
    assert len(people) == len(dict(people)) == len({person for _account, person in people})
    for post in organisation.posts:
        assert post.unit in units
        assert post.title


def test_every_grid_has_a_head_and_four_who_share_the_grids_of_their_station(
    organisation: Organisation, units: dict[str, UnitRow]
) -> None:
    crews: dict[str, list[str]] = {}
    for post in organisation.posts:
        if units[post.unit].kind == "grid":
            crews.setdefault(post.unit, []).append(post.title)
    assert len(crews) == 706
    assert {tuple(titles) for titles in crews.values()} == {("网格长", "宣传员", "信息员", "服务员", "调解员")}


def test_assistants_belong_to_the_town_and_serve_one_of_its_communities(
    organisation: Organisation, units: dict[str, UnitRow]
) -> None:
    for post in organisation.posts:
        if post.role == "assistant":
            assert len(post.area) == 12
            assert post.area.startswith(units[post.unit].area)


def test_mediation_is_at_home_in_industries_towns_and_villages(
    organisation: Organisation, units: dict[str, UnitRow]
) -> None:
    bodies = [unit for unit in organisation.units if unit.kind == "mediation"]
    assert Counter(units[body.parent].kind for body in bodies) == {"department": 6, "town": 13, "station": 516}
    assert {body.level for body in bodies if units[body.parent].kind == "station"} == {"station"}
    mediators = {post.unit: post for post in organisation.posts if units[post.unit].kind == "mediation"}
    assert mediators.keys() == {body.code for body in bodies}
    room = next(body for body in bodies if body.parent == "S001")
    assert (mediators[room.code].role, mediators[room.code].account) == ("mediator", "crew0014")


def test_the_first_bureau_station_grid_and_patrol_belong_to_the_first_town(
    organisation: Organisation, units: dict[str, UnitRow]
) -> None:
    posts = {post.account: post for post in organisation.posts}
    for account in ("town01", "bureau001", "station001", "grid001", "patrol001"):
        assert posts[account].area.startswith("310199001")
    assert units[posts["bureau001"].unit].name.endswith("计生办")


@pytest.mark.parametrize("role", ["bureau", "station", "grid", "patrol"])
def test_the_others_are_numbered_town_by_town(organisation: Organisation, role: str) -> None:
    heads = [post for post in organisation.posts if post.account.rstrip("0123456789") == role]
    areas = [post.area for post in sorted(heads, key=lambda post: post.account)]
    assert areas == sorted(areas)


def test_a_bureau_is_called_by_its_town_and_its_short_name(units: dict[str, UnitRow]) -> None:
    for unit in units.values():
        if unit.kind == "bureau":
            assert unit.name.startswith(units[unit.parent].name)


def test_no_class_and_area_has_two_rows() -> None:
    keys = [(row.case_class, row.area) for row in demo_matrix()]
    assert len(keys) == len(set(keys))


def test_every_class_has_a_row_more_telling_than_the_last_resort() -> None:
    assert [code for code in leaf_classes() if row_for(code, "310199001001001").case_class == "*"] == []


def test_the_matrix_names_only_units_classes_and_areas_that_exist(
    units: dict[str, UnitRow], geography: Geography
) -> None:
    bureaux = {unit.name.removeprefix(units[unit.parent].name) for unit in units.values() if unit.kind == "bureau"}
    words = {"town", "station", "grid"} | {f"bureau:{name}" for name in bureaux}
    known = {"*"} | {code[:size] for code in leaf_classes() for size in (1, 3, len(code))}
    areas = {"*"} | {area.code for area in geography.areas}
    for row in demo_matrix():
        assert row.case_class in known
        assert row.area in areas
        assert row.lead in words | set(units)
        assert row.fallback in words | set(units)
        assert set(row.assisting) <= set(units)
        assert row.lead not in row.assisting
        assert row.reason


def test_an_illegal_clinic_goes_to_the_towns_family_planning_office_with_market_regulation_assisting() -> None:
    row = row_for("A0203", "310199001001001")
    assert (row.lead, row.assisting) == ("bureau:计生办", ("D03",))


def test_rubbish_is_the_villages_matter_in_the_country_and_the_sanitation_centres_in_town() -> None:
    assert row_for("M06010", "310199001001001").lead == "D48"
    assert row_for("M06010", "310199013001001").lead == "station"


def test_the_folder_holds_every_file_in_the_format_of_a_district(folder: Path) -> None:
    expected = {
        "areas.csv": "code,parent,level,name,name_en,kind,households,lon,lat",
        "units.csv": "code,parent,kind,level,force,name,name_en,area,phone,since,until",
        "posts.csv": "account,person,unit,role,area,title,rank,force,since,until",
        "matrix.csv": "class,area,lead,assisting,fallback,reason",
        "places.csv": "name,name_en,kind,lon,lat,area",
        "rosters.csv": "unit,duty,name,shifts,turns,anchor,every,by",
        "lendings.csv": "account,unit,team,since,until",
        "delegations.csv": "department,town,classes,area,basis,since,until",
    }
    for name, header in expected.items():
        content = (folder / name).read_bytes()
        assert content.decode("utf-8").splitlines()[0] == header
        assert b"\r" not in content
    facts = tomllib.loads((folder / "district.toml").read_text(encoding="utf-8"))
    assert facts["code"] == "310199"
    assert facts["fictional"] is True
    assert all((STANDARDS / name).is_dir() for name in facts["standards"])
    assert (STANDARDS / "calendar" / facts["calendar"]).is_dir()


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_district(tmp_path, seed=SEED)
    for file in sorted(folder.iterdir()):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
