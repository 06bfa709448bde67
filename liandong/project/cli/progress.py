"""Progress of anything long: a bar for a person, one line for a script."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_DRAW_EVERY_SECONDS = 0.1
_WIDTH = 30


def progress(items: Iterable[Item], total: int | None, label: str) -> Iterator[Item]:
    """Yield `items`, showing on stderr how far they are; where nobody watches, only a last line."""
    bar = Bar(label, total)
    count = 0
    for count, item in enumerate(items, start=1):
        yield item
        bar.show(count)
    bar.finish(count)


class Bar:
    """The bar itself, for work that reports a number instead of handing out items. Call it with that number."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self._label = label
        self._total = total
        self._began = self._drawn = time.monotonic()
        self._last = 0

    def __call__(self, count: int) -> None:
        """Show that `count` are done."""
        self.show(count)

    def show(self, count: int) -> None:
        """Draw the bar, at most ten times a second and only on a terminal."""
        self._last = count
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._drawn < _DRAW_EVERY_SECONDS:
            return
        self._drawn = now
        print(f"\r{self._label} {self._filled(count)}", end="", file=sys.stderr, flush=True)

    def finish(self, count: int | None = None) -> None:
        """Write the last line."""
        done = self._last if count is None else count
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(f"{start}{self._label}: {done}, {time.monotonic() - self._began:.1f} s", file=sys.stderr, flush=True)

    def _filled(self, count: int) -> str:
        if not self._total:
            return str(count)
        share = min(count / self._total, 1.0)
        return f"[{'█' * int(share * _WIDTH):<{_WIDTH}}] {share:4.0%} {count}/{self._total}"
