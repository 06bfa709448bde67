"""`liandong demo`: the demo district, built once."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

from liandong.project.cli.progress import Bar
from liandong.project.cli.surroundings import database, log_level, set_up_django
from liandong.project.words import say

CASES = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much history."""
    default = int(os.environ.get("LIANDONG_DEMO_CASES", CASES))
    parser.add_argument("--cases", type=int, default=default, help=say("历史案件数（默认 %(cases)s）", cases=default))


def run(arguments: argparse.Namespace) -> int:
    """Build the demo district unless it is there; all of it or nothing."""
    from liandong.project.logs import configure_logs

    configure_logs(process="demo", level=log_level())
    set_up_django()
    from django.db import transaction

    from liandong.project.health import DEMO_COMPLETE
    from liandong.project.models import Milestone
    from liandong.project.prepare import migrate

    with database():
        migrate()
        if Milestone.objects.filter(name=DEMO_COMPLETE).exists():
            print(say("演示数据已经存在。"), file=sys.stderr)
            return 0
        from liandong.demo.build import build_demo

        bar = Bar(say("演示数据"), arguments.cases)
        with transaction.atomic():
            build_demo(arguments.cases, bar, at=datetime.now(UTC))
            Milestone.objects.create(name=DEMO_COMPLETE, at=datetime.now(UTC))
        bar.finish()
    return 0
