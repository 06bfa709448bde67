"""The rotation against a walk minute by minute, and what no plan may ever do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.duty.rules.rotation import (
    EVERY_DAY,
    Away,
    Change,
    Plan,
    Schedule,
    Shift,
    TurnBy,
    Watch,
    Why,
    gaps,
    holder_of,
    instant,
    occurrences,
    span_of,
)

SHANGHAI, BALTIMORE = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
MONDAY = date(2026, 3, 2)
SPRING = date(2026, 3, 8)
"""Baltimore's clocks jump from 02:00 to 03:00."""
AUTUMN = date(2026, 11, 1)
"""Baltimore's clocks go back from 02:00 to 01:00."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DAY_AND_NIGHT = (Shift("day", time(8), time(20)), Shift("night", time(20), time(8)))

zones = st.sampled_from([SHANGHAI, BALTIMORE])
days = st.sampled_from([MONDAY, SPRING, AUTUMN]).flatmap(lambda day: st.integers(-9, 9).map(lambda n: day + n * DAY))
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@st.composite
def continuous_shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Shifts that follow one another around the clock."""
    starts = sorted(draw(st.sets(times, min_size=1, max_size=4)))
    ends = [*starts[1:], starts[0]]
    return tuple(Shift(f"s{n}", start, end) for n, (start, end) in enumerate(zip(starts, ends, strict=True)))


