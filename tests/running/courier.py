"""Keeps a process that sends webhooks running: `python -m tests.running.courier DATABASE PARENT RECEIVER`.

It says the id of each process it starts, and starts another when that one is killed. The courier itself is a fork of
this process, which has opened no connection and started no thread.
"""

from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime

import django


def main(database: str, parent: int, receiver: str) -> None:
    """Send for ever from the test's database to the test's receiver, until the test has gone."""
    django.setup()
    from django.conf import settings
    from django.db import connection

    connection.settings_dict["NAME"] = database
    settings.LIANDONG_WEBHOOK_ORIGINS = [receiver]
    settings.LIANDONG_WEBHOOK_SECONDS = 0.05
    import liandong.exchange.sending  # noqa: F401 - read before the fork, not after each

    while os.getppid() == parent:
        child = os.fork()
        if child == 0:
            _send(os.getppid())
        print(child, flush=True)
        os.waitpid(child, 0)


def _send(parent: int) -> None:
    from liandong.exchange.sending import Courier

    courier = Courier(clock=lambda: datetime.now(UTC), stop=threading.Event())
    while os.getppid() == parent:
        if not courier.run_once():
            threading.Event().wait(0.01)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
