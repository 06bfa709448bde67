"""The course of a call: the same from the same tellings, in whatever order they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.intake_channels.hotline.rules.calls import CallState, Course, Kind, Telling, course_of, placed

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TELLINGS = st.lists(
    st.builds(
        Telling,
        kind=st.sampled_from(list(Kind)),
        at=st.integers(0, 50).map(lambda seconds: START + timedelta(seconds=seconds)),
        agent=st.sampled_from(["", "8001", "8002"]),
        to=st.sampled_from(["", "8002", "8003"]),
        event_id=st.uuids().map(str),
    ),
    min_size=1,
    max_size=8,
)


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _telling(kind: Kind, seconds: float, **more: str) -> Telling:
    return Telling(kind, _at(seconds), **{"agent": "8001", "event_id": f"{kind}{seconds}", **more})


@given(TELLINGS, st.randoms(use_true_random=False))
def test_the_same_tellings_in_another_order_give_the_same_course(told: list[Telling], random: object) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert course_of(shuffled) == course_of(told)


@given(TELLINGS)
def test_a_course_never_goes_backwards(told: list[Telling]) -> None:
    course = course_of(told)
    if course.answered_at:
        assert course.answered_at >= course.rang_at
    if course.ended_at:
        assert course.state is CallState.ENDED
        assert course.ended_at >= course.rang_at
        assert course.answered_at is None or course.ended_at >= course.answered_at


@pytest.mark.parametrize(
    ("told", "state", "extension"),
    [
        ([(Kind.RINGING, 0, {})], CallState.RINGING, "8001"),
        ([(Kind.RINGING, 0, {}), (Kind.ANSWERED, 4, {})], CallState.TALKING, "8001"),
        ([(Kind.ANSWERED, 4, {}), (Kind.HELD, 9, {})], CallState.HELD, "8001"),
        ([(Kind.HELD, 9, {}), (Kind.RETRIEVED, 12, {})], CallState.TALKING, "8001"),
        ([(Kind.ANSWERED, 4, {}), (Kind.TRANSFERRED, 9, {"to": "8002"})], CallState.TALKING, "8002"),
        ([(Kind.ANSWERED, 4, {}), (Kind.ENDED, 9, {"agent": ""})], CallState.ENDED, "8001"),
    ],
)
def test_a_call_stands_where_its_last_telling_left_it(
    told: list[tuple[Kind, float, dict[str, str]]], state: CallState, extension: str
) -> None:
    course = course_of([_telling(kind, seconds, **more) for kind, seconds, more in told])
    assert (course.state, course.extension) == (state, extension)


def test_what_is_said_to_have_happened_after_the_end_is_no_part_of_it() -> None:
    told = [_telling(Kind.RINGING, 0), _telling(Kind.ENDED, 9), _telling(Kind.ANSWERED, 12)]
    assert course_of(told) == Course(CallState.ENDED, "8001", _at(0), None, _at(9))


def test_a_call_that_was_held_was_answered_whoever_forgot_to_say_so() -> None:
    course = course_of([_telling(Kind.RINGING, 0), _telling(Kind.HELD, 7), _telling(Kind.ENDED, 30)])
    assert course.answered_at == _at(7)


def test_a_clock_that_jumped_back_makes_no_answer_before_the_ringing() -> None:
    course = course_of([_telling(Kind.RINGING, 40), _telling(Kind.ANSWERED, 2)])
    assert (course.rang_at, course.answered_at) == (_at(40), _at(40))


def test_moving_a_course_to_our_clock_leaves_what_lies_between_its_instants() -> None:
    course = course_of([_telling(Kind.RINGING, 0), _telling(Kind.ANSWERED, 14.7), _telling(Kind.ENDED, 60)])
    ours = placed(course, timedelta(seconds=200))
    assert ours.answered_at is not None
    assert ours.rang_at == _at(200)
    assert ours.answered_at - ours.rang_at == timedelta(seconds=14.7)
