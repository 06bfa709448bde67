"""A caller whose problem is a case already joins it; a problem that comes back is linked to what was closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from liandong.cases.changes.intake import UnknownWord
from liandong.cases.docket import Docket
from liandong.cases.events import (
    CaseCameBack,
    CaseRecurred,
    JoinedReporterCalledBack,
    JoinedReporterRevealed,
    ReporterJoined,
)
from liandong.cases.models import Case, CaseRecurrence, JoinedReport
from liandong.cases.numbers import next_numbers
from liandong.cases.operations.amendments import KeptFromHandlers
from liandong.cases.operations.beats import amendment
from liandong.cases.operations.steps import reopen_case
from liandong.cases.rules.policies import Recurrence
from liandong.cases.rules.redaction import redact, remark, storable
from liandong.cases.rules.words import Identity, Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.sealing import Contact, seal_joined, unsealed_joined
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound

THE_REPORT = marked("这条并入的反映")
LONGEST_NOTE = 2_000


class CaseOver(Refusal):
    """A report was to be joined to a case that has ended."""

    status = 409
    says = marked("案件 %(number)s 已办结，不能再并入反映。")
    remedy = marked("问题再次出现的，请按回潮重开或登记新案。")


class NoRecurrence(Refusal):
    """A case that is not the return of the other: another class, not closed, or closed too long ago."""

    status = 422
    says = marked("案件 %(number)s 不能作为回潮的前案。")
    remedy = marked("前案须为同一小类、已结案，且在该类别规定的 %(days)s 天之内。")


class CallImplausible(Refusal):
    """A call-back of a joined reporter that says nothing, or more than a person who was not reached can."""

    status = 422
    says = marked("回访结果不完整或自相矛盾。")
    remedy = marked("接通的须说明是否解决，满意度为 1 至 5；未接通的都留空。")


def join_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    contact: Contact | None = None,
    note: str = "",
    identity: str = "",
    channel: str = "hotline",
) -> JoinedReport:
    """Keep another reporter of an open case, with a number of their own; no second case is opened.

    The contact is sealed as a case's is, the words are redacted and what is taken out of them is sealed with it.

    :raises CaseOver: the case has ended
    :raises UnknownWord: a reporter has no such identity
    :raises TextTooLong: the note has more than 2,000 characters
    """
    said = remark(note, longest=LONGEST_NOTE)
    told = _whole(contact or Contact(), note)
    with amendment(number, "cases.join", actor=actor, at=at, version=None) as docket:
        if docket.case.ended_at is not None:
            raise CaseOver(number=docket.case.number)
        row = JoinedReport(
            case=docket.case,
            number=_next_number(docket),
            channel=channel,
            identity=_identity(identity, contact or Contact()),
            note=said,
            has_phone=bool(told.phone),
            joined_by=actor.key,
            joined_at=at,
        )
        if not told.is_empty:
            seal_joined(row, told)
        row.save(force_insert=True)
        reporters = 1 + JoinedReport.objects.filter(case=docket.case).count()
        digest = hashlib.sha256(said.encode()).hexdigest() if said else ""
        docket.record(ReporterJoined(row.number, channel, row.identity, reporters, digest))
    return row


def reveal_joined(number: str, *, joined: str, purpose: str, actor: Actor, at: datetime) -> Contact:
    """Show who joined a case, for a stated purpose, on the record.

    :raises ReasonNeeded: no purpose was stated
    :raises KeptFromHandlers: that reporter asked for confidence, and the actor's unit handles the case
    :raises NotFound: nobody joined this case under that number
    """
    said = remark(purpose, longest=200)
    if not said:
        raise ReasonNeeded(step=marked("查看报告人"))
    with amendment(number, "cases.reveal_reporter", actor=actor, at=at, version=None) as docket:
        row = _joined(docket.case, joined)
        if row.identity == Identity.CONFIDENTIAL and actor.units & {docket.case.unit, *docket.case.assisting}:
            raise KeptFromHandlers
        docket.record(JoinedReporterRevealed(row.number, said))
    return unsealed_joined(row)


def call_back_joined(
    number: str,
    *,
    joined: str,
    reached: bool,
    actor: Actor,
    at: datetime,
    solved: bool | None = None,
    satisfaction: int | None = None,
    words: str = "",
) -> JoinedReport:
    """Note what a joined reporter said when they were called back or told. It decides nothing about the case.

    :raises CallImplausible: reached without saying whether it is solved, or not reached and yet with an answer
    :raises NotFound: nobody joined this case under that number
    """
    answered = solved is not None or satisfaction is not None
    if (reached and solved is None) or (not reached and answered) or not 1 <= (satisfaction or 1) <= 5:
        raise CallImplausible
    with amendment(number, "cases.call_back", actor=actor, at=at, version=None) as docket:
        row = _joined(docket.case, joined)
        row.call_attempts += 1
        row.called_at, row.is_reached, row.is_solved, row.satisfaction = at, reached, solved, satisfaction
        row.save(update_fields=["call_attempts", "called_at", "is_reached", "is_solved", "satisfaction"])
        said = remark(words, longest=LONGEST_NOTE)
        event = JoinedReporterCalledBack(row.number, reached, row.call_attempts, solved, satisfaction, said)
        docket.record(event)
    return row


def link_recurrence(number: str, *, of: str, actor: Actor, at: datetime) -> CaseRecurrence:
    """Link a case as the return of one that was closed (回潮); it counts on both.

    :raises NoRecurrence: the other is not closed, of another class, or older than the class's `recurrence_days`
    """
    with transaction.atomic(), _both(number, of, actor=actor, at=at) as (docket, before):
        case, first = docket.case, before.case
        days = _days_between(docket, first, at=case.reported_at)
        known = CaseRecurrence.objects.filter(case=case, of=first).first()
        if known is not None:
            return known
        row = _linked(docket, first, kind=Recurrence.NEW, days=days)
        docket.record(CaseRecurred(first.number, Recurrence.NEW.value, days))
        before.record(CaseCameBack(case.number, days, times_back(first)))
    return row


@transaction.atomic
def reopen_recurrence(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    contact: Contact | None = None,
    note: str = "",
    identity: str = "",
    channel: str = "hotline",
) -> JoinedReport:
    """Reopen a closed case whose problem is back, and keep whoever told of it as a reporter of it.

    :raises NoRecurrence: the case is not closed, or older than its class's `recurrence_days`
    :raises ReopeningTooLate: the window of reopening is over
    """
    with amendment(number, "cases.recur", actor=actor, at=at, version=None) as docket:
        days = _days_between(docket, docket.case, at=at)
        _linked(docket, docket.case, kind=Recurrence.REOPEN, days=days)
        event = CaseRecurred(docket.case.number, Recurrence.REOPEN.value, days, times_back(docket.case))
        docket.record(event)
    reopen_case(number, reason=reason, actor=actor, at=at)
    return join_case(number, actor=actor, at=at, contact=contact, note=note, identity=identity, channel=channel)


def times_back(case: Case) -> int:
    """How often the problem of a case came back, as new cases or by reopening it."""
    return CaseRecurrence.objects.filter(of=case).count()


@contextmanager
def _both(number: str, other: str, *, actor: Actor, at: datetime) -> Iterator[tuple[Docket, Docket]]:
    """Lock two cases in the order of their numbers, so that two people who link them at once cannot wait in a ring."""
    first, second = sorted((storable(number), storable(other)))
    if first == second:
        raise NoRecurrence(number=other, days=0)
    with (
        amendment(first, "cases.recur", actor=actor, at=at, version=None) as one,
        amendment(second, "cases.recur", actor=actor, at=at, version=None) as two,
    ):
        yield (one, two) if one.case.number == number else (two, one)


def _days_between(docket: Docket, first: Case, *, at: datetime) -> int:
    days = docket.rulebook.policy(docket.case.class_code).recurrence_days
    gap = (at - first.ended_at) if first.ended_at else None
    fits = first.class_code == docket.case.class_code and first.stage == Stage.CLOSED
    if gap is None or not fits or not 0 <= gap.total_seconds() <= days * 86_400:
        raise NoRecurrence(number=first.number, days=days)
    return gap.days


def _linked(docket: Docket, first: Case, *, kind: Recurrence, days: int) -> CaseRecurrence:
    case = docket.case
    return CaseRecurrence.objects.create(
        district=case.district,
        case=case,
        of=first,
        kind=kind.value,
        class_code=case.class_code,
        area=case.area,
        days=days,
        linked_by=docket.actor.key,
        linked_at=docket.at,
    )


def _joined(case: Case, number: str) -> JoinedReport:
    row = JoinedReport.objects.select_for_update().filter(case=case, number=storable(number)).first()
    if row is None:
        raise NotFound(what=THE_REPORT)
    return row


def _whole(told: Contact, note: str) -> Contact:
    """What is sealed: the contact as it can be stored, and the numbers taken out of the words."""
    taken = (*told.taken, *redact(note).taken)
    return Contact(storable(told.name), storable(told.phone), storable(told.dwelling), taken, storable(told.email))


def _identity(given: str, contact: Contact) -> str:
    if not given:
        return (Identity.ANONYMOUS if contact.is_empty else Identity.NAMED).value
    try:
        return Identity(given).value
    except ValueError:
        raise UnknownWord(value=given, field="identity", known="、".join(Identity)) from None


def _next_number(docket: Docket) -> str:
    """The next number of the case's district and of the day on which somebody joined: cases count among them."""
    day = docket.at.astimezone(docket.rulebook.map.calendar.zone).date()
    return next_numbers(docket.rulebook.map.district, day)[0]
