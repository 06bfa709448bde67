"""One delivery over the wire: to the address that was looked at, within limits of time and size, following nobody."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from collections.abc import Mapping
from typing import Final

from liandong.exchange.rules.progress import Outcome, why_of
from liandong.exchange.rules.words import Why
from liandong.notify.rules.wording import storable, without_numbers
from liandong.web.outgoing import Pinned, Target, addresses_of, connected

LONGEST_ANSWER: Final = 16_384
"""So much of an answer is read: nobody needs more to know what became of it."""
SHOWN: Final = 200


def post(target: Target, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Outcome:
    """Send `body` and return what came of it. `seconds` bounds the connecting, and then the whole of the answer.

    Never raises: whatever a receiver does is an outcome.
    """
    began = time.monotonic()
    try:
        found = addresses_of(target)
        if not found:
            return Outcome(why=Why.ADDRESS_REFUSED)
        sock = connected(found, target, seconds=seconds)
    except (OSError, UnicodeError) as error:
        return Outcome(why=Why.NOT_CONNECTED, detail=_said(error), took_ms=_since(began))
    with contextlib.closing(Pinned(target, sock)) as connection:
        try:
            outcome = _exchange(connection, target, body, headers, until=time.monotonic() + seconds)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Outcome(why=Why.NO_ANSWER, detail=_said(error), took_ms=_since(began))
    status, wait_seconds, text = outcome
    why = why_of(status)
    return Outcome(status, why, text if why else "", wait_seconds, _since(began))


def _exchange(
    connection: http.client.HTTPConnection, target: Target, body: bytes, headers: Mapping[str, str], *, until: float
) -> tuple[int, int, str]:
    sock: socket.socket = connection.sock
    sock.settimeout(max(until - time.monotonic(), 0.1))
    connection.request("POST", target.path, body, {"Connection": "close", **headers})
    answer = connection.getresponse()
    read = bytearray()
    while len(read) < LONGEST_ANSWER and (chunk := answer.read1(4096)):
        read += chunk
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer trickled in for too long")
        with contextlib.suppress(OSError):
            sock.settimeout(left)
    asked = answer.getheader("Retry-After") or ""
    wait_seconds = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0
    return answer.status, wait_seconds, _shown(bytes(read).decode("utf-8", "replace"))


def _said(error: BaseException) -> str:
    return _shown(str(error) or type(error).__name__)


def _shown(text: str) -> str:
    """What a receiver said, as it may stand in a log: without numbers that could be somebody's."""
    return without_numbers(storable(" ".join(text.split())))[:SHOWN]


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
