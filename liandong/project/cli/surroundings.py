"""What the commands share: where the state is, Django made ready, a database that answers."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from liandong.project.home import Home
from liandong.project.postgres import AlreadyRunning, running_postgres
from liandong.project.words import say

CLONE = Path(__file__).resolve().parents[3]


def this_home() -> Home:
    """Return the directory of state this command works on."""
    return Home(Path(os.environ.get("LIANDONG_HOME", CLONE / ".liandong")).absolute())


def database_url() -> str:
    """Return the address of the database, empty for the embedded one."""
    return os.environ.get("DATABASE_URL", "")


def log_level() -> str:
    """Return the level of the logs: a person at a terminal is shown what needs attention only."""
    return os.environ.get("LIANDONG_LOG_LEVEL", "WARNING" if sys.stderr.isatty() else "INFO")


def set_up_django() -> None:
    """Load settings and applications, with sentences in the language of the terminal left to each command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.project.settings")
    import django

    django.setup()


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Have the database answer for the length of the block: start the embedded one unless it runs already."""
    if database_url():
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(AlreadyRunning):
            stack.enter_context(running_postgres(this_home()))
        yield


def refuse_unless_migrated() -> None:
    """Raise Failed when the database lacks tables of this version. Django must be set up."""
    from liandong.project.cli import Failed
    from liandong.project.health import pending_migrations

    if pending := pending_migrations():
        raise Failed(
            say("还有 %(count)s 个数据库迁移未执行。", count=pending) + say("运行 liandong up 会执行它们；请先备份。")
        )
