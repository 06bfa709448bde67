"""How fast a desk answers: the share in time, and who was not kept waiting."""

from __future__ import annotations

import pytest

from liandong.intake_channels.hotline.rules.answering import Answering


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        (Answering(), None),
        (Answering(answered=20, in_time=19), 0.95),
        (Answering(answered=20, in_time=18), 0.9),
        (Answering(answered=19, in_time=19, given_up=1), 0.95),
        (Answering(answered=18, in_time=18, given_up=2), 0.9),
        (Answering(answered=18, in_time=18, given_up=2, given_up_soon=2), 1.0),
        (Answering(given_up=3, given_up_soon=3), None),
    ],
)
def test_the_share_in_time_counts_whoever_was_kept_waiting(counts: Answering, share: float | None) -> None:
    assert counts.share_in_time == share
    assert counts.meets_target is (share is None or share >= 0.95)


def test_means_are_of_what_they_say_and_sums_add_up() -> None:
    seconds = {"wait_seconds": 30.0, "talk_seconds": 120.0, "after_seconds": 9.0}
    one = Answering(answered=2, in_time=1, given_up=1, talked=2, wrapped=1, **seconds)
    both = one + one
    assert (both.offered, both.mean_wait, both.mean_talk, both.mean_after) == (6, 15, 60, 9)
    assert both.share_given_up == pytest.approx(1 / 3)
    assert (Answering().mean_wait, Answering().mean_talk, Answering().mean_after) == (None, None, None)
