"""The named verbs of duty: the only code that writes rosters, swaps, briefings, handovers, the handbook, training."""

from __future__ import annotations

from liandong.duty.operations.absences import cancel_absence, note_absence
from liandong.duty.operations.calendars import issue_calendar_link, revoke_calendar_link
from liandong.duty.operations.daily import hand_over_shift, sign_briefing, sign_handover, write_briefing
from liandong.duty.operations.handbook import confirm_read, publish_page
from liandong.duty.operations.loading import RosterRow, load_rosters, roster_faults, roster_row
from liandong.duty.operations.rosters import (
    PlanFacts,
    change_plan,
    cover_watch,
    end_roster,
    hand_on_turns,
    make_roster,
    preview_of,
)
from liandong.duty.operations.swaps import agree_swap, ask_swap, confirm_swap, refuse_swap, withdraw_swap
from liandong.duty.operations.training import correct_training, record_training

__all__ = [
    "PlanFacts",
    "RosterRow",
    "agree_swap",
    "ask_swap",
    "cancel_absence",
    "change_plan",
    "confirm_read",
    "confirm_swap",
    "correct_training",
    "cover_watch",
    "end_roster",
    "hand_on_turns",
    "hand_over_shift",
    "issue_calendar_link",
    "load_rosters",
    "make_roster",
    "note_absence",
    "preview_of",
    "publish_page",
    "record_training",
    "refuse_swap",
    "revoke_calendar_link",
    "roster_faults",
    "roster_row",
    "sign_briefing",
    "sign_handover",
    "withdraw_swap",
    "write_briefing",
]
