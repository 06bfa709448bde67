"""Followers read the timeline in batches, each from its own position, exactly once with their effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from liandong.timeline.models import Entry, FollowerPosition
from liandong.timeline.operations import seal
from liandong.timeline.queries import EVERYTHING, START, Wanted, end_of_batch, entries_between


@dataclass(frozen=True, slots=True)
class Follower:
    """Something that follows from what happens. `follow` runs in the transaction that moves the position.

    It is called with what is `wanted` of a batch, and not at all where that is nothing.
    """

    name: str
    follow: Callable[[Sequence[Entry], datetime], None]
    batch: int = 500
    wanted: Wanted = EVERYTHING

    def run_batch(self, at: datetime) -> int:
        """Read the next batch and return how many entries it went past; 0 when another process is reading."""
        FollowerPosition.objects.get_or_create(name=self.name, defaults={"written_in": START[0], "entry_id": START[1]})
        with transaction.atomic():
            place = FollowerPosition.objects.select_for_update(skip_locked=True).filter(name=self.name).first()
            if place is None:
                return 0
            after = (place.written_in, place.entry_id)
            end = end_of_batch(after, most=self.batch)
            if end is None:
                return 0
            count, entries = entries_between(after, end, at=at, wanted=self.wanted)
            if entries:
                self.follow(entries, at)
            place.written_in, place.entry_id = end
            place.save(update_fields=["written_in", "entry_id"])
        return count


def _seal_batch(entries: Sequence[Entry], at: datetime) -> None:
    seal(entries, at=at)


SEALER = Follower("sealer", _seal_batch, batch=10_000, wanted=Wanted(columns=("hash",)))
