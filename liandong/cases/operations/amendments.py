"""Changes that are no steps: placing a case, adding a photo, revealing a reporter, clocks falling due."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from liandong.cases import changes
from liandong.cases.changes.intake import UnknownWord
from liandong.cases.docket import Docket
from liandong.cases.events import ClockFellDue, PhotoAdded, ReporterRevealed
from liandong.cases.models import Attachment, Case, IdempotentCall, SealedReporter
from liandong.cases.operations.beats import amendment
from liandong.cases.photos import PURPOSES, kind_of
from liandong.cases.queries import fallen_due
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import Identity
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.saving import save_docket
from liandong.cases.sealing import Contact, unsealed
from liandong.kernel.datum import Datum
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor

ANSWERS_KEPT = timedelta(days=1)


class KeptFromHandlers(Refusal):
    """A confidential reporter: the handling unit sees no contact, and the centre calls instead."""

    status = 403
    says = marked("报告人要求保密，承办单位不能查看其联系方式。")
    remedy = marked("需要联系报告人时，请由联动中心代为联系。")


def place_case(
    number: str,
    *,
    lon: float,
    lat: float,
    actor: Actor,
    at: datetime,
    datum: str = Datum.WGS84.value,
    address: str = "",
    version: int | None = None,
) -> Case:
    """Say where the problem is: the way out of the queue of unknown places."""
    with amendment(number, "cases.place", actor=actor, at=at, version=version) as docket:
        changes.place_case(docket, lon=lon, lat=lat, datum=datum, address=address)
    return docket.case


def add_photo(number: str, *, content: bytes, purpose: str, actor: Actor, at: datetime) -> Attachment:
    """Keep a photo with the case. The file is written first and named by its content, the row after it.

    :raises NotAPhoto: the content is neither JPEG nor PNG
    :raises UnknownWord: a photo has no such purpose
    """
    content_type = kind_of(content)
    if purpose not in PURPOSES:
        raise UnknownWord(value=purpose, field="purpose", known="、".join(PURPOSES))
    digest = hashlib.sha256(content).hexdigest()
    with amendment(number, "cases.add_photo", actor=actor, at=at, version=None) as docket:
        _keep(digest, content)
        photo = Attachment.objects.create(
            case=docket.case,
            purpose=purpose,
            sha256=digest,
            content_type=content_type,
            size=len(content),
            added_by=actor.key,
            added_at=at,
        )
        docket.record(PhotoAdded(purpose, digest))
    return photo


def reveal_reporter(number: str, *, purpose: str, actor: Actor, at: datetime) -> Contact:
    """Show who reported, for a stated purpose, on the record.

    :raises ReasonNeeded: no purpose was stated
    :raises KeptFromHandlers: the reporter asked for confidence, and the actor's unit handles the case
    """
    said = remark(purpose, longest=200)
    if not said:
        raise ReasonNeeded(step=marked("查看报告人"))
    with amendment(number, "cases.reveal_reporter", actor=actor, at=at, version=None) as docket:
        case = docket.case
        if case.identity == Identity.CONFIDENTIAL and actor.units & {case.unit, *case.assisting}:
            raise KeptFromHandlers
        row = SealedReporter.objects.filter(case=case).first()
        docket.record(ReporterRevealed(said))
    return unsealed(row) if row else Contact()


def mark_overdue(*, actor: Actor, at: datetime, batch: int = 500) -> int:
    """Mark every clock whose time is over and announce it. Cost follows what is due, not what is open.

    Returns how many clocks were marked. Safe to run anywhere, any number of times.
    """
    marked_clocks = 0
    while True:
        with transaction.atomic():
            found = _mark_batch(actor=actor, at=at, batch=batch)
        marked_clocks += found
        if found < batch:
            return marked_clocks


def forget_old_answers(*, at: datetime) -> int:
    """Forget answers to idempotent calls after a day; a client that retries later is told the case exists."""
    forgotten, _by_model = IdempotentCall.objects.filter(at__lt=at - ANSWERS_KEPT).delete()
    return forgotten


def _mark_batch(*, actor: Actor, at: datetime, batch: int) -> int:
    due = list(fallen_due(at=at, limit=batch).values_list("case_id", flat=True))
    cases = Case.objects.select_for_update(skip_locked=True).defer("terms").filter(pk__in=set(due)).order_by("pk")
    count = 0
    for case in cases:
        docket = Docket(case, rulebook_for(case.district))
        docket.start_of(actor, at)
        found = _mark_case(docket)
        if found:
            save_docket(docket)
        count += found
    return count


def _mark_case(docket: Docket) -> int:
    count = 0
    for clock in docket.running():
        if clock.overdue_at is None and clock.due_at < docket.at:
            clock.overdue_at = clock.due_at
            docket.touch(clock)
            # News, but nobody's decision: what a handler is about to save stays valid.
            docket.record(ClockFellDue(clock.kind, clock.due_at.isoformat(), docket.case.unit), is_change=False)
            count += 1
    return count


def _keep(digest: str, content: bytes) -> None:
    folder = Path(settings.MEDIA_ROOT) / digest[:2]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / digest
    if not file.exists():
        # Two uploads of one photo at once must not write into one another's file.
        fresh = folder / f"{digest}.{uuid4().hex}.part"
        fresh.write_bytes(content)
        fresh.replace(file)
