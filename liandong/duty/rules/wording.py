"""Shifts as people write them: `day 08:00-20:00;night 20:00-08:00`, with weekdays where they do not hold daily."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Final

from liandong.duty.rules.rotation import EVERY_DAY, Shift
from liandong.kernel.refusal import Refusal, marked

SHIFT_WORDS: Final[Mapping[str, str]] = {
    "day": marked("白班"),
    "night": marked("夜班"),
    "morning": marked("早班"),
    "middle": marked("中班"),
    "evening": marked("晚班"),
    "whole": marked("全天班"),
}
LONGEST_NAME = 12
MOST_SHIFTS = 8
# A name stands in addresses: letters of any script, digits, and what may join them.
_NAME = re.compile(r"\w[\w·（）()+ -]*")
_SHIFT = re.compile(r"(\S+) +(\d{1,2}:\d{2})-(\d{1,2}:\d{2})(?: +([1-7]+))?")


class ShiftsUnclear(Refusal):
    """Shifts that cannot be read or contradict each other. Carries what is wrong."""

    status = 422
    says = marked("班次不清楚：%(what)s。")
    remedy = marked("每个班次写明名称与起止时间，例如“白班 08:00-20:00”；名称用文字与数字，不要重复。")


def shifts_from(text: str) -> tuple[Shift, ...]:
    """Read shifts separated by semicolons; digits 1 to 7 after the hours name weekdays, Monday first.

    :raises ShiftsUnclear: a shift cannot be read, or two bear one name
    """
    shifts = []
    for part in filter(None, (part.strip() for part in text.replace("\n", ";").split(";"))):
        found = _SHIFT.fullmatch(part)
        if found is None:
            raise ShiftsUnclear(what=part)
        name, starts, ends, days = found.groups()
        weekdays = frozenset(int(day) - 1 for day in days) if days else EVERY_DAY
        shifts.append(Shift(name, _time(starts, part), _time(ends, part), weekdays))
    return checked(shifts)


def checked(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """Return the shifts in the order of the day.

    :raises ShiftsUnclear: there are none or too many, or two bear one name
    """
    names = [shift.name for shift in shifts]
    twice = next((name for name in names if names.count(name) > 1), "")
    if not shifts or len(shifts) > MOST_SHIFTS:
        raise ShiftsUnclear(what=marked("应有一至八个班次"))
    if twice:
        raise ShiftsUnclear(what=twice)
    for shift in shifts:
        if not _NAME.fullmatch(shift.name) or len(shift.name) > LONGEST_NAME or not shift.weekdays:
            raise ShiftsUnclear(what=shift.name or marked("缺少名称"))
    return tuple(sorted(shifts, key=lambda shift: shift.starts))


def stored(shifts: Sequence[Shift]) -> list[dict[str, Any]]:
    """Shifts as plain data."""
    return [
        {
            "name": shift.name,
            "starts": shift.starts.isoformat("minutes"),
            "ends": shift.ends.isoformat("minutes"),
            "weekdays": sorted(shift.weekdays),
        }
        for shift in shifts
    ]


def restored(rows: Sequence[Mapping[str, Any]]) -> tuple[Shift, ...]:
    """Shifts from plain data."""
    return tuple(
        Shift(
            row["name"],
            time.fromisoformat(row["starts"]),
            time.fromisoformat(row["ends"]),
            frozenset(row["weekdays"]),
        )
        for row in rows
    )


def _time(text: str, part: str) -> time:
    hours, minutes = (int(number) for number in text.split(":"))
    if (hours, minutes) == (24, 0):
        return time(0)
    if hours > 23 or minutes > 59:
        raise ShiftsUnclear(what=part)
    return time(hours, minutes)
