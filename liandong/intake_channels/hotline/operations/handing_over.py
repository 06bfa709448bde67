"""Handing a matter over to 110, 119, 120 or another desk by one key, and asking after it until they have it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from liandong.cases.queries import case_for
from liandong.cases.rules.redaction import redact, remark, storable
from liandong.intake_channels.hotline.events import HandedOver, HandOverNoted, HandOverReceipted, HandOverRemindedOf
from liandong.intake_channels.hotline.models import HandOver
from liandong.intake_channels.hotline.queries.calls import call_of
from liandong.intake_channels.hotline.queries.hand_overs import HAND_OVER, hand_over_for
from liandong.intake_channels.hotline.rules.handing_over import (
    LONGEST_PLACE,
    LONGEST_TOLD,
    OUTCOME_WORDS,
    PARTY_WORDS,
    RECEIPT_WITHIN,
    STAYS_WORDS,
    OutcomeUnknown,
    PartyUnknown,
    ReceiptGiven,
    ReceiptUnclear,
    StaysUnknown,
    next_reminder,
)
from liandong.people.access import Actor, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

BATCH = 200


@transaction.atomic
def hand_over(
    district: str,
    *,
    party: str,
    actor: Actor,
    at: datetime,
    to_name: str = "",
    place: str = "",
    told: str = "",
    stays: str = "",
    call: int | None = None,
    case: str = "",
) -> HandOver:
    """Note that a matter was given to `party`; from now on their receipt is awaited. The words may follow.

    :raises PartyUnknown: it is no party, or another desk without a name
    :raises StaysUnknown: nobody knows that way of transfer
    :raises NotFound: the call or the case is not this person's to see
    """
    require(actor, HAND_OVER, Thing(area=district))
    name = remark(to_name, longest=60)
    if party not in PARTY_WORDS or (party == "other" and not name):
        raise PartyUnknown(party=storable(party)[:20])
    if case:
        case_for(actor, case)
    row = HandOver.objects.create(
        district=district,
        call=call_of(actor, call) if call else None,
        case=case,
        party=party,
        to_name=name,
        place=redact(place.strip()).text[:LONGEST_PLACE],
        told=remark(told, longest=LONGEST_TOLD),
        stays=_known(stays),
        by_id=actor.user_id or 0,
        at=at,
        remind_at=at + RECEIPT_WITHIN,
    )
    record(HandedOver(party, case, name), about=_subject(row), actor=actor.key, at=at)
    return row


@transaction.atomic
def note_three_way(pk: int, *, told: str, stays: str, actor: Actor, at: datetime, case: str = "") -> HandOver:
    """三方转接: who stays on the line and what was told; and the case, once there is one.

    :raises NotFound: no such hand-over or case for this actor
    :raises StaysUnknown: nobody knows that way of transfer
    """
    row = _locked(actor, pk)
    if case:
        case_for(actor, case)
    row.told, row.stays = remark(told, longest=LONGEST_TOLD), _known(stays)
    row.case = case or row.case
    row.save(update_fields=["told", "stays", "case"])
    record(HandOverNoted(row.stays, row.case), about=_subject(row), actor=actor.key, at=at)
    return row


@transaction.atomic
def receipt_hand_over(
    pk: int, *, outcome: str, actor: Actor, at: datetime, receipt: str = "", receipt_from: str = ""
) -> HandOver:
    """回执: they have it, or will not take it; under which number, or who said so.

    :raises NotFound: no such hand-over for this actor
    :raises OutcomeUnknown, ReceiptUnclear, ReceiptGiven: as they say
    """
    row = _locked(actor, pk)
    if outcome not in OUTCOME_WORDS or not outcome:
        raise OutcomeUnknown
    number, who = remark(receipt, longest=40), remark(receipt_from, longest=60)
    if not number and not who:
        raise ReceiptUnclear
    if row.receipt_at is not None:
        raise ReceiptGiven
    row.outcome, row.receipt, row.receipt_from, row.receipt_at, row.remind_at = outcome, number, who, at, None
    row.save(update_fields=["outcome", "receipt", "receipt_from", "receipt_at", "remind_at"])
    record(HandOverReceipted(outcome, number, who), about=_subject(row), actor=actor.key, at=at)
    return row


def remind_of_hand_overs(*, at: datetime) -> int:
    """Remind everybody at the desk of hand-overs whose receipt is overdue; return of how many."""
    due = HandOver.objects.filter(remind_at__lte=at, receipt_at__isnull=True).order_by("remind_at", "pk")
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True)[:BATCH])
        for row in rows:
            row.reminded += 1
            row.remind_at = next_reminder(at, row.reminded)
            row.save(update_fields=["reminded", "remind_at"])
            record(HandOverRemindedOf(row.reminded), about=_subject(row), actor="platform/sweep", at=at)
    return len(rows)


def _known(stays: str) -> str:
    if stays not in STAYS_WORDS:
        raise StaysUnknown
    return stays


def _locked(actor: Actor, pk: int) -> HandOver:
    found = hand_over_for(actor, pk)
    return HandOver.objects.select_for_update().get(pk=found.pk)


def _subject(row: HandOver) -> Subject:
    return Subject("hand_over", row.pk, area=row.district, hearers=(f"person/{row.by_id}",))
