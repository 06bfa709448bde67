"""Named verbs of the hotline desk: the only code that writes its rows."""

from __future__ import annotations

from liandong.intake_channels.hotline.operations.desk import (
    Caller,
    end_call,
    finish_after_call_work,
    leave_seat,
    note_case_of_call,
    reveal_caller,
    show_caller,
    take_seat,
)
from liandong.intake_channels.hotline.operations.handing_over import (
    hand_over,
    note_three_way,
    receipt_hand_over,
    remind_of_hand_overs,
)
from liandong.intake_channels.hotline.operations.keeping import close_silent_calls, forget_callers, forget_refusals
from liandong.intake_channels.hotline.operations.knowledge import retire_article, write_article
from liandong.intake_channels.hotline.operations.taking import Taken, count_refused_event, take_call_event

__all__ = [
    "Caller",
    "Taken",
    "close_silent_calls",
    "count_refused_event",
    "end_call",
    "finish_after_call_work",
    "forget_callers",
    "forget_refusals",
    "hand_over",
    "leave_seat",
    "note_case_of_call",
    "note_three_way",
    "receipt_hand_over",
    "remind_of_hand_overs",
    "retire_article",
    "reveal_caller",
    "show_caller",
    "take_call_event",
    "take_seat",
    "write_article",
]
