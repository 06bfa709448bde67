"""What can be answered from the counts alone, and how: as fast at ten million cases as at ten thousand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from liandong.areas.queries import district_codes
from liandong.cases.queries import AreaReach, CaseFilter
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ENDED
from liandong.kernel.cells import Box, cells_in
from liandong.livemap.models import HOME, CoarseCount, FineCount

COUNTED_BY: Final = frozenset({"stages", "area_prefix", "is_open", "is_late", "is_placed"})
"""The fields of a filter that the counts can tell apart."""

WIDEST_BY_HOME: Final = 0.5
"""Degrees: a wider box is not looked up cell by cell."""

RIM_DEGREES: Final = 0.005

_ENDED: Final = sorted(stage.value for stage in ENDED)
_OPEN: Final = sorted(stage.value for stage in set(Stage) - ENDED)
_COARSE, _FINE = CoarseCount._meta.db_table, FineCount._meta.db_table
_CLUSTERS: Final = """
SELECT livemap_parent(cell, %(fineness)s), sum(cases), coalesce(sum(cases) FILTER (WHERE is_late), 0),
    sum(lon_sum) / 1e6, sum(lat_sum) / 1e6
FROM {table} WHERE cell <> 0 AND {conditions} GROUP BY 1 HAVING sum(cases) > 0
"""
_SHARES: Final = """
SELECT left(area, %(length)s), sum(cases), coalesce(sum(cases) FILTER (WHERE is_late), 0)
FROM {table} WHERE {conditions} GROUP BY 1 HAVING sum(cases) > 0
"""
_STAGES: Final = """
SELECT stage, sum(cases), coalesce(sum(cases) FILTER (WHERE is_late), 0)
FROM {table} WHERE {conditions} GROUP BY 1 HAVING sum(cases) > 0
"""
Lot = tuple[int, int, float, float]
"""Cases, late ones among them, and the sums of their longitudes and latitudes."""


def is_counted(asked: CaseFilter) -> bool:
    """Whether the counts can answer a question."""
    return COUNTED_BY.issuperset(asked.as_asked()) and asked.is_placed is not False


def counted_in_cells(asked: CaseFilter, reach: AreaReach, *, box: Box, fineness: int, is_fine: bool) -> dict[int, Lot]:
    """Cases in the areas somebody reaches, by cells of `fineness`, in the box or close to it."""
    conditions, values = _conditions(asked, reach)
    values["fineness"] = fineness
    if is_fine:
        conditions.append("district = ANY(%(districts)s)")
        values["districts"] = _districts(reach)
        if max(box[2] - box[0], box[3] - box[1]) <= WIDEST_BY_HOME:
            conditions.append("home = ANY(%(homes)s)")
            values["homes"] = cells_in(_with_rim(box), HOME)
    rows = _ask(_CLUSTERS, _FINE if is_fine else _COARSE, conditions, values)
    return {int(cell): (int(cases), int(late), float(lon), float(lat)) for cell, cases, late, lon, lat in rows}


def counted_in_areas(asked: CaseFilter, reach: AreaReach, *, length: int) -> dict[str, tuple[int, int]]:
    """Cases and late ones by the first `length` digits of their areas."""
    conditions, values = _conditions(asked, reach)
    rows = _ask(_SHARES, _COARSE, conditions, values | {"length": length})
    return {str(area): (int(cases), int(late)) for area, cases, late in rows}


def counted_by_stage(asked: CaseFilter, reach: AreaReach) -> dict[str, tuple[int, int]]:
    """Cases and late ones by stage."""
    rows = _ask(_STAGES, _COARSE, *_conditions(asked, reach))
    return {str(stage): (int(cases), int(late)) for stage, cases, late in rows}


def _conditions(asked: CaseFilter, reach: AreaReach) -> tuple[list[str], dict[str, Any]]:
    conditions, values = ["true"], dict[str, Any]()
    if "" not in reach.areas:
        conditions.append("area LIKE ANY(%(areas)s)")
        values["areas"] = [f"{area}%" for area in reach.areas]
    if reach.own_units:
        conditions.append("(about_unit <> ALL(%(own_units)s) OR district = ANY(%(centres)s))")
        values |= {"own_units": sorted(reach.own_units), "centres": sorted(reach.centres)}
    if asked.is_placed:
        conditions.append("cell <> 0")
    if asked.area_prefix:
        conditions.append("starts_with(area, %(area_prefix)s)")
        values["area_prefix"] = asked.area_prefix.replace("\x00", "")
    if asked.stages:
        conditions.append("stage = ANY(%(stages)s)")
        values["stages"] = list(asked.stages)
    if asked.is_open is not None or asked.is_late is not None:
        conditions.append("stage = ANY(%(standing)s)")
        values["standing"] = _ENDED if asked.is_open is False else _OPEN
        if asked.is_open is False and asked.is_late is not None:
            conditions.append("false")  # what has ended is neither late nor in time
    if asked.is_late is not None:
        conditions.append("is_late" if asked.is_late else "NOT is_late")
    return conditions, values


def _with_rim(box: Box) -> Box:
    """A box with all around from where a cell may reach into it: finer cells stick out of those that hold them."""
    return box[0] - RIM_DEGREES, box[1] - RIM_DEGREES, box[2] + RIM_DEGREES, box[3] + RIM_DEGREES


def _districts(reach: AreaReach) -> list[str]:
    return list(district_codes()) if "" in reach.areas else sorted({area[:6] for area in reach.areas})


def _ask(text: str, table: str, conditions: list[str], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text.format(table=table, conditions=" AND ".join(conditions)), values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
