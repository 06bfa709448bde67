"""Reports and accepts cases until it is killed or its test is gone: `python -m tests.running.writer DATABASE PARENT`.

A process of its own, not a fork: a fork takes along whatever the tests before it have left in theirs.
"""

from __future__ import annotations

import itertools
import os
import sys
from datetime import UTC, datetime

import django


def main(database: str, parent: int) -> None:
    """Write for ever into the test's database."""
    django.setup()
    from django.db import connection

    from tests.world import World

    connection.settings_dict["NAME"] = database
    world = World()
    for turn in itertools.count():
        if os.getppid() != parent:
            break
        world.at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        case = world.report(external_id=f"{os.getpid()}-{turn}")
        world.do("accept_case", case, "operator")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
