"""Templates, tiles and pictures of maps from elsewhere, by rule; and how a source that fails is left alone."""

from __future__ import annotations

import pytest

from liandong.areas.rules.tiling import TIANDITU, Tile, address_of, is_tile, picture_kind, template_fault, tile_at
from liandong.areas.tiles.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker


@pytest.mark.parametrize(
    ("template", "kind", "fault"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", "XYZ", ""),
        ("http://tiles.example:8080/{z}/{x}/{y}.png?k={token}", "XYZ", ""),
        (TIANDITU, "WMTS", ""),
        ("https://tiles.example/{z}/{x}/{y}.png", "WMTS", "TILEMATRIX"),
        ("https://tiles.example/{z}/{x}.png", "XYZ", "{y}"),
        ("https://tiles.example/{z}/{x}/{y}/{s}.png", "XYZ", "{s}"),
        ("https://tiles.example/{z}/{x}/{y}/{.png", "XYZ", "{ }"),
        ("https://{x}.example/{z}/{x}/{y}.png", "XYZ", "http(s)://"),
        ("https://t{token}.example/{z}/{x}/{y}.png", "XYZ", "http(s)://"),
        ("ftp://tiles.example/{z}/{x}/{y}.png", "XYZ", "http(s)://"),
        ("file:///{z}/{x}/{y}", "XYZ", "http(s)://"),
        ("/{z}/{x}/{y}", "XYZ", "http(s)://"),
    ],
)
def test_a_template_is_whole_or_says_which_part_is_not(template: str, kind: str, fault: str) -> None:
    assert template_fault(template, kind) == fault


def test_an_address_holds_the_tile_and_a_token_that_cannot_break_out_of_its_place() -> None:
    address = address_of("https://t.example/{z}/{x}/{y}?tk={token}", Tile(12, 3428, 1672), token="a&b/{z}#")
    assert address == "https://t.example/12/3428/1672?tk=a%26b%2F%7Bz%7D%23"


@pytest.mark.parametrize(
    ("tile", "crs", "is_one"),
    [
        (Tile(0, 0, 0), "EPSG:3857", True),
        (Tile(3, 7, 7), "GCJ-02", True),
        (Tile(3, 8, 0), "EPSG:3857", False),
        (Tile(3, 0, 8), "EPSG:3857", False),
        (Tile(1, 1, 0), "EPSG:4490", True),
        (Tile(1, 0, 1), "EPSG:4490", False),
        (Tile(4, 15, 7), "EPSG:4326", True),
        (Tile(4, 15, 8), "EPSG:4326", False),
        (Tile(23, 0, 0), "EPSG:3857", False),
        (Tile(10**9, 0, 0), "EPSG:4490", False),
    ],
)
def test_there_are_so_many_tiles_in_a_level(tile: Tile, crs: str, *, is_one: bool) -> None:
    assert is_tile(tile, crs) is is_one


def test_the_tile_of_a_point_is_the_one_that_maps_agree_on() -> None:
    assert tile_at(121.4, 31.04, 12, "EPSG:3857") == Tile(12, 3429, 1676)
    assert tile_at(121.4, 31.04, 12, "EPSG:4490") == Tile(12, 3429, 670)


def test_a_picture_is_told_by_its_bytes() -> None:
    assert picture_kind(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert picture_kind(b"\xff\xd8\xff\xe0...") == "image/jpeg"
    assert picture_kind(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    for other in (b"", b"<svg xmlns=", b"GIF89a", b"<html>", b"RIFF\x00\x00\x00\x00WAVE"):
        assert picture_kind(other) == ""


def test_a_source_that_fails_in_a_row_is_left_alone_longer_each_time_and_tried_by_one() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _failure in range(FAILURES - 1):
        breaker.failed("a")
    breaker.worked("a")
    for _failure in range(FAILURES):
        assert breaker.may_ask("a")
        breaker.failed("a")
    assert not breaker.may_ask("a")
    assert breaker.may_ask("b")
    assert breaker.left_for("a") == FIRST_PAUSE
    now[0] += FIRST_PAUSE
    assert [breaker.may_ask("a"), breaker.may_ask("a")] == [True, False]
    breaker.failed("a")
    assert breaker.left_for("a") == 2 * FIRST_PAUSE
    for _trial in range(8):
        now[0] += breaker.left_for("a")
        assert breaker.may_ask("a")
        breaker.failed("a")
    assert breaker.left_for("a") == LONGEST_PAUSE
    now[0] += LONGEST_PAUSE
    assert breaker.may_ask("a")
    breaker.worked("a")
    assert [breaker.may_ask("a"), breaker.may_ask("a")] == [True, True]
    assert breaker.left_for("a") == 0
