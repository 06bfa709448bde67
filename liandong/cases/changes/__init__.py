"""What each step changes, on a docket in memory. Every function assumes that its step was begun; none queries."""

from __future__ import annotations

from liandong.cases.changes.closing import close_case, reopen_case, send_back_case, solve_case_on_spot
from liandong.cases.changes.command import NoCommandHere, commanding_towns, department_of, is_local_force
from liandong.cases.changes.force import ask_for_force, raise_force, warn_in_case
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
from liandong.cases.changes.suggesting import Proposal, propose, propose_for
from liandong.cases.changes.verifying import call_back, check_case, verification_of

__all__ = [
    "NoCommandHere",
    "Proposal",
    "Report",
    "accept_case",
    "answer_case",
    "arrive",
    "ask_for_force",
    "call_back",
    "check_case",
    "close_case",
    "commanding_towns",
    "contact",
    "decline_case",
    "department_of",
    "dispatch_case",
    "file_case",
    "hand_in_case",
    "is_local_force",
    "new_docket",
    "place_case",
    "propose",
    "propose_for",
    "raise_force",
    "receive_case",
    "refuse_case",
    "reopen_case",
    "return_case",
    "send_back_case",
    "solve_case_on_spot",
    "verification_of",
    "warn_in_case",
]
