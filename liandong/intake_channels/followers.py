"""The follower: reads what happened to cases, and writes what their channels hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from liandong.intake_channels.operations import tell_channels
from liandong.timeline.followers import Follower
from liandong.timeline.queries import Entry


def follow_cases_of_channels(entries: Sequence[Entry], at: datetime) -> None:
    """Write what follows from these entries, in the transaction of their reading: exactly once."""
    tell_channels(entries, at=at)


FOLLOW_CHANNELS = Follower("channels", follow_cases_of_channels, batch=2000)
