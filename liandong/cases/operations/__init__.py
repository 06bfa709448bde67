"""Named verbs on cases: the only code that writes them."""

from __future__ import annotations

from liandong.cases.operations.amendments import (
    add_photo,
    forget_old_answers,
    mark_overdue,
    place_case,
    reveal_reporter,
)
from liandong.cases.operations.beats import StaleVersion
from liandong.cases.operations.catalogue import load_catalogue
from liandong.cases.operations.lives import CHANGES, Life, Move, live_through, record_lives
from liandong.cases.operations.steps import (
    AlreadyReported,
    accept_case,
    answer_case,
    arrive_at_case,
    call_back_reporter,
    check_case,
    close_case,
    contact_reporter,
    decline_case,
    dispatch_case,
    file_case,
    hand_in_case,
    receive_case,
    refuse_case,
    reopen_case,
    report_case,
    return_case,
    send_back_case,
    solve_case_on_spot,
)

__all__ = [
    "CHANGES",
    "AlreadyReported",
    "Life",
    "Move",
    "StaleVersion",
    "accept_case",
    "add_photo",
    "answer_case",
    "arrive_at_case",
    "call_back_reporter",
    "check_case",
    "close_case",
    "contact_reporter",
    "decline_case",
    "dispatch_case",
    "file_case",
    "forget_old_answers",
    "hand_in_case",
    "live_through",
    "load_catalogue",
    "mark_overdue",
    "place_case",
    "receive_case",
    "record_lives",
    "refuse_case",
    "reopen_case",
    "report_case",
    "return_case",
    "reveal_reporter",
    "send_back_case",
    "solve_case_on_spot",
]
