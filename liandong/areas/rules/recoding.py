"""What became of codes: when a grid is split or merged its code ends, is never given again, and has an heir."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Recoding:
    """An old code and a new one that took over `share` of its surface; the heir took the most."""

    old: str
    new: str
    share: float
    surface_m2: float
    is_heir: bool


class Succession:
    """All re-codings of a district that were ever adopted, each from a day on."""

    def __init__(self, adopted: Iterable[tuple[date, Iterable[Recoding]]]) -> None:
        self._heirs: dict[str, tuple[date, str]] = {}
        origins: dict[str, list[Recoding]] = defaultdict(list)
        for day, recodings in adopted:
            for recoding in recodings:
                origins[recoding.new].append(recoding)
                if recoding.is_heir:
                    self._heirs[recoding.old] = (day, recoding.new)
        self._origins = {
            new: tuple(one.old for one in sorted(found, key=lambda one: (-one.surface_m2, one.old)))
            for new, found in origins.items()
        }

    def heir_of(self, code: str, day: date) -> str:
        """The code that stands for `code` on a day: itself, or the heir of its heirs."""
        while (found := self._heirs.get(code)) and found[0] <= day:
            code = found[1]
        return code

    def forerunners(self, code: str) -> tuple[str, ...]:
        """The codes whose surface this one took over, generation by generation, the largest part first."""
        if code not in self._origins:
            return ()
        found: dict[str, None] = {}
        waiting = [code]
        while waiting:
            olds = [old for new in waiting for old in self._origins.get(new, ()) if old not in found and old != code]
            found.update(dict.fromkeys(olds))
            waiting = olds
        return tuple(found)
