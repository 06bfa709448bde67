"""How fast a desk answers: of the calls that reached it, for the desk as a whole, by hour and day.

15 秒接通率 = answered within 15 s ÷ (answered + given up after more than 15 s). Who hangs up sooner was not kept
waiting and stands in neither. 放弃率 = given up ÷ all that ended or were answered. No figure is of one
agent or one caller.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

IN_TIME_SECONDS: Final = 15
TARGET: Final = 0.95
"""The share of calls that must be answered in time."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Counts of calls and sums of seconds of some stretch of time."""

    answered: int = 0
    in_time: int = 0
    given_up: int = 0
    given_up_soon: int = 0
    wait_seconds: float = 0.0
    talk_seconds: float = 0.0
    after_seconds: float = 0.0
    wrapped: int = 0
    talked: int = 0

    def __add__(self, other: Answering) -> Answering:
        return Answering(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def offered(self) -> int:
        """Calls that reached the desk and were answered or given up."""
        return self.answered + self.given_up

    @property
    def share_in_time(self) -> float | None:
        """15 秒接通率, 0 to 1; None without a call that counts."""
        counted = self.answered + self.given_up - self.given_up_soon
        return self.in_time / counted if counted else None

    @property
    def share_given_up(self) -> float | None:
        """放弃率, 0 to 1."""
        return self.given_up / self.offered if self.offered else None

    @property
    def meets_target(self) -> bool:
        """Whether enough calls were answered in time; a stretch without calls misses nothing."""
        share = self.share_in_time
        return share is None or share >= TARGET

    @property
    def mean_wait(self) -> float | None:
        """Seconds from the first ringing to the answer, of answered calls."""
        return self.wait_seconds / self.answered if self.answered else None

    @property
    def mean_talk(self) -> float | None:
        """Seconds from the answer to the end, of calls whose end was told."""
        return self.talk_seconds / self.talked if self.talked else None

    @property
    def mean_after(self) -> float | None:
        """Seconds of after-call work."""
        return self.after_seconds / self.wrapped if self.wrapped else None
