"""Which channels a person is told by: those of the notice, with what they added and dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from liandong.notify.rules.notices import Notice
from liandong.notify.rules.words import Channel, Kind

CHOSEN_BY_PEOPLE: Final = (Channel.SMS, Channel.EMAIL)
"""In-app messages cannot be switched off, and a unit's robots are not one person's."""

BINDING: Final = frozenset({(Kind.SUPERVISION, Channel.SMS)})
"""督办 reaches whoever must answer for it, whatever they chose."""

Chosen = Mapping[tuple[Kind, Channel], bool]


def is_binding(kind: Kind, channel: Channel) -> bool:
    """Whether nobody may drop this channel for this kind."""
    return (kind, channel) in BINDING


def channels_for(notice: Notice, chosen: Chosen) -> tuple[Channel, ...]:
    """The channels a person is told by, in the order of the notice, those they added last."""
    kept = [
        channel
        for channel in notice.channels
        if chosen.get((notice.kind, channel), True) or is_binding(notice.kind, channel)
    ]
    added = [
        channel
        for channel in CHOSEN_BY_PEOPLE
        if chosen.get((notice.kind, channel)) and channel not in notice.channels and notice.kind is not Kind.REPLY
    ]
    return (*kept, *added)
