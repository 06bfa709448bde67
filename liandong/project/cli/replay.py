"""`liandong replay`: real requests poured through the same operations. The work is the intake channel's."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from liandong.project.cli.progress import Bar
from liandong.project.cli.surroundings import database, log_level, set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the channel asks for."""
    set_up_django()
    from liandong.intake_channels.replay import cli

    cli.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Replay the file; return 0 when it was read to its end."""
    from liandong.intake_channels.replay import cli
    from liandong.project.logs import configure_logs
    from liandong.project.prepare import migrate

    configure_logs(process="replay", level=log_level())
    with database():
        migrate()
        bar = Bar(say("回放"))
        return cli.run(arguments, at=datetime.now(UTC), progress=bar, finish=bar.finish)
