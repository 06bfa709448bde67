"""Watches as iCalendar (RFC 5545): an event per occurrence, under an id that outlives swaps, so that readers update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext
from icalendar import Calendar, Event

from liandong.duty.models import Roster
from liandong.duty.rules.rotation import Watch
from liandong.duty.rules.wording import SHIFT_WORDS

PRODUCT = "-//Liandong//Duty//ZH"
REFRESH = "PT1H"
OWNER = "liandong"


@dataclass(frozen=True, slots=True)
class Line:
    """A watch as a calendar shows it, with who stands it."""

    roster: Roster
    watch: Watch
    person: str


def calendar_of(lines: Iterable[Line], *, title: str, at: datetime, changed: Mapping[str, int] | None = None) -> bytes:
    """Return a calendar as bytes. `changed` says by event id how often an occurrence changed hands."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("x-published-ttl", REFRESH)
    known: set[str] = set()
    for line in lines:
        uid = uid_of(line.roster, *line.watch.slot)
        # What an absence cut into parts is several events; the first keeps the id of the whole.
        own = uid if uid not in known else f"{line.watch.starts_at:%H%M}-{uid}"
        known.add(uid)
        calendar.add_component(_event(line, own, at=at, sequence=(changed or {}).get(uid, 0)))
    return bytes(calendar.to_ical())


def uid_of(roster: Roster, day: date, shift: str) -> str:
    """The id of an occurrence, whoever stands it."""
    return f"watch-{roster.pk}-{day:%Y%m%d}-{shift.encode().hex()}@{OWNER}"


def shift_word(name: str) -> str:
    """What a shift is called."""
    word = SHIFT_WORDS.get(name)
    return gettext(word) if word else name


def _event(line: Line, uid: str, *, at: datetime, sequence: int) -> Event:
    roster, watch = line.roster, line.watch
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", at)
    event.add("sequence", sequence)
    event.add("dtstart", watch.starts_at)
    event.add("dtend", watch.ends_at)
    event.add("summary", f"{roster.name} {shift_word(watch.shift)} {line.person}".strip())
    event.add("location", roster.unit.name)
    event.add("categories", [roster.get_duty_display()])
    event.add("transp", "OPAQUE")
    return event
