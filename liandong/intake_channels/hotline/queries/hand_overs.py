"""Hand-overs: those whose receipt is awaited, the latest ones, those of a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from liandong.duty.rules.items import MOST_ITEMS, Item
from liandong.intake_channels.hotline.models import WAITING, HandOver
from liandong.intake_channels.hotline.rules.handing_over import PARTY_WORDS, RECEIPT_WITHIN
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Thing

HAND_OVER: Final = "hotline.hand_over"
THE_HAND_OVER = marked("这次转交")
SHOWN_FOR: Final = timedelta(hours=1)
"""How long a hand-over that has its receipt stays at the desk."""


def hand_over_for(actor: Actor, pk: int) -> HandOver:
    """A hand-over of a district this person hands over in.

    :raises NotFound: there is none
    """
    row = HandOver.objects.filter(pk=pk).first()
    if row is None or not _reaches(actor, row.district):
        raise NotFound(what=THE_HAND_OVER)
    return row


def hand_overs_at_desk(actor: Actor, *, district: str, at: datetime) -> list[HandOver]:
    """Those whose receipt is awaited, whoever handed over, and what this person handed over lately; oldest first."""
    if not _reaches(actor, district):
        return []
    own = Q(by=actor.user_id or 0, at__gte=at - SHOWN_FOR)
    rows = HandOver.objects.filter(WAITING | own, district=district).select_related("by")
    return sorted(rows.order_by("-at", "-pk")[:30], key=lambda row: (row.receipt_at is not None, row.at))


def latest_hand_overs(district: str, *, since: datetime) -> QuerySet[HandOver]:
    """The hand-overs of a district since an instant, the latest first."""
    return HandOver.objects.filter(district=district, at__gte=since).select_related("by").order_by("-at", "-pk")


def hand_overs_of(case: str) -> QuerySet[HandOver]:
    """What was handed over of a case, oldest first. Who may see the case may see that."""
    return HandOver.objects.filter(case=case).exclude(case="").select_related("by").order_by("at", "pk")


def open_hand_overs(actor: Actor, at: datetime) -> list[Item]:
    """The hand-overs whose receipt is awaited, for handing the desk over at the end of a shift."""
    waiting = HandOver.objects.filter(WAITING).order_by("at", "pk")[:MOST_ITEMS]
    url = reverse("workbench:intake")
    return [
        Item("hand_over", str(row.pk), row.to_name or gettext(PARTY_WORDS[row.party]), row.at + RECEIPT_WITHIN, url)
        for row in waiting
        if _reaches(actor, row.district)
    ]


def is_overdue(row: HandOver, *, at: datetime) -> bool:
    """Whether the receipt should have come by now. Exactly at the limit is in time."""
    return row.receipt_at is None and at > row.at + RECEIPT_WITHIN


def _reaches(actor: Actor, district: str) -> bool:
    return actor.may(HAND_OVER, Thing(area=district))
