"""Changes that are no steps: placing, revealing, keeping confidential, noting when a device says something was done."""

from __future__ import annotations

from datetime import datetime, timedelta

from liandong.cases import changes
from liandong.cases.events import ActClaimed, ReporterKeptConfidential, ReporterRevealed
from liandong.cases.models import Case, IdempotentCall, SealedReporter
from liandong.cases.operations.beats import amendment
from liandong.cases.rules.redaction import remark, storable
from liandong.cases.rules.words import Identity
from liandong.cases.rules.workflow import ReasonNeeded
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


class NobodyToKeep(Refusal):
    """A case whose reporter is anonymous has no contact to keep from anybody."""

    status = 409
    says = marked("本案为匿名反映，没有可保密的联系方式。")
    remedy = marked("无需改为保密；报告人愿意留下联系方式的，请作为补充登记。")


class ConfidentialAlready(Refusal):
    """The reporter's contact is kept from handlers already."""

    status = 409
    says = marked("本案已经为报告人保密。")
    remedy = marked("无需再次保密。")


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
        if case.identity == Identity.CONFIDENTIAL and actor.units & {case.unit, *case.involved}:
            raise KeptFromHandlers
        row = SealedReporter.objects.filter(case=case).first()
        docket.record(ReporterRevealed(said))
    return unsealed(row) if row else Contact()


def claim_time_of_act(
    number: str, *, step: str, claimed: datetime | None, by_device: str, actor: Actor, at: datetime
) -> None:
    """Note when a step that now reaches us was done by the account of the device. No clock follows it."""
    with amendment(number, "cases.view", actor=actor, at=at, version=None) as docket:
        when = claimed.isoformat() if claimed else ""
        docket.record(ActClaimed(step, when, storable(by_device)[:40]), is_change=False)


def keep_confidential(number: str, *, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """保密: from now on handlers see no contact and the centre calls, as the reporter asked (`CASE.md` §1).

    :raises NobodyToKeep: nobody left a name or a number
    :raises ConfidentialAlready: as it says
    """
    with amendment(number, "cases.keep_confidential", actor=actor, at=at, version=version) as docket:
        case = docket.case
        if case.identity == Identity.CONFIDENTIAL:
            raise ConfidentialAlready
        if case.identity == Identity.ANONYMOUS:
            raise NobodyToKeep
        case.identity = Identity.CONFIDENTIAL.value
        docket.record(ReporterKeptConfidential())
    return case


def forget_old_answers(*, at: datetime) -> int:
    """Forget answers to idempotent calls after a day; a client that retries later is told the case exists."""
    forgotten, _by_model = IdempotentCall.objects.filter(at__lt=at - ANSWERS_KEPT).delete()
    return forgotten
