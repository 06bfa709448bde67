"""Keeps a process that sends messages running: `python -m tests.running.sender DATABASE PARENT GATEWAY`.

It says the id of each process it starts, and starts another when that one is killed. The sender itself is a fork of
this process, which has opened no connection and started no thread: so it is at work within a hundredth of a second.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import django


def main(database: str, parent: int, gateway: str) -> None:
    """Send for ever from the test's database to the test's gateway, until the test has gone."""
    django.setup()
    from django.conf import settings
    from django.db import connection

    connection.settings_dict["NAME"] = database
    settings.LIANDONG_SMS_URL, settings.LIANDONG_SMS_ASK_URL = f"{gateway}/send", f"{gateway}/ask"
    settings.LIANDONG_SMS_ID = "data.id"
    import liandong.notify.sending  # noqa: F401 - read before the fork, not after each

    while os.getppid() == parent:
        child = os.fork()
        if child == 0:
            _send(os.getppid())
        print(child, flush=True)
        os.waitpid(child, 0)


def _send(parent: int) -> None:
    """Run the product's own senders, with leases so short that what was left behind is soon taken up."""
    from liandong.notify import sending
    from liandong.notify.operations import delivery
    from liandong.notify.rules import progress

    delivery.LEASE = timedelta(seconds=1.5)  # type: ignore[misc]
    sending._TAKE_UP_EVERY, sending.NAP_SECONDS = timedelta(seconds=0.1), 0.02
    progress.ASKS = (1, 1, 1, 1, 1)  # type: ignore[misc,assignment]
    clock = lambda: datetime.now(UTC)  # noqa: E731
    threading.Thread(target=sending.send_messages, args=(threading.Event(), clock), daemon=True).start()
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
