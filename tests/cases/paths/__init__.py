"""How each stage is reached and each step taken, by operations only."""

from __future__ import annotations

from tests.cases.paths.reaching import REACH, closed_clinic, ready, steps, through, town_holds, twice_returned
from tests.cases.paths.reading import clock, last_entry, running, shanghai, told
from tests.cases.paths.taking import ANYONE, details_of, main_for, photo, take, with_photos
from tests.cases.paths.words import BELOW, BY, DETAILS, EVENTS, OPERATIONS

__all__ = [
    "ANYONE",
    "BELOW",
    "BY",
    "DETAILS",
    "EVENTS",
    "OPERATIONS",
    "REACH",
    "clock",
    "closed_clinic",
    "details_of",
    "last_entry",
    "main_for",
    "photo",
    "ready",
    "running",
    "shanghai",
    "steps",
    "take",
    "through",
    "told",
    "town_holds",
    "twice_returned",
    "with_photos",
]
