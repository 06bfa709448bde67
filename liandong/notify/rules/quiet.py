"""Quiet hours: when an ordinary message waits until morning. The narrowest set holds: person, unit, district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of day until another, which may be on the next morning. The same time twice: never quiet."""

    since: time
    until: time

    def holds(self, moment: time) -> bool:
        """Whether that time of day is quiet; the end is not."""
        if self.since <= self.until:
            return self.since <= moment < self.until
        return moment >= self.since or moment < self.until


def not_before(quiet: QuietHours | None, *, at: datetime, zone: ZoneInfo) -> datetime:
    """The earliest instant from `at` on that is not quiet."""
    local = at.astimezone(zone)
    if quiet is None or not quiet.holds(local.time()):
        return at
    day = local.date() if local.time() < quiet.until else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.until, zone)
