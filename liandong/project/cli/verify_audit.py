"""`liandong verify-audit`: is the record whole?"""

from __future__ import annotations

import argparse
import sys

from liandong.project.cli.progress import Bar
from liandong.project.cli.surroundings import database, refuse_unless_migrated, set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Recompute every chain and seal; return 1 when one is broken."""
    set_up_django()
    from liandong.timeline.verify import verify

    with database():
        refuse_unless_migrated()
        bar = Bar(say("核验记录"))
        verdict = verify(bar)
        bar.finish(verdict.entries)
    for broken in verdict.breaks:
        print(f"✗ {broken}", file=sys.stderr)
    print(
        say(
            "%(entries)s 条记录，%(chains)s 条链，%(seals)s 个封签，%(breaks)s 处断裂。",
            entries=verdict.entries,
            chains=verdict.chains,
            seals=verdict.seals,
            breaks=len(verdict.breaks),
        )
    )
    return 1 if verdict.breaks else 0
