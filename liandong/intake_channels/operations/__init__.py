"""Named verbs on channels: the only code that writes their tables."""

from __future__ import annotations

from liandong.intake_channels.operations.bulk import ask_for_file, keep_file, take_bulk_files
from liandong.intake_channels.operations.delivery import (
    claim_departures,
    departures_to_ask,
    let_go,
    settle_asked,
    settle_departure,
    take_up_left,
)
from liandong.intake_channels.operations.desk import (
    load_mappings,
    replay_message,
    replay_refused,
    retry_departure,
    set_mapping,
)
from liandong.intake_channels.operations.instructions import take_instruction
from liandong.intake_channels.operations.keeping import forget_old_arrivals, take_waiting
from liandong.intake_channels.operations.leaving import hand_over_case, tell_channels
from liandong.intake_channels.operations.mails import note_look, refuse_mail, take_mail
from liandong.intake_channels.operations.taking import refuse_body, take_message, use_nonce

__all__ = [
    "ask_for_file",
    "claim_departures",
    "departures_to_ask",
    "forget_old_arrivals",
    "hand_over_case",
    "keep_file",
    "let_go",
    "load_mappings",
    "note_look",
    "refuse_body",
    "refuse_mail",
    "replay_message",
    "replay_refused",
    "retry_departure",
    "set_mapping",
    "settle_asked",
    "settle_departure",
    "take_bulk_files",
    "take_instruction",
    "take_mail",
    "take_message",
    "take_up_left",
    "take_waiting",
    "tell_channels",
    "use_nonce",
]
