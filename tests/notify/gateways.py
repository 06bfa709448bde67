"""An HTTP gateway for short messages that behaves as badly as it is told to, over real sockets.

`manner` by the text of a message, or for all: ok, failing (500 after taking it), slow (takes it, answers too late),
twice (answers twice on the line), garbage, busy (503 without taking it), refuse (400), drop (takes it and hangs up),
trickle (an answer that never ends).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TAKING = {"ok", "failing", "slow", "twice", "garbage", "drop", "trickle"}


@dataclass
class Gateway:
    """What the gateway was asked, and what it took."""

    address: str = ""
    manner: str = "ok"
    delay: float = 0.0
    robot: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    is_gone: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def id_of(self, ref: str) -> str:
        """How the gateway calls what it took under our reference."""
        with self.lock:
            return next((f"G{place}" for place, row in enumerate(self.taken, start=1) if row["ref"] == ref), "")


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with gateway.lock:
            gateway.bodies.append((self.path, body))
        if self.path.startswith("/robot"):
            self._answer(200, gateway.robot)
        elif self.path == "/ask":
            ref = json.loads(body)["ref"]
            gateway.asked.append(ref)
            given = gateway.id_of(ref)
            self._answer(200, {"state": "accepted" if given else "none", "data": {"id": given}})
        else:
            self._take(gateway, json.loads(body))

    def _take(self, gateway: Gateway, given: dict[str, Any]) -> None:
        time.sleep(gateway.delay)
        manner = gateway.manner
        if manner in TAKING:
            with gateway.lock:
                gateway.taken.append(given)
        well = {"code": 0, "data": {"id": gateway.id_of(given["ref"])}}
        match manner:
            case "ok":
                self._answer(200, well)
            case "failing":
                self._answer(500, {"code": 1})
            case "busy":
                self._answer(503, {"code": 2})
            case "refuse":
                self._answer(400, {"code": 3, "msg": f"bad number {given['to']}"})
            case "garbage":
                self._raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\xff\xfe<html>\x00")
            case "twice":
                one = json.dumps(well).encode()
                whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(one), one)
                self._raw(whole + whole)
            case "slow":
                gateway.is_gone.wait(5)
            case "trickle":
                self._raw(b"HTTP/1.1 200 OK\r\n\r\n")
                while not gateway.is_gone.wait(0.1):
                    self._raw(b" ")
            case "drop":
                self.close_connection = True

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._raw(body)

    def _raw(self, content: bytes) -> None:
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            self.server.gateway.is_gone.set()

    def log_message(self, format: str, *args: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    gateway: Gateway


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """Run a gateway on a free port until the block is left."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.gateway = Gateway(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.gateway
    finally:
        server.gateway.is_gone.set()
        server.shutdown()
        server.server_close()
