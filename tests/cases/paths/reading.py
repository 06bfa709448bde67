"""What a test looks at after a step: clocks, the youngest entry, instants of Shanghai."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from liandong.cases.models import Case, Clock
from liandong.cases.queries import clocks_of, trace_of
from liandong.timeline.queries import Entry


def clock(case: Case, kind: str) -> Clock:
    """The youngest clock of a kind."""
    found = clocks_of(case).filter(kind=kind).last()
    assert found is not None, f"{case} has no {kind} clock"
    return found


def running(case: Case) -> set[str]:
    """The kinds of clock that run."""
    return set(clocks_of(case).filter(stopped_at__isnull=True).values_list("kind", flat=True))


def last_entry(case: Case) -> Entry:
    """The youngest entry about a case."""
    found = trace_of(case).last()
    assert found is not None
    return found


def told(entry: Entry) -> dict[str, Any]:
    """What an entry says of its event, without what became of the case."""
    return {name: value for name, value in entry.data.items() if name != "became"}


def shanghai(text: str) -> datetime:
    """An instant from Shanghai's clock, `2026-03-02 09:30`."""
    return datetime.fromisoformat(f"{text}+08:00")
