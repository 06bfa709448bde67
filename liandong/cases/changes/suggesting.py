"""Whom the matrix proposes for a case, passing over units that carry too little force for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liandong.cases.models import Case
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.responsibility import rows_by_specificity, suggest
from liandong.kernel.refusal import marked
from liandong.people.rules.force import covers

UNCOVERED = marked("责任矩阵未覆盖，由区中心兜底")
PASSED_OVER = marked("责任矩阵的首选单位处置权限不足，改由有权限的单位承办")
NOBODY_STRONG_ENOUGH = marked("责任矩阵中没有权限足够的单位，请派遣员选定")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The unit proposed for a case, its helpers and the reason. No unit where none that is named may hold it."""

    unit: str
    assisting: tuple[str, ...]
    why: str
    used_fallback: bool = False


def propose(
    book: Rulebook, *, class_code: str, area: str, force: str, at: datetime, condition: str = "*", about_unit: str = ""
) -> Proposal:
    """Return what the matrix proposes among units of that force or more, else the centre where it may.

    Assisting units may be weaker: they only help.
    """
    day = book.day_of(at)
    rows, resolve = book.matrix_at(at).rows, book.resolver(day)

    def strong_enough(word: str, place: str) -> str | None:
        code = resolve(word, place)
        return code if code and covers(book.units[code].force, force) else None

    asked = {"class_code": class_code, "area": area, "condition": condition}
    found = suggest(rows, resolve=strong_enough, **asked)
    if found is None or found.lead == about_unit:
        centre = book.by_place.get(("centre", book.map.district.code), "")
        if centre and book.units[centre].holds_on(day) and covers(book.units[centre].force, force):
            return Proposal(centre, (), UNCOVERED)
        return Proposal("", (), NOBODY_STRONG_ENOUGH)
    resolved = (resolve(word, area) for word in found.row.assisting)
    helpers = tuple(code for code in resolved if code and code not in (found.lead, about_unit))
    first = suggest(rows, resolve=resolve, **asked)
    was_passed_over = first is not None and first.lead != found.lead
    return Proposal(found.lead, helpers, PASSED_OVER if was_passed_over else found.reason, found.used_fallback)


def suggest_unit(case: Case, book: Rulebook, *, at: datetime) -> None:
    """Note on the case which unit should solve it, and why."""
    found = propose_for(case, book, at=at)
    case.suggested_unit, case.suggested_why = found.unit, found.why


def propose_for(case: Case, book: Rulebook, *, at: datetime) -> Proposal:
    """What is proposed for a case as it stands, by the matrix in force at `at`."""
    return propose(
        book,
        class_code=case.class_code,
        area=case.area,
        condition=case.condition,
        force=case.force,
        at=at,
        about_unit=case.about_unit,
    )


def suitable_units(case: Case, book: Rulebook, *, force: str, at: datetime, most: int = 3) -> tuple[str, ...]:
    """The names of units that could hold the case at `force`: of the matrix first, then of the town and district."""
    day = book.day_of(at)
    rows = book.matrix_at(at).rows
    named = [
        book.resolve(word, case.area, day) or ""
        for row in rows_by_specificity(rows, class_code=case.class_code, area=case.area, condition=case.condition)
        for word in (row.lead, *row.assisting, row.fallback)
    ]
    town = case.area[:9]
    near = sorted(unit.code for unit in book.units.values() if len(town) == 9 and unit.area[:9] == town)
    rest = sorted(unit.code for unit in book.units.values() if unit.level == "district")
    barred = ("", case.unit, case.about_unit)
    found = (
        code
        for code in dict.fromkeys((*named, *near, *rest))
        if code not in barred and covers(book.units[code].force, force) and book.units[code].holds_on(day)
    )
    return tuple(book.units[code].name for code, _place in zip(found, range(most), strict=False))
