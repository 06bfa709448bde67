"""A real OpenID provider beside the tests, and a real directory: started on free ports, gone with the test."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[2]
PROVIDER = CLONE / "tests" / "journeys" / "oidc_provider.mjs"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
CLIENT, SECRET = "liandong", "a-secret-between-the-two"
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Issuer:
    """Where the provider stands."""

    address: str


@contextmanager
def issuing(redirect: str, people: Mapping[str, Mapping[str, str]]) -> Iterator[Issuer]:
    """Run the provider for one client that comes back to `redirect`; `people` are its claims by number."""
    if NODE is None:
        pytest.skip("no Node on this machine: the OpenID provider of the tests needs it")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    given = {
        "issuer": address,
        "port": port,
        "client": CLIENT,
        "secret": SECRET,
        "redirects": [redirect],
        "people": people,
    }
    process = subprocess.Popen(
        [NODE, str(PROVIDER), json.dumps(given)],
        cwd=CLONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told.strip() == "listening", "the OpenID provider did not start"
        yield Issuer(address)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
