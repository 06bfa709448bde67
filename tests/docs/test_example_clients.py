"""The clients of `docs/examples`, run as they stand there: against a server on a socket, and by our couriers."""

from __future__ import annotations

import json
import runpy
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone

from liandong.exchange.addresses import Target
from liandong.exchange.posting import post
from liandong.exchange.rules.signing import secret_of, signed
from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.world import World

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server(shared_world: World) -> Iterator[str]:
    """The address of a server in a thread of its own, which knows the demo's key."""
    forget_keys()
    user = User.objects.get(username="integrator")
    issue_key(user, secret="demo-key", label="demo", scopes="*", actor=platform("test"), at=shared_world.at)
    with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet) as listening:

        def serve() -> None:
            listening.serve_forever(poll_interval=0.02)
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()
    forget_keys()


def test_the_client_reports_and_follows_page_after_page(shared_world: World, server: str) -> None:
    open_ones = {shared_world.report().number for _case in range(3)}
    client: dict[str, Any] = runpy.run_path(str(EXAMPLES / "follow_cases.py"))
    matter = {"class_code": "M06010", "description": "垃圾", "area": "310198001001001"}
    made = client["report"](server, "demo-key", **matter)
    listed = [case["number"] for case in client["every_case"](server, "demo-key", is_open="true", limit="2")]
    assert sorted(listed) == sorted({*open_ones, made["number"]})
    with pytest.raises(SystemExit, match="密钥"):
        client["report"](server, "wrong", **matter)


def test_the_client_is_thirty_lines_of_the_standard_library() -> None:
    text = (EXAMPLES / "follow_cases.py").read_text(encoding="utf-8")
    body = text[text.index("def call") : text.index("if __name__")]
    lines = [line for line in body.splitlines() if line.strip() and not line.strip().startswith('"""')]
    assert len(lines) <= 30
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


def test_the_receiver_takes_what_is_genuine_and_prints_it_once() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = b"k" * 32
    command = [sys.executable, str(EXAMPLES / "receive_webhooks.py"), secret_of(secret), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as receiver:
        try:
            assert receiver.stdout is not None
            now = _wait_for(port)
            body = json.dumps({"type": "CaseClosed", "data": {"number": "XA-1"}}).encode()
            target = Target("http", "127.0.0.1", port, "/", is_allowed=True)
            good = signed("msg_1", now, body, secrets=[b"old", secret])
            answers = [post(target, body, good, seconds=5).status for _time in range(2)]
            answers.append(post(target, body + b" ", good, seconds=5).status)
            answers.append(post(target, body, signed("m", now - 301, body, secrets=[secret]), seconds=5).status)
            answers.append(post(target, body, {}, seconds=5).status)
            other = signed("msg_2", now, b'{"type": "Ping", "data": {}}', secrets=[secret])
            post(target, b'{"type": "Ping", "data": {}}', other, seconds=5)
            assert answers == [204, 204, 401, 401, 400]
            assert receiver.stdout.readline().split() == [b"CaseClosed", b"XA-1"]
            assert receiver.stdout.readline().split() == [b"Ping"]
        finally:
            receiver.kill()


def _wait_for(port: int) -> int:
    """Wait until the receiver listens; the clock by which it judges."""
    for _try in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        threading.Event().wait(0.05)
    return int(timezone.localtime().timestamp())
