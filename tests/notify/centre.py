"""A short message centre that we did not write (npm smpp), beside the tests: started on a free port, gone with them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.people.provider import NODE, free_port

CLONE = Path(__file__).resolve().parents[2]
SCRIPT = CLONE / "tests" / "notify" / "message_centre.mjs"
SYSTEM, SECRET, SOURCE = "liandong", "secret8", "10690000"


@dataclass
class Centre:
    """What it took and heard, and how to command it."""

    process: subprocess.Popen[str]
    port: int
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smpp://{SYSTEM}:{SECRET}@127.0.0.1:{self.port}?source={SOURCE}"

    @property
    def taken(self) -> list[dict[str, Any]]:
        """The messages it took, each part on its own."""
        return [row for row in self.heard if "id" in row]

    def command(self, **told: Any) -> None:
        """Tell it something, and wait until it has done so."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        self.until("done")

    def until(self, what: str) -> dict[str, Any]:
        """Read what it says until a line that names `what`."""
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            told: dict[str, Any] = json.loads(line)
            if what in told:
                return told
            self.heard.append(told)
        raise AssertionError(f"the message centre ended before it told of {what}")


@contextmanager
def running_centre() -> Iterator[Centre]:
    """Run a centre until the block is left."""
    assert NODE is not None, "the message centre of the tests needs Node"
    port = free_port()
    given = {"port": port, "system": SYSTEM, "password": SECRET, "source": SOURCE}
    command = [NODE, str(SCRIPT), json.dumps(given)]
    with subprocess.Popen(command, cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            centre = Centre(process, port)
            centre.until("listening")
            yield centre
        finally:
            process.terminate()
