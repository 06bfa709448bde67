"""Lasting problems: who may see them, their cases and what happened to them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from liandong.cases.models import Case, Problem, ProblemCase
from liandong.cases.queries.cases import permitted_cases
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Reach, Thing
from liandong.timeline.queries import Entry, trace

THE_PROBLEM = marked("这个问题")
PROBLEM = "problem"
"""What the timeline calls it."""


def thing_of_problem(problem: Problem) -> Thing:
    """A problem as permission sees it: where it lies and which unit owns it."""
    return Thing(area=problem.area, units=frozenset({problem.owner_unit}))


def permitted_problems(actor: Actor) -> QuerySet[Problem]:
    """The problems an actor may see: those that lie where they may see cases, and those their unit owns."""
    found = Q(pk__in=[])
    for ground in actor.scope("cases.view").grounds:
        match ground.reach:
            case Reach.EVERYWHERE:
                found |= Q(pk__isnull=False)
            case Reach.AREA:
                found |= Q(area__startswith=ground.value)
            case Reach.UNIT:
                found |= Q(owner_unit=ground.value)
    return Problem.objects.filter(found).annotate(cases=Count("links"))


def problem_for(actor: Actor, key: int) -> Problem:
    """The problem of that key.

    :raises NotFound: there is none, or not for this actor
    """
    problem = permitted_problems(actor).filter(pk=key).first()
    if problem is None:
        raise NotFound(what=THE_PROBLEM)
    return problem


def problems_of(case: Case, *, actor: Actor) -> list[Problem]:
    """The problems a case belongs to, among those the actor may see."""
    return list(permitted_problems(actor).filter(pk__in=_linked_to(case)).order_by("pk"))


def cases_of_problem(problem: Problem, *, actor: Actor) -> list[tuple[Case, ProblemCase]]:
    """The cases of a problem that the actor may see, the latest first, each with its link."""
    links = {link.case_id: link for link in ProblemCase.objects.filter(problem=problem)}
    cases = permitted_cases(actor).filter(pk__in=links).defer("terms").order_by("-reported_at", "-pk")
    return [(case, links[case.pk]) for case in cases]


def trace_of_problem(problem: Problem) -> QuerySet[Entry]:
    """Everything that happened to a problem, oldest first."""
    return trace(PROBLEM, problem.pk)


def _linked_to(case: Case) -> QuerySet[ProblemCase, int]:
    return ProblemCase.objects.filter(case=case).values_list("problem", flat=True)
