"""One HTTP request to a gateway, and above all: whether it can have been taken when no answer came."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_ANSWER = 65_536


class NotConnected(Exception):
    """The gateway was not reached: nothing left us."""


class NoAnswer(Exception):
    """The request left us, and no whole answer came in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer; redirects are not followed."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """Post to a gateway. `seconds` bounds the connecting, and then the whole of the answer, however it trickles in.

    :raises NotConnected: nothing was handed over
    :raises NoAnswer: it may have been
    """
    with contextlib.closing(_connection(url, seconds)) as connection:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            raise NotConnected(_said(error)) from error
        try:
            return _exchange(connection, url, body, headers, until=time.monotonic() + seconds)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(_said(error)) from error


def reaches(url: str, *, seconds: float) -> str:
    """Why the host of a URL does not take connections; empty when it does."""
    with contextlib.closing(_connection(url, seconds)) as connection:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            return _said(error)
    return ""


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=seconds, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)


def _exchange(
    connection: http.client.HTTPConnection, url: str, body: bytes, headers: Mapping[str, str], *, until: float
) -> Answer:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    sock: socket.socket = connection.sock
    connection.request("POST", path, body, {"Connection": "close", **headers})
    answer = connection.getresponse()
    read = bytearray()
    while len(read) < LONGEST_ANSWER and (chunk := answer.read1(4096)):
        read += chunk
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer trickled in for too long")
        with contextlib.suppress(OSError):
            sock.settimeout(left)
    return Answer(answer.status, bytes(read))


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]
