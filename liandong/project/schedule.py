"""What runs when, in one worker at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liandong.areas.operations import take_new_names
from liandong.areas.tiles import clear_tiles
from liandong.cases.operations import (
    anonymise_old_cases,
    count_terms,
    forget_old_answers,
    mark_overdue,
    run_batches,
    scan_held,
    sweep_files,
    sweep_uploads,
    wake_cases,
)
from liandong.cases.tasks import draw_what_waits, sample_closed_cases
from liandong.citizen.operations import forget_what_is_over
from liandong.citizen.publishing.tasks import count_figures
from liandong.demo.stream import run_demo_stream
from liandong.exchange.operations import forget_old_deliveries
from liandong.intake_channels.hotline.operations import (
    close_silent_calls,
    forget_callers,
    forget_refusals,
    remind_of_hand_overs,
)
from liandong.intake_channels.operations import forget_old_arrivals, take_bulk_files, take_waiting
from liandong.livemap.operations import merge_counts
from liandong.livemap.tasks import recount_everything
from liandong.notify.operations import forget_old_words
from liandong.people.access import platform
from liandong.people.operations import close_left_accounts, forget_ended_sessions, forget_old_drafts
from liandong.project.background import InBackground
from liandong.workbench.workbooks import clear_exports, make_workbooks


@dataclass(frozen=True, slots=True)
class Task:
    """Something done again every so often, with the instant it is done at."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


SCHEDULE: Final[tuple[Task, ...]] = (
    Task("sweep", timedelta(minutes=1), lambda at: mark_overdue(actor=platform("sweep"), at=at)),
    Task("wake_cases", timedelta(minutes=10), lambda at: wake_cases(actor=platform("sweep"), at=at)),
    Task("anonymise", timedelta(days=1), lambda at: anonymise_old_cases(actor=platform("retention"), at=at)),
    Task("draw_what_waits", timedelta(minutes=5), draw_what_waits),
    Task("sample_closed_cases", timedelta(hours=1), sample_closed_cases),
    Task("forget_old_answers", timedelta(hours=1), lambda at: forget_old_answers(at=at)),
    Task("scan_held", timedelta(minutes=1), lambda at: scan_held(actor=platform("scan"), at=at)),
    Task("sweep_uploads", timedelta(hours=1), lambda at: sweep_uploads(actor=platform("sweep"), at=at)),
    Task("sweep_files", timedelta(days=1), lambda at: sweep_files(actor=platform("sweep"), at=at)),
    Task("take_new_names", timedelta(minutes=10), lambda at: take_new_names(actor=platform("map"), at=at)),
    Task("close_left_accounts", timedelta(hours=1), lambda at: close_left_accounts(actor=platform("sweep"), at=at)),
    Task("forget_old_drafts", timedelta(days=1), lambda at: forget_old_drafts(at=at)),
    Task("forget_ended_sessions", timedelta(hours=1), lambda at: forget_ended_sessions(at=at)),
    Task("run_batches", timedelta(seconds=1), lambda at: run_batches(actor=platform("batches"), at=at)),
    Task("count_terms", timedelta(minutes=30), lambda at: count_terms(at=at)),
    Task("make_workbooks", timedelta(seconds=1), InBackground(make_workbooks)),
    Task("clear_exports", timedelta(hours=1), clear_exports),
    Task("forget_old_words", timedelta(days=1), lambda at: forget_old_words(at=at)),
    Task("refresh_figures", timedelta(minutes=10), InBackground(count_figures)),
    Task("forget_what_citizens_left", timedelta(minutes=10), lambda at: forget_what_is_over(at=at)),
    Task("take_bulk_files", timedelta(seconds=1), lambda at: take_bulk_files(actor=platform("channels"), at=at)),
    Task("take_waiting", timedelta(minutes=1), lambda at: take_waiting(actor=platform("channels"), at=at)),
    Task("forget_old_arrivals", timedelta(days=1), lambda at: forget_old_arrivals(at=at)),
    Task("close_silent_calls", timedelta(minutes=1), lambda at: close_silent_calls(at=at)),
    Task("remind_of_hand_overs", timedelta(seconds=20), lambda at: remind_of_hand_overs(at=at)),
    Task("forget_callers", timedelta(hours=1), lambda at: forget_callers(at=at)),
    Task("forget_refusals", timedelta(days=1), lambda at: forget_refusals(at=at)),
    Task("forget_old_deliveries", timedelta(days=1), lambda at: forget_old_deliveries(at=at)),
    Task("merge_counts", timedelta(seconds=10), lambda at: merge_counts(at=at)),
    Task("recount", timedelta(days=1), InBackground(recount_everything)),
    Task("clear_tiles", timedelta(hours=1), lambda at: clear_tiles(at=at)),
    Task("demo_stream", timedelta(seconds=20), run_demo_stream),
)
