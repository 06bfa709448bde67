"""Setting up maps from elsewhere: who may, what is refused, what is on the record, and that a token stays sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.areas.models import TileSource
from liandong.areas.operations import (
    TileLevelsUnfit,
    TileOriginClosed,
    TileSourceDetails,
    TileSourceNamedTwice,
    TileTemplateUnfit,
    add_tile_source,
    change_tile_source,
    switch_tile_source,
)
from liandong.areas.queries import edition_of, facts_of_source, forget_sources, tile_source_for, tile_sources
from liandong.people.access import Forbidden, NotFound
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.timeline.models import Entry
from tests.areas.tile_peer import TilePeer, running_peer
from tests.world import DISTRICT, World

GIVEN = TileSourceDetails("天地图", "XYZ", "https://tiles.example/{z}/{x}/{y}?k={token}", "EPSG:4490")
FORM = {
    **{"name": "本地", "kind": "XYZ", "crs": "GCJ-02", "min_zoom": "1", "max_zoom": "18"},
    **{"attribution": "测绘院", "review_no": "GS(2026)1号", "token": "s3cret"},
}


@pytest.fixture(autouse=True)
def _sources_end_with_the_test() -> Iterator[None]:
    forget_sources()
    yield
    forget_sources()


@pytest.fixture
def peer(settings: Settings) -> Iterator[TilePeer]:
    with running_peer() as running:
        settings.LIANDONG_TILE_ORIGINS = [running.address]
        settings.LIANDONG_TILE_SECONDS = 0.5
        yield running


def _client(account: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def _add(world: World, *, token: str = "", **details: Any) -> TileSource:
    return add_tile_source(
        DISTRICT, given=replace(GIVEN, **details), token=token, actor=world.actor("admin"), at=world.at
    )


def test_a_source_is_added_changed_and_switched_each_on_the_record_and_raising_the_edition(world: World) -> None:
    edition, admin = edition_of(DISTRICT), world.actor("admin")
    source = _add(world, token="s3cret")
    change_tile_source(source.pk, given=replace(GIVEN, review_no="GS(2026)1号"), actor=admin, at=world.at)
    change_tile_source(source.pk, given=replace(GIVEN, review_no="GS(2026)1号"), actor=admin, at=world.at)
    switch_tile_source(source.pk, is_on=False, actor=admin, at=world.at)
    switch_tile_source(source.pk, is_on=False, actor=admin, at=world.at)
    entries = list(Entry.objects.filter(event__startswith="TileSource").order_by("id"))
    assert [entry.event for entry in entries] == ["TileSourceAdded", "TileSourceChanged", "TileSourceSwitched"]
    assert entries[0].data["origin"] == "https://tiles.example"
    assert entries[1].data["fields"] == ["review_no"]
    assert "s3cret" not in str([entry.data for entry in entries])
    assert edition_of(DISTRICT) == edition + 3


def test_a_token_is_sealed_kept_without_a_new_one_and_never_taken_to_another_origin(world: World) -> None:
    admin = world.actor("admin")
    source = _add(world, token="s3cret")
    assert b"s3cret" not in bytes(source.token or b"")
    assert facts_of_source(source).token == "s3cret"
    kept = change_tile_source(source.pk, given=replace(GIVEN, crs="GCJ-02"), actor=admin, at=world.at)
    assert facts_of_source(kept).token == "s3cret"
    elsewhere = replace(GIVEN, template="https://other.example/{z}/{x}/{y}?k={token}")
    moved = change_tile_source(source.pk, given=elsewhere, actor=admin, at=world.at)
    assert facts_of_source(moved).token == ""
    renewed = change_tile_source(source.pk, given=elsewhere, token="n3w", actor=admin, at=world.at)
    assert facts_of_source(renewed).token == "n3w"


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        ({"template": "https://tiles.example/{z}/{x}.png"}, TileTemplateUnfit),
        ({"template": "https://user:pass@tiles.example/{z}/{x}/{y}"}, TileTemplateUnfit),
        ({"kind": "WMTS"}, TileTemplateUnfit),
        ({"template": "http://tiles.example/{z}/{x}/{y}"}, TileOriginClosed),
        ({"template": "https://10.1.2.3/{z}/{x}/{y}"}, TileOriginClosed),
        ({"template": "https://169.254.169.254/{z}/{x}/{y}"}, TileOriginClosed),
        ({"template": "https://localhost/{z}/{x}/{y}"}, TileOriginClosed),
        ({"min_zoom": 12, "max_zoom": 3}, TileLevelsUnfit),
        ({"template": "https://tiles.example/{z}/{x}/{y}"}, TileSourceNamedTwice),
    ],
)
def test_what_cannot_be_fetched_from_is_refused_by_name(
    world: World, details: dict[str, Any], refusal: type[Exception]
) -> None:
    _add(world)
    name = "天地图" if refusal is TileSourceNamedTwice else "另一个"
    with pytest.raises(refusal):
        _add(world, **{"name": name, **details})


def test_only_who_keeps_sources_sees_and_keeps_them(world: World) -> None:
    source = _add(world)
    for account in ("operator", "supervisor", "town01", "auditor"):
        actor = world.actor(account)
        assert list(tile_sources(DISTRICT, actor=actor)) == []
        with pytest.raises(Forbidden):
            add_tile_source(DISTRICT, given=GIVEN, actor=actor, at=world.at)
        for attempt in (
            lambda actor=actor: tile_source_for(source.pk, actor=actor),
            lambda actor=actor: change_tile_source(source.pk, given=GIVEN, actor=actor, at=world.at),
            lambda actor=actor: switch_tile_source(source.pk, is_on=False, actor=actor, at=world.at),
        ):
            with pytest.raises(NotFound):
                attempt()
        client = _client(account)
        assert client.get("/desk/areas/sources/").status_code == 403
        assert client.post("/desk/areas/sources/new/", FORM).status_code == 403
        assert client.post(f"/desk/areas/sources/{source.pk}/try/").status_code == 403
    assert [row.pk for row in tile_sources(DISTRICT, actor=world.actor("admin"))] == [source.pk]


def test_an_administrator_sets_one_up_changes_it_and_switches_it_off(world: World, peer: TilePeer) -> None:
    client = _client("admin")
    assert "天地图" in client.get("/desk/areas/sources/new/").content.decode()
    form = {**FORM, "template": peer.address + "/{z}/{x}/{y}.png?k={token}"}
    assert client.post("/desk/areas/sources/new/", form).status_code == 302
    source = TileSource.objects.get()
    page = client.get(f"/desk/areas/sources/{source.pk}/").content.decode()
    assert "GS(2026)1号" in page
    assert "s3cret" not in page
    changed = client.post(f"/desk/areas/sources/{source.pk}/", {**form, "token": "", "is_labels": "on"})
    assert changed.status_code == 302
    source.refresh_from_db()
    assert (source.is_labels, facts_of_source(source).token) == (True, "s3cret")
    client.post(f"/desk/areas/sources/{source.pk}/switch/", {"is_on": "0"})
    source.refresh_from_db()
    assert not source.is_on
    assert "未使用" in client.get("/desk/areas/sources/").content.decode()
    assert client.post("/desk/areas/sources/999999/switch/").status_code == 404


def test_a_form_comes_back_with_what_is_wrong(world: World) -> None:
    client = _client("admin")
    answer = client.post("/desk/areas/sources/new/", {**FORM, "template": "https://10.0.0.1/{z}/{x}/{y}"})
    assert answer.status_code == 422
    assert "LIANDONG_TILE_ORIGINS" in answer.content.decode()
    assert "s3cret" not in answer.content.decode()
    assert client.post("/desk/areas/sources/new/", {**FORM, "template": "", "max_zoom": "99"}).status_code == 422
    assert not TileSource.objects.exists()


TOLD = {
    "ok": "可用：收到 image/png",
    "html": "密钥可能不对",
    "hang": "没有按时回应",
    "failing": "(500)",
    "huge": "回应过大",
}


@pytest.mark.parametrize(("manner", "told"), TOLD.items())
def test_trying_a_source_says_what_came_of_it(world: World, peer: TilePeer, manner: str, told: str) -> None:
    source = _add(world, template=peer.address + "/{z}/{x}/{y}.png")
    peer.manner = manner
    answer = _client("admin").post(f"/desk/areas/sources/{source.pk}/try/", follow=True)
    assert told in answer.content.decode()
    assert peer.asked == ["/12/3429/671.png"]
