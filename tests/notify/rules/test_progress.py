"""States, retries and quiet hours: what can be taken twice is never sent twice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.notify.rules.progress import DELAYS, News, after_receipt, after_sending, next_try, of_parts
from liandong.notify.rules.quiet import QuietHours, not_before
from liandong.notify.rules.words import State

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(7))


def test_only_what_surely_did_not_arrive_waits_to_be_sent_again() -> None:
    assert [news for news in News if after_sending(news) is State.QUEUED] == [News.LATER]


@given(st.sampled_from(State), st.lists(st.sampled_from(News), max_size=6))
def test_receipts_never_bring_a_message_back_into_the_queue_and_what_was_delivered_stays(
    state: State, told: list[News]
) -> None:
    for news in told:
        after = after_receipt(state, news)
        assert after == state or after in (State.SENT, State.DELIVERED, State.FAILED)
        assert state is not State.DELIVERED or after is State.DELIVERED
        assert state is not State.NOT_SENT or after is State.NOT_SENT
        assert after_receipt(after, news) == after, "the same receipt again changes nothing"
        state = after


@pytest.mark.parametrize(
    ("parts", "together"),
    [
        ((News.DELIVERED, News.DELIVERED), News.DELIVERED),
        ((News.DELIVERED, None), None),
        ((None, News.REFUSED), News.REFUSED),
        ((), None),
    ],
)
def test_a_long_message_is_delivered_when_all_its_parts_are(parts: tuple[News | None, ...], together: News) -> None:
    assert of_parts(parts) == together


def test_attempts_come_further_and_further_apart_and_end() -> None:
    waits = [next_try(number, at=NOON) for number in range(1, len(DELAYS) + 2)]
    assert waits[-1] is None
    gaps = [wait - NOON for wait in waits if wait]
    assert gaps == sorted(gaps)
    assert gaps[0] == timedelta(seconds=10)


@given(st.integers(0, 366 * 86_400).map(lambda gap: NOON + timedelta(seconds=gap)), st.times(), st.times())
def test_a_message_waits_to_the_end_of_the_quiet_hours_and_not_a_second_more(
    at: datetime, since: time, until: time
) -> None:
    quiet = QuietHours(since.replace(microsecond=0), until.replace(microsecond=0))
    sent = not_before(quiet, at=at, zone=SHANGHAI)
    assert sent >= at
    assert sent - at <= timedelta(days=1)
    assert not quiet.holds(sent.astimezone(SHANGHAI).time())
    if sent > at:
        assert sent.astimezone(SHANGHAI).time() == quiet.until
        assert quiet.holds(at.astimezone(SHANGHAI).time())


@pytest.mark.parametrize(("hour", "is_quiet"), [(22, True), (3, True), (7, False), (12, False), (21, False)])
def test_the_night_spans_midnight(hour: int, is_quiet: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert NIGHT.holds(time(hour)) is is_quiet


def test_the_same_time_twice_is_never_quiet() -> None:
    assert not_before(QuietHours(time(0), time(0)), at=NOON, zone=SHANGHAI) == NOON
