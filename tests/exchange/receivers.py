"""A receiver of webhooks that behaves as badly as it is told to, over real sockets.

`manner`: ok, failing (500 after taking it), slow (takes it and answers too late), twice (answers twice on the line),
garbage, busy (503 and Retry-After), gone (410), redirect (302), drop (takes it and hangs up), trickle (never ends),
flood (an endless answer).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What a receiver got, and how it behaves."""

    address: str = ""
    manner: str = "ok"
    got: list[Got] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def marks(self) -> list[str]:
        """The `webhook-id` of each request, in order."""
        return [one.headers["webhook-id"] for one in self.got]


_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_RAW = {
    "twice": _WHOLE + _WHOLE,
    "garbage": b"\xff\xfe no http at all\r\n\r\n",
}


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.got.append(Got(self.path, headers, body))
        self.close_connection = True
        match receiver.manner:
            case "ok":
                self._answer(200)
            case "failing":
                self._answer(500)
            case "busy":
                self._answer(503, **{"Retry-After": "1800"})
            case "gone":
                self._answer(410)
            case "redirect":
                self._answer(302, Location=f"{receiver.address}/elsewhere")
            case "slow":
                receiver.is_over.wait(5)
            case "trickle":
                self._raw(b"HTTP/1.1 200 OK\r\n\r\n")
                while not receiver.is_over.wait(0.05):
                    self._raw(b" ")
            case "flood":
                self._raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000)
            case "twice" | "garbage" as manner:
                self._raw(_RAW[manner])

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "20")
        self.end_headers()
        self._raw(b"call 13812345678 now")

    def _raw(self, content: bytes) -> None:
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            self.server.receiver.is_over.set()

    def log_message(self, format: str, *args: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port until the block is left."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.receiver.is_over.set()
        server.shutdown()
        server.server_close()
