"""Signing what is sent, as Standard Webhooks does: HMAC-SHA256 over `id.timestamp.body`, in base64 behind `v1,`.

While a secret is being rotated both sign, and a receiver that knows either is content. Whoever receives refuses what
is older or younger than five minutes: a message that is heard again later is a replay.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
TOLERANCE_SECONDS: Final = 300


def secret_of(content: bytes) -> str:
    """How a secret is written for people: `whsec_` and base64."""
    return PREFIX + base64.b64encode(content).decode("ascii")


def bytes_of(secret: str) -> bytes:
    """The bytes a written secret stands for.

    :raises ValueError: it is not written so
    """
    if not secret.startswith(PREFIX):
        raise ValueError("a secret begins with whsec_")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is base64") from error


def signed(mark: str, timestamp: int, body: bytes, *, secrets: Iterable[bytes]) -> dict[str, str]:
    """The three headers under which `body` is sent."""
    signatures = " ".join(f"v1,{_signature(mark, timestamp, body, secret)}" for secret in secrets)
    return {"webhook-id": mark, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def is_genuine(headers: Mapping[str, str], body: bytes, *, secret: bytes, now: int) -> bool:
    """Whether `body` came under headers that only who knows `secret` can make, within the last five minutes."""
    mark, told = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not told.isascii() or not told.isdecimal() or abs(now - int(told)) > TOLERANCE_SECONDS:
        return False
    expected = _signature(mark, int(told), body, secret).encode("ascii")
    given = (one.partition(",") for one in headers.get("webhook-signature", "").split(" "))
    return any(
        version == "v1" and hmac.compare_digest(signature.encode("utf-8"), expected)
        for version, _comma, signature in given
    )


def _signature(mark: str, timestamp: int, body: bytes, secret: bytes) -> str:
    content = f"{mark}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode("ascii")
