"""Work passed to an outside firm: the link is made here, and used here by whoever holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from liandong.cases import changes
from liandong.cases.changes.station import LinkDead, firm_reports, hash_of
from liandong.cases.docket import Docket
from liandong.cases.models import Attachment, Case, OutsideTask
from liandong.cases.operations.attachments import add_photo
from liandong.cases.operations.beats import step
from liandong.cases.queries import outside_task
from liandong.cases.rulebook import rulebook_for
from liandong.cases.saving import save_docket
from liandong.people.access import Actor, platform

FIRM = platform("firm")
"""Whoever holds a link: no account, no right but this one job."""


@dataclass(frozen=True, slots=True)
class PassedOut:
    """A case whose work was passed out, and the token of the link: shown once, kept nowhere."""

    case: Case
    token: str


def pass_out_case(
    number: str,
    *,
    firm: str,
    task: str,
    actor: Actor,
    at: datetime,
    hours: str = "72",
    version: int | None = None,
) -> PassedOut:
    """外协: a one-use link for an outside firm; responsibility and clock stay with the unit."""
    with step(number, "pass_out", actor=actor, at=at, version=version) as docket:
        token = changes.pass_out(docket, firm=firm, task=task, hours=hours)
    return PassedOut(docket.case, token)


@transaction.atomic
def firm_acts(token: str, *, what: str, at: datetime, report: str = "") -> OutsideTask:
    """The firm has received the job (`received`) or done it (`done`).

    :raises LinkDead: the link is not good any more
    """
    task = OutsideTask.objects.select_for_update().filter(token_hash=hash_of(token)).first()
    if task is None:
        raise LinkDead
    case = Case.objects.select_for_update().defer("terms").get(pk=task.case_id)
    docket = Docket(case, rulebook_for(case.district))
    docket.start_of(FIRM, at)
    firm_reports(docket, task, what=what, report=report)
    save_docket(docket)
    return task


def firm_adds_photo(token: str, *, content: bytes, purpose: str, at: datetime) -> Attachment:
    """A photo of the job, before or after.

    :raises LinkDead: the link is not good any more
    """
    task = outside_task(token, at=at)
    if task is None:
        raise LinkDead
    return add_photo(task.case.number, content=content, purpose=purpose, actor=FIRM, at=at)
