"""派单: what the sheet of paper says that goes with whoever must solve a case. Nothing on it tells who reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.force import force_word
from liandong.cases.rules.policies import Evidence
from liandong.cases.rules.words import NATURE_WORDS, URGENCY_WORDS, Demand, Nature, Urgency
from liandong.kernel.refusal import marked
from liandong.web.names import listed, name_of
from liandong.workbench.clocks import ClockShown, clocks_shown
from liandong.workbench.rows import area_path, channel_word, class_name, unit_name
from liandong.workbench.sketch import Sketches

if TYPE_CHECKING:
    from liandong.cases.models import Case

EVIDENCE_WORDS: Final[dict[Evidence, str]] = {
    Evidence.NONE: marked("写明处置结果；有照片请附上。"),
    Evidence.AFTER: marked("处置后照片至少一张。"),
    Evidence.PAIR: marked("同一位置处置前、处置后照片各一张。"),
}
DEMAND_WORDS: Final[dict[Demand, str]] = {
    Demand.CHECK: marked("反馈后由其他单位现场核查。"),
    Demand.CALL_BACK: marked("反馈后由中心回访报告人。"),
    Demand.BOTH: marked("反馈后回访报告人，并由其他单位现场核查。"),
    Demand.NONE: marked("反馈后可直接结案。"),
}
_PRINTED_CLOCKS: Final = ("handle", "arrive", "contact")


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One sheet. `clocks` are those the handler must keep, what is due last first."""

    number: str
    url: str
    code: SafeString
    kind: str
    condition: str
    close_when: str
    nature: str
    urgency: str
    force: str
    channel: str
    unit: str
    assisting: str
    place: str
    area: str
    point: str
    sketch: SafeString
    description: str
    clocks: list[ClockShown]
    due_at: datetime | None
    evidence: list[str]
    reported_at: datetime


def orders_of(cases: Iterable[Case], *, address: str, at: datetime) -> list[WorkOrder]:
    """The sheets of cases; `address` is where this installation answers when no public address is set."""
    sketches: dict[str, Sketches] = {}
    found = []
    for case in cases:
        book = rulebook_for(case.district)
        drawn = sketches.setdefault(case.district, Sketches(book.day_of(at)))
        found.append(_order(case, book, drawn, address=settings.PUBLIC_URL or address))
    return found


def _order(case: Case, book: Rulebook, sketches: Sketches, *, address: str) -> WorkOrder:
    url = address + reverse("workbench:case", args=[case.number])
    zone = book.map.calendar.zone
    condition = book.conditions_of(case.class_code).get(case.condition)
    running = [clock for clock in case.clocks.all() if clock.stopped_at is None and clock.kind in _PRINTED_CLOCKS]
    return WorkOrder(
        number=case.number,
        url=url,
        code=qr_code(url),
        kind=class_name(case.class_code, book),
        condition=name_of(condition) if condition else "",
        close_when=_close_when(condition),
        nature=_(NATURE_WORDS[Nature(case.nature)]),
        urgency=_(URGENCY_WORDS[Urgency(case.urgency)]),
        force=_(force_word(case.force)),
        channel=channel_word(case.channel),
        unit=unit_name(case.unit or case.suggested_unit, book),
        assisting=listed(unit_name(code, book) for code in case.assisting),
        place=case.address,
        area=area_path(case.area, book),
        point=f"{case.lon:.5f}, {case.lat:.5f}" if case.lon is not None and case.lat is not None else "",
        sketch=sketches.of(case),
        description=case.description,
        clocks=sorted(clocks_shown(running, book), key=lambda clock: clock.due_at, reverse=True),
        due_at=case.due_at.astimezone(zone) if case.due_at else None,
        evidence=_evidence(case, book),
        reported_at=case.reported_at.astimezone(zone),
    )


def qr_code(text: str) -> SafeString:
    """A text as a QR code that a phone reads from paper, drawn in the page itself."""
    drawn = segno.make(text, error="m").svg_inline(scale=3, border=2, omitsize=True, svgclass="wo-code", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  (made of dark and light squares only)


def _close_when(condition: object) -> str:
    from django.utils.translation import get_language

    if condition is None:
        return ""
    english = getattr(condition, "close_when_en", "")
    return str(english if (get_language() or "").startswith("en") and english else getattr(condition, "close_when", ""))


def _evidence(case: Case, book: Rulebook) -> list[str]:
    kind = book.classes.get(case.class_code)
    lines = [_(EVIDENCE_WORDS[book.policy(case.class_code).evidence])]
    if kind is not None:
        lines.append(_(DEMAND_WORDS[Demand(kind.demands)]))
        if kind.warn_first:
            lines.append(_("执法前须先劝诫谈话并记录。"))
    return lines
