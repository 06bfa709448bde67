"""Leaves a source that hangs or fails alone for a while: longer each time, and then one tile is tried first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FAILURES: Final = 3
"""So many in a row, and a source is left alone."""
FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 600.0
"""In seconds; a pause doubles with every trial that fails."""


@dataclass(slots=True)
class _Standing:
    failures: int = 0
    pause: float = 0.0
    until: float = 0.0
    is_tried: bool = False


class Breaker:
    """Which sources may be asked now; `clock` tells seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sources: dict[str, _Standing] = {}

    def may_ask(self, mark: str) -> bool:
        """Whether the source may be asked. After a pause one may try it; whoever is told so must say how it went."""
        with self._lock:
            standing = self._sources.get(mark)
            if standing is None or not standing.pause:
                return True
            if standing.is_tried or self._clock() < standing.until:
                return False
            standing.is_tried = True
            return True

    def worked(self, mark: str) -> None:
        """The source gave a tile."""
        with self._lock:
            self._sources.pop(mark, None)

    def failed(self, mark: str) -> None:
        """The source gave none, though it should have one."""
        with self._lock:
            standing = self._sources.setdefault(mark, _Standing())
            standing.failures += 1
            if standing.is_tried or (standing.failures >= FAILURES and not standing.pause):
                standing.pause = min(LONGEST_PAUSE, standing.pause * 2 or FIRST_PAUSE)
                standing.until = self._clock() + standing.pause
                standing.is_tried = False

    def left_for(self, mark: str) -> float:
        """For how many seconds yet the source is left alone; 0 where it is not."""
        with self._lock:
            standing = self._sources.get(mark)
            return max(0.0, standing.until - self._clock()) if standing and standing.pause else 0.0
