"""Steps that touch several cases: merge, unmerge, split, void what was merged. All are locked first, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from liandong.cases import changes
from liandong.cases.changes.together import PartOfCase
from liandong.cases.docket import Docket
from liandong.cases.models import Case
from liandong.cases.operations.beats import step
from liandong.cases.operations.following import merged_into
from liandong.cases.queries import case_for
from liandong.cases.rulebook import rulebook_for
from liandong.cases.saving import save_docket
from liandong.people.access import Actor


def merge_case(number: str, *, into: str, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """并案: into another open case that the actor may see.

    :raises NotFound: there is no such main case for this actor
    """
    main = case_for(actor, into)
    with step(number, "merge", actor=actor, at=at, version=version, beside=[main.number]) as docket:
        other = _beside(main.pk, docket)
        changes.merge_case(docket, other, reason=reason)
        for along in merged_into(docket):
            changes.merge_along(along, other, reason=reason)
            save_docket(along)
        save_docket(other)
    return docket.case


def unmerge_case(number: str, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """撤销并案: the case stands alone again."""
    beside = _main_of(case_for(actor, number))
    with step(number, "unmerge", actor=actor, at=at, version=version, beside=beside) as docket:
        other = _beside(docket.case.merged_into_id or 0, docket)
        changes.unmerge_case(docket, other, reason=reason)
        save_docket(other)
    return docket.case


def void_case(number: str, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """作废: it should never have been a case, or cannot be one any more; one that was merged leaves its main case."""
    beside = _main_of(case_for(actor, number))
    with step(number, "void", actor=actor, at=at, version=version, beside=beside) as docket:
        main = _beside(docket.case.merged_into_id, docket) if docket.case.merged_into_id else None
        changes.void_case(docket, reason=reason, main=main)
        if main is not None:
            save_docket(main)
    return docket.case


def split_case(
    number: str,
    *,
    parts: Sequence[PartOfCase],
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """拆分: into cases of their own, which the whole waits for."""
    with step(number, "split", actor=actor, at=at, version=version) as docket:
        made = changes.split_case(docket, parts, reason=reason)
        for part in made:
            save_docket(part)
        changes.tell_of_split(docket, [part.case.number for part in made], reason=reason)
    return docket.case


def _main_of(case: Case) -> list[str]:
    """The number of the case one was merged into, to be locked with it; nothing where there is none."""
    return list(Case.objects.filter(pk=case.merged_into_id or 0).values_list("number", flat=True))


def _beside(pk: int, docket: Docket) -> Docket:
    """The docket of another case, which is locked already."""
    other = Docket(Case.objects.select_for_update().defer("terms").get(pk=pk), rulebook_for(docket.case.district))
    other.start_of(docket.actor, docket.at)
    return other