@st.composite
def loose_shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Shifts of any hours and weekdays, overlapping or not."""
    count = draw(st.integers(1, 4))
    shifts = [
        Shift(f"s{n}", draw(times), draw(times), draw(st.frozensets(st.integers(0, 6), min_size=1)))
        for n in range(count)
    ]
    return tuple(sorted(shifts, key=lambda shift: shift.starts))


def plans(shifts: st.SearchStrategy[tuple[Shift, ...]], *, people: int = 1) -> st.SearchStrategy[Plan]:
    """Plans over these shifts, with at least so many people in line."""
    return st.builds(
        Plan,
        since=st.just(date(2020, 1, 1)),
        shifts=shifts,
        turns=st.lists(st.integers(1, 6), min_size=people, max_size=6).map(tuple),
        anchor=days,
        every=st.integers(1, 3),
        by=st.sampled_from(TurnBy),
    )


def window(zone: ZoneInfo, day: date, length: int = 4) -> tuple[datetime, datetime]:
    starts = instant(zone, datetime.combine(day, time(0)))
    return starts, starts + timedelta(days=length)


def walked(schedule: Schedule, starts: datetime, ends: datetime) -> dict[datetime, list[tuple[date, str]]]:
    """Which occurrences hold each minute, found by reading the clock minute by minute."""
    first_seen: dict[datetime, datetime] = {}
    walls: list[tuple[datetime, datetime]] = []
    at = starts - 4 * DAY
    while at < ends + 4 * DAY:
        walls.append((at, at.astimezone(schedule.zone).replace(tzinfo=None)))
        at += MINUTE

    def reached(wall: datetime) -> datetime:
        if wall not in first_seen:
            first_seen[wall] = next(at for at, shown in walls if shown >= wall)
        return first_seen[wall]

    spans = []
    day = (starts - 2 * DAY).astimezone(schedule.zone).date()
    while day <= ends.astimezone(schedule.zone).date():
        plan = schedule.plan_on(day)
        for shift in plan.shifts if plan else ():
            if day.weekday() in shift.weekdays:
                last = day if shift.ends > shift.starts else day + DAY
                begins = reached(datetime.combine(day, shift.starts))
                spans.append(((day, shift.name), begins, reached(datetime.combine(last, shift.ends))))
        day += DAY
    found = {}
    at = starts
    while at < ends:
        found[at] = [slot for slot, begins, over in spans if begins <= at < over]
        at += 7 * MINUTE
    return found


@settings(max_examples=40, deadline=None)
@given(plan=plans(loose_shifts()), zone=zones, day=days)
def test_watches_are_what_a_walk_minute_by_minute_finds(plan: Plan, zone: ZoneInfo, day: date) -> None:
    schedule = Schedule(zone, (plan,))
    starts, ends = window(zone, day, 2)
    watches = occurrences(schedule, starts, ends)
    for at, slots in walked(schedule, starts, ends).items():
        assert sorted(watch.slot for watch in watches if watch.starts_at <= at < watch.ends_at) == sorted(slots), at


@settings(deadline=None)
@given(plan=plans(continuous_shifts()), zone=zones, day=days)
def test_a_continuous_plan_has_no_minute_without_a_watch(plan: Plan, zone: ZoneInfo, day: date) -> None:
    starts, ends = window(zone, day, 12)
    watches = occurrences(Schedule(zone, (plan,)), starts, ends)
    assert watches[0].starts_at <= starts
    assert max(watch.ends_at for watch in watches) >= ends
    for before, after in zip(watches, watches[1:], strict=False):
        assert before.ends_at == after.starts_at


@settings(deadline=None)
@given(plan=plans(loose_shifts()), zone=zones, day=days, covers=st.lists(st.integers(0, 20), max_size=4))
def test_nobody_stands_two_watches_at_once(plan: Plan, zone: ZoneInfo, day: date, covers: list[int]) -> None:
    starts, ends = window(zone, day, 9)
    slots = [watch.slot for watch in occurrences(Schedule(zone, (plan,)), starts, ends)]
    changes = tuple(Change(slots[number % len(slots)], to=1) for number in covers if slots)
    watches = occurrences(Schedule(zone, (plan,), changes=changes), starts, ends)
    for place, one in enumerate(watches):
        for other in watches[place + 1 :]:
            if one.person is not None and one.person == other.person:
                assert one.ends_at <= other.starts_at


@settings(deadline=None)
@given(plan=plans(loose_shifts()), zone=zones, day=days)
def test_a_watch_is_the_same_in_whatever_window_it_is_asked_for(plan: Plan, zone: ZoneInfo, day: date) -> None:
    schedule = Schedule(zone, (plan,))
    starts, ends = window(zone, day, 9)
    for watch in occurrences(schedule, starts, ends):
        assert watch in occurrences(schedule, watch.starts_at, watch.starts_at + MINUTE)
        assert watch.why is Why.TWICE or holder_of(schedule, watch.slot) == watch.person


def swaps_in(watches: list[Watch], picks: list[tuple[int, int]]) -> tuple[Change, ...]:
    """Exchanges between the people who have these watches by turn."""
    chosen = [(watches[a % len(watches)], watches[b % len(watches)]) for a, b in picks]
    return tuple(
        Change(a.slot, to=b.person, giver=a.person, back=b.slot)
        for a, b in chosen
        if a.person and b.person and a.person != b.person
    )


@settings(deadline=None)
@given(
    plan=plans(continuous_shifts(), people=2),
    day=days,
    picks=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6),
)
def test_exchanges_leave_everybody_as_many_watches_as_before(
    plan: Plan, day: date, picks: list[tuple[int, int]]
) -> None:
    starts, ends = window(SHANGHAI, day, 9)
    before = occurrences(Schedule(SHANGHAI, (plan,)), starts, ends)
    after = occurrences(Schedule(SHANGHAI, (plan,), changes=swaps_in(before, picks)), starts, ends)
    assert Counter(watch.person for watch in before) == Counter(watch.person for watch in after)
    assert [watch.slot for watch in before] == [watch.slot for watch in after]


@settings(deadline=None)
@given(plan=plans(continuous_shifts()), zone=zones, day=days, hours=st.tuples(st.integers(0, 200), st.integers(1, 99)))
def test_an_absence_leaves_a_gap_of_exactly_the_time_the_person_would_have_stood(
    plan: Plan, zone: ZoneInfo, day: date, hours: tuple[int, int]
) -> None:
    starts, ends = window(zone, day, 9)
    schedule, person = Schedule(zone, (plan,)), plan.turns[0]
    since = starts + timedelta(hours=hours[0])
    gone = Away(since, since + timedelta(hours=hours[1]), Why.ABSENT)
    stood = sum(
        (
            max(timedelta(0), min(watch.ends_at, gone.ends_at, ends) - max(watch.starts_at, gone.starts_at, starts))
            for watch in occurrences(schedule, starts, ends)
            if watch.person == person
        ),
        timedelta(0),
    )
    found = gaps(occurrences(schedule, starts, ends, away={person: [gone]}), starts, ends)
    assert sum((gap.ends_at - gap.starts_at for gap in found), timedelta(0)) == stood
    assert all(gap.why is Why.ABSENT for gap in found)


def names(watches: list[Watch], people: str = " ABCDEF") -> str:
    return "".join(people[watch.person or 0] for watch in watches)


def test_by_day_whoever_had_the_day_has_the_next_night_and_then_rests() -> None:
    plan = Plan(MONDAY, DAY_AND_NIGHT, (1, 2, 3, 4), anchor=MONDAY)
    starts, _ends = window(SHANGHAI, MONDAY)
    starts += timedelta(hours=8)
    assert names(occurrences(Schedule(SHANGHAI, (plan,)), starts, starts + 5 * DAY)) == "ADBACBDCAD"


def test_by_watch_every_watch_goes_to_the_next_in_line() -> None:
    plan = Plan(MONDAY, DAY_AND_NIGHT, (1, 2, 3), anchor=MONDAY, by=TurnBy.WATCH)
    starts = instant(SHANGHAI, datetime.combine(MONDAY, time(8)))
    assert names(occurrences(Schedule(SHANGHAI, (plan,)), starts, starts + 4 * DAY)) == "ABCABCAB"


def test_weekdays_that_hold_no_watch_cost_nobody_a_turn() -> None:
    office = (Shift("day", time(9), time(17), EVERY_DAY - {5, 6}),)
    plan = Plan(MONDAY, office, (1, 2, 3), anchor=MONDAY)
    starts, ends = window(SHANGHAI, MONDAY, 14)
    assert names(occurrences(Schedule(SHANGHAI, (plan,)), starts, ends)) == "ABCABCABCA"


def test_a_turn_may_last_a_week() -> None:
    plan = Plan(MONDAY, (Shift("whole", time(8), time(8)),), (1, 2), anchor=MONDAY, every=7)
    starts = instant(SHANGHAI, datetime.combine(MONDAY, time(8)))
    assert names(occurrences(Schedule(SHANGHAI, (plan,)), starts, starts + 15 * DAY)) == "AAAAAAABBBBBBBA"


def test_a_later_plan_leaves_the_days_before_it_as_they_were() -> None:
    old = Plan(MONDAY, DAY_AND_NIGHT, (1, 2), anchor=MONDAY, by=TurnBy.WATCH)
    new = Plan(MONDAY + 2 * DAY, DAY_AND_NIGHT, (3, 4), anchor=MONDAY, by=TurnBy.WATCH)
    starts = instant(SHANGHAI, datetime.combine(MONDAY, time(8)))
    assert names(occurrences(Schedule(SHANGHAI, (old, new)), starts, starts + 4 * DAY)) == "ABABCDCD"


def test_a_night_watch_is_an_hour_shorter_or_longer_when_clocks_change() -> None:
    plan = Plan(date(2026, 1, 1), DAY_AND_NIGHT, (1,), anchor=MONDAY)
    schedule = Schedule(BALTIMORE, (plan,))
    lengths = {
        day: (span[1] - span[0]) // timedelta(hours=1)
        for day in (MONDAY, SPRING - DAY, AUTUMN - DAY)
        if (span := span_of(schedule, (day, "night")))
    }
    assert lengths == {MONDAY: 12, SPRING - DAY: 11, AUTUMN - DAY: 13}


def test_a_time_the_clock_leaves_out_begins_when_the_clock_has_passed_it() -> None:
    assert instant(BALTIMORE, datetime.combine(SPRING, time(2, 30))) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert instant(BALTIMORE, datetime.combine(AUTUMN, time(1, 30))) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_swap_whose_giver_no_longer_has_the_watch_is_void() -> None:
    plan = Plan(MONDAY, DAY_AND_NIGHT, (1, 2), anchor=MONDAY, by=TurnBy.WATCH)
    slot = (MONDAY, "day")
    changes = (Change(slot, to=3), Change(slot, to=2, giver=1))
    assert holder_of(Schedule(SHANGHAI, (plan,), changes=changes), slot) == 3


def test_an_exchange_holds_as_a_whole_or_not_at_all() -> None:
    plan = Plan(MONDAY, DAY_AND_NIGHT, (1, 2), anchor=MONDAY, by=TurnBy.WATCH)
    back = (MONDAY + DAY, "night")
    changes = (Change(back, to=3), Change((MONDAY, "day"), to=2, giver=1, back=back))
    schedule = Schedule(SHANGHAI, (plan,), changes=changes)
    assert (holder_of(schedule, (MONDAY, "day")), holder_of(schedule, back)) == (1, 3)


@pytest.mark.parametrize(("closes", "why"), [(None, Why.NO_TURNS), (MONDAY - DAY, Why.ENDED)])
def test_an_empty_line_and_an_ended_unit_are_gaps_that_say_why(closes: date | None, why: Why) -> None:
    plan = Plan(MONDAY, DAY_AND_NIGHT, (), anchor=MONDAY)
    starts, ends = window(SHANGHAI, MONDAY, 2)
    starts += timedelta(hours=8)
    found = gaps(occurrences(Schedule(SHANGHAI, (plan,), closes=closes), starts, ends), starts, ends)
    assert [(gap.starts_at, gap.ends_at, gap.why) for gap in found] == [(starts, ends, why)]
