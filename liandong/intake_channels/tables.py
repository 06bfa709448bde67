"""The tables of a channel: their codes and ours, from the product's files and a district's own on top.

`channels/<channel>/<table>.csv` with the columns `theirs,ours`; row `*`: for codes without one, `-`: for none given.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from liandong.intake_channels.rules.words import ANY, Table
from liandong.kernel.refusal import Refusal, marked

FOLDER = Path(settings.CLONE) / "standards" / "channels"
LONGEST_THEIRS = 80
LONGEST_OURS = 40
NOTHING = "-"

Rows = Mapping[tuple[str, str, str], str]
"""(channel, table, theirs) → ours."""


class Unmapped(Refusal):
    """A code of a channel for which the district's table has no row."""

    status = 422
    says = marked("对照表 %(table)s 中没有“%(theirs)s”。")
    remedy = marked("请管理员在“渠道”页补上这一行，再重放被拒收的消息。")


def read_tables(folder: Path, *, faults: list[str]) -> Rows:
    """Read the tables below `folder`; what cannot be read is added to `faults`, each with its file and line."""
    return {
        (place.name, table.value, theirs): ours
        for place in sorted((folder / "channels").glob("*/"))
        for table in Table
        for theirs, ours in _rows(place / f"{table}.csv", faults)
    }


@cache
def shipped_tables() -> Rows:
    """What comes with the product."""
    faults: list[str] = []
    found = read_tables(FOLDER.parent, faults=faults)
    if faults:
        raise RuntimeError(f"{FOLDER}: {'; '.join(faults)}")
    return found


def meaning(rows: Mapping[tuple[str, str], str], table: Table, theirs: str, *, own: Container[str]) -> str:
    """What a code of theirs is here: what its row says, itself where it is one of our `own`, else the row for others.

    The row `-` is for where they give none; a row may also lead to `-`: nothing in particular.

    :raises Unmapped: there is no row for it
    """
    if not theirs:
        found = rows.get((table.value, NOTHING), NOTHING)
    else:
        found = rows.get((table.value, theirs)) or (theirs if theirs in own else rows.get((table.value, ANY), ""))
    if not found:
        raise Unmapped(table=table.value, theirs=theirs[:LONGEST_THEIRS])
    return "" if found == NOTHING else found


def point_in(text: str) -> tuple[float, float] | None:
    """Longitude and latitude where a row of `places` is a point, with a blank or a comma between."""
    parts = text.replace(",", " ").split()
    try:
        lon, lat = map(float, parts)
    except ValueError:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _rows(file: Path, faults: list[str]) -> Iterator[tuple[str, str]]:
    if not file.exists():
        return
    name = f"channels/{file.parent.name}/{file.name}"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if not {"theirs", "ours"} <= set(reader.fieldnames or ()):
            faults.append(f"{name}:1: the columns are theirs,ours")
            return
        for row in reader:
            theirs, ours = ((row[column] or "").strip() for column in ("theirs", "ours"))
            if not theirs or not ours or len(theirs) > LONGEST_THEIRS or len(ours) > LONGEST_OURS:
                faults.append(f"{name}:{reader.line_num}: a code of theirs and one of ours, neither too long")
            else:
                yield theirs, ours
