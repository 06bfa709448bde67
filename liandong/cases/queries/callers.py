"""Whose cases a caller is shown to an operator: during the call only, and never as a count (`CASE.md` §7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from liandong.cases.models import Case, JoinedReport
from liandong.cases.queries.cases import permitted_cases
from liandong.cases.sealing import digits, phone_hash
from liandong.people.access import Actor

FIND_BY_PHONE: Final = "cases.find_by_phone"
CALLERS_DAYS: Final = timedelta(days=90)
"""How far back a caller's ended cases are shown."""
MOST_OF_A_CALLER: Final = 20


def cases_of_caller(actor: Actor, phone: str, *, at: datetime) -> list[Case]:
    """The open cases reported from a whole number and those of the last 90 days, among those one may search so.

    Open ones first, then the latest. Found by the keyed hash of the number, which is stored with no case in the clear;
    nothing for less than a whole number.
    """
    sought = digits(phone)
    if not 7 <= len(sought) <= 15:
        return []
    keyed = phone_hash(sought)
    joined = JoinedReport.objects.filter(phone_hash=keyed).values("case")
    seen = permitted_cases(actor, FIND_BY_PHONE) & permitted_cases(actor)
    theirs = seen.filter(Q(sealed__phone_hash=keyed) | Q(pk__in=joined))
    recent = theirs.filter(Q(ended_at__isnull=True) | Q(reported_at__gte=at - CALLERS_DAYS)).defer("terms")
    return sorted(recent.order_by("-reported_at", "-id")[:MOST_OF_A_CALLER], key=lambda case: case.ended_at is not None)
