"""What follows from an answer: again and when, given up, stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from liandong.exchange.rules.progress import (
    DELAYS,
    LEAST_FAILURES,
    STOP_AFTER,
    Outcome,
    is_to_stop,
    next_try,
    rest_until,
    why_of,
)
from liandong.exchange.rules.words import Why

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (200, Why.NONE),
        (204, Why.NONE),
        (301, Why.REDIRECTED),
        (400, Why.REFUSED),
        (404, Why.REFUSED),
        (410, Why.GONE),
        (429, Why.BUSY),
        (500, Why.BROKEN),
        (503, Why.BUSY),
    ],
)
def test_a_status_says_why_it_was_not_taken(status: int, why: Why) -> None:
    assert why_of(status) is why
    assert Outcome(status, why).is_taken is (why is Why.NONE)


def test_each_attempt_waits_longer_spread_by_a_fifth_and_then_it_is_enough() -> None:
    waits = [next_try(number, at=AT, drawn=0.5) for number in range(1, len(DELAYS) + 1)]
    assert [(one - AT).total_seconds() for one in waits if one] == list(DELAYS)
    assert next_try(1, at=AT, drawn=0.0) == AT + timedelta(seconds=8)
    assert next_try(1, at=AT, drawn=1.0) == AT + timedelta(seconds=12)
    assert next_try(len(DELAYS) + 1, at=AT, drawn=0.5) is None


def test_a_receiver_that_asks_for_time_gets_it_but_no_more_than_a_day() -> None:
    assert next_try(1, at=AT, drawn=0.5, wait_seconds=600) == AT + timedelta(minutes=10)
    assert next_try(1, at=AT, drawn=0.5, wait_seconds=10**9) == AT + timedelta(days=1)
    assert rest_until(1, at=AT, drawn=0.5, wait_seconds=10**9) == AT + timedelta(days=1)


def test_a_receiver_that_keeps_failing_rests_five_minutes_at_most() -> None:
    rests = [(rest_until(failures, at=AT, drawn=0.5) - AT).total_seconds() for failures in range(1, 50)]
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (5, 300)


def test_a_receiver_is_stopped_after_days_of_nothing_but_failure() -> None:
    failed = Outcome(500, Why.BROKEN)
    assert not is_to_stop(failed, failing_since=AT, failures=99, at=AT + STOP_AFTER - timedelta(seconds=1))
    assert not is_to_stop(failed, failing_since=AT, failures=LEAST_FAILURES - 1, at=AT + STOP_AFTER)
    assert is_to_stop(failed, failing_since=AT, failures=LEAST_FAILURES, at=AT + STOP_AFTER)
    assert is_to_stop(Outcome(410, Why.GONE), failing_since=AT, failures=1, at=AT)
