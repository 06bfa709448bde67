"""A district is a folder of data: this reads one and hands each part to the module that owns it."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from liandong.areas.operations import DistrictFacts, load_areas, load_calendar
from liandong.areas.outlines import outlines_for
from liandong.areas.rules.folder import AreaRow
from liandong.cases.folder import read_catalogue, rows_of
from liandong.cases.operations import load_catalogue
from liandong.cases.rulebook import forget_rules
from liandong.people.access import platform
from liandong.people.operations import PostRow, UnitRow, load_organisation

STANDARDS = Path(settings.CLONE) / "standards"


@transaction.atomic
def load_district(folder: Path, *, at: datetime | None = None, password: str | None = None) -> str:
    """Load or refresh the district in `folder` and return its code. All of it, or nothing.

    `password` makes its accounts demo accounts that share it; without one they are locked until one is set.

    :raises BrokenFolder: a file holds faults
    """
    at = at or datetime.now(UTC)
    actor = platform("import")
    facts = _facts(folder, is_demo=password is not None)
    areas = [_area(row) for _place, row in rows_of(folder / "areas.csv")]
    outlines = outlines_for(areas, _geojson(folder / "areas.geojson"))
    places = [_place(row) for _line, row in rows_of(folder / "places.csv")]
    load_areas(facts, areas, outlines, places, actor=actor, at=at)
    _load_calendar(facts, actor=actor, at=at)
    units = [_unit(facts.code, row) for _line, row in rows_of(folder / "units.csv")]
    posts = [_post(facts.code, row) for _line, row in rows_of(folder / "posts.csv")]
    load_organisation(facts.code, units, posts, password=password, actor=actor, at=at)
    files = read_catalogue(facts.code, [*(STANDARDS / name for name in facts.standards), folder])
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


def _facts(folder: Path, *, is_demo: bool) -> DistrictFacts:
    data = tomllib.loads((folder / "district.toml").read_text(encoding="utf-8"))
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


def _area(row: dict[str, str]) -> AreaRow:
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


def _place(row: dict[str, str]) -> dict[str, Any]:
    return {**row, "lon": float(row["lon"]), "lat": float(row["lat"])}


def _unit(district: str, row: dict[str, str]) -> UnitRow:
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


def _post(district: str, row: dict[str, str]) -> PostRow:
    return PostRow(
        account=row["account"],
        person=row["person"],
        unit=f"{district}-{row['unit']}",
        role=row["role"],
        area=row["area"],
        title=row["title"],
    )
