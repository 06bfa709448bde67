"""Is it known already? What the desk shows of cases like the one in hand: while typing, and beside a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from liandong.cases.docket import thing_of
from liandong.cases.queries import (
    Past,
    Similar,
    came_back_as,
    came_back_from,
    closed_before,
    closed_before_case,
    joined_to,
    matter_told,
    open_cases_like,
    problems_of,
    reporters_of,
    similar_to,
    steps_open_to,
    words_of,
)
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.policies import Recurrence
from liandong.cases.rules.words import IDENTITY_WORDS, Identity
from liandong.people.access import Actor
from liandong.workbench.desks import STEP_DESKS
from liandong.workbench.rows import Row, channel_word, row_of

if TYPE_CHECKING:
    from liandong.cases.models import Case, JoinedReport

MERGE = "merge"
"""The step that puts a case into another; its button is shown where the desk has the step and the person may."""


@dataclass(frozen=True, slots=True)
class Like:
    """An open case that is perhaps the same, as a list shows it."""

    row: Row
    score: int
    why: str
    reporters: int
    may_join: bool


@dataclass(frozen=True, slots=True)
class Before:
    """A closed case that is perhaps back."""

    row: Row
    days: int
    may_reopen: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Another reporter of a case, without a word of who they are."""

    number: str
    channel: str
    identity: str
    note: str
    joined_at: datetime
    has_contact: bool
    called: str


def while_typing(typed: Mapping[str, str], book: Rulebook, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What `workbench/duplicates.html` shows for a report that is being written."""
    lon, lat = _degrees(typed.get("lon", "")), _degrees(typed.get("lat", ""))
    day = book.day_of(at)
    placed = lon is not None and lat is not None
    located = book.map.locator_on(day).locate(lon, lat) if lon is not None and lat is not None else None
    named = typed.get("area", "")
    area = located or (named if named in book.map.areas_on(day) else "")
    class_code = typed.get("class_code", "") if typed.get("class_code") in book.classes else ""
    matter = matter_told(
        class_code=class_code,
        text=typed.get("description", ""),
        at=at,
        area=area,
        lon=lon if placed else None,
        lat=lat if placed else None,
        address=typed.get("address", ""),
    )
    found = open_cases_like(matter, district=book.map.district.code, actor=actor)
    return {
        "similar": likes(found, actor=actor, at=at),
        "before": _befores(closed_before(matter, book=book, actor=actor, at=at), actor=actor, at=at),
        "is_asked": bool(class_code or matter.terms) and bool(placed or area or matter.address),
        "not_back": typed.get("not_back", ""),
        "now": at,
    }


def beside(case: Case, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What `workbench/neighbours.html` shows beside a case: who else told of it, what it is like, what came back."""
    thing = thing_of(case)
    joined = list(joined_to(case))
    is_open = case.ended_at is None
    linked = [one.of for one in came_back_from(case)]
    back = [one for one in came_back_as(case) if actor.may("cases.view", thing_of(one.case))]
    past = closed_before_case(case, actor=actor, at=case.reported_at) if is_open else []
    known = {one.pk for one in linked}
    return {
        "case": case,
        "joined": [_joined(row) for row in joined],
        "reporters": 1 + len(joined),
        "may_join": is_open and actor.may("cases.join", thing),
        "may_reveal": actor.may("cases.reveal_reporter", thing),
        "may_call": actor.may("cases.call_back", thing),
        "identities": [(code.value, _(word)) for code, word in IDENTITY_WORDS.items()],
        "similar": likes(similar_to(case, actor=actor), actor=actor, at=at) if is_open else [],
        "may_merge": MERGE in STEP_DESKS and any(step.code == MERGE for step in steps_open_to(actor, case)),
        "linked": [one for one in linked if actor.may("cases.view", thing_of(one))],
        "back": back,
        "before": _befores([one for one in past if one.case.pk not in known], actor=actor, at=at),
        "may_recur": actor.may("cases.recur", thing),
        "problems": problems_of(case, actor=actor),
        "may_keep": actor.may("cases.keep_problems", thing),
        "now": at,
    }


def likes(found: Iterable[Similar], *, actor: Actor, at: datetime) -> list[Like]:
    """Similar cases as a list shows them, in three statements however many there are."""
    similar = list(found)
    counts = reporters_of([one.case.pk for one in similar])
    return [
        Like(
            row_of(one.case, rulebook_for(one.case.district), at=at),
            one.likeness.score,
            words_of(one.likeness.reasons),
            counts.get(one.case.pk, 1),
            actor.may("cases.join", thing_of(one.case)),
        )
        for one in similar
    ]


def _befores(found: Iterable[Past], *, actor: Actor, at: datetime) -> list[Before]:
    return [
        Before(
            row_of(one.case, rulebook_for(one.case.district), at=at),
            one.days,
            one.recurs_as is Recurrence.REOPEN
            and all(actor.may(act, thing_of(one.case)) for act in ("cases.recur", "cases.reopen", "cases.join")),
        )
        for one in found
    ]


def _joined(row: JoinedReport) -> Joined:
    return Joined(
        row.number,
        channel_word(row.channel),
        _(IDENTITY_WORDS[Identity(row.identity)]),
        row.note,
        row.joined_at,
        row.wrapped_key is not None,
        _called(row),
    )


def _called(row: JoinedReport) -> str:
    if row.called_at is None:
        return ""
    if not row.is_reached:
        return _("未接通（%(times)s 次）") % {"times": row.call_attempts}
    solved = _("已解决") if row.is_solved else _("未解决")
    return solved + (_(" · 满意度 %(grade)s") % {"grade": row.satisfaction} if row.satisfaction else "")


def _degrees(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if -180 <= found <= 180 else None
