"""What follows when something happens: each follower reads the timeline from its own position."""

from __future__ import annotations

from typing import Final

from liandong.cases.followers import FOLLOW_CALENDARS
from liandong.cases.notices import FOLLOW_NOTICES
from liandong.cases.tasks import FOLLOW_CHECKS
from liandong.duty.followers import FOLLOW_LEAVERS
from liandong.exchange.followers import FOLLOW_WEBHOOKS
from liandong.intake_channels.followers import FOLLOW_CHANNELS
from liandong.timeline.followers import SEALER, Follower

FOLLOWERS: Final[tuple[Follower, ...]] = (
    SEALER,
    FOLLOW_LEAVERS,
    FOLLOW_CALENDARS,
    FOLLOW_CHECKS,
    FOLLOW_NOTICES,
    FOLLOW_CHANNELS,
    FOLLOW_WEBHOOKS,
)
