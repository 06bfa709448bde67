"""What is still open at a desk when its shift ends, as any module may say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MOST_ITEMS = 200
"""Open items a handover lists; more than this nobody hands over by word."""


@dataclass(frozen=True, slots=True)
class Item:
    """One open matter: what kind of thing, which one, in words, until when, and where it stands."""

    kind: str
    id: str
    title: str
    due_at: datetime | None
    url: str

    @property
    def key(self) -> str:
        """What a note about this item is filed under."""
        return f"{self.kind}/{self.id}"


def most_urgent(items: list[Item]) -> list[Item]:
    """The items to hand over: soonest due first, those without a deadline last, no more than can be read."""
    ordered = sorted(items, key=lambda item: (item.due_at is None, item.due_at.timestamp() if item.due_at else 0))
    return ordered[:MOST_ITEMS]
