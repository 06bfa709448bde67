"""Tiles through this server: for staff only, within limits, kept on disk, and never at the cost of a web thread."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from liandong.areas.models import TileSource
from liandong.areas.operations import TileSourceDetails, add_tile_source, switch_tile_source
from liandong.areas.queries import facts_of_source, forget_sources, sources_on
from liandong.areas.rules.tiling import Tile
from liandong.areas.tiles import TileFault, Trouble, clear_tiles, fetch_tile, tile_proxy
from liandong.areas.tiles.proxy import FRESH
from liandong.people.backend import LOCAL
from liandong.people.models import User
from tests.areas.tile_peer import TilePeer, png, running_peer
from tests.world import DISTRICT, World

HERE = Tile(12, 3429, 1675)


@pytest.fixture
def peer(settings: Settings, tmp_path: Path) -> Iterator[TilePeer]:
    """A peer that is allowed though it is inside the house and plain; nothing is kept or remembered yet."""
    tile_proxy.cache_clear()
    forget_sources()
    with running_peer() as running:
        settings.LIANDONG_TILE_ORIGINS = [running.address]
        settings.LIANDONG_TILES = tmp_path / "tiles"
        settings.LIANDONG_TILE_PATIENCE = 5.0
        settings.LIANDONG_TILE_SECONDS = 0.4
        yield running
    tile_proxy.cache_clear()
    forget_sources()


@pytest.fixture
def source(world: World, peer: TilePeer) -> TileSource:
    """A source at the peer."""
    return _source(world, peer)


def _source(world: World, peer: TilePeer, *, token: str = "s3cret", **details: Any) -> TileSource:
    given = TileSourceDetails(
        "本地地图", "XYZ", peer.address + "/{z}/{x}/{y}.png?k={token}", "GCJ-02", 3, 18, "测绘院", "GS(2026)1号"
    )
    made = add_tile_source(
        DISTRICT, given=replace(given, **details), token=token, actor=world.actor("admin"), at=world.at
    )
    forget_sources()
    return made


def _staff(account: str = "operator") -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def _address(source: TileSource, tile: Tile = HERE) -> str:
    return f"/desk/map/tiles/{source.pk}/{tile.z}/{tile.x}/{tile.y}"


def _kept(root: Path) -> list[Path]:
    return sorted(file for file in root.rglob("*") if file.is_file())


def test_staff_get_a_tile_which_is_fetched_once_with_the_token(source: TileSource, peer: TilePeer) -> None:
    client = _staff()
    answer = client.get(_address(source))
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", png())
    assert answer["Cache-Control"] == "private, max-age=86400"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(_address(source)).content == png()
    assert peer.asked == ["/12/3429/1675.png?k=s3cret"]


def test_nobody_else_gets_one_and_no_page_of_the_map_holds_token_or_template(
    source: TileSource, peer: TilePeer
) -> None:
    assert Client().get(_address(source)).status_code == 302
    assert Client().get("/desk/map/sources.json").status_code == 302
    told = _staff().get("/desk/map/sources.json")
    assert told.json()["sources"][0] == {
        **{"id": source.pk, "name": "本地地图", "crs": "GCJ-02", "min_zoom": 3, "max_zoom": 18, "is_labels": False},
        **{"attribution": "测绘院", "review_no": "GS(2026)1号", "mark": told.json()["sources"][0]["mark"]},
    }
    assert "s3cret" not in told.content.decode()
    assert peer.address not in told.content.decode()
    assert peer.asked == []


def test_tiles_of_another_district_or_beyond_the_levels_or_switched_off_are_not_there(
    world: World, source: TileSource, peer: TilePeer
) -> None:
    client = _staff()
    for tile in (Tile(2, 0, 0), Tile(19, 0, 0), Tile(12, 4096, 0)):
        assert client.get(_address(source, tile)).status_code == 404
    assert client.get("/desk/map/tiles/999999/12/1/1").status_code == 404
    switch_tile_source(source.pk, is_on=False, actor=world.actor("admin"), at=world.at)
    forget_sources()
    assert client.get(_address(source)).status_code == 404
    assert client.get("/desk/map/sources.json").json() == {"sources": []}
    assert peer.asked == []


@pytest.mark.parametrize(
    ("manner", "trouble"),
    [
        ("html", Trouble.PICTURE),
        ("huge", Trouble.SIZE),
        ("hang", Trouble.TIME),
        ("trickle", Trouble.TIME),
        ("redirect", Trouble.STATUS),
        ("failing", Trouble.STATUS),
    ],
)
def test_what_is_no_tile_is_refused_by_name_and_not_kept(
    source: TileSource, peer: TilePeer, settings: Settings, manner: str, trouble: Trouble
) -> None:
    peer.manner = manner
    began = time.monotonic()
    with pytest.raises(TileFault) as fault:
        fetch_tile(facts_of_source(source), HERE, seconds=0.4)
    assert fault.value.trouble is trouble
    assert time.monotonic() - began < 5, "it ended by itself"
    answer = _staff().get(_address(source))
    assert (answer.status_code, answer.content) == (503, b"")
    assert _kept(settings.LIANDONG_TILES) == []
    assert len(peer.asked) == 2, "nobody was followed elsewhere"


def test_a_tile_the_source_does_not_have_is_empty_and_no_fault_of_the_source(
    source: TileSource, peer: TilePeer
) -> None:
    peer.manner = "missing"
    client = _staff()
    assert {client.get(_address(source, Tile(12, x, 1))).status_code for x in range(6)} == {204}


def test_an_address_inside_the_house_is_not_gone_to_even_when_it_was_allowed_once(
    source: TileSource, peer: TilePeer, settings: Settings
) -> None:
    settings.LIANDONG_TILE_ORIGINS = []
    with pytest.raises(TileFault) as fault:
        fetch_tile(facts_of_source(source), HERE, seconds=0.4)
    assert fault.value.trouble is Trouble.ADDRESS
    assert peer.asked == []


def test_an_old_tile_is_shown_at_once_and_fetched_anew(source: TileSource, peer: TilePeer, settings: Settings) -> None:
    client = _staff()
    client.get(_address(source))
    file = _kept(settings.LIANDONG_TILES)[0]
    old = file.stat().st_mtime - FRESH.total_seconds() - 60
    os.utime(file, (old, old))
    peer.picture = lambda _path: png((1, 2, 3))
    answer = client.get(_address(source))
    assert (answer.content, answer["Cache-Control"]) == (png(), "private, max-age=300")
    _until(lambda: file.read_bytes() == png((1, 2, 3)))
    assert client.get(_address(source)).content == png((1, 2, 3))


def test_old_tiles_go_on_being_shown_while_the_source_fails(
    source: TileSource, peer: TilePeer, settings: Settings
) -> None:
    client = _staff()
    client.get(_address(source))
    for file in _kept(settings.LIANDONG_TILES):
        os.utime(file, (1, 1))
    peer.manner = "failing"
    for _turn in range(6):
        assert client.get(_address(source)).content == png()
        _until(lambda: not tile_proxy()._on_the_way)
    assert len(peer.asked) == 1 + 3, "a source that failed three times is left alone"


def test_a_source_that_hangs_holds_no_web_thread_and_is_left_alone(
    world: World, source: TileSource, peer: TilePeer, settings: Settings
) -> None:
    settings.LIANDONG_TILE_PATIENCE = 0.05
    settings.LIANDONG_TILE_SECONDS = 3.0
    peer.manner = "hang"
    client = _staff()
    began = time.monotonic()
    assert [client.get(_address(source, Tile(12, x, 1))).status_code for x in range(8)] == [202] * 8
    assert time.monotonic() - began < settings.LIANDONG_TILE_SECONDS, "eight pages went on while the source hung"
    assert len(peer.asked) <= 3
    _until(lambda: tile_proxy()._breaker.left_for(sources_on(DISTRICT)[source.pk].mark) > 0)
    asked = len(peer.asked)
    refused = client.get(_address(source, Tile(12, 9, 1)))
    assert refused.status_code == 503
    assert 1 <= int(refused["Retry-After"]) <= 30
    assert len(peer.asked) == asked
    with running_peer() as other:
        settings.LIANDONG_TILE_ORIGINS = [peer.address, other.address]
        settings.LIANDONG_TILE_PATIENCE = 5.0
        second = _source(world, other, name="另一个")
        assert client.get(_address(second)).status_code == 200


def test_what_is_kept_is_bounded_by_age_and_size_the_oldest_going_first(
    source: TileSource, peer: TilePeer, settings: Settings
) -> None:
    client = _staff()
    at = timezone.now()  # noqa: TID251 - files bear the machine's time
    for x in range(10):
        client.get(_address(source, Tile(12, x, 1)))
    files = _kept(settings.LIANDONG_TILES)
    assert len(files) == 10
    for number, file in enumerate(files):
        os.utime(file, (at.timestamp() - number * 60,) * 2)
    os.utime(files[4], ((at - timedelta(days=181)).timestamp(),) * 2)
    assert clear_tiles(at=at) == 1
    settings.LIANDONG_TILE_MEGABYTES = 0
    assert clear_tiles(at=at) == 9
    assert _kept(settings.LIANDONG_TILES) == []


def test_a_picture_on_disk_that_is_broken_is_fetched_again(
    source: TileSource, peer: TilePeer, settings: Settings
) -> None:
    client = _staff()
    client.get(_address(source))
    _kept(settings.LIANDONG_TILES)[0].write_bytes(b"<html>")
    assert client.get(_address(source)).content == png()
    assert len(peer.asked) == 2


def _until(is_so: Any) -> None:
    waiting = threading.Event()
    for _turn in range(400):
        if is_so():
            return
        waiting.wait(0.05)
    raise AssertionError("it never came to that")
