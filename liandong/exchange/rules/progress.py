"""What follows from an answer: taken, tried again and when, given up; and when a receiver is left alone for good.

A receiver may get a message twice: one that took it and did not say so is sent it again, under the same `webhook-id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liandong.exchange.rules.words import Why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status a receiver answered with, 0 without an answer, and why it is no success."""

    status: int = 0
    why: Why = Why.NONE
    detail: str = ""
    wait_seconds: int = 0
    """How long the receiver asked us to wait."""
    took_ms: int = 0

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.why is Why.NONE


DELAYS: Final = (10, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 86_400)
"""Seconds before each further attempt: three days in all."""
RESTS: Final = (5, 15, 30, 60, 120, 300)
"""Seconds for which a receiver is left alone after so many failures in a row, whatever else waits for it."""
STOP_AFTER: Final = timedelta(days=3)
"""A receiver that took nothing for so long is not sent to any more."""
LEAST_FAILURES: Final = 10
LONGEST_WAIT: Final = 86_400
OVERLAP: Final = timedelta(hours=24)
"""For how long the old secret signs beside the new one."""


def why_of(status: int) -> Why:
    """What a status means: anything below 300 was taken."""
    if 200 <= status < 300:
        return Why.NONE
    if 300 <= status < 400:
        return Why.REDIRECTED
    return {410: Why.GONE, 429: Why.BUSY, 503: Why.BUSY}.get(status, Why.REFUSED if status < 500 else Why.BROKEN)


def next_try(attempts: int, *, at: datetime, drawn: float, wait_seconds: int = 0) -> datetime | None:
    """When to try again after so many attempts; nothing when it is enough.

    `drawn`, from 0 to 1, spreads the times by a fifth either way, so that what failed together does not come back
    together. A receiver that asked for more time gets it.
    """
    if attempts > len(DELAYS):
        return None
    seconds = DELAYS[attempts - 1] * (0.8 + 0.4 * drawn)
    return at + timedelta(seconds=max(seconds, min(wait_seconds, LONGEST_WAIT)))


def rest_until(failures: int, *, at: datetime, drawn: float, wait_seconds: int = 0) -> datetime:
    """Until when a receiver that failed so often in a row is left alone."""
    seconds = RESTS[min(failures, len(RESTS)) - 1] * (0.8 + 0.4 * drawn)
    return at + timedelta(seconds=max(seconds, min(wait_seconds, LONGEST_WAIT)))


def is_to_stop(outcome: Outcome, *, failing_since: datetime, failures: int, at: datetime) -> bool:
    """Whether a receiver is not sent to any more: it said so, or it took nothing for days."""
    return outcome.why is Why.GONE or (failures >= LEAST_FAILURES and at - failing_since >= STOP_AFTER)
