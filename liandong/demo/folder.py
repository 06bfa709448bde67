"""Writes the demo district as a district folder: the same files any real district is set up from."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING

from liandong.areas.basemap_files import FILE as BASEMAP
from liandong.areas.rules.folder import AreaRow
from liandong.demo import words
from liandong.demo.basemap import demo_basemap
from liandong.demo.duty import (
    DELEGATION_COLUMNS,
    LENDING_COLUMNS,
    ROSTER_COLUMNS,
    demo_delegations,
    demo_lendings,
    demo_rosters,
)
from liandong.demo.geography import CENTRE, demo_geography
from liandong.demo.organisation import demo_organisation
from liandong.demo.places import PlaceRow, demo_places
from liandong.demo.portal import POLICY_COLUMNS, PORTAL_COLUMNS, portal_texts, publication_rules
from liandong.demo.responsibility import demo_matrix
from liandong.people.operations import PostRow, UnitRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TOML = f"""\
code = "{words.DISTRICT_CODE}"
name = "{words.DISTRICT_NAME}"
name_en = "{words.DISTRICT_NAME_EN}"
fictional = true
zone = "Asia/Shanghai"
centre = [{CENTRE[0]}, {CENTRE[1]}]
datum = "WGS-84"
hours = [["09:00", "12:00"], ["13:30", "17:30"]]
calendar = "cn"
standards = ["gbt47678-5-2026", "livelihood"]
number_prefix = "LD"
language = "zh-hans"
"""
_MATRIX_COLUMNS = ("class", "area", "lead", "assisting", "fallback", "reason")


def write_district(folder: Path, *, seed: int) -> None:
    """Write every file of the demo district into ``folder``, which is made if missing; same seed, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    geography = demo_geography(seed=seed)
    organisation = demo_organisation(geography, seed=seed)
    (folder / "district.toml").write_text(_TOML, encoding="utf-8", newline="\n")
    places = demo_places(geography, seed=seed)
    _write_json(folder / "areas.geojson", geography.geojson())
    _write_json(folder / BASEMAP, demo_basemap(geography, places, seed=seed))
    _write_rows(folder / "areas.csv", AreaRow, geography.areas)
    _write_rows(folder / "places.csv", PlaceRow, places)
    _write_rows(folder / "units.csv", UnitRow, organisation.units)
    _write_rows(folder / "posts.csv", PostRow, organisation.posts)
    _write_csv(folder / "rosters.csv", ROSTER_COLUMNS, demo_rosters(organisation.units))
    _write_csv(folder / "lendings.csv", LENDING_COLUMNS, demo_lendings())
    _write_csv(folder / "delegations.csv", DELEGATION_COLUMNS, demo_delegations())
    _write_csv(folder / "policies.csv", POLICY_COLUMNS, publication_rules())
    _write_csv(folder / "portal.csv", PORTAL_COLUMNS, portal_texts())
    matrix = [
        (row.case_class, row.area, row.lead, ";".join(row.assisting), row.fallback, row.reason) for row in demo_matrix()
    ]
    _write_csv(folder / "matrix.csv", _MATRIX_COLUMNS, matrix)


def _write_json(path: Path, content: dict[str, object]) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_rows(path: Path, shape: type[DataclassInstance], rows: Sequence[DataclassInstance]) -> None:
    _write_csv(path, [field.name for field in fields(shape)], (astuple(row) for row in rows))


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
