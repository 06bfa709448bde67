"""Reading `portal.csv` of a district's folder: the texts of its portal. Publication rules stand in `policies.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liandong.cases.folder import read_rows

NAMES: Final = ("licence", "contact", "about", "smallest_cell")
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class PortalRow:
    """A text of the portal in both languages."""

    name: str
    text: str
    text_en: str = ""


def read_portal(folder: Path, faults: list[str]) -> list[PortalRow]:
    """The rows of `portal.csv`; what cannot be read is added to `faults`."""
    found = read_rows(folder / "portal.csv", _row, faults)
    seen: set[str] = set()
    for place, row in found:
        if row.name in seen:
            faults.append(f"{place}: {row.name} stands twice")
        seen.add(row.name)
    return [row for _place, row in found]


def _row(row: Mapping[str, str]) -> PortalRow:
    name, text = row["name"], row["text"]
    if name not in NAMES:
        raise ValueError(f"{name!r} is none of {', '.join(NAMES)}")
    if not text or len(text) > LONGEST or len(row.get("text_en") or "") > LONGEST:
        raise ValueError(f"{name} says nothing, or more than {LONGEST} characters")
    if name == "smallest_cell" and not (text.isdecimal() and 1 <= int(text) <= 100):
        raise ValueError(f"{text} is no number from 1 to 100")
    return PortalRow(name, text, row.get("text_en") or "")
