"""Coordinates between the datums in use in China.

WGS-84 and CGCS2000 differ by centimetres and are treated as one. GCJ-02 is the shifted datum of domestic maps
and phones, BD-09 Baidu's second shift on top of it; both are known by observation only, so the constants have
no published derivation. Outside China nothing is shifted. Projected systems (EPSG:4547 and its kin) are left
out.
"""

from __future__ import annotations

from enum import StrEnum
from math import atan2, cos, hypot, isfinite, pi, radians, sin, sqrt

from liandong.kernel.refusal import Refusal, marked

# Krasovsky 1940, the ellipsoid of the GCJ-02 shift: semi-major axis in metres, eccentricity squared.
_AXIS = 6_378_245.0
_ECCENTRICITY = 0.006_693_421_622_965_943
# The rectangle inside which maps are shifted, in degrees.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# No point is shifted by as much as this, in degrees.
_MARGIN = 0.1
# Each round of the inverse gains about three digits: six leave nothing a double can show.
_ROUNDS = 6


class ImplausiblePoint(Refusal):
    """A pair that is no longitude and latitude on Earth."""

    says = marked("坐标（%(lon)s, %(lat)s）不是经度和纬度。")
    remedy = marked("请按“经度, 纬度”给出十进制度数：经度在 ±180 之间，纬度在 ±90 之间。")


class Datum(StrEnum):
    """The datums a point may arrive in."""

    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


def convert(lon: float, lat: float, *, source: Datum, target: Datum) -> tuple[float, float]:
    """Return the point, in degrees, in another datum; there and back is exact to well under a centimetre.

    Raises `ImplausiblePoint`. Within two kilometres of the edge of the rectangle around China, which runs
    through seas and foreign land, a point outside cannot be told from a shifted one and is read as shifted.
    """
    if not _is_on_earth(lon, lat):
        raise ImplausiblePoint(lon=lon, lat=lat)
    if source is target:
        return lon, lat
    return _from_wgs84(*_to_wgs84(lon, lat, source), target)


def is_plausible(lon: float, lat: float) -> bool:
    """Say whether the pair can be a real place: on Earth, and not the (0, 0) of an empty form."""
    return _is_on_earth(lon, lat) and (lon, lat) != (0, 0)


def _is_on_earth(lon: float, lat: float) -> bool:
    return isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90


def _in_china(lon: float, lat: float, *, margin: float = 0) -> bool:
    return _WEST - margin <= lon <= _EAST + margin and _SOUTH - margin <= lat <= _NORTH + margin


def _from_wgs84(lon: float, lat: float, target: Datum) -> tuple[float, float]:
    shift = _SHIFTS.get(target)
    return shift(lon, lat) if shift and _in_china(lon, lat) else (lon, lat)


def _to_wgs84(lon: float, lat: float, source: Datum) -> tuple[float, float]:
    """Undo a shift by fixed point: guess, shift the guess, correct it by the miss."""
    shift = _SHIFTS.get(source)
    # Far from China the guesses would run away.
    if not shift or not _in_china(lon, lat, margin=_MARGIN):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        shifted_lon, shifted_lat = shift(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - shifted_lon, guess_lat + lat - shifted_lat
    return (guess_lon, guess_lat) if _in_china(guess_lon, guess_lat) else (lon, lat)


def _gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Shift a WGS-84 point to GCJ-02: a distortion in metres, divided by the metres of a degree there."""
    east, north = lon - 105.0, lat - 35.0
    ripple = 20 * sin(6 * pi * east) + 20 * sin(2 * pi * east)
    metres_north = (
        -100 + 2 * east + 3 * north + 0.2 * north**2 + 0.1 * east * north + 0.2 * sqrt(abs(east))
        + (ripple + 20 * sin(pi * north) + 40 * sin(pi * north / 3)) * 2 / 3
        + (160 * sin(pi * north / 12) + 320 * sin(pi * north / 30)) * 2 / 3
    )  # fmt: skip
    metres_east = (
        300 + east + 2 * north + 0.1 * east**2 + 0.1 * east * north + 0.1 * sqrt(abs(east))
        + (ripple + 20 * sin(pi * east) + 40 * sin(pi * east / 3)) * 2 / 3
        + (150 * sin(pi * east / 12) + 300 * sin(pi * east / 30)) * 2 / 3
    )  # fmt: skip
    flattening = 1 - _ECCENTRICITY * sin(radians(lat)) ** 2
    degree_north = radians(_AXIS * (1 - _ECCENTRICITY) / flattening**1.5)
    degree_east = radians(_AXIS / sqrt(flattening) * cos(radians(lat)))
    return lon + metres_east / degree_east, lat + metres_north / degree_north


def _bd09(lon: float, lat: float) -> tuple[float, float]:
    """Shift a WGS-84 point to BD-09: to GCJ-02, then a ripple in polar coordinates and an offset."""
    east, north = _gcj02(lon, lat)
    radius = hypot(east, north) + 0.000_02 * sin(radians(3000 * north))
    angle = atan2(north, east) + 0.000_003 * cos(radians(3000 * east))
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


_SHIFTS = {Datum.GCJ02: _gcj02, Datum.BD09: _bd09}
