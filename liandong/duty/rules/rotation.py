"""Who is on watch when: plans of shifts and turns, the changes agreed on top of them, and those who are away.

A plan names shifts in local time and people in line. Each occurrence of a shift (a day and a shift) has one person:
the next in line, unless a swap or a cover says otherwise. People who are away leave a gap for just as long.
Local times that a change of clocks leaves out begin when the clock has passed them; those shown twice, the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LOOK_BACK = 3
"""Days before a window in which a watch may begin that reaches into it, or that overlaps one which does."""

Slot = tuple[date, str]
"""A day and the name of a shift: one occurrence."""


class TurnBy(StrEnum):
    """When the next in line comes on: with every watch, or with every day of duty."""

    DAY = "day"
    WATCH = "watch"


class Why(StrEnum):
    """Why somebody is on watch, or why nobody is."""

    ROTATION = "rotation"
    SWAP = "swap"
    COVER = "cover"
    NO_TURNS = "no_turns"
    ABSENT = "absent"
    LEFT = "left"
    ENDED = "ended"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Shift:
    """A part of the day that somebody watches; one that ends no later than it starts ends the next day."""

    name: str
    starts: time
    ends: time
    weekdays: frozenset[int] = EVERY_DAY

    def span(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When the occurrence of `day` begins and ends."""
        last = day if self.ends > self.starts else day + _DAY
        return instant(zone, datetime.combine(day, self.starts)), instant(zone, datetime.combine(last, self.ends))


@dataclass(frozen=True, slots=True)
class Plan:
    """Shifts and the people who take them in turn, for the days from `since` until a later plan begins.

    By day, the first shift of a day goes to the next in line and each later shift to whoever had the one before it on
    the day before (day, night, rest); by watch, every occurrence goes to the next. Each turn lasts `every` of them.
    """

    since: date
    shifts: tuple[Shift, ...]
    turns: tuple[int, ...]
    anchor: date
    every: int = 1
    by: TurnBy = TurnBy.DAY


@dataclass(frozen=True, slots=True)
class Change:
    """An occurrence that somebody else takes: covered by order (`giver` is None), or swapped by consent.

    An exchange names the occurrence given `back`; it holds as a whole or not at all. What was ordered after the watch
    had begun holds from `since` on: who stood it before stays on record.
    """

    slot: Slot
    to: int
    giver: int | None = None
    back: Slot | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """All plans of one roster, oldest first, with what was changed, in the order in which it was."""

    zone: ZoneInfo
    plans: tuple[Plan, ...]
    until: date | None = None
    closes: date | None = None
    changes: tuple[Change, ...] = ()

    def plan_on(self, day: date) -> Plan | None:
        """The plan that governs the watches beginning on `day`."""
        if self.until is not None and day > self.until:
            return None
        return next((plan for plan in reversed(self.plans) if plan.since <= day), None)


@dataclass(frozen=True, slots=True)
class Away:
    """A time at which a person takes no watch, and why."""

    starts_at: datetime
    ends_at: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Watch:
    """An occurrence of a shift, or a part of one, with the person on it; nobody where `person` is None."""

    day: date
    shift: str
    starts_at: datetime
    ends_at: datetime
    person: int | None
    why: Why

    @property
    def slot(self) -> Slot:
        """Which occurrence this is, or is a part of."""
        return (self.day, self.shift)


@dataclass(frozen=True, slots=True)
class _Part:
    """Who has an occurrence, why, and from when on; None: from its beginning."""

    person: int | None
    why: Why
    since: datetime | None = None


