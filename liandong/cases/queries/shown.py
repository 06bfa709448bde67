"""How a case stands with its time, and how its class and its unit are called, in the reader's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from liandong.cases.models import Case
from liandong.cases.rulebook import Rulebook
from liandong.web.names import name_of

SOON: Final = timedelta(hours=4)
"""How long before it is due a case is called due soon."""


def state_of(case: Case, *, at: datetime) -> str:
    """`late`, `due_soon`, `in_time` or, once ended, `done`. Exactly at due is in time (`CASE.md` §5)."""
    if case.ended_at is not None:
        return "done"
    if case.due_at is None or at < case.due_at - SOON:
        return "in_time"
    return "late" if at > case.due_at else "due_soon"


def class_name(code: str, book: Rulebook) -> str:
    """The name of a class."""
    kind = book.classes.get(code)
    return name_of(kind) if kind else code


def unit_name(code: str, book: Rulebook) -> str:
    """The name of a unit, nothing for no unit."""
    unit = book.units.get(code)
    return name_of(unit) if unit else code
