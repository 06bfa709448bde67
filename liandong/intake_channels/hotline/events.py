"""What can happen at the hotline desk. No number of a caller stands here, nor anything two calls share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallMoved:
    """The telephone system told something of a call. Not `is_known`: nobody sits at that extension."""

    kind: str
    extension: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class CallEndedHere:
    """A call was ended without the exchange: by its agent, or because it fell silent."""

    by: str


@dataclass(frozen=True, slots=True)
class CallerShown:
    """Whoever answers a call was shown its number and cases."""

    purpose: str


@dataclass(frozen=True, slots=True)
class CallerRevealed:
    """The number of a call that is over was shown once more, for a stated purpose."""

    purpose: str


@dataclass(frozen=True, slots=True)
class AfterCallWorkEnded:
    by: str


@dataclass(frozen=True, slots=True)
class CallersForgotten:
    """The sealed numbers of so many calls were destroyed after so many days."""

    count: int
    after_days: int


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """Who sits at an extension from now on; nobody without `account`."""

    extension: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    party: str
    case: str = ""
    to_name: str = ""


@dataclass(frozen=True, slots=True)
class HandOverNoted:
    """The three-way note of a hand-over was written, or it was joined to a case."""

    stays: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class HandOverReceipted:
    outcome: str
    receipt: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class HandOverRemindedOf:
    """A hand-over still waits for its receipt."""

    times: int


@dataclass(frozen=True, slots=True)
class ArticleWritten:
    title: str
    version: int
    class_prefix: str = ""
    valid_from: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRetired:
    title: str
    version: int
