"""Reading catalogue, conditions, limits and matrix from the files of standards and districts.

Later folders override earlier ones row by row: the standards first, the district's own files last.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from liandong.cases.models import CaseClass, FilingCondition, Responsibility, TimeLimit
from liandong.kernel.refusal import Refusal, marked


class BrokenFolder(Refusal):
    """A data folder that cannot be loaded: all its faults at once, with file and line."""

    status = 422
    says = marked("数据文件有 %(count)s 处错误：%(faults)s")
    remedy = marked("请按文件与行号逐一更正后重新载入；载入前不会改动任何数据。")


@dataclass(frozen=True, slots=True)
class CatalogueFiles:
    """Unsaved rows of a district's rules."""

    classes: list[CaseClass]
    conditions: list[FilingCondition]
    limits: list[TimeLimit]
    matrix: list[Responsibility]


def read_catalogue(district: str, folders: Sequence[Path]) -> CatalogueFiles:
    """Read every rule file in `folders`, later ones overriding.

    :raises BrokenFolder: rows that cannot be read, or that refer to classes nobody defined
    """
    faults: list[str] = []
    classes = {row.code: row for folder in folders for row in _classes(district, folder, faults)}
    parents = {row.parent for row in classes.values()}
    for row in classes.values():
        row.is_leaf = row.code not in parents
    conditions = {
        (row.class_code, row.code): row for folder in folders for row in _conditions(district, folder, faults)
    }
    limits = {
        (row.class_code, row.condition, row.clock): row
        for folder in folders
        for row in _limits(district, folder, faults)
    }
    matrix = {
        (row.class_prefix, row.area_prefix): row for folder in folders for row in _matrix(district, folder, faults)
    }
    for code, _condition, _clock in limits:
        if code not in classes and code != "*" and not any(name.startswith(code) for name in classes):
            faults.append(f"limits.csv: unknown class {code}")
    if faults:
        raise BrokenFolder(count=len(faults), faults="; ".join(faults[:20]))
    return CatalogueFiles(
        list(classes.values()), list(conditions.values()), list(limits.values()), list(matrix.values())
    )


def rows_of(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (file:line, row) of a CSV file; nothing when the file is absent."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield f"{file.name}:{reader.line_num}", {key: (value or "").strip() for key, value in row.items() if key}


def _classes(district: str, folder: Path, faults: list[str]) -> Iterator[CaseClass]:
    for place, row in rows_of(folder / "classes.csv"):
        try:
            yield CaseClass(
                district=district,
                code=row["code"],
                parent=row["parent"],
                kind=row["kind"],
                name=row["name"],
                name_en=row["name_en"],
                nature=row["nature"],
                urgency=row["urgency"],
                is_public=row["public"] == "open",
                demands=row["demands"],
                attributes=json.loads(row["attributes"]) if row["attributes"] else [],
                standard=folder.name,
                clause=row["clause"],
                since_on=date.fromisoformat(row["from"]) if row["from"] else None,
                until_on=date.fromisoformat(row["until"]) if row["until"] else None,
            )
        except (KeyError, ValueError) as error:
            faults.append(f"{place}: {error}")


def _conditions(district: str, folder: Path, faults: list[str]) -> Iterator[FilingCondition]:
    for place, row in rows_of(folder / "conditions.csv"):
        try:
            yield FilingCondition(
                district=district,
                class_code=row["class"],
                code=row["condition"],
                name=row["name"],
                name_en=row["name_en"],
                close_when=row["close_when"],
                close_when_en=row["close_when_en"],
                clause=row["clause"],
            )
        except KeyError as error:
            faults.append(f"{place}: missing column {error}")


def _limits(district: str, folder: Path, faults: list[str]) -> Iterator[TimeLimit]:
    for place, row in rows_of(folder / "limits.csv"):
        try:
            yield TimeLimit(
                district=district,
                class_code=row["class"],
                condition=row["condition"],
                clock=row["clock"],
                amount=Decimal(row["amount"]),
                unit=row["unit"],
                clause=row["clause"],
            )
        except (KeyError, InvalidOperation) as error:
            faults.append(f"{place}: {error!r}")


def _matrix(district: str, folder: Path, faults: list[str]) -> Iterator[Responsibility]:
    for place, row in rows_of(folder / "matrix.csv"):
        try:
            yield Responsibility(
                district=district,
                class_prefix=row["class"],
                area_prefix=row["area"],
                lead=row["lead"],
                assisting=[word for word in row["assisting"].split(";") if word],
                fallback=row["fallback"],
                reason=row["reason"],
            )
        except KeyError as error:
            faults.append(f"{place}: missing column {error}")
