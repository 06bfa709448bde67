"""Who works in the demo district: units, posts and accounts, and the folder that describes it all.

One centre, 52 departments, 13 town sub-centres with six bureaux and a patrol team each, 516 stations, 706 grid
crews. People and telephone numbers are invented. Accounts are numbered town by town in the order of area codes, so
``station001``, ``grid001`` and ``patrol001`` belong to ``town01`` and ``bureau001`` is its family planning office.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from liandong.demo import words
from liandong.demo.departments import BUREAUX, DEPARTMENTS
from liandong.demo.geography import AreaRow, Geography

_DISTRICT = words.DISTRICT_CODE


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row of ``units.csv``."""

    code: str
    parent: str
    kind: str
    level: str
    force: str
    name: str
    name_en: str
    area: str
    phone: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """One row of ``posts.csv``: a person's post. Several rows of one account are several posts of one person."""

    account: str
    person: str
    unit: str
    role: str
    area: str
    title: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """All units, parents before children, and all posts."""

    units: tuple[UnitRow, ...]
    posts: tuple[PostRow, ...]


# account and role, unit, title
_CENTRE_POSTS = (
    ("operator", "DC", "受理员"),
    ("dispatcher", "DC", "派遣员"),
    ("supervisor", "DC", "值班长"),
    ("verifier", "DC", "核查员"),
    ("assessor", "DC", "考核员"),
    ("commander", "D10", "指挥长"),
    ("mediator", "D20", "调解员"),
    ("leader", "DC", "分管区领导"),
    ("auditor", "D32", "审计员"),
    ("admin", "DC", "系统管理员"),
)
# kind of unit → account prefix, digits of its number, title
_UNIT_POSTS = {
    "department": ("department", 2, "处置员"),
    "town": ("town", 2, "分中心主任"),
    "bureau": ("bureau", 3, "经办人"),
    "station": ("station", 3, "工作站站长"),
    "team": ("patrol", 3, "巡查队队长"),
    "grid": ("grid", 3, "网格长"),
}


def demo_organisation(geography: Geography, *, seed: int) -> Organisation:
    """Units and posts for a map; the same map and seed give the same people."""
    units = tuple(_units(geography))
    return Organisation(units=units, posts=tuple(_posts(units, seed=seed)))


def _units(geography: Geography) -> Iterator[UnitRow]:
    yield UnitRow(
        code="DC",
        parent="",
        kind="centre",
        level="district",
        force="management",
        name="临江区联动中心",
        name_en="Linjiang District Joint Action Centre",
        area=_DISTRICT,
        phone=_phone(0, 0),
    )
    for number, department in enumerate(DEPARTMENTS, start=1):
        yield UnitRow(
            code=f"D{number:02d}",
            parent="DC",
            kind="department",
            level="district",
            force=department.force,
            name=department.name,
            name_en=department.name_en,
            area=_DISTRICT,
            phone=_phone(1, number),
        )
    towns = geography.level("town")
    for number, town in enumerate(towns, start=1):
        yield from _town_units(number, town)
    station_of: dict[str, str] = {}
    for number, community in enumerate(geography.level("community"), start=1):
        station_of[community.code] = f"S{number:03d}"
        yield _station(number, community)
    for number, grid in enumerate(geography.level("grid"), start=1):
        yield _crew(number, grid, station_of[grid.parent])


def _town_units(number: int, town: AreaRow) -> Iterator[UnitRow]:
    code = f"T{number:02d}"
    sub_centre = UnitRow(
        code=code,
        parent="DC",
        kind="town",
        level="town",
        force="management",
        name=town.name,
        name_en=f"{town.name_en} Sub-centre",
        area=town.code,
        phone=_phone(2, number),
    )
    yield sub_centre
    for place, bureau in enumerate(BUREAUX, start=1):
        running = (number - 1) * len(BUREAUX) + place
        yield UnitRow(
            code=f"B{running:03d}",
            parent=code,
            kind="bureau",
            level="town",
            force=bureau.force,
            name=town.name + bureau.name,
            name_en=f"{town.name_en} {bureau.name_en}",
            area=town.code,
            phone=_phone(3, running),
        )
    yield UnitRow(
        code=f"P{number:03d}",
        parent=code,
        kind="team",
        level="town",
        force="management",
        name=f"{town.name}综合巡查队",
        name_en=f"{town.name_en} Patrol Team",
        area=town.code,
        phone=_phone(4, number),
    )


def _station(number: int, community: AreaRow) -> UnitRow:
    return UnitRow(
        code=f"S{number:03d}",
        parent=_town_unit(community.code),
        kind="station",
        level="station",
        force="service",
        name=f"{community.name}工作站",
        name_en=f"{community.name_en} Station",
        area=community.code,
        phone=_phone(5, number),
    )


def _crew(number: int, grid: AreaRow, station: str) -> UnitRow:
    return UnitRow(
        code=f"G{number:03d}",
        parent=station,
        kind="grid",
        level="grid",
        force="service",
        name=f"{grid.name}队伍",
        name_en=f"{grid.name_en} Crew",
        area=grid.code,
        phone=_phone(6, number),
    )


def _town_unit(area: str) -> str:
    return f"T{int(area[6:9]):02d}"


def _phone(series: int, number: int) -> str:
    # Invented: the series says what kind of unit it is, the number which one.
    return f"021-5550{series}{number:03d}"


def _posts(units: tuple[UnitRow, ...], *, seed: int) -> Iterator[PostRow]:
    names = words.people_names(Random(seed))  # noqa: S311 - scenery, not secrets
    for role, code, title in _CENTRE_POSTS:
        yield PostRow(account=role, person=names.pop(), unit=code, role=role, area=_DISTRICT, title=title)
    for unit in units:
        if unit.kind not in _UNIT_POSTS:
            continue
        role, digits, title = _UNIT_POSTS[unit.kind]
        account = f"{role}{int(unit.code[1:]):0{digits}d}"
        yield PostRow(account=account, person=names.pop(), unit=unit.code, role=role, area=unit.area, title=title)
