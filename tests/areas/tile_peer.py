"""A server of tiles that behaves as badly as it is told to, over real sockets.

`manner`: ok, html (200 with a page), huge (an endless picture), hang (never answers), trickle (a byte now and then),
redirect (302 to itself), failing (500), missing (404).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image


def png(colour: tuple[int, int, int] = (200, 220, 240)) -> bytes:
    """A tile of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(out, "PNG")
    return out.getvalue()


@dataclass
class TilePeer:
    """What it was asked for, and how it behaves."""

    address: str = ""
    manner: str = "ok"
    asked: list[str] = field(default_factory=list)
    picture: Callable[[str], bytes] = lambda _path: png()
    is_over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        peer = self.server.peer
        peer.asked.append(self.path)
        self.close_connection = True
        match peer.manner:
            case "ok":
                self._answer(200, "image/png", peer.picture(self.path))
            case "html":
                self._answer(200, "image/png", b"<html>token is wrong</html>")
            case "failing":
                self._answer(500, "text/plain", b"broken")
            case "missing":
                self._answer(404, "text/plain", b"no such tile")
            case "redirect":
                self._answer(302, "text/plain", b"", Location=f"{peer.address}/0/0/0.png")
            case "huge":
                self._raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_000)
            case "hang":
                peer.is_over.wait(10)
            case "trickle":
                self._raw(b"HTTP/1.1 200 OK\r\n\r\n\x89PNG\r\n\x1a\n")
                while not peer.is_over.wait(0.05):
                    self._raw(b" ")

    def _answer(self, status: int, media: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self._raw(content)

    def _raw(self, content: bytes) -> None:
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    peer: TilePeer


@contextmanager
def running_peer() -> Iterator[TilePeer]:
    """Run a peer on a free port until the block is left."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.peer = TilePeer(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.peer
    finally:
        server.peer.is_over.set()
        server.shutdown()
        server.server_close()
