"""What a change made of a case, column by column: told with every entry, so that replaying them gives the case back.

Told is what cannot be worked out from the rest. Left out are the description (its hash is told once), the search terms,
the cell its point lies in, what follows from the clocks, and where the sweep stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

Row = Mapping[str, Any]
State = dict[str, Any]

UNTOLD: Final = frozenset(
    {"id", "number", "description", "terms", "cell", "version", "updated_at", "due_at", "late_since", "case_id"}
)
UNTOLD_OF_CLOCKS: Final = frozenset({"id", "case_id", "rung", "wake_at"})
UNTOLD_OF_WORK: Final = frozenset({"id", "case_id"})

CASE, CLOCKS, WORK = "case", "clocks", "work"


def plain(value: Any) -> Any:
    """A column's value as it stands in an entry."""
    match value:
        case datetime():
            # As the database gives it back: an instant is told the same whatever zone it was worked out in.
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value.normalize():f}"
        case list() | tuple():
            return [plain(item) for item in value]
    return value


def difference(before: Row, now: Row) -> State:
    """The columns of `now` that differ from `before`, as they are told."""
    return {name: plain(value) for name, value in now.items() if name not in before or before[name] != value}


def replayed(tellings: Sequence[Mapping[str, Any]], *, blank: Row) -> tuple[State, list[State], list[State]]:
    """The case, its clocks and its assignments as the tellings of its entries, in their order, make them.

    `blank` is a case of which nothing has been told.
    """
    case: State = {name: plain(value) for name, value in blank.items()}
    clocks: list[State] = []
    work: list[State] = []
    for telling in tellings:
        case.update(telling.get(CASE, {}))
        for rows, changes in ((clocks, telling.get(CLOCKS, {})), (work, telling.get(WORK, {}))):
            for place, columns in sorted(changes.items(), key=lambda item: int(item[0])):
                while len(rows) <= int(place):
                    rows.append({})
                rows[int(place)].update(columns)
    return case, clocks, work
