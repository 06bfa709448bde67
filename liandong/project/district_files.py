"""Reads a district's folder: every file, with every fault found in it. Nothing is written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import shapely
from django.conf import settings
from shapely.geometry import shape

from liandong.areas.basemap_files import read_basemap
from liandong.areas.operations import DistrictFacts
from liandong.areas.outlines import Outlines, outlines_for
from liandong.areas.rules.basemap import BasemapRow
from liandong.areas.rules.folder import AreaRow
from liandong.cases.folder import BrokenFolder, CatalogueFiles, read_catalogue, read_rows
from liandong.citizen.publishing.folder import PortalRow, read_portal
from liandong.duty.operations import RosterRow, roster_faults, roster_row
from liandong.intake_channels.tables import Rows, read_tables
from liandong.kernel.area_codes import level_of, parent_of
from liandong.kernel.datum import Datum, convert
from liandong.kernel.refusal import Refusal
from liandong.notify.standards import NoticeFiles, read_notices
from liandong.people.operations import (
    DelegationRow,
    LendingRow,
    PostRow,
    UnitRow,
    delegation_faults,
    lending_faults,
    post_faults,
    unit_faults,
)

STANDARDS = Path(settings.CLONE) / "standards"


@dataclass(frozen=True, slots=True)
class DistrictFiles:
    """All that a folder says, its coordinates already in WGS-84."""

    facts: DistrictFacts
    areas: list[AreaRow]
    outlines: Outlines
    places: list[dict[str, Any]]
    basemap: list[BasemapRow]
    units: list[UnitRow]
    posts: list[PostRow]
    lendings: list[LendingRow]
    delegations: list[DelegationRow]
    rosters: list[RosterRow]
    notices: NoticeFiles
    portal: list[PortalRow]
    catalogue: CatalogueFiles
    mappings: Rows


@dataclass(slots=True)
class _Reader:
    """One reading of one folder; faults gather while it goes on."""

    folder: Path
    datum: Datum = Datum.WGS84
    faults: list[str] = field(default_factory=list)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        return convert(lon, lat, source=self.datum, target=Datum.WGS84)


def read_district(folder: Path, *, is_demo: bool = False) -> DistrictFiles:
    """Read the district in `folder`.

    :raises BrokenFolder: files hold faults; all are told, each with its file and line
    """
    reader = _Reader(folder)
    facts = _facts(reader, is_demo=is_demo)
    areas = _areas(reader)
    places = [row for _line, row in read_rows(folder / "places.csv", partial(_place, reader), reader.faults)]
    outlines = outlines_for(areas, _drawn(reader, {row.code for row in areas}))
    basemap = read_basemap(folder, centre=facts.centre, move=reader.point, faults=reader.faults)
    units = _units(reader, facts.code)
    posts = _posts(reader, facts.code, units, areas)
    lendings, delegations, rosters = _rights_and_duty(reader, facts.code, units, posts)
    portal = read_portal(folder, reader.faults)
    notices = read_notices(folder, district=facts.code, faults=reader.faults)
    mappings = read_tables(folder, faults=reader.faults)
    catalogue = read_catalogue(
        facts.code,
        [*(STANDARDS / name for name in facts.standards), folder],
        units={unit.code for unit in units},
        faults=reader.faults,
    )
    return DistrictFiles(
        facts, areas, outlines, places, basemap, units, posts, lendings, delegations, rosters,
        notices, portal, catalogue, mappings,
    )  # fmt: skip


def _facts(reader: _Reader, *, is_demo: bool) -> DistrictFacts:
    """What `district.toml` says.

    :raises BrokenFolder: it lacks something without which nothing else can be read
    """
    try:
        data = tomllib.loads((reader.folder / "district.toml").read_text(encoding="utf-8"))
        reader.datum = Datum(data.get("datum", Datum.WGS84.value))
        facts = _district(reader, data, is_demo=is_demo)
    except (OSError, KeyError, ValueError, TypeError, IndexError, Refusal) as error:
        raise BrokenFolder(count=1, faults=f"district.toml: {error!r}") from error
    if facts.zone not in available_timezones():
        reader.faults.append(f"district.toml: unknown zone {facts.zone}")
    if not (STANDARDS / "calendar" / facts.calendar).is_dir():
        reader.faults.append(f"district.toml: unknown calendar {facts.calendar}")
    for name in facts.standards:
        if not (STANDARDS / name).is_dir():
            reader.faults.append(f"district.toml: unknown standard {name}")
    return facts


def _district(reader: _Reader, data: Mapping[str, Any], *, is_demo: bool) -> DistrictFacts:
    return DistrictFacts(
        code=data["code"],
        name=data["name"],
        name_en=data["name_en"],
        zone=data["zone"],
        language=data.get("language", "zh-hans"),
        number_prefix=data["number_prefix"],
        centre=reader.point(data["centre"][0], data["centre"][1]),
        hours=tuple((start, end) for start, end in data["hours"]),
        calendar=data["calendar"],
        standards=tuple(data["standards"]),
        is_demo=is_demo,
    )


def _areas(reader: _Reader) -> list[AreaRow]:
    found = read_rows(reader.folder / "areas.csv", partial(_area, reader), reader.faults)
    seen: set[str] = set()
    known = {row.code for _line, row in found}
    for line, row in found:
        if row.parent != (parent_of(row.code) or "") or (row.parent and row.parent not in known):
            reader.faults.append(f"{line}: {row.code} does not lie in {row.parent or 'nothing'}")
        if row.code in seen:
            reader.faults.append(f"{line}: {row.code} stands twice")
        seen.add(row.code)
    return [row for _line, row in found]


def _area(reader: _Reader, row: Mapping[str, str]) -> AreaRow:
    if level_of(row["code"]) != row["level"]:
        raise ValueError(f"{row['code']} is no code of a {row['level']}")
    seat = reader.point(float(row["lon"]), float(row["lat"])) if row["lon"] and row["lat"] else (None, None)
    return AreaRow(
        code=row["code"],
        parent=row["parent"],
        level=row["level"],
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        households=int(row["households"] or 0),
        lon=seat[0],
        lat=seat[1],
    )


def _drawn(reader: _Reader, known: set[str]) -> dict[str, dict[str, Any]]:
    """The outlines of `areas.geojson` by code, in WGS-84."""
    file = reader.folder / "areas.geojson"
    if not file.exists() or not file.read_bytes().strip():
        return {}
    drawn: dict[str, dict[str, Any]] = {}
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        for number, feature in enumerate(features, start=1):
            code, geometry = feature["properties"]["code"], feature["geometry"]
            if code not in known:
                reader.faults.append(f"{file.name}: feature {number}: unknown area {code}")
            elif geometry["type"] not in ("Polygon", "MultiPolygon"):
                reader.faults.append(f"{file.name}: feature {number}: {code} is a {geometry['type']}, not a polygon")
            else:
                moved = {"type": geometry["type"], "coordinates": _moved(reader, geometry["coordinates"])}
                polygon = shape(moved)
                if not polygon.is_valid:
                    reader.faults.append(f"{file.name}: feature {number}: {code}: {shapely.is_valid_reason(polygon)}")
                else:
                    drawn[code] = moved
    except (ValueError, KeyError, TypeError, Refusal) as error:
        reader.faults.append(f"{file.name}: {error!r}")
    return drawn


def _moved(reader: _Reader, coordinates: Any) -> Any:
    """Nested coordinates, every point converted to WGS-84."""
    if coordinates and isinstance(coordinates[0], int | float):
        return list(reader.point(coordinates[0], coordinates[1]))
    return [_moved(reader, part) for part in coordinates]


def _place(reader: _Reader, row: Mapping[str, str]) -> dict[str, Any]:
    """A row of `places.csv`; the grid it lies in may be left out, for the map knows it, and so may aliases."""
    if not row["name"].strip():
        raise ValueError("a place without a name")
    lon, lat = reader.point(float(row["lon"]), float(row["lat"]))
    kept = {name: row.get(name) or "" for name in ("name", "name_en", "kind", "area")}
    aliases = [alias.strip() for alias in (row.get("aliases") or "").split(";") if alias.strip()]
    return {**kept, "aliases": aliases, "lon": lon, "lat": lat}


def _units(reader: _Reader, district: str) -> list[UnitRow]:
    found = read_rows(reader.folder / "units.csv", partial(_unit, district), reader.faults)
    known = {row.code: row for _line, row in found}
    reader.faults += [f"{line}: {fault}" for line, row in found for fault in unit_faults(row, known=known)]
    return [row for _line, row in found]


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
        since=_day(row.get("since")),
        until=_day(row.get("until")),
    )


def _posts(reader: _Reader, district: str, units: list[UnitRow], areas: list[AreaRow]) -> list[PostRow]:
    found = read_rows(reader.folder / "posts.csv", partial(_post, district), reader.faults)
    codes, places = {row.code: row for row in units}, {row.code for row in areas}
    reader.faults += [
        f"{line}: {fault}" for line, row in found for fault in post_faults(row, units=codes, areas=places)
    ]
    return [row for _line, row in found]


def _post(district: str, row: Mapping[str, str]) -> PostRow:
    return PostRow(
        account=row["account"],
        person=row["person"],
        unit=f"{district}-{row['unit']}",
        role=row["role"],
        area=row["area"],
        title=row["title"],
        rank=row.get("rank") or "member",
        force=row.get("force") or "",
        since=_day(row.get("since")),
        until=_day(row.get("until")),
    )


def _rights_and_duty(
    reader: _Reader, district: str, units: list[UnitRow], posts: list[PostRow]
) -> tuple[list[LendingRow], list[DelegationRow], list[RosterRow]]:
    """What a district may leave out: lent posts, delegated commands, rosters."""
    by_code = {unit.code: unit for unit in units}
    held = {(post.account, post.unit) for post in posts}
    lendings = read_rows(reader.folder / "lendings.csv", partial(_lending, district), reader.faults)
    delegations = read_rows(reader.folder / "delegations.csv", partial(_delegation, district), reader.faults)
    rosters = read_rows(reader.folder / "rosters.csv", partial(roster_row, district), reader.faults)
    for line, lending in lendings:
        reader.faults += [f"{line}: {fault}" for fault in lending_faults(lending, posts=held, units=by_code)]
    for line, delegation in delegations:
        reader.faults += [f"{line}: {fault}" for fault in delegation_faults(delegation, units=by_code)]
    accounts = {post.account for post in posts}
    for line, roster in rosters:
        reader.faults += [f"{line}: {fault}" for fault in roster_faults(roster, units=by_code, accounts=accounts)]
    return [row for _, row in lendings], [row for _, row in delegations], [row for _, row in rosters]


def _lending(district: str, row: Mapping[str, str]) -> LendingRow:
    unit, team = (f"{district}-{row[column]}" for column in ("unit", "team"))
    return LendingRow(row["account"], unit, team, date.fromisoformat(row["since"]), _day(row.get("until")))


def _delegation(district: str, row: Mapping[str, str]) -> DelegationRow:
    return DelegationRow(
        department=f"{district}-{row['department']}",
        town=f"{district}-{row['town']}",
        classes=tuple(row["classes"].split()),
        area=row["area"],
        basis=row["basis"],
        since=date.fromisoformat(row["since"]),
        until=date.fromisoformat(row["until"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
