"""Tiles for browsers, from the disk or by a few threads of their own: a web thread never waits for a slow source.

Whoever asks for a tile that is not kept has it fetched. One web thread of a process at a time waits for that, and for a
moment only; the others are told to ask again. A kept tile that is old is given at once and fetched anew meanwhile, so a
source that fails, hangs or is left alone goes on showing what it once showed.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Unfinished
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import structlog
from django.conf import settings

from liandong.areas.queries.tile_sources import TileSourceFacts
from liandong.areas.rules.tiling import Tile, picture_kind
from liandong.areas.tiles.breaker import Breaker
from liandong.areas.tiles.fetching import TileFault, fetch_tile
from liandong.areas.tiles.keeping import TileStore

FETCHERS: Final = 6
MOST_AT_ONCE: Final = 3
"""So many tiles are fetched from one source at once: a source that hangs leaves fetchers to the others."""
FRESH: Final = timedelta(days=7)
_SWEEP_AFTER: Final = 32_000_000
"""A process that wrote so many bytes makes room itself, should the worker run on another machine."""
log = structlog.get_logger("tiles")
_Key = tuple[str, Tile]


@dataclass(frozen=True, slots=True)
class Found:
    """A tile; one that is not fresh was fetched more than a week ago."""

    content: bytes
    media: str
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class NotYet:
    """It is being fetched: ask again in a moment."""


@dataclass(frozen=True, slots=True)
class Missing:
    """There is none: the source has none (`is_empty`), or gave none; `seconds` it is left alone for."""

    is_empty: bool
    seconds: float = 0.0


class TileProxy:
    """The tiles of one process."""

    def __init__(self, store: TileStore, breaker: Breaker) -> None:
        self._store = store
        self._breaker = breaker
        self._pool = ThreadPoolExecutor(FETCHERS, thread_name_prefix="tiles")
        self._lock = threading.Lock()
        self._on_the_way: dict[_Key, Future[Found | Missing]] = {}
        self._of_source: Counter[str] = Counter()
        self._patience = threading.BoundedSemaphore(1)
        self._written = 0

    def tile(self, source: TileSourceFacts, tile: Tile, *, at: datetime) -> Found | NotYet | Missing:
        """The tile, as fast as it can be had."""
        kept = self._store.read(source.mark, tile, at=at)
        if kept is not None and (media := picture_kind(kept.content)):
            is_fresh = kept.age < FRESH
            if not is_fresh:
                self._fetching(source, tile, at=at)
            return Found(kept.content, media, is_fresh)
        fetching = self._fetching(source, tile, at=at)
        if fetching is None:
            left = self._breaker.left_for(source.mark)
            return Missing(is_empty=False, seconds=left) if left else NotYet()
        return self._awaited(fetching)

    def forget(self) -> None:
        """Think of no source any worse."""
        self._breaker = Breaker(time.monotonic)

    def _awaited(self, fetching: Future[Found | Missing]) -> Found | NotYet | Missing:
        """What is fetched, where it comes in a moment and nobody else is waiting already."""
        is_mine = self._patience.acquire(blocking=False)
        try:
            return fetching.result(settings.LIANDONG_TILE_PATIENCE if is_mine else 0)
        except Unfinished:
            return NotYet()
        finally:
            if is_mine:
                self._patience.release()

    def _fetching(self, source: TileSourceFacts, tile: Tile, *, at: datetime) -> Future[Found | Missing] | None:
        """The fetching of a tile, begun if need be; nothing where its source has enough to do or is left alone."""
        key = (source.mark, tile)
        with self._lock:
            if (there := self._on_the_way.get(key)) is not None:
                return there
            if self._of_source[source.mark] >= MOST_AT_ONCE or not self._breaker.may_ask(source.mark):
                return None
            self._of_source[source.mark] += 1
            fetching = self._pool.submit(self._fetched, source, tile, at)
            self._on_the_way[key] = fetching
        fetching.add_done_callback(lambda _done: self._arrived(key))
        return fetching

    def _arrived(self, key: _Key) -> None:
        with self._lock:
            self._on_the_way.pop(key, None)
            self._of_source[key[0]] -= 1

    def _fetched(self, source: TileSourceFacts, tile: Tile, at: datetime) -> Found | Missing:
        """Fetch and keep a tile, and remember how its source behaved. Runs in a thread of its own."""
        try:
            found = fetch_tile(source, tile, seconds=settings.LIANDONG_TILE_SECONDS)
        except TileFault as fault:
            # A source that says at once that it has no such tile is well: maps end somewhere.
            if fault.status in (204, 404):
                self._breaker.worked(source.mark)
                return Missing(is_empty=True)
            self._breaker.failed(source.mark)
            log.warning("tile", source=source.id, trouble=fault.trouble.value, status=fault.status)
            return Missing(is_empty=False)
        except Exception:
            self._breaker.failed(source.mark)
            log.exception("tile", source=source.id)
            return Missing(is_empty=False)
        self._breaker.worked(source.mark)
        self._store.write(source.mark, tile, found.content, at=at)
        self._make_room(len(found.content), at)
        return Found(found.content, found.media, is_fresh=True)

    def _make_room(self, size: int, at: datetime) -> None:
        with self._lock:
            self._written += size
            is_due = self._written >= _SWEEP_AFTER
            if is_due:
                self._written = 0
        if is_due:
            clear_tiles(at=at)


@cache
def tile_proxy() -> TileProxy:
    """The one of this process."""
    return TileProxy(_store(), Breaker(time.monotonic))


def clear_tiles(*, at: datetime) -> int:
    """Drop kept tiles that are too old, and the oldest where there are too many; return how many were dropped."""
    oldest = timedelta(days=settings.LIANDONG_TILE_DAYS)
    return _store().clear(oldest=oldest, most_bytes=settings.LIANDONG_TILE_MEGABYTES * 1_000_000, at=at)


def _store() -> TileStore:
    return TileStore(settings.LIANDONG_TILES)
