"""Signatures: what is genuine, and what is forged, replayed or changed on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.exchange.rules.signing import bytes_of, is_genuine, secret_of, signed

SECRET = b"s" * 32
NOW = 1_800_000_000


def test_a_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification's reference libraries.
    secret = bytes_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, secrets=[secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(body=st.binary(max_size=200), mark=st.uuids().map(lambda given: f"msg_{given.hex}"))
def test_what_was_signed_is_genuine_and_nothing_else(body: bytes, mark: str) -> None:
    headers = signed(mark, NOW, body, secrets=[SECRET])
    assert is_genuine(headers, body, secret=SECRET, now=NOW + 299)
    assert not is_genuine(headers, body + b"x", secret=SECRET, now=NOW)
    assert not is_genuine(headers, body, secret=b"t" * 32, now=NOW)
    assert not is_genuine({**headers, "webhook-id": "msg_other"}, body, secret=SECRET, now=NOW)
    assert not is_genuine({**headers, "webhook-timestamp": str(NOW + 1)}, body, secret=SECRET, now=NOW)


@pytest.mark.parametrize("gap", [301, -301, 10**9])
def test_what_is_heard_again_later_is_a_replay(gap: int) -> None:
    assert not is_genuine(signed("m", NOW, b"{}", secrets=[SECRET]), b"{}", secret=SECRET, now=NOW + gap)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "m", "webhook-timestamp": "soon", "webhook-signature": "v1,x"},
        {"webhook-id": "m", "webhook-timestamp": "٣", "webhook-signature": "v1,x"},
        {"webhook-id": "m", "webhook-timestamp": str(NOW), "webhook-signature": ""},
        {"webhook-id": "m", "webhook-timestamp": str(NOW), "webhook-signature": "v2,é v1"},
    ],
)
def test_headers_that_are_none_are_no_signature(headers: dict[str, str]) -> None:
    assert not is_genuine(headers, b"{}", secret=SECRET, now=NOW)


def test_a_secret_is_read_as_it_is_written() -> None:
    assert bytes_of(secret_of(SECRET)) == SECRET
    for wrong in ("", "whsec_!", "MfKQ9r8G"):
        with pytest.raises(ValueError, match="secret"):
            bytes_of(wrong)
