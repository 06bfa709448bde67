"""What a channel is told of its orders: which event of a case becomes which message, and what of it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from liandong.intake_channels.rules.words import Tell
from liandong.notify.rules.progress import DELAYS


@dataclass(frozen=True, slots=True)
class Telling:
    """`text` and `facts` name fields of the event; a text that is not named is the case's own answer, for `answer`."""

    tell: Tell
    step: str
    text: str = ""
    facts: tuple[str, ...] = ()


TELLINGS: Final[Mapping[str, Telling]] = {
    "CaseReported": Telling(Tell.RECEIPT, "report"),
    "CaseAccepted": Telling(Tell.PROGRESS, "accept"),
    "CaseRefused": Telling(Tell.RETURN, "refuse", text="reason"),
    "CaseDeclined": Telling(Tell.RETURN, "decline", text="reason"),
    "CaseVoided": Telling(Tell.RETURN, "void", text="reason"),
    "CaseAnswered": Telling(Tell.ANSWER, "answer", text="answer"),
    "CaseFiled": Telling(Tell.PROGRESS, "file"),
    "CaseDispatched": Telling(Tell.PROGRESS, "dispatch", facts=("unit",)),
    "CaseDispatchedByPhone": Telling(Tell.PROGRESS, "dispatch_by_phone", facts=("unit",)),
    "CaseTransferred": Telling(Tell.PROGRESS, "transfer", facts=("unit",)),
    "CaseReceived": Telling(Tell.PROGRESS, "receive", facts=("unit",)),
    "CaseArrived": Telling(Tell.PROGRESS, "arrive"),
    "CaseHandedIn": Telling(Tell.PROGRESS, "hand_in", facts=("unit",)),
    "CaseSuspended": Telling(Tell.PROGRESS, "suspend", text="awaited", facts=("wake_on",)),
    "CaseResumed": Telling(Tell.PROGRESS, "resume"),
    "ExtensionGranted": Telling(Tell.EXTENSION, "grant_extension", text="note", facts=("before", "after")),
    "CaseClosed": Telling(Tell.ANSWER, "close", facts=("closing",)),
    "CaseReopened": Telling(Tell.PROGRESS, "reopen"),
    "CaseWithdrawn": Telling(Tell.PROGRESS, "withdraw"),
}
"""Internal hops, checks, supervision and returns between our own units are not theirs to know."""

_FOLLOWED: Final = "MergedCaseFollowed"


def telling_for(event: str, data: Mapping[str, Any]) -> Telling | None:
    """What is told of an event; nothing for most. A merged case answers its own order when its main one closes."""
    if event == _FOLLOWED:
        return TELLINGS["CaseClosed"] if data.get("step") == "close" else None
    return TELLINGS.get(event)


GIVEN_UP_AFTER: Final = timedelta(days=7)
"""A platform that was away for so long is told no more by itself; a person may have it told."""


def next_departure(attempts: int, *, since: datetime, at: datetime) -> datetime | None:
    """When to try again after so many attempts; nothing when it has been tried long enough."""
    following = at + timedelta(seconds=DELAYS[min(attempts, len(DELAYS)) - 1])
    return following if following - since <= GIVEN_UP_AFTER else None
