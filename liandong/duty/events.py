"""What can happen on duty. No reason of an absence and no text of a form stands here: who, which watch, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RosterPlanned:
    """A roster was made, or the plan it follows from a day on."""

    unit: str
    duty: str
    name: str
    version: int
    since_on: date
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterEnded:
    """A roster has a last day."""

    unit: str
    name: str
    until_on: date


@dataclass(frozen=True, slots=True)
class RostersLoaded:
    """A district's rosters were loaded from its folder."""

    rosters: int
    planned: int


@dataclass(frozen=True, slots=True)
class TurnsHandedOn:
    """Somebody left; from a day on their turns are another's, or nobody's and therefore on the list of gaps."""

    left: str
    successor: str
    version: int
    since_on: date


@dataclass(frozen=True, slots=True)
class SwapAsked:
    """Somebody asked a colleague to take a watch, giving or not giving one back."""

    swap: int
    day: date
    shift: str
    asker: str
    other: str
    back_day: date | None = None
    back_shift: str = ""


@dataclass(frozen=True, slots=True)
class SwapAgreed:
    """The colleague agreed; in force unless the planner must confirm."""

    swap: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class SwapConfirmed:
    """The planner confirmed a swap: it is in force."""

    swap: int


@dataclass(frozen=True, slots=True)
class SwapRefused:
    """The colleague or the planner refused a swap."""

    swap: int


@dataclass(frozen=True, slots=True)
class SwapWithdrawn:
    """Whoever asked for a swap took the request back."""

    swap: int


@dataclass(frozen=True, slots=True)
class WatchCovered:
    """The planner put somebody on one watch."""

    day: date
    shift: str
    person: str


@dataclass(frozen=True, slots=True)
class AbsenceNoted:
    """Somebody takes no watch for a time."""

    absence: int
    since_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class AbsenceCancelled:
    """An absence was taken back, or ended early."""

    absence: int


@dataclass(frozen=True, slots=True)
class CalendarLinkIssued:
    """An account was given a secret address of its own watches; an earlier one ended."""


@dataclass(frozen=True, slots=True)
class CalendarLinkRevoked:
    """The secret address of an account's watches ended."""


@dataclass(frozen=True, slots=True)
class BriefingWritten:
    """A pre-duty briefing or an end-of-duty review was written."""

    briefing: int
    kind: str
    day: date
    shift: str


@dataclass(frozen=True, slots=True)
class BriefingSigned:
    """Somebody signed that they attended."""

    briefing: int


@dataclass(frozen=True, slots=True)
class ShiftHandedOver:
    """Whoever leaves a desk handed over what is open there."""

    handover: int
    duty: str
    items: int


@dataclass(frozen=True, slots=True)
class HandoverSigned:
    """Whoever takes the desk over signed for it."""

    handover: int


@dataclass(frozen=True, slots=True)
class HandbookPagePublished:
    """A version of a handbook page holds from now on."""

    slug: str
    version: int
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandbookPageRead:
    """Somebody confirmed having read a version."""

    slug: str
    version: int


@dataclass(frozen=True, slots=True)
class TrainingHeld:
    """A training was put on record."""

    training: int
    held_on: date
    attended: int


@dataclass(frozen=True, slots=True)
class TrainingCorrected:
    """A training was put on record anew, in place of the one it corrects; with nobody in it, that one was none."""

    training: int
    corrects: int
    held_on: date
    attended: int
    reason: str
