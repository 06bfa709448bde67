"""How well is verified: shares checked and failed, and the three rates (三率), over the cases closed in a period.

What counts is the record of those cases. Left out of the calls: whoever was not reached, was anonymous or withdrew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from liandong.cases.models import Case, Clock, Draw
from liandong.cases.queries.cases import permitted_cases
from liandong.cases.rules.drawing import DrawKind, DrawState
from liandong.cases.rules.words import ClockKind, Identity, Stage
from liandong.people.access import Actor
from liandong.timeline.queries import Entry

SATISFIED = 4
"""From which satisfaction on a reporter is satisfied."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def percent(self) -> float | None:
        """The share in percent; nothing where there is nothing to share."""
        return 100 * self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class VerificationFigures:
    """Of the cases closed in a period."""

    checked: Share
    """Closed cases that were checked on site."""
    failed: Share
    """Checks that found the case wanting, of all checks."""
    undrawn: int
    """Checks made before anybody was drawn."""
    spots_failed: Share
    audits_failed: Share
    response: Share
    """响应率: contacted in time, of those to be contacted."""
    solution: Share
    """解决率: answers "solved", of all calls that were answered."""
    satisfaction: Share
    """满意率: four or five, of all who said how satisfied they are."""


def verification_figures(actor: Actor, *, since: datetime, until: datetime) -> VerificationFigures:
    """The figures over the cases this actor may see that were closed in [since, until). Four statements."""
    closed = permitted_cases(actor).filter(stage=Stage.CLOSED, ended_at__gte=since, ended_at__lt=until)
    to_call = closed.exclude(identity=Identity.ANONYMOUS).filter(withdrawn_at__isnull=True)
    told = _told(closed, to_call)
    contacts = Clock.objects.filter(case__in=to_call, kind=ClockKind.CONTACT).aggregate(
        all=Count("pk"), met=Count("pk", filter=Q(stopped_by="contact", stopped_at__lte=F("due_at")))
    )
    looks = _looks(closed)
    return VerificationFigures(
        checked=Share(told["checked"], closed.count()),
        failed=Share(told["failed"], told["checks"]),
        undrawn=looks["undrawn"],
        spots_failed=Share(looks["spots_failed"], looks["spots"]),
        audits_failed=Share(looks["audits_failed"], looks["audits"]),
        response=Share(contacts["met"], contacts["all"]),
        solution=Share(told["solved"], told["answered"]),
        satisfaction=Share(told["satisfied"], told["rated"]),
    )


def _told(closed: QuerySet[Case], to_call: QuerySet[Case]) -> dict[str, int]:
    """What the record tells of checks and calls, counted in one statement."""
    record = Entry.objects.filter(about="case", about_id__in=closed.values("pk"))
    check, call = Q(event="CaseChecked"), Q(event="CaseCalledBack", data__reached=True)
    called = call & Q(about_id__in=to_call.values("pk"))
    return record.filter(check | call).aggregate(
        checks=Count("pk", filter=check),
        checked=Count("about_id", filter=check, distinct=True),
        failed=Count("pk", filter=check & Q(data__ok=False)),
        answered=Count("pk", filter=called),
        solved=Count("pk", filter=called & Q(data__solved=True)),
        rated=Count("pk", filter=called & Q(data__satisfaction__isnull=False)),
        satisfied=Count("pk", filter=called & Q(data__satisfaction__gte=SATISFIED)),
    )


def _looks(closed: QuerySet[Case]) -> dict[str, int]:
    """Looks at these cases by kind; a sample that reopened a case counts once that case is closed again."""
    done = Draw.objects.filter(case__in=closed, state=DrawState.DONE)
    spot, audit = Q(kind=DrawKind.SPOT), Q(kind=DrawKind.AUDIT)
    return done.aggregate(
        undrawn=Count("pk", filter=Q(kind=DrawKind.CHECK, drawn__isnull=True)),
        spots=Count("pk", filter=spot),
        spots_failed=Count("pk", filter=spot & Q(is_ok=False)),
        audits=Count("pk", filter=audit),
        audits_failed=Count("pk", filter=audit & Q(is_ok=False)),
    )
