"""The ladder: a reminder, the overdue mark, supervision I to III; in working time, or at once where it is urgent."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases.models import Case, Supervision
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import clocks_of, trace_of
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.ladder import LEVELS, REMINDS, Rung, first_rung, rung_after, wakes_at
from liandong.cases.rules.words import ClockKind
from liandong.kernel.working_time import Calendar, Limit, TimeUnit
from liandong.people.access import platform
from tests.cases.paths import clock, running, shanghai, take
from tests.cases.paths.words import B001, B002, D03, T01
from tests.world import DISTRICT, World

SWEEP = platform("sweep")
SECOND = timedelta(seconds=1)
FOUR = Limit(Decimal(4), TimeUnit.WORKING_HOUR)
DAYS = Limit(Decimal(168), TimeUnit.NATURAL_HOUR)


@pytest.fixture
def calendar(world: World) -> Calendar:
    return rulebook_for(DISTRICT).map.calendar


def test_every_kind_of_clock_has_its_level_and_climbs_to_it_and_no_higher() -> None:
    assert set(LEVELS) == set(ClockKind)
    for kind in ClockKind:
        rung, climbed = first_rung(kind), []
        while rung is not Rung.TOP:
            climbed.append(rung)
            rung = rung_after(kind, rung)
        wanted = [Rung.REMIND] * (kind in REMINDS) + [Rung.DUE, Rung.FIRST, Rung.SECOND, Rung.THIRD][: LEVELS[kind] + 1]
        assert climbed == wanted, kind


@pytest.mark.parametrize(
    ("rung", "is_urgent", "expected"),
    [
        (Rung.REMIND, False, "2026-03-02 16:25"),
        (Rung.DUE, False, "2026-03-02 17:30"),
        (Rung.FIRST, False, "2026-03-03 09:00"),
        (Rung.FIRST, True, "2026-03-02 17:30"),
        (Rung.SECOND, False, "2026-03-03 11:00"),
        (Rung.SECOND, True, "2026-03-03 11:00"),
        (Rung.THIRD, False, "2026-03-03 14:30"),
    ],
)
def test_four_working_hours_wake_at(calendar: Calendar, rung: Rung, *, is_urgent: bool, expected: str) -> None:
    """From 12:05 to the end of the day: due at 17:30, half the limit more is 11:00 on the morrow, all of it 14:30."""
    found = wakes_at(
        rung,
        started_at=shanghai("2026-03-02 12:05"),
        due_at=shanghai("2026-03-02 17:30"),
        limit=FOUR,
        is_urgent=is_urgent,
        calendar=calendar,
    )
    assert found == shanghai(expected)


@pytest.mark.parametrize(("is_urgent", "expected"), [(True, "2026-03-08 03:00"), (False, "2026-03-09 09:00")])
def test_at_night_and_on_sunday_only_urgent_cases_call_for_anybody(
    calendar: Calendar, *, is_urgent: bool, expected: str
) -> None:
    due_at = shanghai("2026-03-04 15:00")
    found = wakes_at(
        Rung.SECOND,
        started_at=due_at - 7 * timedelta(days=1),
        due_at=due_at,
        limit=DAYS,
        is_urgent=is_urgent,
        calendar=calendar,
    )
    assert found == shanghai(expected)


def test_at_the_top_nothing_wakes(calendar: Calendar) -> None:
    at = shanghai("2026-03-02 12:00")
    assert wakes_at(Rung.TOP, started_at=at, due_at=at, limit=FOUR, is_urgent=True, calendar=calendar) is None


def _clinic(world: World) -> Case:
    """An urgent case: 168 natural hours with bureau 1."""
    case = take(world, "dispatch", world.filed(class_code="A0203"), "lin", to=B001)
    case = take(world, "receive", case, "bureau001")
    return take(world, "arrive", case, "bureau001")


def _told(case: Case, event: str, clock_kind: str = "hop") -> list[int]:
    return [
        entry.data.get("level", 0)
        for entry in trace_of(case)
        if entry.event == event and entry.data.get("clock") == clock_kind
    ]


def _sweep(at: datetime) -> int:
    return mark_overdue(actor=SWEEP, at=at)


def test_a_case_climbs_from_the_reminder_to_the_leader(world: World) -> None:
    case = _clinic(world)
    hop = clock(case, "hop")
    assert running(case) == {"hop", "handle"}
    length = hop.due_at - hop.started_at
    for share, events in (
        (0.8, [("ClockRemindedOf", 1), ("ClockFellDue", 0), ("CaseSupervised", 0)]),
        (1.0, [("ClockRemindedOf", 1), ("ClockFellDue", 1), ("CaseSupervised", 1)]),
        (1.52, [("ClockRemindedOf", 1), ("ClockFellDue", 1), ("CaseSupervised", 2)]),
        (2.02, [("ClockRemindedOf", 1), ("ClockFellDue", 1), ("CaseSupervised", 3)]),
    ):
        at = hop.started_at + length * share
        _sweep(at - SECOND)
        _sweep(at + SECOND)
        assert _sweep(at + SECOND) == 0
        assert [(event, len(_told(case, event))) for event, _count in events] == events, share
    assert _told(case, "CaseSupervised") == [1, 2, 3]
    assert set(Supervision.objects.filter(case=case).values_list("unit", flat=True)) == {B001}
    case.refresh_from_db()
    assert (case.supervised, case.late_since) == (3, hop.due_at)
    assert _sweep(at + timedelta(days=365)) == 0


def test_the_leads_late_hop_is_supervised_and_the_case_not_once_more_for_the_same(world: World) -> None:
    case = _clinic(world)
    _sweep(clock(case, "handle").due_at + 3 * timedelta(days=7))
    assert _told(case, "ClockFellDue", "handle") == [0]
    assert _told(case, "CaseSupervised", "handle") == []
    assert _told(case, "CaseSupervised", "hop") == [1, 2, 3]


def test_a_case_nobody_has_is_supervised_by_its_own_clock(world: World) -> None:
    case = _clinic(world)
    take(world, "take_back", case, "lin")
    _sweep(clock(case, "handle").due_at + SECOND)
    assert _told(case, "CaseSupervised", "handle") == [1]


def test_an_assistants_lateness_is_its_own(world: World) -> None:
    case = take(world, "dispatch", world.filed(), "lin", assisting=(D03,))
    take(world, "receive", case, "bureau002")
    _sweep(world.later(days=30))
    late = Supervision.objects.filter(case=case, clock_kind="receive").values_list("unit", flat=True)
    assert list(late) == [D03]
    assert set(Supervision.objects.filter(case=case, clock_kind="hop").values_list("unit", flat=True)) == {B002, D03}


def test_each_hop_of_a_line_is_reminded_for_itself(world: World) -> None:
    case = take(world, "dispatch", world.filed(), "lin", to=T01)
    take(world, "receive", case, "town01")
    take(world, "hand_down", case, "town01")
    _sweep(world.later(days=30))
    units = {
        entry.data["unit"] for entry in trace_of(case) if entry.event == "ClockFellDue" and entry.data["clock"] == "hop"
    }
    assert units == {T01, B002}


def test_what_was_missed_while_nobody_swept_is_done_at_once_without_a_late_reminder(world: World) -> None:
    case = _clinic(world)
    _sweep(clock(case, "hop").due_at + timedelta(days=60))
    assert _told(case, "ClockRemindedOf") == []
    assert _told(case, "CaseSupervised") == [1, 2, 3]


def test_an_ordinary_case_is_supervised_in_working_time(world: World) -> None:
    case = world.received()
    take(world, "arrive", case, "bureau002")
    due_at = clock(case, "hop").due_at
    _sweep(shanghai("2026-03-02 17:31"))
    assert clock(case, "hop").overdue_at == due_at
    woken = clock(case, "hop").wake_at
    assert woken is not None
    local = woken.astimezone(shanghai("2026-03-02 00:00").tzinfo)
    assert "09:00" <= local.strftime("%H:%M") <= "17:30"


def test_reminders_and_marks_change_nobodys_version(world: World) -> None:
    case = _clinic(world)
    version = Case.objects.get(pk=case.pk).version
    _sweep(world.later(days=60))
    assert Case.objects.get(pk=case.pk).version == version


def test_an_extension_reminds_again_before_the_new_time(world: World) -> None:
    case = _clinic(world)
    hop = clock(case, "hop")
    _sweep(hop.started_at + (hop.due_at - hop.started_at) * 0.85)
    take(world, "request_extension", case, "bureau001", amount="168")
    take(world, "grant_extension", case, "supervisor")
    _sweep(hop.due_at + SECOND)
    assert _told(case, "ClockFellDue") == []
    moved = clock(case, "hop")
    _sweep(moved.due_at - timedelta(hours=1))
    assert len(_told(case, "ClockRemindedOf")) == 2


def test_the_cost_of_a_sweep_follows_what_is_due_and_not_what_is_open(world: World) -> None:
    for _ in range(3):
        world.report()
    with CaptureQueriesContext(connection) as queries:
        assert _sweep(world.at) == 0
    assert len(queries) == 1
    assert clocks_of(Case.objects.all()[0]).get().wake_at is not None
