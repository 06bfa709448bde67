"""Tiles kept on disk, one file each: bounded in size and age, the oldest dropped first. Losing them loses nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from liandong.areas.rules.tiling import Tile

ROOM: Final = 0.9
"""A store that is full is emptied down to this share."""


@dataclass(frozen=True, slots=True)
class KeptTile:
    """A tile as it was fetched, and how long ago."""

    content: bytes
    age: timedelta


@dataclass(frozen=True, slots=True)
class TileStore:
    """A directory of tiles; several processes may use one."""

    root: Path

    def read(self, mark: str, tile: Tile, *, at: datetime) -> KeptTile | None:
        """The tile of a source, however old; nothing where it is not kept."""
        file = self._file(mark, tile)
        try:
            content, changed = file.read_bytes(), file.stat().st_mtime
        except OSError:
            return None
        return KeptTile(content, timedelta(seconds=at.timestamp() - changed)) if content else None

    def write(self, mark: str, tile: Tile, content: bytes, *, at: datetime) -> None:
        """Keep a tile. A disk that takes none costs the next reader a fetch, and nobody a map."""
        file = self._file(mark, tile)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
            fresh.write_bytes(content)
            os.utime(fresh, (at.timestamp(), at.timestamp()))
            fresh.replace(file)

    def clear(self, *, oldest: timedelta, most_bytes: int, at: datetime) -> int:
        """Drop what is older than `oldest`, then the oldest until there is room again; return how many were dropped."""
        kept = sorted(self._kept())
        total = sum(size for _changed, size, _file in kept)
        limit, dropped = total if total <= most_bytes else int(most_bytes * ROOM), 0
        for changed, size, file in kept:
            if at.timestamp() - changed <= oldest.total_seconds() and total <= limit:
                break
            with contextlib.suppress(OSError):
                file.unlink()
                total -= size
                dropped += 1
        return dropped

    def _kept(self) -> Iterator[tuple[float, int, Path]]:
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                file = Path(folder, name)
                with contextlib.suppress(OSError):
                    found = file.stat()
                    yield found.st_mtime, found.st_size, file

    def _file(self, mark: str, tile: Tile) -> Path:
        return self.root / mark / str(tile.z) / str(tile.x) / str(tile.y)
