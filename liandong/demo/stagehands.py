"""What every plot of the demo needs, and how often things go one way or another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liandong.cases.rulebook import Rulebook
from liandong.demo.cast import Cast
from liandong.demo.pictures import Picture


@dataclass(frozen=True, slots=True)
class Shares:
    """How often things go this way. Shares of the cases that reach the point, from 0 to 1."""

    late: float = 0.055
    returned: float = 0.04
    returned_twice: float = 0.1
    failed_check: float = 0.05
    unreached: float = 0.1
    not_solved: float = 0.05
    reopened: float = 0.009
    evidence: float = 0.35
    raised: float = 0.06
    special: float = 0.5
    by_levels: float = 0.4
    extended: float = 0.02
    rated: float = 0.12


@dataclass(frozen=True, slots=True)
class Stagehands:
    """What every plot of the demo needs."""

    book: Rulebook
    cast: Cast
    before: Sequence[Picture]
    after: Sequence[Picture]
    shares: Shares = Shares()
