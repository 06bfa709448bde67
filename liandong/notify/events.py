"""What happens to messages and templates besides their being sent. No text, number or address stands here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A message stands in somebody's inbox."""

    notice: str
    about: str


@dataclass(frozen=True, slots=True)
class MessageRetried:
    """Somebody had a message sent again; `before` is the state it was in."""

    notice: str
    channel: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True)
class TemplateWritten:
    """A new version of a wording. The text itself is kept with its version."""

    notice: str
    channel: str
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class NoticesLoaded:
    templates: int
    new_versions: int
    tariffs: int
    quiet_hours: int


@dataclass(frozen=True, slots=True)
class ChannelsChosen:
    """What somebody added and dropped, as `kind/channel`; `quiet` are their own quiet hours, if any."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    quiet: str = ""
