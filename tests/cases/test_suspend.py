"""挂账: every clock stands still until what is awaited has come, at the latest until the day named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liandong.cases.changes.allowing import NotSuspended, WakeUpMissing
from liandong.cases.models import Case
from liandong.cases.operations import mark_overdue, wake_cases
from liandong.cases.queries import clocks_of, steps_open_to, trace_of
from liandong.cases.rules.workflow import ReasonNeeded, Suspended
from liandong.people.access import Forbidden, platform
from tests.cases.paths import clock, last_entry, shanghai, take, told
from tests.world import World

SWEEP = platform("sweep")
DAY = timedelta(days=1)


def _resting(world: World, **details: object) -> Case:
    return take(world, "suspend", world.received(class_code="M06010"), "supervisor", **details)


def test_a_resting_case_has_no_running_time_and_no_work(world: World) -> None:
    case = _resting(world, wake_on=date(2026, 3, 20))
    assert (case.stage, case.suspended_for, case.wake_on) == ("received", "燃气公司停气", date(2026, 3, 20))
    assert (case.due_at, case.late_since) == (None, None)
    assert all(row.paused_at == world.at and row.wake_at is None for row in clocks_of(case).filter(stopped_at=None))
    assert told(last_entry(case)) == {
        "awaited": "燃气公司停气",
        "wake_on": "2026-03-20",
        "reason": "停气前不能施工",
        "version": case.version,
    }
    for step, by in (("arrive", "bureau002"), ("hand_in", "bureau002"), ("transfer", "lin"), ("suspend", "supervisor")):
        with pytest.raises(Suspended) as refusal:
            take(world, step, case, by)
        assert refusal.value.values["awaited"] == "燃气公司停气"
    world.later(days=5)
    assert mark_overdue(actor=SWEEP, at=world.at) == 0


def test_what_a_reporter_or_a_supervisor_says_goes_on(world: World) -> None:
    case = _resting(world)
    for step, by in (("urge", "operator"), ("add_note", "operator"), ("supervise", "supervisor")):
        take(world, step, case, by)
    assert take(world, "reply_supervision", case, "bureau002").to_reply == 0


def test_a_page_offers_to_resume_and_not_to_work(world: World) -> None:
    case = _resting(world)
    assert {step.code for step in steps_open_to(world.actor("bureau002"), case)} <= {"reply_supervision"}
    assert "resume" in {step.code for step in steps_open_to(world.actor("supervisor"), case)}


def test_resumed_every_clock_has_what_was_left(world: World) -> None:
    case = world.received()
    world.at = shanghai("2026-03-02 09:59")
    before = {row.pk: row.due_at for row in clocks_of(case).filter(stopped_at=None)}
    take(world, "suspend", case, "supervisor", wake_on=date(2026, 3, 20))  # 10:00
    world.at = shanghai("2026-03-03 10:59")
    case = take(world, "resume", case, "supervisor", note="已停气")  # 11:00 the next day: eight working hours later
    for row in clocks_of(case).filter(pk__in=before):
        assert row.paused_at is None
        assert row.wake_at is not None
        assert row.due_at > before[row.pk]
        assert row.moves.get().by == "resume"
    handle = clock(case, "handle")
    assert handle.unit == "working_hour"
    assert handle.due_at - before[handle.pk] == timedelta(hours=25), "a day and an hour, both within working time"
    assert (case.suspended_at, case.suspended_for, case.wake_on) == (None, "", None)
    assert case.due_at == min(row.due_at for row in clocks_of(case).filter(stopped_at=None))


def test_it_wakes_up_by_itself_on_its_day_and_once(world: World) -> None:
    case = _resting(world, wake_on=date(2026, 3, 20))
    assert wake_cases(actor=SWEEP, at=shanghai("2026-03-19 23:59")) == 0
    assert wake_cases(actor=SWEEP, at=shanghai("2026-03-20 00:00")) == 1
    assert wake_cases(actor=SWEEP, at=shanghai("2026-03-20 00:01")) == 0
    case.refresh_from_db()
    assert case.suspended_at is None
    assert [entry.data["is_woken"] for entry in trace_of(case) if entry.event == "CaseResumed"] == [True]


def test_after_a_month_the_supervisor_is_asked_to_look_once_a_month(world: World) -> None:
    case = _resting(world, wake_on=date(2026, 12, 1))
    at = shanghai("2026-04-01 08:00")
    assert [wake_cases(actor=SWEEP, at=at), wake_cases(actor=SWEEP, at=at + DAY)] == [1, 0]
    assert wake_cases(actor=SWEEP, at=at + 30 * DAY) == 1
    told_of = [entry for entry in trace_of(case) if entry.event == "SuspensionReviewDue"]
    assert [entry.data["next_on"] for entry in told_of] == ["2026-05-01", "2026-05-31"]
    version = Case.objects.get(pk=case.pk).version
    assert {entry.data["version"] for entry in told_of} == {version}


@pytest.mark.parametrize(
    "bad",
    [{"awaited": " "}, {"wake_on": date(2026, 3, 2)}, {"wake_on": date(2026, 3, 1)}, {"wake_on": date(2027, 3, 4)}],
)
def test_it_names_what_it_waits_for_and_a_day_within_a_year(world: World, bad: dict[str, object]) -> None:
    with pytest.raises(WakeUpMissing):
        _resting(world, **bad)


def test_what_does_not_rest_is_not_resumed(world: World) -> None:
    with pytest.raises(NotSuspended):
        take(world, "resume", world.received(), "supervisor")


def test_it_must_say_why(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        _resting(world, reason="")


@pytest.mark.parametrize("by", ["lin", "operator", "bureau002"])
def test_only_a_supervisor_lets_a_case_rest(world: World, by: str) -> None:
    case = world.received()
    with pytest.raises(Forbidden):
        take(world, "suspend", case, by)
