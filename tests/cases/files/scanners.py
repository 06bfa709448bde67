"""Virus scanners for tests: Debian's clamd with a signature of our own where it is installed, and a minimal peer."""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.running.processes import free_port, wait_until

MARK = b"liandong-test-signature-7f3a"
"""What the scanners of the tests take for a virus."""
MOST_BYTES = 1_000_000
CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")


@contextlib.contextmanager
def clamd(folder: Path, *, over: str) -> Iterator[str]:
    """A real clamd with one signature, over `tcp` or `unix`; yields its address."""
    assert CLAMD
    (folder / "db").mkdir()
    (folder / "db" / "local.ndb").write_text(f"Liandong.Test:0:*:{MARK.hex()}\n")
    port, path = free_port(), folder / "clamd.sock"
    listens = f"TCPSocket {port}\nTCPAddr 127.0.0.1" if over == "tcp" else f"LocalSocket {path}"
    config = folder / "clamd.conf"
    config.write_text(f"Foreground yes\nDatabaseDirectory {folder / 'db'}\nStreamMaxLength {MOST_BYTES}\n{listens}\n")
    process = subprocess.Popen([CLAMD, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"tcp://127.0.0.1:{port}" if over == "tcp" else f"unix:{path}"
    try:
        wait_until(lambda: _pong(address), what="clamd answers")
        yield address
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def minimal(folder: Path, *, over: str) -> Iterator[str]:
    """A peer written from clamd(8) alone: INSTREAM, a limit, one signature."""
    family = socket.AF_INET if over == "tcp" else socket.AF_UNIX
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(("127.0.0.1", 0) if over == "tcp" else str(folder / "peer.sock"))
    server.listen()
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            with contextlib.suppress(OSError):
                client, _address = server.accept()
                with client:
                    client.sendall(_answer(client) + b"\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}" if over == "tcp" else f"unix:{folder / 'peer.sock'}"
    finally:
        stopping.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


def _answer(client: socket.socket) -> bytes:
    stream = client.makefile("rb")
    if stream.read(10) != b"zINSTREAM\0":
        return b"UNKNOWN COMMAND"
    content = b""
    while length := struct.unpack(">I", stream.read(4))[0]:
        content += stream.read(length)
        if len(content) > MOST_BYTES:
            return b"INSTREAM size limit exceeded. ERROR"
    return b"stream: Liandong.Test.UNOFFICIAL FOUND" if MARK in content else b"stream: OK"


def _pong(address: str) -> bool:
    with contextlib.suppress(OSError):
        is_unix = address.startswith("unix:")
        host, _, port = address.removeprefix("tcp://").partition(":")
        with socket.socket(socket.AF_UNIX if is_unix else socket.AF_INET, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            client.connect(address.removeprefix("unix:") if is_unix else (host, int(port)))
            client.sendall(b"zPING\0")
            return client.recv(10).startswith(b"PONG")
    return False


SCANNERS = {"minimal": minimal} | ({"clamd": clamd} if CLAMD else {})
