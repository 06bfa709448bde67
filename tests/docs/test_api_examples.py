"""The examples of `docs/howto/use-the-api.md`, run in their order as they stand there, in the small district."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.world import GRID_1, World

DOCS = Path(__file__).parents[2] / "docs"
PAGE, EXAMPLES = DOCS / "howto" / "use-the-api.md", DOCS / "examples"
ADDRESS = "http://127.0.0.1:8000"
STATUSES = [201, *[200] * 8, 201, 202, 200, 201, *[200] * 7]
"""Report, read, four steps, list, timeline; two queues; a file, taken, read; a webhook; Open311 to its updates."""


@dataclass
class Curl:
    """What a curl command sends."""

    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    posts: bool = False

    @classmethod
    def read(cls, command: str) -> Curl:
        """Read one command; only the options the page uses are known."""
        found = cls()
        words = iter(shlex.split(command)[1:])
        for word in words:
            match word:
                case "-s" | "-si":
                    continue
                case "|":
                    break
                case "-X":
                    found.posts = next(words) == "POST"
                case "--data-binary":
                    found.data.append((EXAMPLES / next(words).removeprefix("@")).read_text(encoding="utf-8"))
                case "-H":
                    name, _, value = next(words).partition(": ")
                    found.headers[name] = value
                case "-d":
                    found.data.append(next(words))
                case "--data-urlencode":
                    name, _, value = next(words).partition("=")
                    found.data.append(urlencode({name: value}))
                case _:
                    found.path = word.removeprefix(ADDRESS)
        return found

    def send(self, client: Client) -> Any:
        """Send it, as POST when it has data or says so."""
        if not self.data and not self.posts:
            return client.get(self.path, headers=self.headers)
        kind = self.headers.get("Content-Type", "application/x-www-form-urlencoded")
        return client.post(self.path, "&".join(self.data).encode(), content_type=kind, headers=self.headers)


@pytest.fixture
def client(world: World) -> Client:
    """A client in a world where the demo's key is known."""
    forget_keys()
    account = User.objects.get(username="integrator")
    issue_key(account, secret="demo-key", label="demo", scopes="*", actor=platform("test"), at=world.at)
    return Client()


def _commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ")
    # Between quotes a line may break.
    lines = re.sub(r"'[^']*'", lambda quoted: quoted[0].replace("\n", " "), lines)
    return [line for line in lines.splitlines() if line.startswith("curl")]


def test_the_examples_do_what_the_page_says(client: Client, world: World) -> None:
    here = (("121.4,", f"{GRID_1[0]},"), ("31.04,", f"{GRID_1[1]},"), ("lat=31.04", f"lat={GRID_1[1]}"))
    number, file, answers = "", "", []
    with time_machine.travel(world.at, tick=False):
        for command in _commands():
            for shown, ours in here:
                command = command.replace(shown, ours)
            answer = Curl.read(command.replace("$NUMBER", number).replace("$FILE", file)).send(client)
            answers.append(answer)
            number = number or answer.json()["number"]
            file = str(answer.json()["id"]) if "/files?" in command else file
    assert [answer.status_code for answer in answers] == STATUSES
    assert answers[0]["ETag"] == '"1"'
    assert [answer.json()["stage"] for answer in answers[2:5]] == ["accepted", "filed", "dispatched"]
    assert answers[6].json()["entries"][-1]["event"] == "CaseDispatched"


def test_the_same_report_again_gets_the_same_answer(client: Client, world: World) -> None:
    command = Curl.read(_commands()[0].replace("31.04,", f"{GRID_1[1]},").replace("121.4,", f"{GRID_1[0]},"))
    with time_machine.travel(world.at, tick=False):
        first, second = command.send(client), command.send(client)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"


def test_a_stale_step_is_refused_as_the_page_shows(client: Client, world: World) -> None:
    case = world.report()
    world.do("accept_case", case, "operator")
    path = f"/api/v1/cases/{case.number}/accept"
    headers = {"Authorization": "Bearer demo-key", "If-Match": '"1"'}
    problem = client.post(path, b"{}", content_type="application/json", headers=headers).json()
    expected = {"type": "urn:liandong:refusal:stale_version", "title": "stale_version", "status": 409}
    expected |= {"seen": 1, "current": 2, "changed": ["CaseAccepted"]}
    assert expected.items() <= problem.items()
