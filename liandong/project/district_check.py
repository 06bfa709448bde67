"""What loading a district's folder would change, and what in it deserves a second look. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from liandong.areas.queries import basemap_of, district_codes
from liandong.areas.rules.basemap import BasemapRow
from liandong.cases.folder import rows_of
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.responsibility import RowTable
from liandong.kernel.refusal import marked
from liandong.people.queries import posts_in, units_of
from liandong.project.district_files import STANDARDS, DistrictFiles, read_district

Rows = Mapping[Hashable, Hashable]
"""What identifies a row → what it says."""

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """One table: how many rows are new, say something else, or are no longer in the files."""

    table: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a check of a folder without faults."""

    code: str
    differences: tuple[Difference, ...]
    warnings: tuple[tuple[str, str], ...]
    """(sentence with a place for `what`, what it is about)."""


def check_district(folder: Path, *, at: datetime) -> Check:
    """Compare the files of `folder` with what stands in the database.

    :raises BrokenFolder: files hold faults; all are told
    """
    files = read_district(folder)
    code = files.facts.code
    standing = rulebook_for(code) if code in district_codes() else None
    found = [_difference(table, given, stood) for table, given, stood in _tables(files, standing)]
    return Check(code, tuple(found), tuple(_warnings(files, year=at.year)))


def _tables(files: DistrictFiles, standing: Rulebook | None) -> Iterator[tuple[str, Rows, Rows]]:
    code = files.facts.code
    yield (
        marked("区域"),
        {row.code: (row.parent, row.level, row.name, row.name_en, row.kind, row.households) for row in files.areas},
        {
            area.code: (area.parent or "", area.level, area.name, area.name_en, area.kind, area.households)
            for area in (standing.map.areas.values() if standing else ())
        },
    )
    yield marked("底图"), _drawn(files.basemap), _drawn(basemap_of(code) if standing else [])
    unit_columns = ("code", "parent_id", "kind", "level", "force", "name", "name_en", "area", "phone")
    yield (
        marked("机构"),
        {
            row.code: (row.parent, row.kind, row.level, row.force, row.name, row.name_en, row.area, row.phone)
            for row in files.units
        },
        {row[0]: (row[1] or "", *row[2:]) for row in units_of(code).values_list(*unit_columns)},
    )
    yield (
        marked("岗位"),
        {(row.account, row.unit, row.role, row.area): row.title for row in files.posts},
        {
            tuple(row[:4]): row[4]
            for row in posts_in(code)
            .filter(until_on=None)
            .values_list("user__username", "unit_id", "role", "area", "title")
        },
    )
    yield from _rules(files, standing)


def _rules(files: DistrictFiles, standing: Rulebook | None) -> Iterator[tuple[str, Rows, Rows]]:
    yield (
        marked("类别"),
        {row.code: (row.name, row.nature, row.urgency, row.demands, row.is_public) for row in files.catalogue.classes},
        {
            row.code: (row.name, row.nature, row.urgency, row.demands, row.is_public)
            for row in (standing.classes.values() if standing else ())
        },
    )
    yield (
        marked("时限"),
        {
            (row.class_code, row.condition, row.clock, row.since_on): (row.amount, row.unit, row.clause)
            for row in files.catalogue.limits
        },
        {
            (*key, since_on): (limit.amount, limit.unit.value, limit.clause)
            for key, dated in (standing.limits.items() if standing else ())
            for since_on, limit in dated
        },
    )
    # What was published at a desk since stays: the folder is compared with what it said before.
    loaded = (matrix for matrix in (standing.matrices if standing else ()) if matrix.is_loaded)
    newest = next((matrix.rows for matrix in loaded), RowTable())
    yield (
        marked("责任矩阵"),
        {
            (row.class_prefix, row.area_prefix, row.condition): (row.lead, tuple(row.assisting), row.fallback)
            for row in files.catalogue.matrix
        },
        {key: (row.lead, row.assisting, row.fallback) for key, row in newest.items()},
    )


def _drawn(rows: Iterable[BasemapRow]) -> Rows:
    """The features of a basemap by what they are called, those of one name by their turn, and where they lie."""
    turns: Counter[tuple[str, str]] = Counter()
    drawn: dict[Hashable, Hashable] = {}
    for row in rows:
        turns[row.kind, row.name] += 1
        turn = turns[row.kind, row.name]
        key = (row.kind, *([row.name] if row.name else []), *([turn] if turn > 1 else []))
        drawn[key] = (row.road_class, row.name_en, str(row.geometry))
    return drawn


def _difference(table: str, given: Rows, stood: Rows) -> Difference:
    return Difference(
        table,
        new=tuple(_named(key) for key in given if key not in stood),
        changed=tuple(_named(key) for key in given if key in stood and given[key] != stood[key]),
        gone=tuple(_named(key) for key in stood if key not in given),
    )


def _named(key: Hashable) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _warnings(files: DistrictFiles, *, year: int) -> Iterator[tuple[str, str]]:
    code = files.facts.code
    if code not in files.outlines:
        yield marked("%(what)s 没有轮廓，坐标无法定位到区域。"), code
    undrawn = [row.code for row in files.areas if row.code not in files.outlines and row.code != code]
    if undrawn:
        yield marked("没有轮廓的区域：%(what)s"), _some(undrawn)
    staffed = {post.unit for post in files.posts}
    empty = [unit.code for unit in files.units if unit.code not in staffed]
    if empty:
        yield marked("没有任何岗位的机构：%(what)s"), _some(empty)
    if not any(post.role == "admin" for post in files.posts):
        yield marked("没有管理员岗位：%(what)s"), code
    if not any(row.class_prefix == row.area_prefix == "*" for row in files.catalogue.matrix):
        yield marked("责任矩阵没有兜底行（* 类别、* 区域）：%(what)s"), code
    years = rows_of(STANDARDS / "calendar" / files.facts.calendar / "years.csv")
    confirmed = {row["year"] for _line, row in years if row["confirmed"] == "true"}
    for needed in (str(year), str(year + 1)):
        if needed not in confirmed:
            yield marked("日历未核定的年份，届时按周一至周五计算：%(what)s"), needed


def _some(codes: list[str]) -> str:
    return "、".join(codes[:SHOWN]) + (f" … {len(codes)}" if len(codes) > SHOWN else "")
