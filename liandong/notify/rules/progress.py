"""How a message comes on: from what a gateway answers, asks and reports to the state it is in.

What may have been taken is never sent again blindly: it becomes `unknown` until somebody who knows says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liandong.notify.rules.words import Channel, State, Why


class News(StrEnum):
    """What somebody who knows says about a message."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer: `ids` are the gateway's names for the parts it took, `detail` its words."""

    news: News
    why: Why = Why.NONE
    ids: tuple[str, ...] = ()
    detail: str = ""


_AFTER_SENDING: Final[Mapping[News, State]] = {
    News.ACCEPTED: State.SENT,
    News.DELIVERED: State.DELIVERED,
    News.REFUSED: State.FAILED,
    News.LATER: State.QUEUED,
    News.UNKNOWN: State.UNKNOWN,
}

_RECEIPTS: Final[Mapping[tuple[State, News], State]] = {
    (State.SENDING, News.DELIVERED): State.DELIVERED,
    (State.SENDING, News.REFUSED): State.FAILED,
    (State.QUEUED, News.DELIVERED): State.DELIVERED,
    (State.QUEUED, News.ACCEPTED): State.SENT,
    (State.SENDING, News.ACCEPTED): State.SENT,
    (State.UNKNOWN, News.ACCEPTED): State.SENT,
    (State.UNKNOWN, News.DELIVERED): State.DELIVERED,
    (State.UNKNOWN, News.REFUSED): State.FAILED,
    (State.SENT, News.DELIVERED): State.DELIVERED,
    (State.SENT, News.REFUSED): State.FAILED,
    # The telephone has it, whatever was said before.
    (State.FAILED, News.DELIVERED): State.DELIVERED,
}

DELAYS: Final = (10, 30, 120, 600, 1800, 3600, 7200)
"""Seconds before each further attempt."""

ASKS: Final = (15, 60, 300, 900, 3600)
"""Seconds before each question about a message of which nobody knows whether it was taken."""

STALE: Final = timedelta(hours=24)
"""A message that could not be sent for so long helps nobody any more."""

FALLBACK: Final[Mapping[Channel, Channel]] = {Channel.SMS: Channel.EMAIL, Channel.EMAIL: Channel.SMS}
"""Where a person is reached instead when a channel failed for good."""


def after_sending(news: News) -> State:
    """The state after an attempt was answered, or was not."""
    return _AFTER_SENDING[news]


def after_receipt(state: State, news: News) -> State:
    """The state after a receipt; one that says nothing new, or comes again, changes nothing."""
    return _RECEIPTS.get((state, news), state)


def of_parts(parts: tuple[News | None, ...]) -> News | None:
    """What the receipts of all parts say together: failed when one failed, delivered when all were delivered."""
    if News.REFUSED in parts:
        return News.REFUSED
    return News.DELIVERED if parts and all(part is News.DELIVERED for part in parts) else None


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """When to try again after so many attempts; nothing when it is enough."""
    return at + timedelta(seconds=DELAYS[attempts - 1]) if attempts <= len(DELAYS) else None


def next_ask(asked: int, *, at: datetime) -> datetime | None:
    """When to ask about it again; nothing when only a receipt or a person can still tell."""
    return at + timedelta(seconds=ASKS[asked]) if asked < len(ASKS) else None
