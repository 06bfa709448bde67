"""`liandong doctor`: what is wrong here, in words."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime

from liandong.project.cli.surroundings import CLONE, database_url, set_up_django, this_home

_SIGNS = {"ok": "✓", "warning": "!", "problem": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; return 1 when one is a problem."""
    from liandong.project.doctor import Mark, Surroundings, examine

    surroundings = Surroundings(
        home=this_home(),
        database_url=database_url(),
        port=int(os.environ.get("PORT", "8000")),
        public_url=os.environ.get("LIANDONG_PUBLIC_URL", ""),
        calendar_file=CLONE / "standards" / "calendar" / "cn" / "years.csv",
        at=datetime.now(UTC),
    )
    if surroundings.home.path.exists() or surroundings.database_url:
        set_up_django()
    is_well = True
    for finding in examine(surroundings):
        print(f"{_SIGNS[finding.mark]} {finding.what}")
        if finding.remedy:
            print(f"  → {finding.remedy}")
        is_well = is_well and finding.mark != Mark.PROBLEM
    return 0 if is_well else 1
