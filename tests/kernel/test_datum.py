"""Points keep their place through every datum."""

from __future__ import annotations

from math import cos, hypot, inf, nan, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.datum import Datum, ImplausiblePoint, convert, is_plausible

SHIFTED = (Datum.GCJ02, Datum.BD09)
METRES_OF_A_DEGREE = 111_320
ONE_CENTIMETRE = 0.01


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two near points."""
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - other[1]) * METRES_OF_A_DEGREE


@pytest.mark.parametrize(
    ("target", "lon", "lat"),
    [
        (Datum.GCJ02, 113.755194, 23.017277),
        (Datum.BD09, 113.761609, 23.023604),
        (Datum.CGCS2000, 113.75, 23.02),
    ],
)
def test_the_published_vectors_are_met_to_the_last_place(target: Datum, lon: float, lat: float) -> None:
    there = convert(113.75, 23.02, source=Datum.WGS84, target=target)
    assert (round(there[0], 6), round(there[1], 6)) == (lon, lat)


def test_a_baidu_point_becomes_the_gcj_point_of_the_same_place() -> None:
    there = convert(113.761609, 23.023604, source=Datum.BD09, target=Datum.GCJ02)
    assert metres_between(there, (113.755194, 23.017277)) < 0.2


@given(
    lon=st.floats(72.005, 137.834),
    lat=st.floats(0.83, 55.827),
    source=st.sampled_from(Datum),
    target=st.sampled_from(Datum),
)
def test_there_and_back_is_exact_to_a_centimetre_everywhere_in_china(
    lon: float, lat: float, source: Datum, target: Datum
) -> None:
    start = convert(lon, lat, source=Datum.WGS84, target=source)
    there = convert(*start, source=source, target=target)
    assert metres_between(convert(*there, source=target, target=source), start) < ONE_CENTIMETRE


@given(lon=st.floats(73, 135), lat=st.floats(18, 54), target=st.sampled_from(SHIFTED))
def test_a_shift_in_china_is_of_the_size_seen_on_maps(lon: float, lat: float, target: Datum) -> None:
    moved = metres_between((lon, lat), convert(lon, lat, source=Datum.WGS84, target=target))
    assert 1 < moved < 2500


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (-76.6122, 39.2904),
        (139.6917, 35.6895),
        (2.3522, 48.8566),
        (180, 90),
        (-180, -90),
        (100, -40),
        (137.95, 30),
        (71.9, 30),
    ],
)
def test_outside_china_nothing_is_shifted(lon: float, lat: float) -> None:
    for source in Datum:
        for target in Datum:
            assert convert(lon, lat, source=source, target=target) == (lon, lat)


def test_the_same_datum_changes_nothing() -> None:
    for datum in Datum:
        assert convert(113.75, 23.02, source=datum, target=datum) == (113.75, 23.02)


@pytest.mark.parametrize(("lon", "lat"), [(nan, 23), (113, inf), (-inf, 0), (180.1, 0), (0, -90.1), (23.02, 113.75)])
def test_what_is_no_longitude_and_latitude_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(ImplausiblePoint):
        convert(lon, lat, source=Datum.GCJ02, target=Datum.WGS84)
    assert not is_plausible(lon, lat)


def test_the_zeros_of_an_empty_form_are_not_plausible() -> None:
    assert not is_plausible(0.0, -0.0)
    assert is_plausible(0.0, 51.48)
    assert is_plausible(113.75, 23.02)
