"""What a device says about when something was done: a claim, put beside our own time and never in its place.

A phone's clock may be wrong by a year. What it can tell is how long ago something was, as it knows both that instant
and now by the same clock: the difference holds however wrong the clock is. Clocks of the law run by the server's time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

BELATED: Final = timedelta(minutes=2)
"""What took longer than this from the act to us was done without a network, and its own time is noted."""
LONGEST_AWAY: Final = timedelta(days=30)
"""A device that says it was away for longer has had its clock set in between."""
_JITTER: Final = timedelta(minutes=1)


def claimed_at(by_device: datetime | None, *, device_now: datetime | None, at: datetime) -> datetime | None:
    """When something was done, in our time, from the device's own times of it and of now; None where that says nothing.

    :param at: when it reached us
    """
    if by_device is None or device_now is None:
        return None
    ago = device_now - by_device
    return at - max(ago, timedelta()) if -_JITTER <= ago <= LONGEST_AWAY else None


def is_belated(claimed: datetime | None, *, at: datetime) -> bool:
    """Whether the act's own time is worth noting beside ours."""
    return claimed is not None and at - claimed > BELATED


def in_our_time(by_device: datetime, *, device_now: datetime | None, at: datetime) -> datetime:
    """An instant the device's clock gave, however long ago, with that clock's error taken out."""
    return by_device if device_now is None else by_device + (at - device_now)
