"""What stands for the placeholders of a message about a case: never a description, a name, a number or a dwelling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from liandong.cases.models import Case, Clock, SealedReporter
from liandong.cases.queries import case_for
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.redaction import redact
from liandong.cases.rules.words import CLOCK_WORDS, URGENCY_WORDS, ClockKind, Urgency
from liandong.cases.sealing import unsealed
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.people.queries import unit_named
from liandong.web.names import name_of

_LEVELS: Final = {"1": "I", "2": "II", "3": "III"}
_CLOCKS: Final = {kind.value: word for kind, word in CLOCK_WORDS.items()}


def values_of(case: Case, data: Mapping[str, Any], *, language: str) -> dict[str, str]:
    """The values for a message about `case`, whose event carried `data`, in the recipient's language."""
    book = rulebook_for(case.district)
    with translation.override(language):
        kind = book.classes.get(case.class_code)
        area = book.map.areas.get(case.area)
        unit = book.units.get(str(data.get("unit") or case.unit))
        return {
            "number": case.number,
            "class": name_of(kind) if kind else case.class_code,
            "urgency": gettext(URGENCY_WORDS[Urgency(case.urgency)]),
            "area": name_of(area) if area else case.area,
            "unit": name_of(unit) if unit else "",
            "due": _due(case, data, book),
            "reason": redact(str(data.get("reason", ""))).text,
            "answer": redact(str(data.get("answer") or case.answer or data.get("reason", ""))).text,
            "clock": gettext(_CLOCKS.get(str(data.get("clock")), marked("时限"))),
            "level": _LEVELS.get(str(data.get("level")), ""),
            **_centre(book),
        }


def centre_of(book: Rulebook) -> str:
    """The code of the district's centre; empty where a district has none."""
    return next((unit.code for unit in book.units.values() if unit.kind == "centre"), "")


def contact_of_reporter(case_id: int) -> tuple[str, str, bool]:
    """Telephone and mail address of who reported a case, unsealed for this instant; whether they are still known."""
    row = SealedReporter.objects.filter(case=case_id).first()
    if row is None:
        return "", "", True
    if row.wrapped_key is None:
        return "", "", False
    contact = unsealed(row)
    return contact.phone, contact.email, True


def sample_for(actor: Actor, number: str, *, language: str) -> dict[str, str]:
    """The values a message about a real case would carry, for who may see it; what only an event tells is made up.

    :raises NotFound: there is no such case for this actor
    """
    case = case_for(actor, number)
    with translation.override(language):
        made_up = {"reason": gettext("（此处为办理时填写的理由）"), "clock": "handle", "level": 1}
        answer = case.answer or gettext("（此处为给报告人的答复）")
    return values_of(case, {**made_up, "answer": answer}, language=language)


def _due(case: Case, data: Mapping[str, Any], book: Rulebook) -> str:
    told = parse_datetime(str(data.get("due_at") or ""))
    due = told or _due_of_work(case) or case.due_at
    return f"{due.astimezone(book.map.calendar.zone):%m-%d %H:%M}" if due else ""


def _due_of_work(case: Case) -> datetime | None:
    newest = Clock.objects.filter(case=case, kind=ClockKind.HANDLE).order_by("-id")
    return newest.values_list("due_at", flat=True).first()


def _centre(book: Rulebook) -> dict[str, str]:
    unit = unit_named(centre_of(book))
    return {"centre": name_of(unit), "centre_phone": unit.phone} if unit else {"centre": "", "centre_phone": ""}
