"""Drawing who looks at the place: at random, weighted by rotation, so that nobody can know or choose (随机抽取).

The number comes from outside and is kept with the lots, so that anybody may draw again and find the same person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from liandong.kernel.refusal import marked

LATELY: Final = timedelta(days=28)
"""How far back rotation looks."""

MOST_WEIGHT: Final = 5
"""How many times likelier than the busiest the one drawn least lately may be: more, and one could guess who it is."""

DRAW_AWAITED: Final = timedelta(seconds=15)
"""For how long a check waits for its draw. Afterwards nobody draws, and checks must not stand still for that."""

LOOKED_AT_WITHIN: Final = timedelta(days=3)
"""After how long a spot check or audit that nobody made is drawn again."""

SPOT_WITHIN: Final = timedelta(days=7)
"""How long after it was solved on the spot a case is still worth looking at: histories are older."""


class DrawKind(StrEnum):
    """What is drawn for: the check of a handled case, a sample of those solved on the spot, an audit of closed ones."""

    CHECK = "check"
    SPOT = "spot"
    AUDIT = "audit"


DRAW_WORDS: Final = {
    DrawKind.CHECK: marked("现场核查"),
    DrawKind.SPOT: marked("自行处置抽查"),
    DrawKind.AUDIT: marked("结案抽查"),
}


class DrawState(StrEnum):
    """`redrawn` has a later draw in its place; `lapsed` became needless."""

    WAITING = "waiting"
    DONE = "done"
    REDRAWN = "redrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be drawn. `lately` is how often they were within `LATELY`."""

    key: str
    lately: int = 0
    was_here_last: bool = False
    """Whether the last draw in this grid was theirs."""
    is_on_duty: bool = False


@dataclass(frozen=True, slots=True)
class Lot:
    """One person's share of the draw."""

    key: str
    weight: int


def lots_of(candidates: Iterable[Candidate]) -> tuple[Lot, ...]:
    """The lots from which is drawn, by key.

    Never twice running in one grid while another is there; of the rest those on duty, where any is. Whoever was drawn
    least lately has the most weight, `MOST_WEIGHT` at the most, and everybody has some.
    """
    everybody = list(candidates)
    rest = [one for one in everybody if not one.was_here_last] or everybody
    rest = [one for one in rest if one.is_on_duty] or rest
    most = max((one.lately for one in rest), default=0)
    return tuple(Lot(one.key, min(most - one.lately + 1, MOST_WEIGHT)) for one in sorted(rest, key=lambda one: one.key))


def draw(lots: Sequence[Lot], drawn: float) -> str:
    """Whose lot a number in [0, 1) falls on; nobody's, where there is no lot.

    :raises ValueError: the number lies outside
    """
    if not 0 <= drawn < 1:
        raise ValueError(f"{drawn} is no number in [0, 1)")
    ticket = int(drawn * sum(lot.weight for lot in lots))
    for lot in lots:
        if ticket < lot.weight:
            return lot.key
        ticket -= lot.weight
    return ""


def proof_of(lots: Sequence[Lot], drawn: float) -> str:
    """What the timeline keeps of a draw: it proves the lots and the number afterwards, and tells nobody who it is."""
    text = "\n".join([repr(drawn), *(f"{lot.key} {lot.weight}" for lot in lots)])
    return hashlib.sha256(text.encode()).hexdigest()
