"""A case with its clocks and assignments in memory while a step changes it. No queries of its own but lazy reads.

`begin` asks whether the step is legal, the functions in `changes` change rows here, `settle` draws the consequences;
`operations` locks, asks for permission and saves. Bulk loads drive the same dockets without a database between.
"""

from __future__ import annotations

from liandong.cases.docket.docket import STAY, Docket, InOtherHands, thing_of
from liandong.cases.docket.timing import due_anew, limit_of
from liandong.cases.docket.working import NotAssigned, is_open, state_of

__all__ = ["STAY", "Docket", "InOtherHands", "NotAssigned", "due_anew", "is_open", "limit_of", "state_of", "thing_of"]
