"""What may be said to a reporter: templates of the class and step, and replies to earlier ones that worked.

Only the answer the citizen read is looked at, never the internal result, and personal numbers are taken out once more:
what was written before a rule of redaction was added is still clean when it is offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, QuerySet

from liandong.cases.models import Case, ReplyTemplate
from liandong.cases.queries.cases import permitted_cases
from liandong.cases.rules.redaction import redact
from liandong.cases.rules.replies import ANSWERED_BY_OTHERS, prefixes_of
from liandong.cases.rules.similarity import compared_terms, overlap
from liandong.people.access import Actor
from liandong.timeline.queries import Entry, trace

REPLY = "reply"
"""What the timeline calls what was offered for a case; `REPLY_TEMPLATE` a template."""

REPLY_TEMPLATE = "reply_template"
MOST_TEMPLATES: Final = 9
MOST_WORKED: Final = 3
SATISFIED: Final = 4
"""From which grade on, of five, a reporter was satisfied with what they were told."""

_LOOKED_AT: Final = 200
_COLUMNS = ("number", "description", "answer", "satisfaction")


@dataclass(frozen=True, slots=True)
class Worked:
    """A reply that a reporter of the same kind of matter was satisfied with, and how like the matters are, 0 to 1."""

    number: str
    text: str
    satisfaction: int
    likeness: float


def templates_for(case: Case, step: str) -> list[ReplyTemplate]:
    """The templates of a case's class for a step, the most specific first."""
    known = ReplyTemplate.objects.filter(
        district=case.district, step=step, is_retired=False, class_prefix__in=prefixes_of(case.class_code)
    )
    return sorted(known, key=lambda one: (-len(one.class_prefix), one.title))[:MOST_TEMPLATES]


def replies_that_worked(case: Case, step: str, *, actor: Actor) -> list[Worked]:
    """What reporters of closed cases of the class were told and were satisfied with, the most alike first."""
    if step not in ANSWERED_BY_OTHERS:
        return []
    closed = permitted_cases(actor).filter(
        district=case.district,
        class_code=case.class_code,
        ended_at__isnull=False,
        satisfaction__gte=SATISFIED,
        call_back_result="solved",
    )
    rows = closed.exclude(answer="").exclude(pk=case.pk).order_by("-ended_at").values_list(*_COLUMNS)[:_LOOKED_AT]
    words = compared_terms(case.description)
    found: dict[str, Worked] = {}
    for number, description, answer, satisfaction in rows:
        text = redact(answer).text
        like = overlap(words, compared_terms(description))
        if text not in found or found[text].likeness < like:
            found[text] = Worked(number, text, satisfaction, like)
    return sorted(found.values(), key=lambda one: -one.likeness)[:MOST_WORKED]


def reply_templates(district: str) -> QuerySet[ReplyTemplate]:
    """Every template of a district, those in use first."""
    return ReplyTemplate.objects.filter(district=district).order_by("is_retired", "class_prefix", "step", "title", "pk")


def trace_of_reply(template: ReplyTemplate) -> QuerySet[Entry]:
    """Every version of a template, oldest first."""
    return trace(REPLY_TEMPLATE, template.pk)


def reply_fates(*, district: str, since: datetime) -> dict[str, int]:
    """How often replies were offered, taken, and edited after they were taken, since an instant."""
    entries = Entry.objects.filter(about=REPLY, area__startswith=district, at__gte=since)
    offered = entries.filter(event="RepliesOffered").count()
    fates = entries.filter(event="ReplyTaken").values_list("data__fate").annotate(count=Count("pk")).order_by()
    return {"offered": offered, "taken": 0, "edited": 0, **dict(fates)}
