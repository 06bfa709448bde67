"""When a case is due, counted by hand: minute by minute on random calendars, whatever was paused, given or given back.

The count is the slow one of `tests.kernel.oracle`, which shares nothing with the product.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from liandong.areas.operations import load_calendar
from liandong.cases import changes
from liandong.cases.changes import Report
from liandong.cases.models import Case, Clock, ClockMove
from liandong.cases.operations import recompute_clocks
from liandong.cases.operations.lives import CHANGES
from liandong.cases.queries import clocks_of, moves_of
from liandong.cases.rulebook import Rulebook, forget_rules, rulebook_for
from liandong.cases.rules.words import ClockKind
from liandong.kernel.working_time import Calendar
from liandong.people.access import platform
from liandong.workbench import clocks as shown
from tests.cases.paths import clock, take
from tests.kernel.oracle import counted_due, counted_elapsed
from tests.world import DISTRICT, GRID_1, World

STORY = platform("story")
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 1)
HANDLE_HOURS = 4
"""M06010 on a main road: four working hours."""


def random_calendar(dice: random.Random) -> Calendar:
    """Odd hours, some over midnight's edge, holidays, worked weekends."""
    edges = sorted(dice.sample([0, 1, 60, 479, 540, 719, 720, 810, 1049, 1050, 1380, 1439, 1440], 4))
    days = [FIRST + timedelta(days=number) for number in range(40)]
    makeup = frozenset(dice.sample(days, 4))
    return Calendar(
        zone=SHANGHAI,
        hours=tuple((_wall(opens), _wall(closes)) for opens, closes in zip(edges[::2], edges[1::2], strict=True)),
        holidays=frozenset(dice.sample(days, 8)) - makeup,
        makeup_workdays=makeup,
        confirmed_years=frozenset({2026, 2027}),
    )


