"""Forgetting: what identifies a reporter goes when its time is over, by class and age (`CASE.md` §7).

The key of the case is destroyed, and with it everything sealed; the row stays as a tombstone. Where the class says so
the description and the notes go too: the timeline holds only their hashes, so the chain still verifies.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from liandong.cases.docket import Docket
from liandong.cases.events import CaseAnonymised
from liandong.cases.models import Case, JoinedReport, Note, SealedReporter
from liandong.cases.operations.beats import amendment
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.saving import save_docket
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require

BATCH = 500


class StillOpen(Refusal):
    """A case was to be anonymised while somebody still works on it."""

    status = 409
    says = marked("案件尚未办结，不能清除报告人信息。")
    remedy = marked("请在办结后再清除；到期会自动清除。")


class AlreadyAnonymised(Refusal):
    """What identifies the reporter is gone already."""

    status = 409
    says = marked("本案的报告人信息已经清除。")
    remedy = marked("无需再次清除。")


def anonymise_old_cases(*, actor: Actor, at: datetime) -> int:
    """Anonymise every case that ended longer ago than its class keeps reporters. Returns how many.

    :raises Forbidden: the actor may not
    """
    require(actor, "cases.anonymise")
    done, after = 0, (datetime.min.replace(tzinfo=at.tzinfo), 0)
    while True:
        # In the order of their end: those whose class keeps them longer are passed over, not read again and again.
        beyond = Q(ended_at__gt=after[0]) | Q(ended_at=after[0], pk__gt=after[1])
        waiting = Case.objects.filter(beyond, ended_at__lt=at, anonymised_at=None).order_by("ended_at", "pk")
        found = list(waiting.values_list("pk", "ended_at", "district", "class_code")[:BATCH])
        if not found:
            return done
        old = [pk for pk, ended, district, code in found if ended and _is_old(ended, district, code, at=at)]
        with transaction.atomic():
            for case in Case.objects.select_for_update().defer("terms").filter(pk__in=old, anonymised_at=None):
                docket = Docket(case, rulebook_for(case.district))
                docket.start_of(actor, at)
                _forget(docket, reason="")
                save_docket(docket)
                done += 1
        last = found[-1]
        assert last[1] is not None
        after = (last[1], last[0])


def anonymise_case(number: str, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """Anonymise one ended case before its time, as its reporter may ask.

    :raises ReasonNeeded: without a reason
    :raises StillOpen, AlreadyAnonymised: as they say
    """
    if not reason.strip():
        raise ReasonNeeded(step=marked("清除报告人信息"))
    with amendment(number, "cases.anonymise", actor=actor, at=at, version=version) as docket:
        if docket.case.ended_at is None:
            raise StillOpen
        if docket.case.anonymised_at is not None:
            raise AlreadyAnonymised
        _forget(docket, reason=reason)
    return docket.case


def _is_old(ended_at: datetime, district: str, class_code: str, *, at: datetime) -> bool:
    days = rulebook_for(district).policy(class_code).retention_days
    return days > 0 and ended_at + timedelta(days=days) <= at


def _forget(docket: Docket, *, reason: str) -> None:
    case = docket.case
    policy = docket.rulebook.policy(case.class_code)
    gone = {"wrapped_key": None, "sealed": None, "phone_hash": None, "tail_hash": None}
    SealedReporter.objects.filter(case=case).update(**gone)
    JoinedReport.objects.filter(case=case).update(**gone, has_phone=False)
    case.has_phone, case.anonymised_at = False, docket.at
    if policy.blank_description:
        case.description, case.address = "", ""
        Note.objects.filter(case=case).update(text="")
        JoinedReport.objects.filter(case=case).update(note="")
    docket.record(CaseAnonymised(policy.retention_days, policy.blank_description, reason))
