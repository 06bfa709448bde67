"""A limit as the regulation states it: an amount of a unit, and the clause it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

LARGEST_AMOUNT = Decimal(10_000)


class NegativeAmount(ValueError):
    """A limit of less than nothing."""


class AmountOutOfRange(ValueError):
    """A limit that is not a number, or so large that it can only be a slip in the data."""


class TimeUnit(StrEnum):
    """The five units in which limits are given."""

    EMERGENCY_HOUR = "emergency_hour"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    NATURAL_HOUR = "natural_hour"
    NATURAL_DAY = "natural_day"


#     unit             runs                     one of it
#     emergency_hour   day and night            60 minutes
#     natural_hour     day and night            60 minutes
#     natural_day      day and night            24 hours
#     working_hour     in working time          60 minutes
#     working_day      in working time          the area's ordinary day
WORKING_UNITS = frozenset({TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY})
FIXED_LENGTHS = {
    TimeUnit.EMERGENCY_HOUR: timedelta(hours=1),
    TimeUnit.NATURAL_HOUR: timedelta(hours=1),
    TimeUnit.NATURAL_DAY: timedelta(hours=24),
    TimeUnit.WORKING_HOUR: timedelta(hours=1),
}

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time allowed; parts of a unit (0.5 hours) are allowed, and so is zero.

    Raises `NegativeAmount`, and `AmountOutOfRange` for what is not finite or above 10,000 units.
    """

    amount: Decimal
    unit: TimeUnit
    clause: str = ""

    def __post_init__(self) -> None:
        """Refuse an amount no clock can run."""
        if not self.amount.is_finite() or self.amount > LARGEST_AMOUNT:
            raise AmountOutOfRange(f"{self.amount} {self.unit} is not a limit a clock can run")
        if self.amount < 0:
            raise NegativeAmount(f"{self.amount} {self.unit} is less than nothing")

    def length(self, *, ordinary_day: timedelta) -> timedelta:
        """Return the limit as time of its unit, to the microsecond; a working day lasts `ordinary_day`."""
        one = FIXED_LENGTHS.get(self.unit, ordinary_day)
        return timedelta(microseconds=round(self.amount * (one // _MICROSECOND)))
