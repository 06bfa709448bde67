"""督办 by hand, its reply, and lifting an overdue mark that a correction has overtaken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.changes.allowing import ExtensionTooLong, NothingOverdue, NothingToReply, UnknownLevel
from liandong.cases.changes.intake import UnknownWord
from liandong.cases.models import Clock, Supervision
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import trace_of
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden, platform
from tests.cases.paths import clock, last_entry, ready, running, take, told
from tests.cases.paths.words import B002
from tests.world import World

SWEEP = platform("sweep")


def test_an_order_in_ones_own_words_has_a_time_to_reply_by(world: World) -> None:
    case = take(world, "supervise", world.received(), "supervisor", level=2, amount="2", time_unit="natural_hour")
    row = clock(case, "supervision")
    assert row.due_at == world.at + timedelta(hours=2)
    assert (case.supervised, case.to_reply, case.stage) == (2, 1, "received")
    assert told(last_entry(case)) == {
        "level": 2,
        "unit": B002,
        "text": "请今天到场",
        "is_manual": True,
        "reply_due": row.due_at.isoformat(),
        "version": case.version,
    }
    case.refresh_from_db()
    assert case.due_at != row.due_at, "the case's own deadline is not the reply's"


def test_one_reply_answers_every_order_that_waits(world: World) -> None:
    case = world.received()
    for by in ("supervisor", "leader"):
        take(world, "supervise", case, by)
    case = take(world, "reply_supervision", case, "bureau002")
    assert (case.to_reply, "supervision" in running(case)) == (0, False)
    rows = Supervision.objects.filter(case=case)
    assert {(row.reply, row.replied_by) for row in rows} == {("已安排人员下午到场", "user/bureau002")}
    with pytest.raises(NothingToReply):
        take(world, "reply_supervision", case, "bureau002")


def test_a_reply_that_is_late_is_marked_and_climbs_no_further(world: World) -> None:
    case = take(world, "supervise", world.received(), "supervisor", amount="1", time_unit="emergency_hour")
    due_at = clock(case, "supervision").due_at
    mark_overdue(actor=SWEEP, at=due_at + timedelta(seconds=1))
    assert clock(case, "supervision").overdue_at == due_at
    assert "supervision" not in {entry.data.get("clock") for entry in trace_of(case) if entry.event == "CaseSupervised"}


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ({"level": 0}, UnknownLevel),
        ({"level": 4}, UnknownLevel),
        ({"time_unit": "fortnight"}, UnknownWord),
        ({"amount": "0"}, ExtensionTooLong),
        ({"amount": "很快"}, ExtensionTooLong),
        ({"reason": ""}, ReasonNeeded),
    ],
)
def test_levels_units_and_amounts_that_are_none_are_refused(
    world: World, bad: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        take(world, "supervise", world.received(), "supervisor", **bad)


@pytest.mark.parametrize("by", ["lin", "operator", "verifier", "bureau002"])
def test_supervisors_and_leaders_supervise(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        take(world, "supervise", world.received(), by)


def test_an_overdue_mark_is_lifted_where_a_correction_gave_time_again(world: World) -> None:
    case = ready(world, Stage.RECEIVED, "lift_overdue")
    assert case.late_since is not None
    case = take(world, "lift_overdue", case, "supervisor")
    case.refresh_from_db()
    assert case.late_since is None
    assert not Clock.objects.filter(case=case, overdue_at__isnull=False, stopped_at=None).exists()
    assert "handle" in told(last_entry(case))["clocks"]
    mark_overdue(actor=SWEEP, at=world.at)
    assert clock(case, "handle").overdue_at is None
    mark_overdue(actor=SWEEP, at=world.at + timedelta(days=3))
    assert clock(case, "handle").overdue_at is not None, "and it falls due again when its new time is over"


def test_a_mark_that_is_right_stays(world: World) -> None:
    case = world.received()
    with pytest.raises(NothingOverdue):
        take(world, "lift_overdue", case, "supervisor")
    mark_overdue(actor=SWEEP, at=world.later(days=30))
    with pytest.raises(NothingOverdue):
        take(world, "lift_overdue", case, "supervisor")


def test_lifting_says_why_and_is_for_the_supervisor(world: World) -> None:
    case = ready(world, Stage.RECEIVED, "lift_overdue")
    with pytest.raises(ReasonNeeded):
        take(world, "lift_overdue", case, "supervisor", reason="")
    with pytest.raises(Forbidden):
        take(world, "lift_overdue", case, "lin")
