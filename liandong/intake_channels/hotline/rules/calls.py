"""The course of one call, worked out from what the telephone system told of it, in whatever order that came.

An exchange tells each thing when it happens, and again when it heard no answer; networks let the later overtake the
earlier. So nothing is worked out step by step: all that was told is put in the order of the exchange's own clock, and
the course follows from it. The same tellings in another order give the same course.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an exchange tells of a call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    RETRIEVED = "retrieved"
    TRANSFERRED = "transferred"
    ENDED = "ended"


class CallState(StrEnum):
    """How a call stands."""

    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"


AFTER: Final = {
    Kind.RINGING: CallState.RINGING,
    Kind.ANSWERED: CallState.TALKING,
    Kind.HELD: CallState.HELD,
    Kind.RETRIEVED: CallState.TALKING,
    Kind.TRANSFERRED: CallState.TALKING,
    Kind.ENDED: CallState.ENDED,
}
"""How a call stands after each of them."""

_RANK: Final = {kind: place for place, kind in enumerate(Kind)}
"""Which of two tellings of the same instant came first."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing an exchange told, by its own clock. `agent` is the extension it is about, `to` where it went."""

    kind: Kind
    at: datetime
    agent: str = ""
    to: str = ""
    event_id: str = ""

    @property
    def lands_at(self) -> str:
        """The extension the call is at afterwards; nothing where this says nothing of it."""
        return self.to if self.kind is Kind.TRANSFERRED else self.agent


@dataclass(frozen=True, slots=True)
class Course:
    """A call as far as it is known, by the clock of the exchange."""

    state: CallState
    extension: str
    rang_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None


def course_of(tellings: Iterable[Telling]) -> Course:
    """The course that follows from what was told; at least one thing must have been.

    What is told of an instant after the end is no part of it. A call that was held or transferred was answered,
    whoever forgot to say so. A clock that jumped back never makes an answer earlier than the ringing.
    """
    ordered = sorted(tellings, key=lambda one: (one.at, _RANK[one.kind], one.event_id))
    ended_at = min((one.at for one in ordered if one.kind is Kind.ENDED), default=None)
    known = [one for one in ordered if ended_at is None or one.at <= ended_at]
    rang_at = min((one.at for one in known if one.kind is Kind.RINGING), default=known[0].at)
    answered = [one.at for one in known if one.kind not in (Kind.RINGING, Kind.ENDED)]
    said_so = [one.at for one in known if one.kind is Kind.ANSWERED]
    answered_at = max(rang_at, min(said_so or answered)) if answered else None
    extension = next((one.lands_at for one in reversed(known) if one.lands_at), "")
    state = CallState.ENDED if ended_at else AFTER[known[-1].kind]
    return Course(state, extension, rang_at, answered_at, ended_at)


def placed(course: Course, shift: timedelta) -> Course:
    """The same course by our clock, `shift` ahead of the exchange's: what lies between its instants stays exact."""
    return Course(
        course.state,
        course.extension,
        course.rang_at + shift,
        course.answered_at + shift if course.answered_at else None,
        course.ended_at + shift if course.ended_at else None,
    )
