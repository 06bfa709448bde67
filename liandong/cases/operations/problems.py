"""Keeping lasting problems (问题): open, change, link cases and take them out again, solve, take up again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from liandong.cases.docket import thing_of
from liandong.cases.events import (
    CaseLinkedToProblem,
    CaseUnlinkedFromProblem,
    ProblemCaseLinked,
    ProblemCaseUnlinked,
    ProblemChanged,
    ProblemOpened,
    ProblemReopened,
    ProblemSolved,
)
from liandong.cases.models import Case, Problem, ProblemCase
from liandong.cases.operations.beats import StaleVersion, amendment
from liandong.cases.queries import case_for
from liandong.cases.queries.problems import PROBLEM, THE_PROBLEM, thing_of_problem
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import LONGEST, redact, remark, storable
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.timeline.operations import Subject, record

ACT = "cases.keep_problems"
LONGEST_TITLE = 80
LONGEST_REASON = 200


class ProblemUntitled(Refusal):
    """A problem without a title, or with one that does not fit."""

    status = 422
    says = marked("问题名称不能空着，最多 %(longest)s 字。")
    remedy = marked("请写地点和事情，例如“东桥路夜市油烟”，不写人名。")


class ProblemSettled(Refusal):
    """A problem that is solved was to be changed or solved, or an open one taken up again."""

    status = 409
    says = marked("问题“%(title)s”的状态不允许这样做。")
    remedy = marked("已解决的问题请先重新列为未解决；未解决的不必重列。")


class NotLinked(Refusal):
    """A case was to be taken out of a problem to which it does not belong."""

    status = 404
    says = marked("案件 %(number)s 不属于这个问题。")
    remedy = marked("请核对案件编号。")


@transaction.atomic
def open_problem(
    case: str, *, title: str, owner_unit: str, actor: Actor, at: datetime, description: str = ""
) -> Problem:
    """Open a problem from a case, which gives its class and place and is its first.

    :raises Forbidden: the actor keeps no problems where the case lies
    :raises ProblemUntitled: the title is missing or too long
    :raises UnknownUnit: the district has no such unit
    """
    first = case_for(actor, case)
    require(actor, ACT, thing_of(first))
    owner = rulebook_for(first.district).unit(owner_unit).code
    problem = Problem.objects.create(
        district=first.district,
        title=_title(title),
        description=remark(description, longest=LONGEST),
        class_code=first.class_code,
        area=first.area,
        address=first.address,
        lon=first.lon,
        lat=first.lat,
        owner_unit=owner,
        opened_by=actor.key,
        opened_at=at,
    )
    opened = ProblemOpened(problem.title, problem.class_code, owner, problem.description, problem.address)
    _tell(problem, opened, actor=actor, at=at)
    _link(problem, first.number, reason="", actor=actor, at=at)
    return problem


def change_problem(
    problem: int,
    *,
    title: str,
    owner_unit: str,
    description: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Problem:
    """Change what a problem is called, who owns it and how it is described.

    :raises StaleVersion: somebody changed it since it was read
    :raises ProblemSettled: it is solved
    """
    with _locked(problem, actor=actor, version=version) as row:
        _must_be(row, "open")
        row.title, row.description = _title(title), remark(description, longest=LONGEST)
        row.owner_unit = rulebook_for(row.district).unit(owner_unit).code
        _tell(row, ProblemChanged(row.title, row.owner_unit, row.description), actor=actor, at=at)
    return row


def link_problem_case(
    problem: int, *, case: str, actor: Actor, at: datetime, reason: str = "", version: int | None = None
) -> Problem:
    """Put a case into a problem; one that is in it already stays as it is.

    :raises ProblemSettled: the problem is solved
    :raises NotFound: no such case for this actor
    """
    with _locked(problem, actor=actor, version=version) as row:
        _must_be(row, "open")
        _link(row, case, reason=reason, actor=actor, at=at)
    return row


def unlink_problem_case(
    problem: int, *, case: str, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Problem:
    """Take a case out of a problem, for a reason.

    :raises ReasonNeeded: none was given
    :raises NotLinked: the case does not belong to the problem
    """
    said = _reason(reason, marked("移出案件"))
    with _locked(problem, actor=actor, version=version) as row:
        with amendment(case, ACT, actor=actor, at=at, version=None) as docket:
            deleted, _by_model = ProblemCase.objects.filter(problem=row, case=docket.case).delete()
            if not deleted:
                raise NotLinked(number=docket.case.number)
            docket.record(CaseUnlinkedFromProblem(row.pk, row.title, said))
        _tell(row, ProblemCaseUnlinked(docket.case.number, said), actor=actor, at=at)
    return row


def solve_problem(problem: int, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Problem:
    """Say that a problem is solved, and how.

    :raises ReasonNeeded: nothing was said
    :raises ProblemSettled: it is solved already
    """
    said = _reason(reason, marked("问题已解决"))
    with _locked(problem, actor=actor, version=version) as row:
        _must_be(row, "open")
        row.state, row.solved_at = "solved", at
        _tell(row, ProblemSolved(said), actor=actor, at=at)
    return row


def reopen_problem(problem: int, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Problem:
    """Take a solved problem up again.

    :raises ReasonNeeded: no reason was given
    :raises ProblemSettled: it is open
    """
    said = _reason(reason, marked("重新列为未解决"))
    with _locked(problem, actor=actor, version=version) as row:
        _must_be(row, "solved")
        row.state, row.solved_at = "open", None
        _tell(row, ProblemReopened(said), actor=actor, at=at)
    return row


@contextmanager
def _locked(key: int, *, actor: Actor, version: int | None) -> Iterator[Problem]:
    """Lock a problem, ask for permission and version, and save what the body did to it as its next version."""
    with transaction.atomic():
        row = Problem.objects.select_for_update().filter(pk=key).first()
        if row is None or not actor.may("cases.view", thing_of_problem(row)):
            raise NotFound(what=THE_PROBLEM)
        require(actor, ACT, thing_of_problem(row))
        if version is not None and version != row.version:
            raise StaleVersion(seen=version, current=row.version, changed=[])
        yield row
        row.version += 1
        row.save()


def _link(row: Problem, number: str, *, reason: str, actor: Actor, at: datetime) -> None:
    said = remark(reason, longest=LONGEST_REASON)
    with amendment(number, ACT, actor=actor, at=at, version=None) as docket:
        case: Case = docket.case
        _link_row, is_new = ProblemCase.objects.get_or_create(
            problem=row, case=case, defaults={"reason": said, "linked_by": actor.key, "linked_at": at}
        )
        if is_new:
            docket.record(CaseLinkedToProblem(row.pk, row.title, said))
            _tell(row, ProblemCaseLinked(case.number, said), actor=actor, at=at)


def _tell(row: Problem, event: Any, *, actor: Actor, at: datetime) -> None:
    record(event, about=Subject(PROBLEM, row.pk, row.area, (row.owner_unit,)), actor=actor.key, at=at)


def _must_be(row: Problem, state: str) -> None:
    if row.state != state:
        raise ProblemSettled(title=row.title)


def _title(text: str) -> str:
    kept = redact(storable(text).strip()).text
    if not kept or len(kept) > LONGEST_TITLE:
        raise ProblemUntitled(longest=LONGEST_TITLE)
    return kept


def _reason(text: str, step: str) -> str:
    said = remark(text, longest=LONGEST_REASON)
    if not said:
        raise ReasonNeeded(step=step)
    return said
