"""The rule of a signature: whose it is, over which words and for which lane, and how far the sender's clock is off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from liandong.intake_channels.rules.signing import SignatureWrong, TimestampOff, check_signature, signature

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEY, LANE, NONCE, BODY = "s3cret", "310198/calls", "n" * 16, b"{}"
SECOND = str(int(NOW.timestamp()))


def _signed(body: bytes = BODY, *, key: str = KEY, lane: str = LANE, moment: str = SECOND, nonce: str = NONCE) -> str:
    return signature(key, moment=moment, nonce=nonce, lane=lane, body=body)


def _check(given: str, *, moment: str = SECOND, nonce: str = NONCE) -> timedelta:
    keys = [KEY, "the-one-before"]
    return check_signature(given, keys=keys, moment=moment, nonce=nonce, lane=LANE, body=BODY, at=NOW)


@pytest.mark.parametrize("key", [KEY, "the-one-before"])
def test_either_key_signs_while_one_is_exchanged(key: str) -> None:
    assert _check(_signed(key=key)) == timedelta()


@pytest.mark.parametrize(
    "given",
    [
        _signed(key="somebody-else"),
        _signed(lane="310199/calls"),
        _signed(b"{ }"),
        _signed(nonce="m" * 16),
        "",
        "ü" * 64,
    ],
)
def test_what_is_signed_by_another_for_another_lane_or_over_other_words_is_refused(given: str) -> None:
    with pytest.raises(SignatureWrong):
        _check(given)


@pytest.mark.parametrize(
    "moment", ["", "0x69a4e9d8", "١٧٧٢٤١٥٠٠٠", "1e9", "-1", "1772415000.", "1772415000.1234567", "nan"]
)
def test_what_is_no_moment_is_refused_though_it_is_signed(moment: str) -> None:
    with pytest.raises(SignatureWrong):
        _check(_signed(moment=moment), moment=moment)


@pytest.mark.parametrize("nonce", ["", "short", "n" * 65, "n" * 15 + " "])
def test_what_is_no_nonce_is_refused_though_it_is_signed(nonce: str) -> None:
    with pytest.raises(SignatureWrong):
        _check(_signed(nonce=nonce), nonce=nonce)


@pytest.mark.parametrize("off", [301, -301, 86_400 * 365])
def test_a_clock_that_is_too_far_off_is_told_by_how_much(off: int) -> None:
    moment = f"{(NOW - timedelta(seconds=off)).timestamp():.3f}"
    with pytest.raises(TimestampOff) as refused:
        _check(_signed(moment=moment), moment=moment)
    assert refused.value.values["seconds"] == abs(off)


def test_a_clock_that_is_a_little_off_is_measured_to_the_millisecond() -> None:
    moment = f"{(NOW - timedelta(seconds=200, milliseconds=250)).timestamp():.3f}"
    assert _check(_signed(moment=moment), moment=moment) == timedelta(seconds=200, milliseconds=250)
