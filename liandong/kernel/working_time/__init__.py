"""Working time: when a limit falls due, how much of it is used, and why.

The law: emergency and natural units run day and night; a working hour is 60 minutes of the area's working
time, a working day one ordinary day's working minutes of that area; a start outside working time begins at
the next working minute; what is done exactly at the due instant is in time. Seconds are kept. Instants are
aware on the way in and UTC on the way out. Extensions, pauses as records and supervision belong to `cases`.
"""

from liandong.kernel.working_time.calendars import (
    Calendar,
    CalendarWithoutHours,
    ContradictoryCalendar,
    InstantOutOfReach,
)
from liandong.kernel.working_time.clocks import (
    InstantsOutOfOrder,
    NaiveInstant,
    UnconfirmedYear,
    due,
    elapsed,
    resumed_due,
)
from liandong.kernel.working_time.explanation import Line, LineKind, explain
from liandong.kernel.working_time.limits import AmountOutOfRange, Limit, NegativeAmount, TimeUnit

__all__ = [
    "AmountOutOfRange",
    "Calendar",
    "CalendarWithoutHours",
    "ContradictoryCalendar",
    "InstantOutOfReach",
    "InstantsOutOfOrder",
    "Limit",
    "Line",
    "LineKind",
    "NaiveInstant",
    "NegativeAmount",
    "TimeUnit",
    "UnconfirmedYear",
    "due",
    "elapsed",
    "explain",
    "resumed_due",
]
