"""What a phone is given to work with, and no more: tasks of one's units, own reports, looks drawn for one, catalogue.

No reporter is in it, neither name nor telephone: who must call asks for the number on the page of the case, for a
stated purpose and on the record. The phone may keep it until the rights or the session end, whichever is sooner.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from liandong.cases.docket import Docket, thing_of
from liandong.cases.queries import parts_of, permitted_cases, steps_open_to
from liandong.cases.queries.draws import looks_for
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.drawing import DrawKind
from liandong.cases.rules.policies import Evidence
from liandong.cases.rules.words import CLOCK_WORDS, STAGE_WORDS, WORK_WORDS, ClockKind, Part, Stage
from liandong.cases.rules.workflow import AT_UNIT
from liandong.people.access import Actor
from liandong.web.names import name_of
from liandong.workbench.field.acts import ACTS, AFTER_RECEIVING
from liandong.workbench.queues import LONGEST_QUEUE, cases_in
from liandong.workbench.rows import row_of
from liandong.workbench.verifying import looks_shown

if TYPE_CHECKING:
    from liandong.cases.models import Case

LONGEST_KEPT: Final = timedelta(hours=12)
OWN_REPORTS: Final = 20
MOST_LOOKS: Final = 50
_LOOKS: Final = frozenset({"check", "spot_check"})
_DEMANDED: Final[Mapping[Evidence, tuple[str, ...]]] = {
    Evidence.NONE: (),
    Evidence.AFTER: ("after",),
    Evidence.PAIR: ("before", "after"),
}


def in_hand(actor: Actor, *, session_seconds: int, at: datetime) -> dict[str, Any]:
    """Everything for one person: who they are, until when it may be kept, tasks and looks."""
    return {
        "owner": str(actor.user_id),
        "name": actor.name,
        "now": at.isoformat(),
        "good_for": _good_for(actor, session_seconds=session_seconds, at=at),
        "tasks": _tasks(actor, at=at),
        "looks": _looks(actor, at=at),
        "may_solve": actor.may("cases.solve_on_spot"),
    }


def catalogue(actor: Actor, book: Rulebook, *, at: datetime) -> dict[str, Any]:
    """The classes one may report by, and the areas where one works, for choosing without a network."""
    prefixes = tuple(post.area for post in actor.posts)
    areas = [
        {"code": area.code, "name": name_of(area)}
        for area in book.map.areas_on(book.day_of(at)).values()
        if area.level != "district" and area.code.startswith(prefixes)
    ]
    classes = [
        {"code": kind.code, "name": name_of(kind), "group": _parent(kind.parent, book)}
        for kind in book.classes.values()
        if kind.is_leaf
    ]
    return {"areas": sorted(areas, key=lambda area: str(area["code"])), "classes": classes}


def _good_for(actor: Actor, *, session_seconds: int, at: datetime) -> int:
    """Seconds for which the phone may keep what it was given: no right outlives its end by lying in a phone."""
    limits = [timedelta(seconds=session_seconds), LONGEST_KEPT]
    if actor.ends_at is not None:
        limits.append(actor.ends_at - at)
    return max(0, int(min(limits).total_seconds()))


def _tasks(actor: Actor, *, at: datetime) -> list[dict[str, Any]]:
    """Own tasks, soonest due first, then own reports that nobody has taken on."""
    cases: dict[int, Case] = {}
    for code in ("receive", "hand_in"):
        found = cases_in(code, actor, at=at).prefetch_related("clocks")
        cases.update((case.pk, case) for case in found[:LONGEST_QUEUE])
    own = permitted_cases(actor, "cases.solve_on_spot").filter(stage="reported", reporter=actor.user_id)
    own = own.defer("terms").prefetch_related("clocks").order_by("-reported_at", "-id")
    cases.update((case.pk, case) for case in own[:OWN_REPORTS])
    parts = parts_of(cases, actor.units - {""})
    return [_task(actor, case, parts.get(case.pk), at=at) for case in cases.values()]


def _task(actor: Actor, case: Case, part: Any, *, at: datetime) -> dict[str, Any]:
    book, thing = rulebook_for(case.district), thing_of(case)
    row = row_of(case, book, at=at)
    steps = {step.code for step in steps_open_to(actor, case)} - _LOOKS
    return {
        **_place(case, row),
        "state": _(WORK_WORDS[part.state]) if part else _(STAGE_WORDS[Stage(case.stage)]),
        "is_new": bool(part and part.state == "sent"),
        "assists": part is not None and part.part != Part.LEAD,
        "rests": case.suspended_at is not None,
        "urgency": case.urgency,
        "due_at": _iso(row.due_at),
        "clocks": _clocks(case),
        "steps": [code for code in ACTS if code in steps],
        "then": [code for code in AFTER_RECEIVING if actor.may(f"cases.{code}", thing)],
        "lacks": _lacking(case, book) if part is None or part.part == Part.LEAD else [],
    }


def _lacking(case: Case, book: Rulebook) -> list[str]:
    """The photos a hand-in must bring and nobody has added yet: the phone asks for them where the work is done."""
    wanted = _DEMANDED[book.policy(case.class_code).evidence]
    if not wanted or case.stage not in AT_UNIT:
        return []
    there = Docket(case, book).proof()
    return [purpose for purpose in wanted if purpose not in there]


def _looks(actor: Actor, *, at: datetime) -> list[dict[str, Any]]:
    draws = list(looks_for(actor)[:MOST_LOOKS])
    return [
        {
            **_place(draw.case, look.row),
            "state": look.word,
            "is_new": not look.is_open,
            "urgency": draw.case.urgency,
            "due_at": _iso(look.due_at),
            "clocks": [],
            "result": draw.case.result,
            "steps": ["check" if draw.kind == DrawKind.CHECK else "spot_check"],
            "then": [],
        }
        for draw, look in zip(draws, looks_shown(draws, at=at), strict=True)
    ]


def _place(case: Case, row: Any) -> dict[str, Any]:
    return {
        "number": case.number,
        "version": case.version,
        "kind": row.kind,
        "description": case.description,
        "where": row.where,
        "lon": case.lon,
        "lat": case.lat,
    }


def _clocks(case: Case) -> list[dict[str, str]]:
    """The clocks that run, soonest due first."""
    running = sorted((one for one in case.clocks.all() if one.stopped_at is None), key=lambda clock: clock.due_at)
    return [{"word": _(CLOCK_WORDS[ClockKind(one.kind)]), "due_at": one.due_at.isoformat()} for one in running]


def _parent(code: str, book: Rulebook) -> str:
    parent = book.classes.get(code)
    return name_of(parent) if parent else ""


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