def _wall(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _odd_instant(dice: random.Random) -> datetime:
    """Often at the edge of a day of Shanghai: a second before, at, after midnight."""
    day = datetime(2026, 3, 2, tzinfo=SHANGHAI) + timedelta(days=dice.randrange(10))
    edge = dice.choice([0, -1, 1, 59, 8 * 3600, 8 * 3600 - 1, dice.randrange(86_400), dice.randrange(86_400)])
    return (day + timedelta(seconds=edge)).astimezone(UTC)


class Counted:
    """A docket and the due time of its handling, counted by hand beside it."""

    def __init__(self, dice: random.Random, book: Rulebook) -> None:
        self.at, self.book, self.calendar = _odd_instant(dice), book, book.map.calendar
        report = Report("M06010", "垃圾", "hotline", lon=GRID_1[0], lat=GRID_1[1])
        self.docket = changes.new_docket(report, rulebook=book, actor=STORY, at=self.at)
        for code in ("accept", "file", "dispatch"):
            self.take(code)
        self.due = counted_due(timedelta(hours=HANDLE_HOURS), since=self.at, calendar=self.calendar)

    def take(self, code: str, **details: object) -> None:
        self.docket.begin(code, actor=STORY, at=self.at)
        CHANGES[code](self.docket, **details)

    def stand(self, gap: timedelta) -> None:
        """The clock stands still for a while from now: what was left then is left afterwards."""
        stood_since = self.at
        self.at += gap
        if stood_since <= self.due:
            left = counted_elapsed(since=stood_since, until=self.due, calendar=self.calendar)
            self.due = self.count(left)

    def count(self, left: timedelta) -> datetime:
        return counted_due(left, since=self.at, calendar=self.calendar) if left else self._next_working()

    def _next_working(self) -> datetime:
        """Nothing is left: due with the first instant in which anybody works."""
        tick = timedelta(microseconds=1)
        return counted_due(tick, since=self.at, calendar=self.calendar) - tick

    def extend(self, hours: str) -> None:
        more = timedelta(seconds=int(Decimal(hours) * 3600))
        self.due = counted_due(more, since=self.due, calendar=self.calendar)

    @property
    def clock(self) -> Clock:
        found = self.docket.last_clock(ClockKind.HANDLE)
        assert found is not None
        return found


def _live(one: Counted, dice: random.Random) -> None:
    """Rest, more time, checking given back: in any order."""
    docket = one.docket
    one.take("receive")
    for _ in range(dice.randint(1, 5)):
        one.at += timedelta(seconds=dice.choice([1, 59, 600, 3_601, 30_011, 86_399]))
        match dice.choice(["rest", "extend", "check"]):
            case "rest":
                wake_on = one.book.day_of(one.at) + timedelta(days=30)
                one.take("suspend", awaited="停气", wake_on=wake_on, reason="等")
                one.stand(timedelta(seconds=dice.choice([1, 3_600, 86_400, 200_003])))
                one.take("resume")
            case "extend" if docket.case.extensions < 2 and one.at <= one.due:
                amount = dice.choice(["0.5", "1", "2.25", "4"])
                one.take("request_extension", amount=amount, reason="等")
                one.take("grant_extension")
                one.extend(amount)
            case "check":
                one.take("hand_in", result="清运")
                one.stand(timedelta(seconds=dice.choice([0, 1, 7_200, 86_400, 150_001])))
                one.take("send_back", reason="未清")
                one.take("receive")
        assert one.clock.due_at == one.due


@pytest.mark.parametrize("seed", range(6))
def test_the_case_is_due_when_it_is_due_counted_minute_by_minute(world: World, seed: int) -> None:
    dice, book = random.Random(seed), rulebook_for(DISTRICT)
    for _ in range(12):
        calendar = random_calendar(dice)
        _live(Counted(dice, replace(book, map=replace(book.map, calendar=calendar))), dice)


@pytest.mark.parametrize("seed", range(4))
def test_the_lines_that_say_why_add_up_to_the_due_instant(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "LONGEST_WHY", 10_000)
    dice, book = random.Random(seed), rulebook_for(DISTRICT)
    for _ in range(10):
        calendar = random_calendar(dice)
        one = Counted(dice, replace(book, map=replace(book.map, calendar=calendar)))
        _live(one, dice)
        moves = [row for row in one.docket.touched if isinstance(row, ClockMove) and row.clock is one.clock]
        lines = shown.clocks_shown([one.clock], one.book, moves={one.clock.pk: moves})[0].why
        told = len(lines) - len(moves)
        counted = sum(_minutes_in(line.minutes) for line in lines[:told])
        spans = sum(1 for line in lines[:told] if line.minutes)
        assert 0 <= HANDLE_HOURS * 60 - counted <= spans, "each span is told in whole minutes"
        assert lines[-1].when == one.due.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        instants = [moves[0].before, *(move.after for move in moves)] if moves else [one.due]
        assert [move.before for move in moves] == instants[:-1]
        assert instants[-1] == one.due
        assert instants[0] + timedelta(seconds=one.clock.moved_seconds) == one.due


def _minutes_in(words: str) -> int:
    hours, minutes = re.search(r"(\d+) 小时", words), re.search(r"(\d+) 分", words)
    return 60 * int(hours[1] if hours else 0) + int(minutes[1] if minutes else 0)


CORRECTIONS = [
    [(date(2026, 3, 3), False)],
    [(date(2026, 3, 7), True)],
    [(date(2026, 3, 2), False), (date(2026, 3, 8), True), (date(2026, 3, 5), False)],
]


@pytest.mark.parametrize("corrected", CORRECTIONS)
@pytest.mark.parametrize("seed", range(5))
def test_a_corrected_calendar_gives_what_it_would_have_given_from_the_start(
    world: World, seed: int, corrected: list[tuple[date, bool]]
) -> None:
    start = world.at
    case = _lived(world, random.Random(seed))
    _correct(world, corrected)
    recompute_clocks(DISTRICT, actor=platform("calendar"), at=world.at)
    world.at = start
    again = _lived(world, random.Random(seed))
    assert _clocks(case) == _clocks(again)
    case.refresh_from_db()
    again.refresh_from_db()
    assert case.due_at == again.due_at


def test_why_a_corrected_clock_is_due_says_nothing_of_another_clock(world: World) -> None:
    case = world.dispatched()
    _correct(world, [(date(2026, 3, 2), False)])
    recompute_clocks(DISTRICT, actor=platform("calendar"), at=world.at)
    handle = clock(case, "handle")
    [one] = shown.clocks_shown([handle], rulebook_for(DISTRICT), moves=moves_of(case))
    assert not [line for line in one.why if "捆绑" in line.what]
    assert one.why[-1].when == handle.due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
    assert "节假日日历更正" in one.why[-1].what


def _lived(world: World, dice: random.Random) -> Case:
    """A case with some rest, more time and checking behind it, a minute between steps."""
    case = take(world, "receive", world.dispatched(to=f"{DISTRICT}-B002", class_code="C01001"))
    for what in dice.sample(["rest", "extend", "check", "town"], 3):
        world.later(minutes=dice.choice([7, 60, 200]))
        match what:
            case "rest":
                take(world, "suspend", case)
                world.later(hours=dice.choice([1, 20]))
                take(world, "resume", case)
            case "extend":
                take(world, "request_extension", case, amount="1")
                take(world, "grant_extension", case)
            case "check":
                take(world, "hand_in", case)
                world.later(hours=dice.choice([1, 5]))
                take(world, "send_back", case)
                take(world, "receive", case)
            case "town":
                take(world, "transfer", case, to=f"{DISTRICT}-T01")
                take(world, "receive", case)
    return case


def _correct(world: World, days: list[tuple[date, bool]]) -> None:
    told = [(day, is_working, "更正") for day, is_working in days]
    load_calendar("cn", told, [], district=DISTRICT, actor=world.actor("admin"), at=world.at)
    forget_rules()


def _clocks(case: Case) -> list[tuple[object, ...]]:
    rows = clocks_of(case).filter(stopped_at=None).order_by("kind", "id")
    return [(row.kind, row.started_at, row.due_at, row.paused_at) for row in rows]
