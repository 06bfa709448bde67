"""Bring the database to this version's tables. Run as a process of its own by `liandong up`."""

from __future__ import annotations

import sys

# Any constant will do, as long as every process of the product takes the same.
_LOCK = 0x11A2D0


def migrate() -> None:
    """Run pending migrations; of several processes at once, one does and the others wait."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


if __name__ == "__main__":
    from liandong.project.cli.surroundings import set_up_django

    set_up_django()
    migrate()
    sys.exit(0)
