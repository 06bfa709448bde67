"""Every map draws the district's own basemap; a foreign one in GCJ-02 lies where our data say, and may fail."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from math import asinh, pi, radians, tan
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from liandong.areas.operations import TileSourceDetails, add_tile_source
from liandong.areas.queries import forget_basemaps, forget_sources
from liandong.areas.rules.tiling import TIANDITU, tile_at
from liandong.areas.tiles import tile_proxy
from liandong.kernel.datum import Datum, convert
from liandong.people.access import actor_for
from tests.areas.tile_peer import TilePeer, png, running_peer
from tests.journeys.citizens import Citizen
from tests.journeys.conftest import Arrive
from tests.web.test_tokens import tokens
from tests.world import DISTRICT, GRID_1

pytestmark = pytest.mark.xdist_group("journeys")

AT = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
CROSS = (121.4312, 31.0187)
"""In WGS-84: where the foreign map has drawn a cross."""
ZOOM = 16
WHOLE_CROSS = 240
"""Two bars of 48 by 3 pixels, and what smoothing takes from their edges."""
LIGHT, DARK = tokens("light"), tokens("dark")
_GO = """([lon, lat, zoom]) => {
  const { map, view, ol } = document.querySelector('ld-map');
  const done = new Promise((resolve) => map.once('rendercomplete', () => resolve()));
  view.setCenter(ol.proj.fromLonLat([lon, lat]));
  view.setZoom(zoom);
  map.render();
  return done;
}"""
_ON_SCREEN = """(places) => {
  const { map, ol } = document.querySelector('ld-map');
  return places.map((place) => map.getPixelFromCoordinate(ol.proj.fromLonLat(place)));
}"""
_LINES = """([visible]) => document.querySelector('ld-map').areas.forEach((layer) => layer.setVisible(visible))"""
RIVER, PARK, LAND = (121.4075, 31.0252), (121.4535, 31.0325), (121.474, 31.0375)


@pytest.fixture
def peer(settings: Settings, tmp_path: Path) -> Iterator[TilePeer]:
    """A foreign map inside the house, allowed by name."""
    tile_proxy.cache_clear()
    with running_peer() as running:
        settings.LIANDONG_TILE_ORIGINS = [running.address]
        settings.LIANDONG_TILES = tmp_path / "tiles"
        settings.LIANDONG_TILE_SECONDS = 1.0
        running.picture = _with_cross
        yield running
    tile_proxy.cache_clear()


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    forget_sources()
    forget_basemaps()
    yield
    forget_sources()
    forget_basemaps()


def _with_cross(path: str) -> bytes:
    """The tile of `/z/x/y.png` of a map in GCJ-02, with its part of the cross."""
    z, x, y = (int(part) for part in path.partition(".")[0].strip("/").split("/"))
    lon, lat = convert(*CROSS, source=Datum.WGS84, target=Datum.GCJ02)
    column = ((lon + 180) / 360 * 2**z - x) * 256
    row = ((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z - y) * 256
    picture = Image.new("RGB", (256, 256), (236, 240, 232))
    draw = ImageDraw.Draw(picture)
    draw.line([(column - 24, row), (column + 24, row)], fill=(220, 0, 0), width=3)
    draw.line([(column, row - 24), (column, row + 24)], fill=(220, 0, 0), width=3)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _set_up(peer: TilePeer, *, crs: str = "GCJ-02") -> None:
    admin = actor_for(get_user_model().objects.get(username="admin"), at=AT)
    template = peer.address + "/{z}/{x}/{y}.png"
    given = TileSourceDetails("测绘院地图", "XYZ", template, crs, 1, 18, "测绘院", "GS(2026)1号")
    add_tile_source(DISTRICT, given=given, actor=admin, at=AT)
    forget_sources()


def _screen(page: Page) -> Image.Image:
    """What is seen of the map, one pixel for each of the page."""
    content = page.locator("ld-map .ld-map-view").screenshot(caret="initial")
    return Image.open(io.BytesIO(content)).convert("RGB")


def _colours(page: Page) -> list[str]:
    """The colours of a river, a park and plain land, as they are seen."""
    screen = _screen(page)
    points = page.evaluate(_ON_SCREEN, [list(place) for place in (RIVER, PARK, LAND)])
    return ["#{:02x}{:02x}{:02x}".format(*screen.getpixel((round(x), round(y)))) for x, y in points]  # type: ignore[misc]


def _red_middle(page: Page) -> tuple[float, float] | None:
    """The middle of what is red about the middle of the map, in pixels of the page; nothing while no cross is whole."""
    screen = _screen(page)
    middle = (screen.width // 2, screen.height // 2)
    pixels = screen.load()
    red = [
        (x, y)
        for x in range(middle[0] - 90, middle[0] + 90)
        for y in range(middle[1] - 90, middle[1] + 90)
        if pixels[x, y][0] > 180 and max(pixels[x, y][1:]) < 120  # type: ignore[index]
    ]
    if len(red) < WHOLE_CROSS:
        return None
    return sum(x for x, _y in red) / len(red) + 0.5, sum(y for _x, y in red) / len(red) + 0.5


def test_a_map_draws_its_districts_basemap_in_light_and_dark(arrive: Arrive) -> None:
    desk = arrive("lin")
    page = desk.open("/desk/dispatch/")
    expect(page.locator("ld-map[ready][data-basemap=ready]")).to_be_visible()
    expect(page.locator(".ld-map-choice")).to_have_count(0)
    page.evaluate(_GO, [121.44, 31.02, 13])
    assert _colours(page) == [LIGHT[name] for name in ("map-water", "map-green", "map-area")]
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.evaluate(_GO, [121.4401, 31.02, 13])
    assert _colours(page) == [DARK[name] for name in ("map-water", "map-green", "map-area")]
    desk.check_axe()
    desk.picture("basemap")


def test_the_map_of_areas_and_the_public_map_draw_it_too(arrive: Arrive, browser: Browser) -> None:
    admin = arrive("admin")
    expect(admin.open("/desk/areas/").locator("ld-area-map[ready][data-basemap=ready]")).to_be_visible()
    admin.picture("areas-basemap")
    citizen = Citizen(browser, admin.address, position=GRID_1)
    expect(citizen.open("/map/").locator("pu-map[ready][data-basemap=ready]")).to_be_visible()
    citizen.check_axe()
    citizen.picture("public-basemap")
    citizen.leave()


def test_a_map_works_without_its_basemap(arrive: Arrive) -> None:
    desk = arrive("lin")
    desk.page.route("**/map/basemap.json", lambda route: route.fulfill(status=503))
    page = desk.open("/desk/dispatch/")
    expect(page.locator("ld-map[ready][data-basemap=failed]")).to_be_visible()
    expect(page.locator(".ld-map-failed")).to_have_count(0)
    page.evaluate(_GO, [121.44, 31.02, 13])
    assert len(set(_colours(page))) == 1
    desk.expected("503")


def test_the_script_shifts_points_as_the_kernel_does(arrive: Arrive) -> None:
    page = arrive("lin").page
    ask = """async ([module, points]) => {
      const { toGcj02, fromGcj02 } = await import(module);
      return points.map((point) => [toGcj02(...point), fromGcj02(...point)]);
    }"""
    points = [(113.75, 23.02), (121.47, 31.23), (87.6, 43.8), (126.6, 45.8), (2.35, 48.86), (72.005, 30.0), (0.0, 0.0)]
    found = page.evaluate(ask, ["/static/web/gcj02.js", [list(point) for point in points]])
    assert found[0][0] == pytest.approx([113.755194, 23.017277], abs=1e-6)
    for point, (there, back) in zip(points, found, strict=True):
        assert there == pytest.approx(convert(*point, source=Datum.WGS84, target=Datum.GCJ02), abs=1e-10)
        assert back == pytest.approx(convert(*point, source=Datum.GCJ02, target=Datum.WGS84), abs=1e-10)


def test_a_cross_on_a_map_in_gcj02_lies_under_our_point(arrive: Arrive, peer: TilePeer) -> None:
    _set_up(peer)
    desk = arrive("lin")
    page = desk.open("/desk/dispatch/")
    expect(page.locator("ld-map[ready][data-basemap=ready]")).to_be_visible()
    expect(page.locator(".ld-map-source")).to_have_text("© 测绘院 审图号：GS(2026)1号")
    page.evaluate(_LINES, [False])
    page.evaluate(_GO, [*CROSS, ZOOM])
    middle = None
    for _look in range(60):
        if (middle := _red_middle(page)) is not None:
            break
        page.wait_for_timeout(250)  # tiles come one by one
    assert middle is not None, "the foreign map never came"
    x, y = page.evaluate(_ON_SCREEN, [list(CROSS)])[0]
    assert abs(middle[0] - x) <= 2, (middle, x, y)
    assert abs(middle[1] - y) <= 2, (middle, x, y)
    tile = tile_at(*CROSS, ZOOM, "GCJ-02")
    assert any(f"/{ZOOM}/{tile.x}/" in path for path in peer.asked)
    assert not any("/2048/" in path for path in peer.asked), "nothing is fetched before the map knows where it is"
    desk.check_axe()
    page.evaluate(_LINES, [True])
    desk.picture("tiles")
    page.get_by_label("底图").select_option("own")
    expect(page.locator(".ld-map-source")).to_be_hidden()
    page.reload()
    expect(page.locator("ld-map[ready][data-tiles=own]")).to_be_visible()


def test_a_map_whose_source_fails_goes_back_to_its_own(arrive: Arrive, peer: TilePeer) -> None:
    peer.manner = "html"
    _set_up(peer, crs="EPSG:3857")
    desk = arrive("lin")
    page = desk.open("/desk/dispatch/")
    expect(page.locator("ld-map[data-tiles=failed][data-basemap=ready]")).to_be_visible()
    expect(page.locator(".ld-map-source")).to_have_text("地图源没有回应，已换回本区底图。")
    page.evaluate(_GO, [121.44, 31.02, 13])
    assert _colours(page)[0] == LIGHT["map-water"]
    desk.expected("503")


def test_an_administrator_sets_up_a_source_by_the_example_and_tries_it(arrive: Arrive, peer: TilePeer) -> None:
    peer.picture = lambda _path: png()
    desk = arrive("admin")
    page = desk.open("/desk/areas/sources/")
    desk.check_axe()
    page.get_by_role("link", name="新建地图源").click()
    expect(page.get_by_label("地址模板")).to_have_value(TIANDITU)
    page.get_by_label("地址模板").fill(peer.address + "/{z}/{x}/{y}?tilematrix={z}&tk={token}")
    page.get_by_label("密钥").fill("s3cret")
    page.get_by_label("审图号").fill("GS(2026)1号")
    desk.check_axe()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="测试 天地图矢量").click()
    expect(page.get_by_text("可用：收到 image/png")).to_be_visible()
    assert peer.asked[0].endswith("&tk=s3cret")
    desk.check_axe()
    desk.picture("tile-sources")
