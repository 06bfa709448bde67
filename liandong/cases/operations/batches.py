"""One step on many cases: asked for at once, done row by row by the platform as whoever asked.

Each row is the ordinary operation, with its permission, version and law, in a transaction that also notes what came of
it. So a row is done once whatever dies, a refused row stops no other, and the browser may go away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction

from liandong.cases.events import BatchAsked, CaseRemindedOf
from liandong.cases.models import Batch, BatchRow, Case
from liandong.cases.operations.beats import amendment
from liandong.cases.operations.steps import accept_case, dispatch_case, receive_case
from liandong.cases.queries.saved import batch_for
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NOBODY, Actor, actor_for, require
from liandong.people.queries import account_named
from liandong.timeline.operations import Subject, record

MOST_ROWS: Final = 1_000
AT_UNIT: Final = frozenset({Stage.DISPATCHED, Stage.RECEIVED, Stage.ON_SCENE})


class NothingChosen(Refusal):
    """A batch of no cases."""

    status = 422
    says = marked("没有选中任何案件。")
    remedy = marked("请先在列表中选择案件（空格键选一件，A 键选本页）。")


class TooManyRows(Refusal):
    """More cases than one batch takes."""

    status = 422
    says = marked("一次最多批量办理 %(most)s 件。")
    remedy = marked("请缩小筛选范围，分几次办理。")


class UnknownBatchStep(Refusal):
    """A step that is never taken on many cases at once."""

    status = 422
    says = marked("“%(verb)s”不能批量办理。")
    remedy = marked("可以批量办理的有：受理、派遣、签收、催办提醒。")


class NothingToRemindOf(Refusal):
    """No unit has the case in hand."""

    status = 409
    says = marked("案件现处于“%(stage)s”，没有单位在办，无法提醒。")
    remedy = marked("只有已派遣、尚未反馈的案件可以提醒承办单位。")


class RowFailed(Refusal):
    """Something else went wrong on one row."""

    status = 500
    says = marked("这一件没有办成，案件未改变。")
    remedy = marked("请重试；仍不行时，请逐件办理并告诉管理员。")


@dataclass(frozen=True, slots=True)
class BatchVerb:
    """A step that may be taken on many cases, with the names of what may be said with it."""

    code: str
    act: str
    take: Callable[..., Case]
    details: tuple[str, ...] = ()


def remind_unit(number: str, *, actor: Actor, at: datetime, note: str = "", version: int | None = None) -> Case:
    """催办提醒: ask the unit that has the case in hand to get on. No clock and no version moves; notices follow.

    :raises NothingToRemindOf: no unit has it in hand
    """
    with amendment(number, "cases.remind", actor=actor, at=at, version=version) as docket:
        case = docket.case
        if Stage(case.stage) not in AT_UNIT:
            raise NothingToRemindOf(stage=STAGE_WORDS[Stage(case.stage)])
        docket.record(CaseRemindedOf(case.unit, remark(note, longest=200)), is_change=False)
    return docket.case


BATCH_VERBS: Final[dict[str, BatchVerb]] = {
    verb.code: verb
    for verb in (
        BatchVerb("accept", "cases.accept", accept_case),
        BatchVerb("dispatch", "cases.dispatch", dispatch_case, ("to", "note")),
        BatchVerb("receive", "cases.receive", receive_case),
        BatchVerb("remind", "cases.remind", remind_unit, ("note",)),
    )
}


@transaction.atomic
def ask_for_batch(
    cases: Sequence[tuple[str, int]], *, verb: str, actor: Actor, at: datetime, details: dict[str, str] | None = None
) -> Batch:
    """Ask for a step on many cases, each with the version its reader saw; a worker takes them in this order.

    :raises UnknownBatchStep: no such step is taken on many
    :raises Forbidden: the actor may take it on no case at all
    :raises NothingChosen, TooManyRows: there are no cases, or too many
    """
    if verb not in BATCH_VERBS:
        raise UnknownBatchStep(verb=verb[:20])
    require(actor, BATCH_VERBS[verb].act)
    chosen = dict(cases)
    if not chosen:
        raise NothingChosen
    if len(chosen) > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    given = details or {}
    said = {name: remark(given.get(name, ""), longest=2000) for name in BATCH_VERBS[verb].details}
    said = {name: text for name, text in said.items() if text}
    batch = Batch.objects.create(account=actor.user_id or 0, actor=actor.key, verb=verb, details=said, asked_at=at)
    _put(batch, chosen.items())
    event = BatchAsked(batch.pk, verb, len(chosen))
    record(event, about=Subject("account", actor.user_id or 0), actor=actor.key, at=at)
    return batch


@transaction.atomic
def retry_batch(pk: int, *, actor: Actor, at: datetime) -> Batch:
    """Ask anew for the rows of one's batch that were refused, on the cases as they are now.

    :raises NotFound: no such batch of theirs
    :raises NothingChosen: nothing was refused
    """
    old = batch_for(actor, pk)
    refused = BatchRow.objects.filter(batch=old, state="refused").order_by("place").values_list("number", flat=True)
    versions = dict(Case.objects.filter(number__in=list(refused)).values_list("number", "version"))
    cases = [(number, versions.get(number, 0)) for number in refused]
    return ask_for_batch(cases, verb=old.verb, actor=actor, at=at, details=old.details)


def run_batches(*, actor: Actor, at: datetime, most: int = 200) -> int:
    """Take up to `most` rows of the batches that wait, the oldest first; return how many were taken.

    Safe in any number of processes: a row that one has in hand is passed over by the others.
    """
    taken = 0
    for batch in Batch.objects.filter(ended_at__isnull=True).order_by("id"):
        doer = _doer(batch, at=at)
        while taken < most and _take_next(batch, doer, at=at):
            taken += 1
        if taken >= most:
            break
        _end(batch, at=at)
    return taken


def _put(batch: Batch, cases: Iterable[tuple[str, int]]) -> None:
    BatchRow.objects.bulk_create(
        BatchRow(batch=batch, place=place, number=number, version=version)
        for place, (number, version) in enumerate(cases, start=1)
    )


def _doer(batch: Batch, *, at: datetime) -> Actor:
    """Whoever asked, as they are now: a right that was taken meanwhile is gone here too."""
    user = account_named(batch.actor.removeprefix("user/"))
    return actor_for(user, at=at) if user is not None and user.is_active else NOBODY


@transaction.atomic
def _take_next(batch: Batch, doer: Actor, *, at: datetime) -> bool:
    """Take the next row; false when none is left, or all that are left are in other hands."""
    waiting = BatchRow.objects.select_for_update(skip_locked=True).filter(batch=batch, state="waiting")
    row = waiting.order_by("place").first()
    if row is None:
        return False
    refusal = _refusal_of(row, batch, doer, at=at)
    row.state, row.done_at = ("refused" if refusal else "done"), at
    if refusal:
        row.refusal, row.says, row.remedy = refusal.code, refusal.says, refusal.remedy
        row.values = {name: _plain(value) for name, value in refusal.values.items()}
    row.save(update_fields=["state", "done_at", "refusal", "says", "remedy", "values"])
    return True


def _refusal_of(row: BatchRow, batch: Batch, doer: Actor, *, at: datetime) -> Refusal | None:
    """Take the step on one case; what it was refused by, its own transaction undone."""
    try:
        with transaction.atomic():
            BATCH_VERBS[batch.verb].take(row.number, actor=doer, at=at, version=row.version, **batch.details)
    except Refusal as refusal:
        return refusal
    except (IntegrityError, DataError):
        return RowFailed()
    return None


@transaction.atomic
def _end(batch: Batch, *, at: datetime) -> None:
    if not BatchRow.objects.filter(batch=batch, state="waiting").exists():
        Batch.objects.filter(pk=batch.pk, ended_at__isnull=True).update(ended_at=at)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
