"""Forgetting what is over: counts of past spans, codes nobody used, keys of what was joined long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from liandong.citizen.models import Allowance, Joining, PhoneCode

JOININGS_KEPT: Final = timedelta(days=7)
"""How long a phone may have been without a network when it sends the same "me too" again."""


def forget_what_is_over(*, at: datetime) -> int:
    """Forget it, and return how many rows that were."""
    over = (
        Allowance.objects.filter(until__lte=at),
        PhoneCode.objects.filter(expires_at__lte=at),
        Joining.objects.filter(at__lte=at - JOININGS_KEPT),
    )
    return sum(rows.delete()[0] for rows in over)
