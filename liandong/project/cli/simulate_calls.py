"""`liandong simulate-calls`: a telephone system that tells a running server of calls. The work is the hotline's."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from liandong.project.cli.progress import Bar
from liandong.project.cli.surroundings import database, log_level, set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the hotline asks for."""
    set_up_django()
    from liandong.intake_channels.hotline.simulator import cli

    cli.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell of the calls; return 0 when every request was answered as it must be."""
    from liandong.intake_channels.hotline.simulator import cli
    from liandong.project.logs import configure_logs

    configure_logs(process="simulate-calls", level=log_level())
    with database():
        bar = Bar(say("来电"), arguments.calls)
        code = cli.run(arguments, clock=lambda: datetime.now(UTC), progress=bar)
        bar.finish()
        return code
