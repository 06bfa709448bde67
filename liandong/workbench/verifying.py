"""What the pages of verification show: looks that were drawn for somebody, draws of a case, calls so far, figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.cases.queries import trace_of
from liandong.cases.queries.draws import agrees, draws_of, names_in
from liandong.cases.queries.verification import Share, VerificationFigures
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.drawing import DRAW_WORDS, DrawKind
from liandong.people.queries import staff_by_key
from liandong.workbench.rows import Row, row_of

if TYPE_CHECKING:
    from liandong.cases.models import Case, Draw


@dataclass(frozen=True, slots=True)
class Look:
    """One place to look at."""

    row: Row
    kind: str
    word: str
    url: str
    due_at: datetime | None
    is_open: bool
    """Whether nobody in particular was drawn."""
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class DrawShown:
    """One draw, with whoever was drawn, from how many, and whether it can be drawn again with the same result."""

    word: str
    state: str
    name: str
    made_at: datetime
    made_by: str
    lots: int
    drawn: float | None
    reason: str
    done_by: str
    is_ok: bool | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: when, and what came of it in the reporter's words."""

    at: datetime
    outcome: str
    words: str


def looks_shown(draws: Iterable[Draw], *, at: datetime) -> list[Look]:
    """Draws as cards of a phone."""
    shown = []
    for one in draws:
        case = one.case
        url = reverse("workbench:look", args=[case.number, one.kind])
        due = one.clock.due_at if one.clock else one.redraw_at
        row = row_of(case, rulebook_for(case.district), at=at)
        word = _(DRAW_WORDS[DrawKind(one.kind)])
        shown.append(Look(row, one.kind, word, url, due, one.person is None, case.lon, case.lat))
    return shown


def draws_shown(case: Case) -> list[DrawShown]:
    """Every draw of a case, the youngest first."""
    rows = draws_of(case)
    names = {key: name for key, (name, _unit) in staff_by_key(names_in(rows)).items()}
    return [
        DrawShown(
            word=_(DRAW_WORDS[DrawKind(row.kind)]),
            state=row.state,
            name=names.get(row.key, row.key),
            made_at=row.made_at,
            made_by=names.get(row.made_by, ""),
            lots=len(row.lots),
            drawn=row.drawn,
            reason=_(row.reason) if row.reason else "",
            done_by=names.get(row.done_by, ""),
            is_ok=row.is_ok,
            agrees=agrees(row),
        )
        for row in rows
    ]


def attempts_of(case: Case) -> list[Attempt]:
    """The calls since the case was last handed in, the first first."""
    found: list[Attempt] = []
    zone = rulebook_for(case.district).map.calendar.zone
    for entry in trace_of(case).filter(event__in=["CaseCalledBack", "CaseHandedIn", "MergedCaseFollowed"]):
        if entry.event != "CaseCalledBack":
            found = [] if entry.event == "CaseHandedIn" or entry.data.get("step") == "hand_in" else found
            continue
        found.append(Attempt(entry.at.astimezone(zone), _outcome(entry.data), entry.data.get("words", "")))
    return found


def figures_shown(figures: VerificationFigures) -> list[dict[str, Any]]:
    """The figures with their words, each with its parts."""
    lines: list[tuple[str, Share]] = [
        (_("核查率"), figures.checked),
        (_("核查不合格"), figures.failed),
        (_("响应率"), figures.response),
        (_("解决率"), figures.solution),
        (_("满意率"), figures.satisfaction),
        (_("自行处置抽查不合格"), figures.spots_failed),
        (_("结案抽查不合格"), figures.audits_failed),
    ]
    return [{"label": label, "share": share} for label, share in lines]


def _outcome(data: dict[str, Any]) -> str:
    if not data.get("reached"):
        return _("未接通")
    said = _("已解决") if data.get("solved") else _("未解决")
    return f"{said} · {_('满意度')} {data['satisfaction']}" if data.get("satisfaction") else said
