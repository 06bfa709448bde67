"""What each step changes, on a docket in memory. Every function assumes that its step was begun; none queries."""

from __future__ import annotations

from liandong.cases.changes.closing import close_case, reopen_case, send_back_case, solve_case_on_spot
from liandong.cases.changes.handling import (
    arrive,
    contact,
    dispatch_case,
    hand_in_case,
    receive_case,
    return_case,
)
from liandong.cases.changes.intake import (
    Report,
    accept_case,
    answer_case,
    decline_case,
    file_case,
    new_docket,
    place_case,
    refuse_case,
)
from liandong.cases.changes.verifying import call_back, check_case, verification_of

__all__ = [
    "Report",
    "accept_case",
    "answer_case",
    "arrive",
    "call_back",
    "check_case",
    "close_case",
    "contact",
    "decline_case",
    "dispatch_case",
    "file_case",
    "hand_in_case",
    "new_docket",
    "place_case",
    "receive_case",
    "refuse_case",
    "reopen_case",
    "return_case",
    "send_back_case",
    "solve_case_on_spot",
    "verification_of",
]
