"""The platform that hears from us: an HTTP server that takes what we send, and answers as badly as it is told to.

Manners, the first time a message comes: ok, busy (503, not taken), failing (taken, then 500), drop (taken, then hangs
up), slow (taken, answered too late), garbage (taken, an answer nobody can read), refuse (422). Afterwards it is well.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Final
from xml.etree.ElementTree import fromstring

from liandong.intake_channels.rules.signing import signature

MANNERS: Final = ("ok", "busy", "failing", "drop", "slow", "garbage", "refuse")
TAKING: Final = frozenset({"ok", "failing", "drop", "slow", "garbage"})


@dataclass(slots=True)
class Peer:
    """What it was sent. `taken` are messages by our reference; `came` counts how often each came at all."""

    key: str = ""
    lane: str = ""
    manner_of: Callable[[dict[str, str]], str] = lambda _row: "ok"
    address: str = ""
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    in_order: list[dict[str, str]] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)
    taken_twice: Counter[str] = field(default_factory=Counter)
    unsigned: int = 0
    asked: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, row: dict[str, str]) -> str:
        """Note one message, and say how it is to be answered."""
        ref = row["message_id"]
        with self.lock:
            self.came[ref] += 1
            manner = self.manner_of(row) if self.came[ref] == 1 else "ok"
            if manner in TAKING:
                if ref in self.taken:
                    self.taken_twice[ref] += 1
                else:
                    self.in_order.append(row)
                self.taken[ref] = row
        return manner


def by_chance(seed: int, *manners: str) -> Callable[[dict[str, str]], str]:
    """Any of these manners for each new message; the same seed, the same manners in the order of arrival."""
    random = Random(seed)
    return lambda _row: random.choice(manners)


@contextmanager
def running_peer(port: int = 0, **options: Any) -> Iterator[Peer]:
    """A peer on a port of this machine, a free one for 0: `/in` takes messages, `/ask` answers for them."""
    peer = Peer(**options)
    server = _Server(("127.0.0.1", port), _Handler)
    server.peer = peer
    peer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    peer: Peer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Take a message, or say whether one came."""
        peer = self.server.peer
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if peer.key and not self._is_signed(body):
            peer.unsigned += 1
            self._answer(401, {"state": "refused", "reason": "signature"})
            return
        if self.path == "/ask":
            peer.asked += 1
            is_here = json.loads(body)["message_id"] in peer.taken
            self._answer(200, {"state": "taken" if is_here else "none"})
            return
        self._take(_fields_of(body))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _take(self, row: dict[str, str]) -> None:
        match self.server.peer.take(row):
            case "busy":
                self._answer(503, {"state": "busy"})
            case "refuse":
                self._answer(422, {"state": "refused", "reason": "not ours"})
            case "failing":
                self._answer(500, {"error": "stumbled"})
            case "drop":
                self.close_connection = True
            case "slow":
                self.server.peer.is_over.wait(5)
                self._answer(200, {"state": "taken"})
            case "garbage":
                self._send(200, b"<html>ok</html", "text/html")
            case _:
                self._answer(200, {"state": "taken", "id": f"PEER-{len(self.server.peer.taken)}"})

    def _is_signed(self, body: bytes) -> bool:
        peer = self.server.peer
        moment, nonce = self.headers.get("X-Timestamp", ""), self.headers.get("X-Nonce", "")
        made = signature(peer.key, moment=moment, nonce=nonce, lane=peer.lane, body=body)
        return made == self.headers.get("X-Signature")

    def _answer(self, status: int, content: dict[str, str]) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        # Whoever sent it may have given up and gone.
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


def _fields_of(body: bytes) -> dict[str, str]:
    if body.lstrip()[:1] == b"<":
        return {str(child.tag): child.text or "" for child in fromstring(body)[0]}
    return {name: str(value) for name, value in json.loads(body).items()}
