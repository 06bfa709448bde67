"""Named questions about duty. `who` is the one resolver: whoever asks who answers for something asks it."""

from __future__ import annotations

from liandong.duty.queries.daily import briefings_seen, handover_for, handovers_seen, open_items, unsigned_handovers
from liandong.duty.queries.handbook import page_for, pages_for, readers_of, unread_by
from liandong.duty.queries.people import serving, staff_below, training_named, trainings_of, trainings_seen
from liandong.duty.queries.resolver import OnDuty, Person, on_duty_in, persons, serving_in, who
from liandong.duty.queries.rosters import (
    Gap,
    gaps,
    link_holder,
    may_plan,
    plannable_units,
    roster_for,
    rosters_seen,
    swap_for,
    swaps_of,
    swaps_to_confirm,
    watch_now,
    watches_of,
)
from liandong.duty.queries.seats import Place, seats_of
from liandong.duty.queries.strain import strain_of_swap, strain_of_watch

__all__ = [
    "Place",
    "persons",
    "seats_of",
    "Gap",
    "OnDuty",
    "Person",
    "briefings_seen",
    "gaps",
    "handover_for",
    "handovers_seen",
    "link_holder",
    "may_plan",
    "on_duty_in",
    "open_items",
    "page_for",
    "pages_for",
    "plannable_units",
    "readers_of",
    "roster_for",
    "rosters_seen",
    "serving",
    "serving_in",
    "staff_below",
    "strain_of_swap",
    "strain_of_watch",
    "swap_for",
    "swaps_of",
    "swaps_to_confirm",
    "training_named",
    "trainings_of",
    "trainings_seen",
    "unread_by",
    "unsigned_handovers",
    "watch_now",
    "watches_of",
    "who",
]