@lru_cache(maxsize=65536)
def instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first instant at which clocks in `zone` show `wall` or later."""
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    # The clock jumps over this time: the jump lies between the two readings of it.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while found - before > _MINUTE:
        middle = before + timedelta(minutes=(found - before) // _MINUTE // 2)
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            found = middle
    return found


def occurrences(
    schedule: Schedule,
    starts_at: datetime,
    ends_at: datetime,
    *,
    away: Mapping[int, Sequence[Away]] | None = None,
) -> list[Watch]:
    """The watches that reach into a window, in the order of their beginning, whole even where they reach beyond it.

    Nobody stands two watches at once: of two that overlap the later one is without a person.
    """
    away = away or {}
    busy: dict[int, datetime] = {}
    found: list[Watch] = []
    closing = _closing(schedule)
    for slot, begins, over, person, why in _nominal(schedule, starts_at, ends_at):
        twice = person is not None and busy.get(person, begins) > begins
        if person is not None:
            busy[person] = max(over, busy.get(person, over))
        if over <= starts_at or begins >= ends_at:
            continue
        gone = (*closing, *(away.get(person, ()) if person is not None else ()))
        held, reason = (None, Why.TWICE) if twice else (person, why)
        if not gone:
            found.append(Watch(*slot, begins, over, held, reason))
            continue
        for start, end, absent in _pieces(begins, over, gone):
            found.append(Watch(*slot, start, end, None if absent else held, absent or reason))
    return found


def holder_of(schedule: Schedule, slot: Slot) -> int | None:
    """Who has an occurrence by turn, swap or cover, whether or not they are away; None where there is none."""
    changed = _changed(schedule)
    return changed[slot][-1].person if slot in changed and _exists(schedule, slot) else _turn(schedule, slot)


def span_of(schedule: Schedule, slot: Slot) -> tuple[datetime, datetime] | None:
    """When an occurrence begins and ends; None where there is none."""
    plan = schedule.plan_on(slot[0])
    shift = next((shift for shift in plan.shifts if shift.name == slot[1]), None) if plan else None
    if shift is None or slot[0].weekday() not in shift.weekdays:
        return None
    begins, over = shift.span(slot[0], schedule.zone)
    return (begins, over) if over > begins else None


def gaps(watches: Sequence[Watch], starts_at: datetime, ends_at: datetime) -> list[Watch]:
    """The parts of a window in which an occurrence has nobody, neighbours of one reason joined."""
    found: list[Watch] = []
    for watch in watches:
        start, end = max(watch.starts_at, starts_at), min(watch.ends_at, ends_at)
        if watch.person is not None or start >= end:
            continue
        last = found[-1] if found else None
        if last and last.ends_at == start and last.why is watch.why:
            found[-1] = Watch(last.day, last.shift, last.starts_at, end, None, last.why)
        else:
            found.append(Watch(watch.day, watch.shift, start, end, None, watch.why))
    return found


class _Line:
    """A plan's line of people, counted from its anchor without walking the days between."""

    __slots__ = ("_before", "_counts", "_first", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        by_day = plan.by is TurnBy.DAY
        today = [sum(day in shift.weekdays for shift in plan.shifts) for day in range(7)]
        self._counts = [min(count, 1) for count in today] if by_day else today
        self._first = plan.anchor.weekday()
        self._before = [0]
        for step in range(7):
            self._before.append(self._before[-1] + self._counts[(self._first + step) % 7])

    def person(self, day: date, place: int) -> int | None:
        """Whose turn the shift at `place` is on `day`."""
        plan = self.plan
        if not plan.turns:
            return None
        weeks, days = divmod((day - plan.anchor).days, 7)
        number = weeks * self._before[7] + self._before[days]
        if plan.by is TurnBy.DAY:
            return plan.turns[(number // plan.every - place) % len(plan.turns)]
        number += sum(day.weekday() in shift.weekdays for shift in plan.shifts[:place])
        return plan.turns[number // plan.every % len(plan.turns)]


def _nominal(
    schedule: Schedule, starts_at: datetime, ends_at: datetime
) -> list[tuple[Slot, datetime, datetime, int | None, Why]]:
    """Every occurrence around a window with whoever has it, in the order of its beginning."""
    changed = _changed(schedule)
    lines = [_Line(plan) for plan in schedule.plans]
    day = starts_at.astimezone(schedule.zone).date() - _LOOK_BACK * _DAY
    last = ends_at.astimezone(schedule.zone).date()
    found: list[tuple[Slot, datetime, datetime, int | None, Why]] = []
    while day <= last:
        plan = schedule.plan_on(day)
        line = next((line for line in lines if line.plan is plan), None)
        for place, shift in enumerate(plan.shifts) if plan and line else ():
            if line is None or day.weekday() not in shift.weekdays:
                continue
            begins, over = shift.span(day, schedule.zone)
            slot = (day, shift.name)
            held = changed.get(slot) or [_Part(line.person(day, place), Why.ROTATION)]
            found += [(slot, *part) for part in _parts(held, begins, over)]
        day += _DAY
    found.sort(key=lambda row: row[1])
    return found


def _changed(schedule: Schedule) -> dict[Slot, list[_Part]]:
    """Who has which occurrence by swap or cover. A change whose giver no longer has it is void."""
    held: dict[Slot, list[_Part]] = {}

    def holder(slot: Slot) -> int | None:
        return held[slot][-1].person if slot in held else _turn(schedule, slot)

    for change in schedule.changes:
        if change.giver is None:
            before = held.get(change.slot) or [_Part(_turn(schedule, change.slot), Why.ROTATION)]
            held[change.slot] = [*(before if change.since else []), _Part(change.to, Why.COVER, change.since)]
        elif holder(change.slot) == change.giver and (change.back is None or holder(change.back) == change.to):
            held[change.slot] = [_Part(change.to, Why.SWAP)]
            if change.back is not None:
                held[change.back] = [_Part(change.giver, Why.SWAP)]
    return held


def _parts(
    held: Sequence[_Part], begins: datetime, over: datetime
) -> Iterator[tuple[datetime, datetime, int | None, Why]]:
    """The times within an occurrence at which one after the other has it."""
    starts = [min(max(part.since or begins, begins), over) for part in held]
    for part, start, end in zip(held, starts, [*starts[1:], over], strict=True):
        if start < end:
            yield start, end, part.person, part.why if part.person is not None else Why.NO_TURNS


def _turn(schedule: Schedule, slot: Slot) -> int | None:
    plan = schedule.plan_on(slot[0])
    if plan is None or not _exists(schedule, slot):
        return None
    place = next(place for place, shift in enumerate(plan.shifts) if shift.name == slot[1])
    return _Line(plan).person(slot[0], place)


def _exists(schedule: Schedule, slot: Slot) -> bool:
    return span_of(schedule, slot) is not None


def _closing(schedule: Schedule) -> tuple[Away, ...]:
    if schedule.closes is None:
        return ()
    after = instant(schedule.zone, datetime.combine(schedule.closes + _DAY, time.min))
    return (Away(after, FOR_EVER, Why.ENDED),)


def _pieces(begins: datetime, over: datetime, gone: Sequence[Away]) -> Iterator[tuple[datetime, datetime, Why | None]]:
    """Cut a watch where its person goes or comes back."""
    at = begins
    while at < over:
        inside = next((one for one in gone if one.starts_at <= at < one.ends_at), None)
        if inside is not None:
            until, why = min(inside.ends_at, over), inside.why
            yield at, until, why
        else:
            until = min((one.starts_at for one in gone if at < one.starts_at), default=over)
            until = min(until, over)
            yield at, until, None
        at = until
