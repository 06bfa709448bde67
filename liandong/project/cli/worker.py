"""`liandong worker`: one worker process."""

from __future__ import annotations

import argparse

from liandong.project.cli.surroundings import log_level, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop."""
    from liandong.project.logs import configure_logs

    configure_logs(process="worker", level=log_level())
    set_up_django()
    from liandong.project.worker import run_worker

    return run_worker()
