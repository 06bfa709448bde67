"""One tile over the wire: from the address that was looked at, within limits of time and size, following nobody."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings

from liandong.areas.queries.tile_sources import TileSourceFacts
from liandong.areas.rules.tiling import Tile, address_of, picture_kind
from liandong.web.outgoing import Pinned, Target, UnfitUrl, addresses_of, connected, parted

LARGEST_TILE: Final = 1_000_000
"""In bytes; a tile of 512 pixels of an aerial picture has a fifth of it."""
_CHUNK: Final = 65_536


class Trouble(StrEnum):
    """Why there is no tile."""

    ADDRESS = "address"
    CONNECTION = "connection"
    TIME = "time"
    STATUS = "status"
    PICTURE = "picture"
    SIZE = "size"


class TileFault(Exception):
    """A source that gave no tile: `trouble` says why, `status` what it answered, where it did."""

    def __init__(self, trouble: Trouble, status: int = 0) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.status = status


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture and its media type, told by its bytes."""

    content: bytes
    media: str


def target_of_template(template: str) -> Target:
    """Where the tiles of a template come from.

    :raises UnfitUrl: from no web address
    """
    return parted(address_of(template, Tile(0, 0, 0), token=""), allowed=settings.LIANDONG_TILE_ORIGINS)


def fetch_tile(source: TileSourceFacts, tile: Tile, *, seconds: float) -> Fetched:
    """The tile, fetched now; `seconds` bounds connecting and answering together.

    :raises TileFault: there is none, and why
    """
    until = time.monotonic() + seconds
    try:
        url = address_of(source.template, tile, token=source.token)
        target = parted(url, allowed=settings.LIANDONG_TILE_ORIGINS)
        found = addresses_of(target) if target.is_allowed or target.scheme == "https" else []
    except UnfitUrl as error:
        raise TileFault(Trouble.ADDRESS) from error
    except (OSError, UnicodeError) as error:
        raise TileFault(Trouble.CONNECTION) from error
    if not found:
        raise TileFault(Trouble.ADDRESS)
    try:
        sock = connected(found, target, seconds=until - time.monotonic())
        with contextlib.closing(Pinned(target, sock)) as connection:
            content = _asked(connection, target, until=until)
    except TimeoutError as error:
        raise TileFault(Trouble.TIME) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TileFault(Trouble.CONNECTION) from error
    if not (media := picture_kind(content)):
        raise TileFault(Trouble.PICTURE)
    return Fetched(content, media)


def _asked(connection: http.client.HTTPConnection, target: Target, *, until: float) -> bytes:
    """What the source answers. A redirection is an answer like any other, and none that is a tile.

    :raises TileFault: it is no success, or too large
    :raises OSError, HTTPException: it broke off, or took too long
    """
    sock: socket.socket = connection.sock
    sock.settimeout(max(until - time.monotonic(), 0.05))
    headers = {"Connection": "close", "Accept": "image/png,image/webp,image/jpeg", "User-Agent": "Liandong"}
    connection.request("GET", target.path, headers=headers)
    with contextlib.closing(connection.getresponse()) as answer:
        if answer.status != http.client.OK:
            raise TileFault(Trouble.STATUS, answer.status)
        return _whole(answer, sock, until=until)


def _whole(answer: http.client.HTTPResponse, sock: socket.socket, *, until: float) -> bytes:
    """All of an answer.

    :raises TileFault: it is too large
    :raises OSError, HTTPException: it broke off, or took too long
    """
    read = bytearray()
    while chunk := answer.read1(_CHUNK):
        read += chunk
        if len(read) > LARGEST_TILE:
            raise TileFault(Trouble.SIZE)
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the tile trickled in for too long")
        with contextlib.suppress(OSError):
            sock.settimeout(left)
    return bytes(read)
