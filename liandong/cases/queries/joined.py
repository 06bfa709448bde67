"""Who else told of a case, and what came back. Numbers of reports only: no list or count by person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, QuerySet

from liandong.cases.docket import thing_of
from liandong.cases.models import Case, CaseRecurrence, JoinedReport, Problem
from liandong.cases.queries.cases import THE_CASE
from liandong.cases.rules.redaction import storable
from liandong.people.access import Actor, NotFound


@dataclass(frozen=True, slots=True)
class LastingThreshold:
    """From how many returns, within how many days, a class in a grid looks like a lasting problem.

    A problem that recurs three times is a hard one (PRODUCT §12); a season is long enough to see it.
    """

    returns: int = 3
    days: int = 90


LASTING: Final = LastingThreshold()


@dataclass(frozen=True, slots=True)
class Suggested:
    """A class and an area in which something keeps coming back, and the case that told of it last."""

    class_code: str
    area: str
    returns: int
    last_case: str
    last_at: datetime


def joined_to(case: Case) -> QuerySet[JoinedReport]:
    """Those who joined a case, in the order in which they told of it."""
    return JoinedReport.objects.filter(case=case).order_by("id")


def reporters_of(cases: Collection[int]) -> dict[int, int]:
    """How many reported each of these cases, by id: the first and those who joined."""
    counts = JoinedReport.objects.filter(case__in=cases).values_list("case").annotate(count=Count("pk")).order_by()
    return {case: 1 + count for case, count in counts}


def case_of_joined(actor: Actor, number: str) -> str:
    """The number of the case that a reporter's own number belongs to.

    :raises NotFound: there is none, or not for this actor
    """
    row = JoinedReport.objects.select_related("case").filter(number=storable(number)).first()
    if row is None or not actor.may("cases.view", thing_of(row.case)):
        raise NotFound(what=THE_CASE)
    return row.case.number


def came_back_from(case: Case) -> QuerySet[CaseRecurrence]:
    """What a case is the return of; not its own reopenings."""
    return CaseRecurrence.objects.filter(case=case, kind="new").select_related("of").order_by("id")


def came_back_as(case: Case) -> QuerySet[CaseRecurrence]:
    """As what a case came back, its own reopenings included."""
    return CaseRecurrence.objects.filter(of=case).select_related("case").order_by("id")


def suggested_problems(
    actor: Actor, *, district: str, at: datetime, threshold: LastingThreshold = LASTING
) -> list[Suggested]:
    """Classes and areas in which something keeps coming back and that no open problem stands for yet."""
    rows = CaseRecurrence.objects.filter(district=district, linked_at__gt=at - timedelta(days=threshold.days))
    groups = rows.values_list("class_code", "area").annotate(returns=Count("pk"), last=Max("pk")).order_by()
    often = [group for group in groups if group[2] >= threshold.returns]
    known = set(Problem.objects.filter(district=district, state="open").values_list("class_code", "area"))
    last = CaseRecurrence.objects.select_related("case").in_bulk([group[3] for group in often])
    return [
        Suggested(class_code, area, returns, last[pk].case.number, last[pk].linked_at)
        for class_code, area, returns, pk in sorted(often, key=lambda group: (-group[2], group[1], group[0]))
        if (class_code, area) not in known and actor.may("cases.view", thing_of(last[pk].case))
    ]
