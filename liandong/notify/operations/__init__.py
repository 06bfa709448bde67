"""Named verbs of messages. Nothing here talks to a gateway: that is `sending`."""

from __future__ import annotations

from liandong.notify.operations.delivery import (
    LEASE,
    Claim,
    claim_messages,
    hand_over,
    questions_due,
    readdress_stranded,
    settle,
    settle_question,
    take_up_abandoned,
)
from liandong.notify.operations.desk import choose_channels, mark_read, retry_message, write_template
from liandong.notify.operations.keeping import forget_old_words, load_notices
from liandong.notify.operations.queueing import About, Outbox, Recipient
from liandong.notify.operations.settling import take_report

__all__ = [
    "LEASE",
    "About",
    "Claim",
    "Outbox",
    "Recipient",
    "choose_channels",
    "claim_messages",
    "forget_old_words",
    "hand_over",
    "load_notices",
    "mark_read",
    "questions_due",
    "readdress_stranded",
    "retry_message",
    "settle",
    "settle_question",
    "take_report",
    "take_up_abandoned",
    "write_template",
]
