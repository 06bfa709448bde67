"""Followers read the timeline in batches, each from its own position, exactly once with their effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from liandong.timeline.models import Entry, FollowerPosition
from liandong.timeline.operations import seal
from liandong.timeline.queries import START, entries_after


@dataclass(frozen=True, slots=True)
class Follower:
    """Something that follows from what happens. `follow` runs in the transaction that moves the position."""

    name: str
    follow: Callable[[Sequence[Entry], datetime], None]
    batch: int = 500

    def run_batch(self, at: datetime) -> int:
        """Read the next batch and return how many entries it held; 0 when another process is reading."""
        FollowerPosition.objects.get_or_create(name=self.name, defaults={"written_in": START[0], "entry_id": START[1]})
        with transaction.atomic():
            place = FollowerPosition.objects.select_for_update(skip_locked=True).filter(name=self.name).first()
            if place is None:
                return 0
            entries = entries_after((place.written_in, place.entry_id), limit=self.batch)
            if not entries:
                return 0
            self.follow(entries, at)
            place.written_in, place.entry_id = entries[-1].position
            place.save(update_fields=["written_in", "entry_id"])
        return len(entries)


def _seal_batch(entries: Sequence[Entry], at: datetime) -> None:
    seal(entries, at=at)


SEALER = Follower("sealer", _seal_batch, batch=2000)
