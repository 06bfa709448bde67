"""Named verbs of citizens: what they send, prove and ask. Cases are written by the operations of cases alone."""

from __future__ import annotations

from liandong.citizen.operations.allowances import spend
from liandong.citizen.operations.codes import ask_for_code, use_code
from liandong.citizen.operations.keeping import forget_what_is_over
from liandong.citizen.operations.reports import join_report, send_report

__all__ = [
    "ask_for_code",
    "forget_what_is_over",
    "join_report",
    "send_report",
    "spend",
    "use_code",
]
