"""What is told of draws, and of looks at closed cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckDrawn:
    """Somebody was drawn to look at the place. Who it is, the handling unit does not learn: `proof` binds the draw.

    `lots` is from how many was drawn; none: nobody qualified, and whoever is permitted may look.
    """

    kind: str
    lots: int
    proof: str
    again_for: str = ""
    """Why it was drawn again."""


@dataclass(frozen=True, slots=True)
class CaseSpotChecked:
    """A closed case was looked at by another unit; a failed sample reopens it."""

    kind: str
    ok: bool
    note: str = ""
    reopens: bool = False
