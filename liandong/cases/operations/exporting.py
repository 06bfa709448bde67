"""Exports: who took how many cases out, by which filter; and files that are made while their reader waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from liandong.cases.changes.intake import UnknownWord
from liandong.cases.events import CasesExported
from liandong.cases.models import ExportJob
from liandong.cases.queries import CaseFilter
from liandong.cases.rules.redaction import redact
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

MAKER_IS_DEAD: Final = timedelta(minutes=2)
"""After so long without a word from its maker, a file is begun anew by another."""
KEPT: Final = timedelta(days=1)
MOST_AT_ONCE: Final = 3
KINDS: Final = ("xlsx", "csv")
"""A workbook, or lines of values with commas between them."""


class TooManyExports(Refusal):
    """Somebody waits for several workbooks already."""

    status = 429
    says = marked("您已有 %(most)s 个导出在进行。")
    remedy = marked("请等其中一个完成后再导出。")


@transaction.atomic
def ask_for_export(
    asked: CaseFilter,
    *,
    order: str,
    columns: Sequence[str],
    language: str,
    actor: Actor,
    at: datetime,
    kind: str = "xlsx",
) -> ExportJob:
    """Ask for a file of a list, `xlsx` or `csv`; a worker makes it with the rights its reader has then.

    :raises Forbidden: the actor sees no cases anywhere
    :raises UnknownWord: there is no such kind of file
    :raises TooManyExports: several are being made for them
    """
    require(actor, "cases.view")
    if kind not in KINDS:
        raise UnknownWord(value=kind, field="kind", known="、".join(KINDS))
    me = actor.user_id or 0
    waiting = ExportJob.objects.filter(account=me, state__in=["waiting", "making"], asked_at__gt=at - KEPT)
    if waiting.count() >= MOST_AT_ONCE:
        raise TooManyExports(most=MOST_AT_ONCE)
    return ExportJob.objects.create(
        account=me,
        actor=actor.key,
        language=language,
        asked=asked.as_asked(),
        order=order,
        columns=list(columns),
        kind=kind,
        asked_at=at,
    )


@transaction.atomic
def take_export(*, actor: Actor, at: datetime) -> ExportJob | None:
    """The next workbook to make, which is the caller's from now on; nothing when none waits."""
    is_free = Q(state="waiting") | Q(state="making", touched_at__lt=at - MAKER_IS_DEAD)
    job = ExportJob.objects.select_for_update(skip_locked=True).filter(is_free).order_by("id").first()
    if job is not None:
        job.state, job.touched_at, job.done = "making", at, 0
        job.save(update_fields=["state", "touched_at", "done"])
    return job


def note_export(job: ExportJob, *, done: int, total: int, actor: Actor, at: datetime) -> None:
    """Note how far a workbook is, and that its maker lives."""
    ExportJob.objects.filter(pk=job.pk).update(done=done, total=total, touched_at=at)


@transaction.atomic
def end_export(job: ExportJob, *, file: str, done: int, asked: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """A workbook is made, with `file` its name; or, without one, its reader lost their rights meanwhile.

    It stands on the record with what it holds, of `actor`, who asked for it.
    """
    ExportJob.objects.filter(pk=job.pk).update(
        state="ready" if file else "refused", file=file, done=done, total=done, touched_at=at
    )
    kept = {name: redact(value).text for name, value in asked.items()}
    event = CasesExported(done, bool(file), kept)
    record(event, about=Subject("account", job.account), actor=actor.key, at=at)


def forget_old_exports(*, at: datetime) -> list[str]:
    """Forget exports after a day; returns the names of files that nobody may fetch any more."""
    old = ExportJob.objects.filter(asked_at__lt=at - KEPT)
    files = [name for name in old.values_list("file", flat=True) if name]
    old.delete()
    return files


@transaction.atomic
def record_export(asked: Mapping[str, str], *, count: int, is_whole: bool, actor: Actor, at: datetime) -> None:
    """Record that `count` cases were handed out as a file; not `is_whole` when the reader left before the end.

    Personal numbers somebody searched for are taken out of what is kept.

    :raises Forbidden: the actor sees no cases anywhere
    """
    require(actor, "cases.view")
    kept = {name: redact(value).text for name, value in asked.items()}
    record(CasesExported(count, is_whole, kept), about=Subject("account", actor.user_id or 0), actor=actor.key, at=at)
