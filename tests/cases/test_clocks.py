"""Clocks: when they start, stop, move, fall due (`CASE.md` §5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from liandong.cases.models import Case, TimeLimit
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import clocks_of, trace_of, waking_clocks
from liandong.cases.rulebook import forget_rules
from liandong.people.access import platform
from tests.cases.paths import clock, running, take, with_photos
from tests.world import MRS_CHEN, World

SWEEP = platform("sweep")
HOUR = timedelta(hours=1)


def _clinic(world: World) -> Case:
    """Journey 1: an unlicensed clinic, dispatched to bureau 1."""
    case = world.filed(class_code="A0203", identity="named", contact=MRS_CHEN)
    return take(world, "dispatch", case, "lin")


def _clinic_handled(world: World) -> Case:
    case = _clinic(world)
    take(world, "receive", case, "bureau001")
    with_photos(world, case, "bureau001")
    return take(world, "hand_in", case, "bureau001")


def test_an_illegal_clinic_is_reached_in_three_natural_hours_and_handed_in_within_one_hundred_sixty_eight(
    world: World,
) -> None:
    case = _clinic(world)
    assert clock(case, "arrive").due_at == world.at + 3 * HOUR
    assert clock(case, "handle").due_at == world.at + 168 * HOUR
    assert (clock(case, "arrive").clause, clock(case, "arrive").unit) == ("本区默认（大联动处置时限）", "natural_hour")
    case.refresh_from_db()
    assert case.due_at == min(row.due_at for row in clocks_of(case).filter(stopped_at=None))


def test_return_and_another_dispatch_move_neither_arrive_nor_handle(world: World) -> None:
    case = _clinic(world)
    before = {kind: (clock(case, kind).pk, clock(case, kind).due_at) for kind in ("arrive", "handle", "contact")}
    world.later(minutes=30)
    take(world, "return", case, "bureau001")
    take(world, "dispatch", case, "lin", to="310198-D04")
    for kind, (pk, due_at) in before.items():
        assert (clock(case, kind).pk, clock(case, kind).due_at) == (pk, due_at)
        assert clock(case, kind).moved_seconds == 0


def test_the_dispatch_clock_starts_anew_when_a_case_is_returned(world: World) -> None:
    case = _clinic(world)
    first = clock(case, "dispatch")
    world.later(hours=1)
    take(world, "return", case, "bureau001")
    again = clock(case, "dispatch")
    assert again.pk != first.pk
    assert (again.started_at, again.due_at) == (world.at, world.at + HOUR / 2)


def test_sending_back_moves_the_due_time_by_the_time_spent_in_checking_and_nothing_more(world: World) -> None:
    case = _clinic_handled(world)
    before = clock(case, "handle")
    world.later(days=2, hours=5)
    take(world, "send_back", case, "verifier")
    after = clock(case, "handle")
    checking = world.at - before.stopped_at
    assert (after.pk, after.stopped_at) == (before.pk, None)
    assert after.due_at - before.due_at == checking
    assert after.moved_seconds == checking.total_seconds()


def test_a_case_already_late_gains_nothing_by_being_sent_back(world: World) -> None:
    case = _clinic(world)
    take(world, "receive", case, "bureau001")
    world.later(hours=200)
    with_photos(world, case, "bureau001")
    take(world, "hand_in", case, "bureau001")
    before = clock(case, "handle").due_at
    world.later(days=2)
    take(world, "send_back", case, "verifier")
    case.refresh_from_db()
    assert clock(case, "handle").due_at == before == case.late_since


def test_handed_in_exactly_at_due_is_in_time_and_a_second_later_is_not(world: World) -> None:
    for gap, closing in ((timedelta(0), "normal"), (timedelta(seconds=1), "late")):
        case = _clinic(world)
        take(world, "receive", case, "bureau001")
        with_photos(world, case, "bureau001")
        world.at = clock(case, "handle").due_at + gap - timedelta(minutes=1)
        take(world, "hand_in", case, "bureau001")
        assert (clock(case, "handle").overdue_at is None) == (closing == "normal")
        take(world, "check", case, "verifier")
        take(world, "call_back", case, "operator")
        assert take(world, "close", case, "operator").closing == closing


def test_the_sweep_marks_nothing_at_due_and_everything_a_microsecond_later(world: World) -> None:
    case = world.report()
    due_at = clock(case, "accept").due_at
    assert mark_overdue(actor=SWEEP, at=due_at) == 0
    assert mark_overdue(actor=SWEEP, at=due_at + timedelta(microseconds=1)) == 1
    case.refresh_from_db()
    assert case.late_since == clock(case, "accept").overdue_at == due_at


def test_a_clock_is_marked_once_however_often_the_sweep_runs(world: World) -> None:
    case = _clinic(world)
    at = world.later(days=30)
    assert mark_overdue(actor=SWEEP, at=at) == 5
    assert mark_overdue(actor=SWEEP, at=at) == 0
    assert mark_overdue(actor=SWEEP, at=at + HOUR) == 0
    told = [entry.data["clock"] for entry in trace_of(case) if entry.event == "ClockFellDue"]
    assert sorted(told) == ["arrive", "contact", "handle", "hop", "receive"]


def test_falling_due_is_nobodys_decision_so_the_version_stays(world: World) -> None:
    case = _clinic(world)
    version = Case.objects.get(pk=case.pk).version
    mark_overdue(actor=SWEEP, at=world.later(days=30))
    case.refresh_from_db()
    assert case.version == version
    assert {entry.data["version"] for entry in trace_of(case) if entry.event == "ClockFellDue"} == {version}


def test_small_batches_mark_as_much_as_a_large_one(world: World) -> None:
    for _ in range(5):
        world.report()
    at = world.later(days=1)
    assert [row.kind for row in waking_clocks(at=at, limit=3)] == ["accept"] * 3
    assert mark_overdue(actor=SWEEP, at=at, batch=2) == 5


def test_a_step_taken_late_is_marked_without_waiting_for_the_sweep(world: World) -> None:
    case = world.report()
    world.later(days=1)
    take(world, "accept", case, "operator")
    row = clock(case, "accept")
    assert row.overdue_at == row.due_at
    case.refresh_from_db()
    assert case.late_since is None


def test_a_changed_limit_applies_only_to_clocks_started_after_it(world: World) -> None:
    old = _clinic(world)
    due_at = clock(old, "handle").due_at
    TimeLimit.objects.filter(class_code="A0203", clock="handle").update(amount=Decimal(24), clause="新规")
    forget_rules()
    take(world, "receive", old, "bureau001")
    with_photos(world, old, "bureau001")
    assert (clock(old, "handle").due_at, clock(old, "handle").amount) == (due_at, 168)
    take(world, "hand_in", old, "bureau001")
    take(world, "send_back", old, "verifier")
    assert (clock(old, "handle").amount, clock(old, "handle").clause) == (168, "本区默认（大联动处置时限）")
    new = _clinic(world)
    assert clock(new, "handle").due_at == world.at + 24 * HOUR
    assert clock(new, "handle").clause == "新规"


def test_the_contact_clock_is_for_named_reporters_only(world: World) -> None:
    assert "contact" in running(_clinic(world))
    anonymous = take(world, "dispatch", world.filed(class_code="A0203"), "lin")
    assert "contact" not in running(anonymous)


def test_closing_stops_every_clock(world: World) -> None:
    case = take(world, "supervise", _clinic_handled(world), "supervisor")
    assert running(case) == {"check", "call_back", "supervision"}
    take(world, "check", case, "verifier")
    take(world, "call_back", case, "operator")
    take(world, "close", case, "operator")
    assert running(case) == set()
    assert clock(case, "supervision").stopped_by == "close"


def test_the_hand_in_stops_what_handling_waited_for(world: World) -> None:
    case = _clinic_handled(world)
    for kind in ("contact", "arrive", "handle", "hop"):
        assert clock(case, kind).stopped_by == "hand_in", kind


@pytest.mark.parametrize("kind", ["receive", "hop", "handle"])
def test_reopening_starts_new_clocks_and_keeps_the_old_ones(world: World, kind: str) -> None:
    case = world.closed()
    take(world, "reopen", case, "operator")
    first, second = clocks_of(case).filter(kind=kind)
    assert first.stopped_at is not None
    assert (second.started_at, second.stopped_at) == (world.at, None)


def test_a_district_without_a_default_limit_is_told_so(world: World) -> None:
    from liandong.cases.rules.limits import LimitMissing

    TimeLimit.objects.filter(clock="accept").delete()
    forget_rules()
    with pytest.raises(LimitMissing):
        world.report()


def test_a_clock_that_another_sweep_marked_in_between_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.report()
    at = world.later(days=1)
    read_before = clocks_of(case)
    assert mark_overdue(actor=SWEEP, at=at) == 1
    monkeypatch.setattr("liandong.cases.operations.sweep.waking_clocks", lambda *, at, limit: read_before)
    assert mark_overdue(actor=SWEEP, at=at) == 0
    assert [entry.event for entry in trace_of(case)] == ["CaseReported", "ClockFellDue", "CaseSupervised"]


def test_what_never_stopped_has_nothing_to_resume(world: World) -> None:
    from liandong.cases.docket import Docket
    from liandong.cases.rulebook import rulebook_for
    from liandong.cases.rules.words import ClockKind

    case = Case.objects.get(pk=_clinic(world).pk)
    docket = Docket(case, rulebook_for(case.district))
    assert docket.resume(ClockKind.HANDLE) == 0
