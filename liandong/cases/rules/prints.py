"""The print of a picture: 64 bits that stay the same when it is scaled, packed again or lightened.

The lowest 8 × 8 frequencies of a 32 × 32 grey picture (discrete cosine transform), each as one bit: above the median
or not. A plain picture (a wall, darkness) has none: its bits would be noise. Prints are found again by four bands of 16
bits: whatever differs in at most 7 bits has a band that differs in at most one (pigeonhole), so that a look-up asks for
4 × 17 values and is exact up to 7 bits. A band takes every fourth bit, for neighbouring frequencies go together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

SIDE: Final = 32
BITS: Final = 64
NEAR: Final = 6
"""At so many differing bits two prints are of the same picture; unrelated ones differ in about 32."""
SAME_SHOT: Final = 2
"""Nearer still: the same shot within one case, where an honest pair shows the same street before and after."""
FARTHEST_FOUND: Final = 7
_LOW: Final = 8
_PLAIN: Final = 40.0
_COSINES: Final = tuple(
    tuple(math.cos((2 * place + 1) * wave * math.pi / (2 * SIDE)) for place in range(SIDE)) for wave in range(_LOW)
)


def print_of(grey: Sequence[int]) -> int | None:
    """Return the print of a 32 × 32 picture, row by row, 0 black to 255 white; None where it is too plain to have one.

    The number is signed, as a column of 64 bits holds it.
    """
    if len(grey) != SIDE * SIDE:
        raise ValueError(f"{len(grey)} values, {SIDE * SIDE} needed")
    rows = [grey[start : start + SIDE] for start in range(0, len(grey), SIDE)]
    across = [[sum(map(float.__mul__, wave, map(float, row))) for wave in _COSINES] for row in rows]
    waves = [sum(wave[y] * across[y][column] for y in range(SIDE)) for wave in _COSINES for column in range(_LOW)]
    waves[0] = 0.0  # how light the picture is as a whole says nothing of what it shows
    if sorted(map(abs, waves))[BITS // 2] < _PLAIN:
        return None
    middle = sorted(waves)[BITS // 2]
    bits = sum(1 << place for place, value in enumerate(waves) if value >= middle)
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits


def distance(one: int, other: int) -> int:
    """In how many bits two prints differ, 0 to 64."""
    return ((one ^ other) & ((1 << BITS) - 1)).bit_count()


def bands(value: int) -> list[int]:
    """The four bands of a print, each with its own number above its 16 bits."""
    found = []
    for band in range(4):
        bits = sum(1 << place for place in range(16) if value >> (place * 4 + band) & 1)
        found.append(band << 16 | bits)
    return found


def bands_near(value: int) -> list[int]:
    """The bands one of which every print has that differs in at most `FARTHEST_FOUND` bits."""
    return [key ^ change for key in bands(value) for change in (0, *(1 << place for place in range(16)))]
