"""Keeps a worker running: `python -m tests.running.clerk DATABASE PARENT START`, START an instant in ISO form.

It says the id of each worker it starts, and starts another when that one is killed. The worker is the product's own,
with its followers and the tasks of the sweep, in small bites so that there is always a middle to be killed in. Its
clock stands at START.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import datetime, timedelta

import django


def main(database: str, parent: int, start: datetime) -> None:
    """Work for ever on the test's database, until the test has gone."""
    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    import liandong.project.schedule
    import liandong.project.subscriptions  # noqa: F401 - read before the fork, not after each

    while os.getppid() == parent:
        child = os.fork()
        if child == 0:
            _work(os.getppid(), start)
        print(child, flush=True)
        os.waitpid(child, 0)


def _work(parent: int, start: datetime) -> None:
    from liandong.cases.operations import mark_overdue, run_batches, wake_cases
    from liandong.people.access import platform
    from liandong.project import worker
    from liandong.project.schedule import Task
    from liandong.project.subscriptions import FOLLOWERS

    worker.NAP_SECONDS = 0.01
    sweep, at_once = platform("sweep"), timedelta(0)
    schedule = (
        Task("sweep", at_once, lambda at: mark_overdue(actor=sweep, at=at, batch=3)),
        Task("wake_cases", at_once, lambda at: wake_cases(actor=sweep, at=at)),
        Task("run_batches", at_once, lambda at: run_batches(actor=platform("batches"), at=at, most=2)),
    )
    at_work = worker.Worker(followers=FOLLOWERS, schedule=schedule, clock=lambda: start)
    threading.Thread(target=at_work.run, daemon=True).start()
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
