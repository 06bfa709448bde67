"""What runs when, in one worker at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liandong.areas.operations import take_new_names
from liandong.cases.operations import forget_old_answers, mark_overdue
from liandong.demo.stream import run_demo_stream
from liandong.people.access import platform
from liandong.people.operations import close_left_accounts, forget_ended_sessions, forget_old_drafts


@dataclass(frozen=True, slots=True)
class Task:
    """Something done again every so often, with the instant it is done at."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


SCHEDULE: Final[tuple[Task, ...]] = (
    Task("sweep", timedelta(minutes=1), lambda at: mark_overdue(actor=platform("sweep"), at=at)),
    Task("forget_old_answers", timedelta(hours=1), lambda at: forget_old_answers(at=at)),
    Task("take_new_names", timedelta(minutes=10), lambda at: take_new_names(actor=platform("map"), at=at)),
    Task("close_left_accounts", timedelta(hours=1), lambda at: close_left_accounts(actor=platform("sweep"), at=at)),
    Task("forget_old_drafts", timedelta(days=1), lambda at: forget_old_drafts(at=at)),
    Task("forget_ended_sessions", timedelta(hours=1), lambda at: forget_ended_sessions(at=at)),
    Task("demo_stream", timedelta(seconds=20), run_demo_stream),
)
