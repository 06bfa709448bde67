"""A district is a folder of data: this reads one and hands each part to the module that owns it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction

from liandong.areas.operations import DistrictFacts, load_areas, load_calendar
from liandong.areas.outlines import outlines_for
from liandong.areas.rules.folder import AreaRow
from liandong.cases.folder import BrokenFolder, read_catalogue, read_rows, rows_of
from liandong.cases.operations import load_catalogue
from liandong.cases.rulebook import forget_rules
from liandong.kernel.area_codes import level_of, parent_of
from liandong.people.access import platform
from liandong.people.operations import PostRow, UnitRow, load_organisation, post_faults, unit_faults

STANDARDS = Path(settings.CLONE) / "standards"


@transaction.atomic
def load_district(folder: Path, *, at: datetime | None = None, password: str | None = None) -> str:
    """Load or refresh the district in `folder` and return its code. All of it, or nothing.

    `password` makes its accounts demo accounts that share it; without one they are locked until one is set.

    :raises BrokenFolder: a file holds faults
    """
    at = at or datetime.now(UTC)
    actor = platform("import")
    faults: list[str] = []
    facts = _facts(folder, faults, is_demo=password is not None)
    areas = _areas(folder, faults)
    places = [row for _place, row in read_rows(folder / "places.csv", _place, faults)]
    units = _units(folder, facts.code, faults)
    posts = _posts(folder, facts.code, units, areas, faults)
    standards = [STANDARDS / name for name in facts.standards]
    files = read_catalogue(facts.code, [*standards, folder], units={unit.code for unit in units}, faults=faults)
    outlines = outlines_for(areas, _geojson(folder / "areas.geojson"))
    load_areas(facts, areas, outlines, places, actor=actor, at=at)
    _load_calendar(facts, actor=actor, at=at)
    load_organisation(facts.code, units, posts, password=password, actor=actor, at=at)
    load_catalogue(
        facts.code,
        classes=files.classes,
        conditions=files.conditions,
        limits=files.limits,
        matrix=files.matrix,
        actor=actor,
        at=at,
    )
    transaction.on_commit(forget_rules)
    return facts.code


def _facts(folder: Path, faults: list[str], *, is_demo: bool) -> DistrictFacts:
    """What `district.toml` says.

    :raises BrokenFolder: it lacks something without which nothing else can be read
    """
    try:
        data = tomllib.loads((folder / "district.toml").read_text(encoding="utf-8"))
        facts = _district(data, is_demo=is_demo)
    except (OSError, KeyError, ValueError, TypeError, IndexError) as error:
        raise BrokenFolder(count=1, faults=f"district.toml: {error!r}") from error
    if facts.zone not in available_timezones():
        faults.append(f"district.toml: unknown zone {facts.zone}")
    for name in facts.standards:
        if not (STANDARDS / name).is_dir():
            faults.append(f"district.toml: unknown standard {name}")
    return facts


def _areas(folder: Path, faults: list[str]) -> list[AreaRow]:
    found = read_rows(folder / "areas.csv", _area, faults)
    known = {row.code for _line, row in found}
    for line, row in found:
        if row.parent != (parent_of(row.code) or "") or (row.parent and row.parent not in known):
            faults.append(f"{line}: {row.code} does not lie in {row.parent or 'nothing'}")
    return [row for _line, row in found]


def _units(folder: Path, district: str, faults: list[str]) -> list[UnitRow]:
    found = read_rows(folder / "units.csv", partial(_unit, district), faults)
    known = {row.code for _line, row in found}
    faults += [f"{line}: {fault}" for line, row in found for fault in unit_faults(row, known=known)]
    return [row for _line, row in found]


def _posts(folder: Path, district: str, units: list[UnitRow], areas: list[AreaRow], faults: list[str]) -> list[PostRow]:
    found = read_rows(folder / "posts.csv", partial(_post, district), faults)
    codes, places = {row.code for row in units}, {row.code for row in areas}
    faults += [f"{line}: {fault}" for line, row in found for fault in post_faults(row, units=codes, areas=places)]
    return [row for _line, row in found]


def _district(data: Mapping[str, Any], *, is_demo: bool) -> DistrictFacts:
    return DistrictFacts(
        code=data["code"],
        name=data["name"],
        name_en=data["name_en"],
        zone=data["zone"],
        language=data.get("language", "zh-hans"),
        number_prefix=data["number_prefix"],
        centre=(data["centre"][0], data["centre"][1]),
        hours=tuple((start, end) for start, end in data["hours"]),
        calendar=data["calendar"],
        standards=tuple(data["standards"]),
        is_demo=is_demo,
    )


def _load_calendar(facts: DistrictFacts, *, actor: Any, at: datetime) -> None:
    folder = STANDARDS / "calendar" / facts.calendar
    days = [
        (date.fromisoformat(row["date"]), row["is_working"] == "true", row["why"])
        for file in sorted(folder.glob("[0-9]*.csv"))
        for _line, row in rows_of(file)
    ]
    years = [
        (int(row["year"]), row["confirmed"] == "true", row["source"]) for _line, row in rows_of(folder / "years.csv")
    ]
    load_calendar(facts.calendar, days, years, district=facts.code, actor=actor, at=at)


def _geojson(file: Path) -> dict[str, dict[str, Any]]:
    if not file.exists():
        return {}
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["code"]: feature["geometry"] for feature in features}


def _area(row: Mapping[str, str]) -> AreaRow:
    if level_of(row["code"]) != row["level"]:
        raise ValueError(f"{row['code']} is no code of a {row['level']}")
    return AreaRow(
        code=row["code"],
        parent=row["parent"],
        level=row["level"],
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        households=int(row["households"] or 0),
        lon=float(row["lon"]) if row["lon"] else None,
        lat=float(row["lat"]) if row["lat"] else None,
    )


def _place(row: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "lon": float(row["lon"]), "lat": float(row["lat"])}


def _unit(district: str, row: Mapping[str, str]) -> UnitRow:
    return UnitRow(
        code=f"{district}-{row['code']}",
        parent=f"{district}-{row['parent']}" if row["parent"] else "",
        kind=row["kind"],
        level=row["level"],
        force=row["force"],
        name=row["name"],
        name_en=row["name_en"],
        area=row["area"],
        phone=row["phone"],
    )


def _post(district: str, row: Mapping[str, str]) -> PostRow:
    return PostRow(
        account=row["account"],
        person=row["person"],
        unit=f"{district}-{row['unit']}",
        role=row["role"],
        area=row["area"],
        title=row["title"],
    )
