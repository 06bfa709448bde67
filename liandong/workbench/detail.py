"""Everything the page of one case shows, gathered in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from liandong.cases.changes import propose_for
from liandong.cases.docket import thing_of
from liandong.cases.queries import (
    answering_unit,
    assignments_of,
    clocks_of,
    enforcers_of,
    hidden_reporter,
    moves_of,
    parts_split_from,
    steps_open_to,
    still_missing,
    trace_for,
)
from liandong.cases.queries.draws import REDRAW
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.force import force_word, stronger_than
from liandong.cases.rules.words import (
    CLOSING_WORDS,
    FORCE_WORDS,
    IDENTITY_WORDS,
    NATURE_WORDS,
    RUN_BY_WORDS,
    ClockKind,
    Closing,
    Force,
    Identity,
    Nature,
    RunBy,
)
from liandong.people.access import Actor
from liandong.people.rules.force import covers
from liandong.web.names import aside, listed, name_of
from liandong.workbench.choices import conditions_of
from liandong.workbench.clocks import clocks_shown, limit_word
from liandong.workbench.desks import STEP_DESKS
from liandong.workbench.files import files_context
from liandong.workbench.forms import (
    AskForForceForm,
    BackForm,
    DispatchForm,
    FileForm,
    HandlingForm,
    PlaceForm,
    RaiseForceForm,
    RevealForm,
    StepForm,
    offer_forces,
)
from liandong.workbench.law_forms import ExcuseForm, ExtensionForm
from liandong.workbench.rows import area_path, channel_word, class_name, row_of, rows_of, unit_name
from liandong.workbench.story import tell
from liandong.workbench.telling import Facts
from liandong.workbench.work import papers_shown, units_by_assignment, work_shown

if TYPE_CHECKING:
    from liandong.cases.models import Case

_SIDE_STEPS = frozenset(code for code, desk in STEP_DESKS.items() if desk.is_rare) | frozenset(
    {
        "advise",
        "assist",
        "request_coordination",
        "request_extension",
        "pass_out",
        "hand_down",
        "refuse_extension",
        "decline_coordination",
        "refuse_dispute",
        "contact",
        "return",
        "refuse",
        "answer",
        "decline",
        "send_back",
        "reopen",
        "solve_on_spot",
        "warn",
        "raise_force",
        "ask_for_force",
    }
)


@dataclass(frozen=True, slots=True)
class StepOffered:
    """A step somebody may take now, with its form."""

    code: str
    url: str
    form: StepForm
    style: str
    key: str
    hint: str | Promise
    is_first: bool
    is_rare: bool


def case_context(actor: Actor, case: Case, *, at: datetime, desk: str = "") -> dict[str, Any]:
    """What `workbench/case_body.html` needs. Clocks, photos, timeline with its people; who answers for enforcement."""
    book = rulebook_for(case.district)
    thing = thing_of(case)
    ended = case.ended_at is not None
    rows, clocks = list(assignments_of(case)), list(clocks_of(case))
    moves = moves_of(case)  # A rest by night moved a clock by nothing, and is told all the same.
    return files_context(actor, case) | {
        "case": case,
        "row": row_of(case, book, at=at),
        "now": at,
        "desk": desk,
        "facts": facts_of(case, book),
        "clocks": clocks_shown(clocks, book, moves=moves, units=units_by_assignment(rows, book)),
        "stopped": sum(clock.stopped_at is not None for clock in clocks),
        "work": work_shown(case, book, rows),
        "papers": papers_shown(case, book),
        "parts": rows_of(parts_split_from(case), at=at),
        # Read when it is shown: a console unfolds the story only on demand, which spares it two statements.
        "told": cache(lambda: tell(trace_for(actor, case), book, hidden=hidden_reporter(case))),
        **_offered(actor, case, book, at=at),
        "lacking": lacking(case),
        "lacks_force": lacks_force(actor, case),
        "identity": _(IDENTITY_WORDS[Identity(case.identity)]),
        "may_reveal": case.identity != Identity.ANONYMOUS and actor.may("cases.reveal_reporter", thing),
        "reveal_form": RevealForm(),
        "sees_draws": case.stage in ("handled", "closed") and actor.may(REDRAW, thing),
        "place_form": place_form(case) if actor.may("cases.place", thing) and not ended else None,
    }


def steps_context(actor: Actor, case: Case, *, at: datetime, desk: str = "") -> dict[str, Any]:
    """What the step forms alone need; no statement."""
    book = rulebook_for(case.district)
    return {
        "case": case,
        "row": row_of(case, book, at=at),
        "now": at,
        "desk": desk,
        **_offered(actor, case, book, at=at),
        "lacking": lacking(case),
        "lacks_force": lacks_force(actor, case),
    }


def _offered(actor: Actor, case: Case, book: Rulebook, *, at: datetime) -> dict[str, Any]:
    offered = steps_offered(actor, case, book, at=at)
    return {"offered": offered, "has_rare": any(step.is_rare for step in offered)}


def steps_offered(actor: Actor, case: Case, book: Rulebook, *, at: datetime) -> list[StepOffered]:
    """The steps open to `actor`, what leads on first; the first main one is shown open."""
    codes = {step.code for step in steps_open_to(actor, case)}
    codes -= {code for code in ("raise_force", "ask_for_force") if not _forces(code, case, book)}
    ordered = [code for code in STEP_DESKS if code in codes]
    first = _first_of(ordered, case)
    if first in ordered:
        ordered.sort(key=lambda code: code != first)
    return [_offer(code, case, book, at=at, is_first=code == first) for code in ordered]


def step_form(
    code: str, case: Case, book: Rulebook, data: Mapping[str, Any] | None = None, *, at: datetime
) -> StepForm:
    """The form of a step, with the choices this case gives it."""
    form = STEP_DESKS[code].form(data, auto_id=f"{code}_%s")
    if isinstance(form, BackForm):
        unit = book.units.get(case.unit)
        form.offer(is_gone=unit is not None and not unit.holds_on(book.day_of(at)))
    if isinstance(form, HandlingForm):
        form.offer(_enforcers(case, book, at=at))
    if isinstance(form, RaiseForceForm | AskForForceForm):
        offer_forces(form, [(force.value, _(FORCE_WORDS[force])) for force in _forces(code, case, book)])
    if isinstance(form, ExcuseForm):
        form.offer([(unit, unit_name(unit, book)) for unit in case.assisting])
    if isinstance(form, ExtensionForm):
        form.offer(limit_word(ClockKind.HANDLE, case, book))
    if isinstance(form, FileForm):
        form.offer(conditions_of(case.class_code, book))
    if isinstance(form, DispatchForm):
        day = book.day_of(at)
        proposed = propose_for(case, book, at=case.reported_at).assisting
        helpers = [unit for unit in proposed if book.units[unit].holds_on(day)]
        if not case.suggested_unit or not book.unit(case.suggested_unit).holds_on(day):
            form.ask_for_unit()
        form.offer([(unit, unit_name(unit, book)) for unit in helpers])
        if "helpers" in form.fields:
            form.fields["helpers"].initial = helpers
    return form


def _forces(code: str, case: Case, book: Rulebook) -> tuple[Force, ...]:
    """What the unit may raise a case to itself, or must ask for; all of it for a joint team, whose force varies."""
    unit = book.units.get(case.unit)
    if unit is None or unit.kind == "joint":
        return stronger_than(case.force)
    if code == "raise_force":
        return tuple(force for force in stronger_than(case.force) if covers(unit.force, force))
    return tuple(force for force in Force if covers(force, case.force) and not covers(unit.force, force))


def lacks_force(actor: Actor, case: Case) -> bool:
    """Whether somebody of the unit that has the case in hand may not handle it: their post carries too little force."""
    mine = [post.force for post in actor.posts if post.unit == case.unit]
    return case.stage in ("received", "on_scene") and bool(mine) and not any(covers(own, case.force) for own in mine)


def _enforcers(case: Case, book: Rulebook, *, at: datetime) -> list[tuple[str, str]]:
    """The members of a joint team who may enforce, where there is a choice."""
    hands = enforcers_of(case, at=at)
    return [(hand.key, hand.name + aside(unit_name(hand.home, book))) for hand in hands] if len(hands) > 1 else []


def place_form(case: Case, data: Mapping[str, Any] | None = None) -> PlaceForm:
    """The form that says where the problem is."""
    return PlaceForm(data, auto_id="place_%s", initial={"lon": case.lon, "lat": case.lat, "address": case.address})


def lacking(case: Case) -> list[str]:
    """What a handled case still lacks, in words."""
    words = {"check": _("核查"), "call_back": _("回访")}
    return [words[name] for name in still_missing(case)] if case.stage == "handled" else []


def facts_of(case: Case, book: Rulebook) -> Facts:
    """What is known of a case, as label and value."""
    kind = book.classes.get(case.class_code)
    parent = book.classes.get(kind.parent) if kind else None
    condition = book.conditions_of(case.class_code).get(case.condition) if case.condition else None
    helpers = listed(unit_name(code, book) for code in case.assisting)
    pairs: list[tuple[str, str]] = [
        (_("类别"), " › ".join(filter(None, (name_of(parent) if parent else "", class_name(case.class_code, book))))),
        (_("立案条件"), name_of(condition) if condition else ""),
        (_("结案条件"), _close_when(condition)),
        (_("性质"), _(NATURE_WORDS[Nature(case.nature)])),
        (_("来源"), channel_word(case.channel)),
        (_("外部编号"), "" if case.channel == "staff" else case.external_id),
        (_("网格"), area_path(case.area, book)),
        (_("地址"), case.address),
        (_("受理层级"), _(RUN_BY_WORDS[RunBy(case.run_by)])),
        (_("处置方式"), _(force_word(case.force))),
        (_("主办单位"), unit_name(case.unit, book)),
        (_("执法主体"), unit_name(answering_unit(case), book)),
        (_("协办单位"), helpers),
        (_("被反映单位"), unit_name(case.about_unit, book)),
        (
            _("退单 / 返工 / 重开"),
            f"{case.returns} / {case.reworks} / {case.reopenings}" if _has_turned_back(case) else "",
        ),
        (_("结案方式"), _(CLOSING_WORDS[Closing(case.closing)]) if case.closing else ""),
    ]
    return [(label, value) for label, value in pairs if value]


def _close_when(condition: Any) -> str:
    if condition is None:
        return ""
    english = name_of(condition) == condition.name_en
    return str(condition.close_when_en if english and condition.close_when_en else condition.close_when)


def _has_turned_back(case: Case) -> bool:
    return bool(case.returns or case.reworks or case.reopenings)


def _first_of(ordered: list[str], case: Case) -> str:
    if case.stage == "handled":
        failed = case.check_result == "not_ok" or case.call_back_result == "not_solved"
        wanted = ["send_back"] if failed else [*still_missing(case), "close"]
        return next((code for code in wanted if code in ordered), "")
    return next((code for code in ordered if code not in _SIDE_STEPS), ordered[0] if ordered else "")


def _offer(code: str, case: Case, book: Rulebook, *, at: datetime, is_first: bool) -> StepOffered:
    desk = STEP_DESKS[code]
    url = reverse("workbench:step", args=[case.number, code])
    return StepOffered(
        code, url, step_form(code, case, book, at=at), desk.style, desk.key, desk.hint, is_first, desk.is_rare
    )
