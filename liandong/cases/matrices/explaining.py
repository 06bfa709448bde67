"""Why this unit: every row that was considered for a case, which one decided, and what people did then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from liandong.cases.changes.suggesting import propose
from liandong.cases.models import Case
from liandong.cases.queries import trace_of
from liandong.cases.rulebook import Matrix, Rulebook
from liandong.cases.rules.responsibility import EVERY, Candidate, Considered, Obstacle, Weigh, consider
from liandong.people.rules.force import covers
from liandong.timeline.queries import Entry

_ASKING = frozenset({"CaseReported", "CaseFiled", "CasePlaced", "CaseForceRaised", "CaseForceAsked"})
"""The events with which a unit is suggested anew."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the matrix of a day came to a unit. `unit` is empty where nobody of the matrix or the centre may."""

    class_code: str
    area: str
    condition: str
    force: str
    about_unit: str
    day: date
    matrix: Matrix
    considered: tuple[Considered, ...]
    unit: str
    assisting: tuple[str, ...]
    why: str
    by_centre: bool
    is_about_itself: bool

    @property
    def decided(self) -> Considered | None:
        """The row that decided, if one did."""
        return next((one for one in self.considered if one.decides), None)


@dataclass(frozen=True, slots=True)
class Sent:
    """What happened to the case after the suggestion: sent to a unit, or returned by it."""

    event: str
    at: datetime
    actor: str
    unit: str
    why: str
    note: str
    is_as_suggested: bool


def why_unit(
    book: Rulebook,
    *,
    class_code: str,
    area: str,
    at: datetime,
    condition: str = EVERY,
    force: str = "",
    about_unit: str = "",
) -> Explanation:
    """Explain whom the matrix in force at `at` names for such a case; `force` defaults to what the class demands."""
    day = book.day_of(at)
    matrix = book.matrix_at(at)
    kind = book.classes.get(class_code)
    force = force or (kind.force if kind else "")
    asked = {"class_code": class_code, "area": area, "condition": condition or EVERY}
    considered = tuple(consider(matrix.rows, weigh=weigher(book, day=day, force=force), **asked))
    decided = next((one for one in considered if one.decides), None)
    named = "" if decided is None else decided.fallback.unit if decided.used_fallback else decided.lead.unit
    proposal = propose(book, force=force, at=at, about_unit=about_unit, **asked)
    return Explanation(
        **asked,
        force=force,
        about_unit=about_unit,
        day=day,
        matrix=matrix,
        considered=considered,
        unit=proposal.unit,
        assisting=proposal.assisting,
        why=proposal.why,
        by_centre=proposal.unit != named,
        is_about_itself=bool(named) and named == about_unit,
    )


def explain_case(case: Case, book: Rulebook) -> tuple[Explanation, list[Sent]]:
    """Why the case was last suggested to its unit, by the matrix of that day, and to whom people sent it since."""
    entries = list(trace_of(case))
    explanation = why_unit(
        book,
        class_code=case.class_code,
        area=case.area,
        condition=case.condition,
        at=_suggested_at(entries, case),
        force=case.force,
        about_unit=case.about_unit,
    )
    return explanation, sent_after(entries, suggested=case.suggested_unit)


def sent_after(entries: Iterable[Entry], *, suggested: str) -> list[Sent]:
    """To whom people sent the case, and who returned it, oldest first."""
    return [
        _sent(entry.event, entry.data, at=entry.at, actor=entry.actor, suggested=suggested)
        for entry in entries
        if entry.event in ("CaseDispatched", "CaseReturned")
    ]


def weigher(book: Rulebook, *, day: date, force: str) -> Weigh:
    """What says whether a unit that a row names may have a case that demands `force`."""

    def weigh(word: str, area: str) -> Candidate:
        if not word:
            return Candidate(word, "", Obstacle.UNNAMED)
        named = book.named(word, area)
        unit = next((code for code in named if book.units[code].holds_on(day)), "")
        if not unit:
            return Candidate(word, *((named[0], Obstacle.CLOSED) if named else ("", Obstacle.ABSENT)))
        return Candidate(word, unit, Obstacle.NONE if covers(book.units[unit].force, force) else Obstacle.WEAK)

    return weigh


def _suggested_at(entries: Iterable[Entry], case: Case) -> datetime:
    """When the matrix was last asked about a case: whatever its answer depends on has not changed since."""
    found = case.reported_at
    for entry in entries:
        if entry.event in _ASKING or (entry.event == "CaseAccepted" and entry.data.get("class_code")):
            found = entry.at
    return found


def _sent(event: str, data: Mapping[str, Any], *, at: datetime, actor: str, suggested: str) -> Sent:
    unit = data.get("unit", "")
    return Sent(
        event=event,
        at=at,
        actor=actor,
        unit=unit,
        why=data.get("why", ""),
        note=data.get("note", data.get("reason", "")),
        is_as_suggested=unit == suggested,
    )
