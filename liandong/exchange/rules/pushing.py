"""What is pushed to whom: the events of a case that a receiver may ask for, and those that tell the public anything."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

PING: Final = "Ping"
"""Sent on request, to try a receiver out."""

NEVER_PUSHED: Final = frozenset(
    {
        # Who looked at whom, and doubts about proofs: for those who judge them.
        "ReporterRevealed",
        "JoinedReporterRevealed",
        "CaseFoundByPhone",
        "EvidenceFlagged",
        "EvidenceFlagDismissed",
    }
)

TELLS_THE_PUBLIC: Final = frozenset(
    {
        "CaseAccepted",
        "CaseRefused",
        "CaseAnswered",
        "CaseVerified",
        "CaseFiled",
        "CaseDeclined",
        "CaseDispatched",
        "CaseDispatchedByPhone",
        "CaseReceived",
        "CaseArrived",
        "CaseHandedIn",
        "CaseSentBack",
        "CaseClosed",
        "CaseReopened",
        "CaseSolvedOnSpot",
        "CaseMerged",
        "CaseUnmerged",
        "CaseVoided",
        "CaseWithdrawn",
        "CaseSuspended",
        "CaseResumed",
    }
)
"""Events after which a request has another state to whoever reported it."""


def is_asked_for(event: str, *, events: Collection[str], is_open311: bool) -> bool:
    """Whether a receiver that asked for `events`, all of them where it named none, is told of one."""
    if event in NEVER_PUSHED:
        return False
    if is_open311:
        return event in TELLS_THE_PUBLIC
    return not events or event in events
