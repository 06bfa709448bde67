"""Every channel of the installation. To add one, add it here: `docs/howto/add-a-channel.md`."""

from __future__ import annotations

from typing import Final

from liandong.intake_channels.contract import Channel
from liandong.intake_channels.plugins.alarms import ALARMS
from liandong.intake_channels.plugins.bulk import BULK
from liandong.intake_channels.plugins.city_12345 import CITY_12345
from liandong.intake_channels.plugins.mailbox import MAILBOX
from liandong.intake_channels.plugins.police_110 import POLICE_110
from liandong.intake_channels.plugins.social_governance import SOCIAL_GOVERNANCE
from liandong.intake_channels.plugins.urban_management import URBAN_MANAGEMENT

CHANNELS: Final[tuple[Channel, ...]] = (
    CITY_12345,
    POLICE_110,
    URBAN_MANAGEMENT,
    SOCIAL_GOVERNANCE,
    ALARMS,
    MAILBOX,
    BULK,
)
