"""Who works in the demo district: units, posts and accounts, and the folder that describes it all.

One centre, 52 departments with local offices of two of them, 13 town sub-centres with six bureaux, a patrol team and
eight teams of assistants each, 516 stations, 706 grid crews, one joint team; for mediation six industry bodies, a
pre-mediation centre in every town and a room in every community. People and telephone numbers are
invented. Accounts are numbered town by town in the order of area codes, so ``station001``, ``grid001`` and
``patrol001`` belong to ``town01`` and ``bureau001`` is its family planning office.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from liandong.areas.rules.folder import AreaRow
from liandong.demo import words
from liandong.demo.departments import BUREAUX, DEPARTMENTS, LOCAL_OFFICES, MEDIATION_BODIES, TEAMS
from liandong.demo.geography import Geography
from liandong.demo.staff import demo_posts
from liandong.people.operations import PostRow, UnitRow

_DISTRICT = words.DISTRICT_CODE


@dataclass(frozen=True, slots=True)
class Organisation:
    """All units, parents before children, and all posts."""

    units: tuple[UnitRow, ...]
    posts: tuple[PostRow, ...]


def demo_organisation(geography: Geography, *, seed: int) -> Organisation:
    """Units and posts for a map; the same map and seed give the same people."""
    units = tuple(_units(geography))
    return Organisation(units=units, posts=tuple(demo_posts(units, geography, seed=seed)))


def _units(geography: Geography) -> Iterator[UnitRow]:
    yield _of_the_district(
        "DC", "", "centre", "management", "临江区联动中心", "Linjiang District Joint Action Centre", _phone(0, 0)
    )
    for number, department in enumerate(DEPARTMENTS, start=1):
        names = (department.name, department.name_en)
        yield _of_the_district(f"D{number:02d}", "DC", "department", department.force, *names, _phone(1, number))
    for number, town in enumerate(geography.level("town"), start=1):
        yield from _town_units(number, town)
        yield from _offices(number, town)
        yield from _teams(number, town)
    joint = ("临江区大联勤联合执勤队", "Linjiang District Joint Duty Team")
    yield _of_the_district("J01", "DC", "joint", "enforcement", *joint, _phone(9, 1))
    station_of: dict[str, str] = {}
    for number, community in enumerate(geography.level("community"), start=1):
        station_of[community.code] = f"S{number:03d}"
        yield _station(number, community)
    for number, grid in enumerate(geography.level("grid"), start=1):
        yield _crew(number, grid, station_of[grid.parent])
    yield from _mediation(geography, station_of)


def _of_the_district(code: str, parent: str, kind: str, force: str, name: str, name_en: str, phone: str) -> UnitRow:
    return UnitRow(code, parent, kind, "district", force, name, name_en, _DISTRICT, phone)


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


def _offices(number: int, town: AreaRow) -> Iterator[UnitRow]:
    """The local offices of departments in one town: theirs to command, unless delegated (`CASE.md` §4)."""
    for place, (department, office) in enumerate(LOCAL_OFFICES.items()):
        running = place * len(words.TOWNS) + number
        yield UnitRow(
            code=f"O{running:03d}",
            parent=department,
            kind="office",
            level="town",
            force=office.force,
            name=town.name + office.name,
            name_en=f"{town.name_en} {office.name_en}",
            area=town.code,
            phone=_phone(7, running),
        )


def _teams(number: int, town: AreaRow) -> Iterator[UnitRow]:
    """Assistants' teams: planned by the district, managed by the town, used by its stations and on the street."""
    for place, team in enumerate(TEAMS, start=1):
        running = (number - 1) * len(TEAMS) + place
        yield UnitRow(
            code=f"A{running:03d}",
            parent=f"T{number:02d}",
            kind="team",
            level="station",
            force=team.force,
            name=town.name + team.name,
            name_en=f"{town.name_en} {team.name_en}",
            area=town.code,
            phone=_phone(8, running),
        )


def _mediation(geography: Geography, station_of: Mapping[str, str]) -> Iterator[UnitRow]:
    """Bodies of mediation: of an industry, of a town, of a village; numbered in this order (大调解)."""
    for number, (department, body) in enumerate(MEDIATION_BODIES.items(), start=1):
        names = (words.DISTRICT_NAME + body.name, body.name_en)
        yield _of_the_district(f"M{number:03d}", department, "mediation", body.force, *names, _phone(9, 100 + number))
    for number, town in enumerate(geography.level("town"), start=1):
        yield UnitRow(
            code=f"M{100 + number}",
            parent=f"T{number:02d}",
            kind="mediation",
            level="town",
            force="service",
            name=f"{town.name}诉前调解中心",
            name_en=f"{town.name_en} Pre-mediation Centre",
            area=town.code,
            phone=_phone(9, 200 + number),
        )
    for number, community in enumerate(geography.level("community"), start=1):
        yield UnitRow(
            code=f"M{200 + number}",
            parent=station_of[community.code],
            kind="mediation",
            level="station",
            force="service",
            name=f"{community.name}调解室",
            name_en=f"{community.name_en} Mediation Room",
            area=community.code,
            phone=_phone(9, 300 + number),
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
