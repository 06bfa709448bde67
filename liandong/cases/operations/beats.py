"""The six beats of every step: lock, may I, is it legal, change, save, record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import F

from liandong.cases.docket import Docket, thing_of
from liandong.cases.models import Case
from liandong.cases.operations.following import let_merged_follow
from liandong.cases.queries import THE_CASE, changes_since
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import storable
from liandong.cases.saving import save_docket
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.timeline.kept import read_rows

_UNREAD = frozenset({"terms"})


class StaleVersion(Refusal):
    """Somebody changed the case since it was read. Carries the current version and what happened."""

    status = 409
    says = marked("案件已被他人更新：您看到的是第 %(seen)s 版，现为第 %(current)s 版。")
    remedy = marked("请查看其间的变化，再决定是否继续。")


@contextmanager
def step(
    number: str,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    version: int | None,
    act: str = "",
    beside: Sequence[str] = (),
) -> Iterator[Docket]:
    """Run one step of the workflow; the body is the change. `act` is the permission where it is not the step's own.

    `beside` are other cases it touches: locked with this one, in one order, so that two such steps never wait for each
    other.

    :raises NotFound: no such case for this actor
    :raises Forbidden: it may be seen but not changed so
    :raises StaleVersion: `version` is no longer the case's
    :raises IllegalStep: the case is not at a stage from which the step leads
    """
    with locked(number, act or f"cases.{code}", actor=actor, version=version, beside=beside) as docket:
        docket.begin(code, actor=actor, at=at)
        yield docket
        let_merged_follow(docket)


@contextmanager
def amendment(number: str, act: str, *, actor: Actor, at: datetime, version: int | None) -> Iterator[Docket]:
    """Run a change that is no step: the stage stays. The same beats but for the workflow."""
    with locked(number, act, actor=actor, version=version) as docket:
        docket.start_of(actor, at)
        yield docket


@contextmanager
def locked(number: str, act: str, *, actor: Actor, version: int | None, beside: Sequence[str] = ()) -> Iterator[Docket]:
    """Lock a case, ask for permission and version, and save whatever the body did to it."""
    with transaction.atomic():
        if beside:
            together = [storable(name) for name in (number, *beside)]
            # A main case before those merged into it: the order in which the steps of a main case lock them too.
            order = (F("merged_into_id").asc(nulls_first=True), "pk")
            list(Case.objects.select_for_update().filter(number__in=together).order_by(*order).values_list("pk"))
        case = hold_case(number, act=act, actor=actor, version=version)
        docket = Docket(case, rulebook_for(case.district))
        yield docket
        save_docket(docket)


def hold_case(number: str, *, act: str, actor: Actor, version: int | None) -> Case:
    """Lock a case for the rest of the caller's transaction, at the version its reader saw.

    What then follows in the transaction, several operations it may be, happens to the case as the reader knew it.

    :raises NotFound, Forbidden, StaleVersion: as `step`
    """
    found = read_rows(Case, "WHERE number = %s FOR UPDATE", [storable(number)], leave_out=_UNREAD)
    case = found[0] if found else None
    if case is None or not actor.may("cases.view", thing_of(case)):
        raise NotFound(what=THE_CASE)
    require(actor, act, thing_of(case))
    if version is not None and version != case.version:
        raise StaleVersion(
            seen=version,
            current=case.version,
            changed=[entry.event for entry in changes_since(case, version)],
        )
    return case
