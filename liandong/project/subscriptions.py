"""What follows when something happens: each follower reads the timeline from its own position."""

from __future__ import annotations

from typing import Final

from liandong.duty.followers import FOLLOW_LEAVERS
from liandong.timeline.followers import SEALER, Follower

FOLLOWERS: Final[tuple[Follower, ...]] = (SEALER, FOLLOW_LEAVERS)
