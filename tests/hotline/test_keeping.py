"""What the platform does by itself: numbers go, silent calls end, nonces are forgotten."""

from __future__ import annotations

from datetime import timedelta

from liandong.intake_channels.hotline.operations import (
    close_silent_calls,
    forget_callers,
    forget_refusals,
    show_caller,
)
from liandong.intake_channels.hotline.operations.keeping import REFUSALS_KEPT
from liandong.intake_channels.hotline.queries import masked_number_of
from liandong.timeline.queries import trace
from tests.hotline.exchange import Line, call_named
from tests.world import DISTRICT, World


def test_the_number_of_a_call_is_destroyed_when_its_time_is_over(line: Line) -> None:
    line.tell("answered")
    line.pass_by(seconds=30)
    line.tell("ended")
    ended_at = line.at
    assert forget_callers(at=ended_at + timedelta(days=29)) == 0
    assert masked_number_of(call_named()) == "138****5678"
    assert forget_callers(at=ended_at + timedelta(days=30)) == 1
    call = call_named()
    assert (call.sealed, call.wrapped_key, masked_number_of(call)) == (None, None, "")
    last = list(trace("hotline", int(DISTRICT)))[-1]
    assert (last.event, last.data) == ("CallersForgotten", {"count": 1, "after_days": 30})


def test_a_call_that_goes_on_keeps_its_number(line: Line) -> None:
    line.tell("answered")
    assert forget_callers(at=line.at + timedelta(days=400)) == 0


def test_a_call_of_which_nothing_is_heard_for_two_hours_is_over(line: Line, world: World) -> None:
    line.tell("answered")
    heard_at = line.at
    assert close_silent_calls(at=heard_at + timedelta(hours=2)) == 0
    assert close_silent_calls(at=heard_at + timedelta(hours=2, seconds=1)) >= 1
    call = call_named()
    assert (call.state, call.ended_by, call.ended_at) == ("ended", "silence", heard_at)
    assert not call.wrapped_at or call.wrapped_by == "timeout"


def test_after_call_work_ends_by_itself_after_half_an_hour(line: Line, world: World) -> None:
    line.tell("answered")
    line.pass_by(seconds=10)
    line.tell("ended")
    assert close_silent_calls(at=line.at + timedelta(minutes=30)) == 0
    assert show_caller(call_named().pk, actor=world.actor("operator"), at=line.at).call.wrapped_at is None
    assert close_silent_calls(at=line.at + timedelta(minutes=31)) == 1
    assert call_named().wrapped_by == "timeout"


def test_counts_of_refusals_are_forgotten_when_nobody_asks_for_them_any_more(line: Line) -> None:
    line.send(b"no event", status=422)
    assert forget_refusals(at=line.at + REFUSALS_KEPT - timedelta(hours=1)) == 0
    assert forget_refusals(at=line.at + REFUSALS_KEPT + timedelta(hours=1)) == 1
