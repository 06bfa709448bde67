"""Maps from elsewhere, cut into tiles: how an address is made of a template, which tiles there are, what a picture is.

Tiles of `EPSG:3857` and `GCJ-02` are the usual squares of the web Mercator; those of `EPSG:4490` and `EPSG:4326` are
the matrix set `c` of 天地图: degrees, two tiles beside each other where the whole Earth is smallest (level 1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import asinh, pi, radians, tan
from typing import Final


class TileKind(StrEnum):
    """How a source is asked."""

    XYZ = "XYZ"
    WMTS = "WMTS"


class TileCrs(StrEnum):
    """What a source's tiles are cut in."""

    MERCATOR = "EPSG:3857"
    CGCS2000 = "EPSG:4490"
    WGS84 = "EPSG:4326"
    GCJ02 = "GCJ-02"


GEOGRAPHIC: Final = (TileCrs.CGCS2000, TileCrs.WGS84)
DEEPEST: Final = 22
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_ORIGIN: Final = re.compile(r"https?://[^/?#{}\\]+[/?]")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_NEEDED: Final = ("z", "x", "y")
_KNOWN: Final = {*_NEEDED, "token"}
TIANDITU: Final = (
    "https://t0.tianditu.gov.cn/vec_c/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default"
    "&TILEMATRIXSET=c&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={token}"
)
"""The public map of the country, asked by keys and values, as an example to fill in; its labels are layer `cva`."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level and its column and row from the north-west."""

    z: int
    x: int
    y: int


def template_fault(template: str, kind: str) -> str:
    """What is wrong with a template, as the placeholder or part that is; empty when nothing is."""
    if not _ORIGIN.match(template):
        return "http(s)://"
    found = _PLACE.findall(template)
    if unknown := [name for name in found if name not in _KNOWN]:
        return f"{{{unknown[0]}}}"
    if "{" in _PLACE.sub("", template) or "}" in _PLACE.sub("", template):
        return "{ }"
    if missing := [name for name in _NEEDED if name not in found]:
        return f"{{{missing[0]}}}"
    return "TILEMATRIX" if kind == TileKind.WMTS and "tilematrix" not in template.lower() else ""


def address_of(template: str, tile: Tile, *, token: str) -> str:
    """The address of a tile; a template is free of faults."""
    values = {"z": str(tile.z), "x": str(tile.x), "y": str(tile.y), "token": _quoted(token)}
    return _PLACE.sub(lambda place: values[place[1]], template)


def _quoted(token: str) -> str:
    """A token as it stands in an address and cannot break out of its place (RFC 3986 §2.1)."""
    return "".join(chr(one) if chr(one) in _UNRESERVED else f"%{one:02X}" for one in token.encode())


def is_tile(tile: Tile, crs: str) -> bool:
    """Whether there is such a tile at all."""
    if not 0 <= tile.z <= DEEPEST:
        return False
    rows = 1 << (max(0, tile.z - 1) if crs in GEOGRAPHIC else tile.z)
    return 0 <= tile.x < 1 << tile.z and 0 <= tile.y < rows


def tile_at(lon: float, lat: float, z: int, crs: str) -> Tile:
    """The tile of a level that holds a point; a shifted datum moves it by less than anybody trying a source minds."""
    x = int((lon + 180) / 360 * (1 << z))
    if crs in GEOGRAPHIC:
        return Tile(z, x, int((90 - lat) / 360 * (1 << z)))
    return Tile(z, x, int((1 - asinh(tan(radians(lat))) / pi) / 2 * (1 << z)))


def picture_kind(content: bytes) -> str:
    """The media type of a picture by its first bytes; empty when it is none a map is made of."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""
