"""What cases do when something happens elsewhere: a corrected calendar moves their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from liandong.areas.queries import districts
from liandong.cases.operations import recompute_clocks
from liandong.cases.rulebook import forget_rules
from liandong.people.access import platform
from liandong.timeline.followers import Follower
from liandong.timeline.queries import Entry, Wanted


def follow_calendars(entries: Sequence[Entry], at: datetime) -> None:
    """Compute clocks anew in every district that works by a calendar that was loaded."""
    loaded = {entry.data["calendar"] for entry in entries}
    forget_rules()
    for district in districts().filter(calendar__in=loaded):
        recompute_clocks(district.code, actor=platform("calendar"), at=at)


_LOADED = Wanted(events=frozenset({"CalendarLoaded"}))
FOLLOW_CALENDARS = Follower("case-calendars", follow_calendars, batch=10_000, wanted=_LOADED)
