"""Counting the calls of keys: each web process takes a handful of a key's minute at a time, all from one row (ADR 29).

So a key never makes more calls in a minute than it may, however many processes answer it, and one call in twenty costs
a statement. What a process took and did not use is lost to the others until the minute is over.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings

from liandong.exchange import figures
from liandong.exchange.operations import take_calls
from liandong.exchange.queries import rate_of
from liandong.people.keys import Allowance

SHARE: Final = 20
"""A handful is this part of what a key may call in a minute."""
MINUTE: Final = 60


@dataclass(slots=True)
class _Handful:
    """What this process holds of a key's minute."""

    minute: int = -1
    limit: int = 1
    left: int = 0
    others: int = 0
    """What nobody has taken yet."""
    is_spent: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Meter:
    """Counts calls for one process."""

    def __init__(self) -> None:
        self._kept: dict[int, _Handful] = {}

    def count(self, key: int, *, at: datetime) -> Allowance:
        """Count one call of a key at `at`, and say what is left."""
        seconds = int(at.timestamp())
        held = self._kept.setdefault(key, _Handful())
        with held.lock:
            if held.minute < seconds // MINUTE:
                held.minute, held.limit = seconds // MINUTE, rate_of(key) or settings.LIANDONG_API_PER_MINUTE
                held.left, held.others, held.is_spent = 0, held.limit, False
            if not held.left and not held.is_spent:
                _take(key, held, at=at)
            is_refused = not held.left
            held.left -= not is_refused
            until = max(1, (held.minute + 1) * MINUTE - seconds)
            allowance = Allowance(held.limit, held.left + held.others, until, is_refused)
        if is_refused:
            figures.CALLS_REFUSED.inc()
        return allowance

    def forget(self) -> None:
        """Drop what this process holds."""
        self._kept.clear()


def count_call(key: int, at: datetime) -> Allowance:
    """Count one call of a key in this process."""
    return METER.count(key, at=at)


def _take(key: int, held: _Handful, *, at: datetime) -> None:
    wanted = max(1, held.limit // SHARE)
    taken, held.minute = take_calls(key, wanted=wanted, minute=held.minute, at=at)
    held.left = max(0, min(wanted, wanted - (taken - held.limit)))
    held.others = max(0, held.limit - taken)
    held.is_spent = taken >= held.limit


METER: Final = Meter()
