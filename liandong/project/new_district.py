"""Writes the first files of a new district: a folder that loads as it stands, to be filled in by its people.

From a code and a name come one centre, its accounts and a matrix that sends everything to the towns. A list of towns
and a drawn outline, where there are any, become areas, sub-centres and `areas.geojson`, in the datum they came in.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from liandong.areas.basemap_files import FILE as BASEMAP
from liandong.kernel.area_codes import AreaLevel, level_of
from liandong.kernel.datum import Datum
from liandong.kernel.refusal import Refusal, marked

AREAS = ("code", "parent", "level", "name", "name_en", "kind", "households", "lon", "lat")
UNITS = ("code", "parent", "kind", "level", "force", "name", "name_en", "area", "phone")
POSTS = ("account", "person", "unit", "role", "area", "title")
MATRIX = ("class", "area", "lead", "assisting", "fallback", "reason")
PLACES = ("name", "name_en", "kind", "lon", "lat", "area", "aliases")

_CENTRE_POSTS = (
    ("operator", "受理员"),
    ("dispatcher", "派遣员"),
    ("supervisor", "值班长"),
    ("verifier", "核查员"),
    ("auditor", "审计员"),
    ("admin", "系统管理员"),
)
_CODE, _LON, _LAT = ("code", "code9", "adcode"), ("lon", "approx_lon"), ("lat", "approx_lat")

_TOML = """\
# One district. Every file beside this one is explained in docs/howto/set-up-a-district.md.
code = {code}
name = {name}
name_en = {name_en}
zone = "Asia/Shanghai"
# Longitude and latitude, here and in every file of this folder, in this datum: WGS-84, CGCS2000, GCJ-02 or BD-09.
# What is drawn under the areas (roads, water, green, place names) stands in basemap.geojson.
datum = {datum}
centre = [{lon}, {lat}]
hours = [["09:00", "12:00"], ["13:30", "17:30"]]
# A folder below standards/calendar.
calendar = "cn"
# Folders below standards/, later ones override.
standards = ["gbt47678-5-2026", "livelihood"]
# How every case number begins.
number_prefix = {prefix}
language = "zh-hans"
"""


class FolderInUse(Refusal):
    """The folder for a new district holds something already."""

    status = 409
    says = marked("%(folder)s 不是空目录。")
    remedy = marked("请另给一个不存在或为空的目录；已有的文件不会被覆盖。")


class UnreadableSource(Refusal):
    """An outline or a list of towns from which no district can be made."""

    status = 422
    says = marked("%(file)s 无法使用：%(why)s")
    remedy = marked("轮廓须为 GeoJSON 面，街镇表须为含 code、name、lon、lat 列的 CSV（UTF-8）。")


SOMEWHERE = (121.47, 31.23)
"""The centre of a district of which nothing is drawn yet."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of the new district. `datum` is that of the outline and of the towns' seats."""

    code: str
    name: str
    name_en: str
    prefix: str
    datum: Datum = Datum.WGS84
    centre: tuple[float, float] = SOMEWHERE
    towns: Sequence[Mapping[str, str]] = ()
    outlines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_towns(file: Path, *, district: str) -> list[dict[str, str]]:
    """The towns of a CSV file: code, name, seat.

    :raises UnreadableSource: a row names no town of this district
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    towns = []
    for number, row in enumerate(rows, start=2):
        town = {"code": _first(row, _CODE), "name": row.get("name", ""), "name_en": row.get("name_en", "")}
        town |= {"lon": _first(row, _LON), "lat": _first(row, _LAT)}
        if level_of(town["code"]) is not AreaLevel.TOWN or not town["code"].startswith(district):
            raise UnreadableSource(file=file.name, why=f"{number}: {town['code']}")
        towns.append(town)
    return towns


def read_outlines(file: Path) -> dict[str, dict[str, Any]]:
    """The polygons of a GeoJSON file by area code.

    :raises UnreadableSource: no feature collection, or features without a code
    """
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        return {_first(feature["properties"], _CODE): feature["geometry"] for feature in features}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableSource(file=file.name, why=repr(error)) from error


def write_new_district(folder: Path, plan: Plan) -> None:
    """Write the first files of a district.

    :raises FolderInUse: the folder is not empty
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    words = {"code": plan.code, "name": plan.name, "name_en": plan.name_en, "prefix": plan.prefix}
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in words.items()}
    toml = _TOML.format(datum=json.dumps(plan.datum.value), lon=plan.centre[0], lat=plan.centre[1], **quoted)
    (folder / "district.toml").write_text(toml, encoding="utf-8", newline="\n")
    _write(folder / "areas.csv", AREAS, _areas(plan))
    _write(folder / "units.csv", UNITS, _units(plan))
    _write(folder / "posts.csv", POSTS, _posts(plan))
    _write(folder / "matrix.csv", MATRIX, [("*", "*", "town", "", "DC", "由属地街镇负责，街镇不明时由区中心兜底")])
    _write(folder / "places.csv", PLACES, [])
    _write_collection(folder / BASEMAP, [])
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": geometry}
        for code, geometry in sorted(plan.outlines.items())
    ]
    _write_collection(folder / "areas.geojson", features)


def _areas(plan: Plan) -> Iterable[Sequence[object]]:
    yield plan.code, "", "district", plan.name, plan.name_en, "urban", 0, *plan.centre
    for town in plan.towns:
        yield (
            town["code"],
            plan.code,
            "town",
            town["name"],
            town["name_en"] or town["name"],
            "urban",
            0,
            town["lon"],
            town["lat"],
        )


def _units(plan: Plan) -> Iterable[Sequence[object]]:
    names = (f"{plan.name}联动中心", f"{plan.name_en} Joint Action Centre")
    yield "DC", "", "centre", "district", "management", *names, plan.code, ""
    for number, town in enumerate(plan.towns, start=1):
        name_en = town["name_en"] or town["name"]
        names = (town["name"], f"{name_en} Sub-centre")
        yield f"T{number:02d}", "DC", "town", "town", "management", *names, town["code"], ""


def _posts(plan: Plan) -> Iterable[Sequence[object]]:
    # Accounts are named once in an installation, which may hold several districts.
    own = plan.prefix.lower()
    for role, title in _CENTRE_POSTS:
        yield f"{own}-{role}", title, "DC", role, plan.code, title
    for number, town in enumerate(plan.towns, start=1):
        yield f"{own}-town{number:02d}", f"{town['name']}值班员", f"T{number:02d}", "town", town["code"], "分中心值班员"


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(row[name]).strip() for name in names if row.get(name)), "")


def _write_collection(file: Path, features: Sequence[Mapping[str, Any]]) -> None:
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"
    file.write_text(text, encoding="utf-8", newline="\n")


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
