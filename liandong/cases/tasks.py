"""Where draws get their numbers: what follows the timeline, and what is done again every so often.

A follower sees every check clock that starts, whichever step started it, for each change tells what became of the
clocks; what it missed while a case was locked or a worker died is drawn by the next round.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from liandong.cases import operations
from liandong.cases.rules.delta import CLOCKS
from liandong.cases.rules.words import ClockKind
from liandong.people.access import platform
from liandong.timeline.followers import Follower
from liandong.timeline.queries import Entry, Wanted

chance = random.SystemRandom().random


def follow_checks(entries: Sequence[Entry], at: datetime) -> None:
    """Draw for every check that was started, and for what was solved on the spot and is to be looked at."""
    ours = [entry for entry in entries if entry.about == "case"]
    checks = {entry.about_id for entry in ours if _starts_a_check(entry.data)}
    spots = {entry.about_id for entry in ours if entry.data.get("to_be_checked")}
    if checks:
        operations.draw_checks(checks, chance=chance, actor=platform("draw"), at=at)
    if spots:
        operations.draw_spots(spots, chance=chance, actor=platform("draw"), at=at)


def draw_what_waits(at: datetime) -> None:
    """Draw what no follower drew, and again where somebody left or did not come."""
    operations.draw_checks(chance=chance, actor=platform("draw"), at=at)
    operations.draw_again(chance=chance, actor=platform("draw"), at=at)


def sample_closed_cases(at: datetime) -> None:
    """Sample the days that are over for audit."""
    operations.draw_audits(chance=chance, actor=platform("draw"), at=at)


def _starts_a_check(data: dict[str, Any]) -> bool:
    clocks = data.get("became", {}).get(CLOCKS, {})
    return any(clock.get("kind") == ClockKind.CHECK for clock in clocks.values())


_TO_BE_LOOKED_AT = f'$ ? (@.to_be_checked == true || exists(@.became.{CLOCKS}.*.kind ? (@ == "{ClockKind.CHECK}")))'
FOLLOW_CHECKS = Follower("check-draws", follow_checks, batch=2000, wanted=Wanted(holding=_TO_BE_LOOKED_AT))
