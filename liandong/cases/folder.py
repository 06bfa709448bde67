"""Reading catalogue, conditions, limits and matrix from the files of standards and districts.

Later folders override earlier ones row by row: the standards first, the district's own files last.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from liandong.cases.models import CaseClass, ClassPolicy, FilingCondition, Responsibility, TimeLimit
from liandong.cases.rules.policies import parse_policy
from liandong.cases.rules.words import ClockKind, Demand, Force, Nature, Urgency
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import TimeUnit

Built = TypeVar("Built")
Row = Mapping[str, str]

FAULTS_TOLD = 50
"""More faults than this nobody corrects at one sitting."""

_RESOLVED_BY_THE_AREA = frozenset({"", "town", "station", "grid"})


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
    policies: list[ClassPolicy]
    matrix: list[Responsibility]


def read_catalogue(
    district: str, folders: Sequence[Path], *, units: Collection[str] = (), faults: list[str] | None = None
) -> CatalogueFiles:
    """Read every rule file in `folders`, later ones overriding. Leads of the matrix must be among `units`, if given.

    :raises BrokenFolder: rows that cannot be read or refer to what nobody defined; `faults` are told with them
    """
    found = [] if faults is None else faults
    classes: dict[str, CaseClass] = {}
    conditions: dict[tuple[str, str], FilingCondition] = {}
    limits: dict[tuple[str, str, str, date], TimeLimit] = {}
    policies: dict[tuple[str, str], ClassPolicy] = {}
    matrix: dict[tuple[str, str, str], Responsibility] = {}
    for folder in folders:
        for _place, kind in read_rows(folder / "classes.csv", partial(_class, district, folder.name), found):
            classes[kind.code] = kind
    parents = {kind.parent for kind in classes.values()}
    for kind in classes.values():
        kind.is_leaf = kind.code not in parents
    known = {"*", *(code[:size] for code in classes for size in range(1, len(code) + 1))}
    named = {code.removeprefix(f"{district}-") for code in units}
    for folder in folders:
        for condition in _known(folder / "conditions.csv", partial(_condition, district), known, found):
            conditions[condition.class_code, condition.code] = condition
        for limit in _known(folder / "limits.csv", partial(_limit, district), known, found):
            limits[limit.class_code, limit.condition, limit.clock, limit.since_on] = limit
        for policy in _known(folder / "policies.csv", partial(_policy, district), known, found):
            policies[policy.class_code, policy.name] = policy
        for place, duty in read_rows(folder / "matrix.csv", partial(_responsibility, district), found):
            _refers(place, "class", duty.class_prefix, known, found)
            if units:
                _refers_to_units(place, duty, named, found)
            matrix[duty.class_prefix, duty.area_prefix, duty.condition] = duty
    found += _more_public_than_law(policies.values(), classes)
    if found:
        raise BrokenFolder(count=len(found), faults="; ".join(found[:FAULTS_TOLD]))
    kept: tuple[dict[Any, Any], ...] = (classes, conditions, limits, policies, matrix)
    return CatalogueFiles(*(list(rows.values()) for rows in kept))


def read_rows(file: Path, build: Callable[[Row], Built], faults: list[str]) -> list[tuple[str, Built]]:
    """Build something of every row of a file, with its place; rows of which nothing can be built become faults."""
    built: list[tuple[str, Built]] = []
    for place, row in rows_of(file):
        try:
            built.append((place, build(row)))
        except KeyError as error:
            faults.append(f"{place}: missing column {error}")
        except InvalidOperation:
            faults.append(f"{place}: not a number")
        except (ValueError, Refusal) as error:
            faults.append(f"{place}: {error}")
    return built


def rows_of(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (file:line, row) of a CSV file; nothing when the file is absent."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield f"{file.name}:{reader.line_num}", {key: (value or "").strip() for key, value in row.items() if key}


def _class(district: str, standard: str, row: Row) -> CaseClass:
    return CaseClass(
        district=district,
        code=row["code"],
        parent=row["parent"],
        kind=row["kind"],
        name=row["name"],
        name_en=row["name_en"],
        nature=_one_of(Nature, row["nature"]),
        urgency=_one_of(Urgency, row["urgency"]),
        is_public=_word(row["public"], {"open": True, "closed": False}),
        demands=_one_of(Demand, row["demands"]),
        force=_one_of(Force, row.get("force") or Force.SERVICE),
        warn_first=_word(row.get("warn_first") or "no", {"yes": True, "no": False}),
        attributes=json.loads(row["attributes"]) if row["attributes"] else [],
        standard=standard,
        clause=row["clause"],
        since_on=date.fromisoformat(row["from"]) if row["from"] else None,
        until_on=date.fromisoformat(row["until"]) if row["until"] else None,
    )


def _condition(district: str, row: Row) -> FilingCondition:
    return FilingCondition(
        district=district,
        class_code=row["class"],
        code=row["condition"],
        name=row["name"],
        name_en=row["name_en"],
        close_when=row["close_when"],
        close_when_en=row["close_when_en"],
        clause=row["clause"],
    )


def _limit(district: str, row: Row) -> TimeLimit:
    amount = Decimal(row["amount"])
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"{amount} is no length of time")
    return TimeLimit(
        district=district,
        class_code=row["class"],
        condition=row["condition"],
        clock=_one_of(ClockKind, row["clock"]),
        since_on=date.fromisoformat(row["since"]) if row.get("since") else date(1900, 1, 1),
        amount=amount,
        unit=_one_of(TimeUnit, row["unit"]),
        clause=row["clause"],
    )


def _policy(district: str, row: Row) -> ClassPolicy:
    parse_policy(row["policy"], row["value"])
    return ClassPolicy(
        district=district, class_code=row["class"], name=row["policy"], value=row["value"], clause=row["clause"]
    )


def _responsibility(district: str, row: Row) -> Responsibility:
    return Responsibility(
        district=district,
        class_prefix=row["class"],
        area_prefix=row["area"],
        condition=row.get("condition") or "*",
        lead=row["lead"],
        assisting=[word for word in row["assisting"].split(";") if word],
        fallback=row["fallback"],
        reason=row["reason"],
    )


def _one_of(kind: type[StrEnum], word: str) -> str:
    return kind(word).value


def _word(word: str, known: Mapping[str, Any]) -> Any:
    if word not in known:
        raise ValueError(f"{word!r} is none of {', '.join(known)}")
    return known[word]


OfAClass = TypeVar("OfAClass", FilingCondition, TimeLimit, ClassPolicy)


def _known(
    file: Path, build: Callable[[Row], OfAClass], known: Collection[str], faults: list[str]
) -> Iterator[OfAClass]:
    """The rows of a file about classes; one of a class nobody defined becomes a fault too."""
    for place, row in read_rows(file, build, faults):
        _refers(place, "class", row.class_code, known, faults)
        yield row


def _more_public_than_law(policies: Iterable[ClassPolicy], classes: Mapping[str, CaseClass]) -> Iterator[str]:
    """Publication rules may narrow what is public and never widen it (`CASE.md` §7)."""
    for policy in policies:
        kind = classes.get(policy.class_code)
        if kind is None or not kind.is_leaf:
            continue
        if policy.name == "publish" and policy.value == "yes" and not kind.is_public:
            yield f"policies.csv: {kind.code} is closed in classes.csv and cannot be published"
        if policy.name == "publish_place" and policy.value == "point" and kind.kind == "appeal":
            yield f"policies.csv: {kind.code} is about somebody's home, shown no finer than its grid"


def _refers_to_units(place: str, duty: Responsibility, named: Collection[str], faults: list[str]) -> None:
    for word in (duty.lead, duty.fallback, *duty.assisting):
        if word not in _RESOLVED_BY_THE_AREA and not word.startswith("bureau:"):
            _refers(place, "unit", word, named, faults)


def _refers(place: str, what: str, code: str, known: Collection[str], faults: list[str]) -> None:
    if code not in known:
        faults.append(f"{place}: unknown {what} {code}")
