"""Who would stand watch too long on end, by a swap that is asked for or a cover that was ordered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from liandong.duty.models import Roster, Swap
from liandong.duty.queries.rosters import watches_of
from liandong.duty.rules.rotation import Change, Slot, occurrences, span_of
from liandong.duty.rules.strain import Stretch, long_stretch
from liandong.duty.schedules import book_of, change_of

AROUND = timedelta(days=3)


def strain_of_swap(swap: Swap) -> list[Stretch]:
    """Who of the two would stand watch too long on end, were this swap in force."""
    moves: list[tuple[Slot, int]] = [((swap.day, swap.shift), swap.other_id)]
    if swap.back_day is not None:
        moves.append(((swap.back_day, swap.back_shift), swap.asker_id))
    return _strain(swap.roster, moves, change=change_of(swap))


def strain_of_watch(roster: Roster, slot: Slot, person: int) -> list[Stretch]:
    """Whether somebody stands watch too long on end around a watch they have."""
    return _strain(roster, [(slot, person)])


def _strain(roster: Roster, moves: Iterable[tuple[Slot, int]], *, change: Change | None = None) -> list[Stretch]:
    book = book_of(roster.district, Roster.objects.filter(pk=roster.pk))
    schedule = book.schedules[roster.pk]
    if change is not None:
        schedule = replace(schedule, changes=(*schedule.changes, change))
    found: dict[Stretch, None] = {}
    for slot, person in moves:
        span = span_of(schedule, slot)
        if span is None:
            continue
        starts_at, ends_at = span[0] - AROUND, span[1] + AROUND
        here = occurrences(schedule, starts_at, ends_at, away=book.away[roster.pk])
        watches = [watch for watch in here if watch.person == person]
        elsewhere = watches_of(person, starts_at=starts_at, ends_at=ends_at)
        watches += [watch for other, watch in elsewhere if other.pk != roster.pk]
        stretch = long_stretch(watches, slot)
        if stretch is not None:
            found[stretch] = None
    return list(found)
