"""Watches that follow each other without a break: who would be on their feet around the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liandong.duty.rules.rotation import Slot, Watch

TOO_LONG = timedelta(hours=24)
"""As long as the longest watch anybody plans: two or more that together last so long deserve a second thought."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time one person stands several watches on end."""

    person: int
    starts_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> int:
        """Its whole hours."""
        return int((self.ends_at - self.starts_at) / timedelta(hours=1))


def long_stretch(watches: Sequence[Watch], slot: Slot) -> Stretch | None:
    """The watches of one person on end around `slot`, when there are several and they last too long together."""
    ordered = sorted(watches, key=lambda watch: watch.starts_at)
    for run in _runs(ordered):
        slots = {(watch.slot, watch.starts_at) for watch in run}
        starts_at, ends_at = run[0].starts_at, max(watch.ends_at for watch in run)
        if any(watch.slot == slot for watch in run) and len(slots) > 1 and ends_at - starts_at >= TOO_LONG:
            return Stretch(run[0].person or 0, starts_at, ends_at)
    return None


def _runs(ordered: Sequence[Watch]) -> list[list[Watch]]:
    runs: list[list[Watch]] = []
    ends_at: datetime | None = None
    for watch in ordered:
        if ends_at is None or watch.starts_at > ends_at:
            runs.append([])
            ends_at = watch.ends_at
        runs[-1].append(watch)
        ends_at = max(ends_at, watch.ends_at)
    return runs
