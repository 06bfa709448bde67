"""The server's clock jumps back and forth: no case is harmed (`CASE.md` §5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.operations import mark_overdue
from liandong.cases.queries import clocks_of, trace_of
from liandong.people.access import Forbidden, platform
from tests.cases.paths import clock, take
from tests.world import World

SWEEP = platform("sweep")


def test_when_the_clock_goes_back_nothing_happens_before_what_happened_last(world: World) -> None:
    case = world.received()
    due_at, last = clock(case, "handle").due_at, world.at
    world.later(days=-3)
    assert mark_overdue(actor=SWEEP, at=world.at) == 0
    take(world, "arrive", case, "bureau002")
    take(world, "hand_in", case, "bureau002")
    assert [entry.at for entry in trace_of(case)][-2:] == [last, last]
    handle = clock(case, "handle")
    assert (handle.due_at, handle.stopped_at, handle.overdue_at) == (due_at, last, None)
    assert all(row.stopped_at is None or row.stopped_at >= row.started_at for row in clocks_of(case))
    world.at = last + timedelta(hours=1)
    take(world, "check", case, "verifier")
    assert [entry.at for entry in trace_of(case)][-1] == world.at


def test_what_a_jump_ahead_has_marked_a_supervisor_lifts_and_the_case_is_handled_in_time(world: World) -> None:
    case, before = world.received(), world.at
    due_at = clock(case, "handle").due_at
    assert mark_overdue(actor=SWEEP, at=world.later(days=60)) > 0
    world.at = before + timedelta(minutes=5)
    assert clock(case, "handle").overdue_at == due_at
    with pytest.raises(Forbidden):
        take(world, "lift_overdue", case, "lin")
    take(world, "lift_overdue", case, "supervisor", reason="服务器时钟曾拨快")
    assert clock(case, "handle").overdue_at is None
    take(world, "hand_in", case, "bureau002")
    handle = clock(case, "handle")
    assert handle.stopped_at == world.at < due_at
    assert handle.overdue_at is None
    take(world, "check", case, "verifier")
    assert take(world, "close", case, "operator").closing == "normal"


def test_a_lifted_mark_is_made_again_when_the_time_has_really_come(world: World) -> None:
    case, before = world.received(), world.at
    mark_overdue(actor=SWEEP, at=world.later(days=60))
    world.at = before + timedelta(minutes=5)
    take(world, "lift_overdue", case, "supervisor")
    due_at = clock(case, "handle").due_at
    mark_overdue(actor=SWEEP, at=due_at)
    assert clock(case, "handle").overdue_at is None
    mark_overdue(actor=SWEEP, at=due_at + timedelta(seconds=1))
    assert clock(case, "handle").overdue_at == due_at
