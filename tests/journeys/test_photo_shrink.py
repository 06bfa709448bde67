"""Photos made small in the browser: upright, without metadata, with what a proof says of its capture beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.cases.files.made import jpeg, png, shot

pytestmark = pytest.mark.xdist_group("journeys")

SHRINK = """async ([bytes, type, options]) => {
  const { shrink } = await import('/static/web/photo-shrink.js');
  const file = new File([new Uint8Array(bytes)], '现场.HEIC.png', { type });
  try {
    const { blob, ...told } = await shrink(file, options);
    return { ...told, type: blob.type, bytes: [...new Uint8Array(await blob.arrayBuffer())] };
  } catch (error) {
    return { refused: error.name };
  }
}"""


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Any page of ours."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def _shrunken(page: Page, content: bytes, kind: str = "image/jpeg", **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(SHRINK, [list(content), kind, options])
    return found


def test_a_large_photo_becomes_a_small_jpeg_the_right_way_up_without_metadata(page: Page) -> None:
    # Orientation 6: the camera lay on its side; the picture is upright after a quarter turn.
    content = jpeg(3, size=(2400, 1800), turn=6)
    found = _shrunken(page, content)
    small = Image.open(io.BytesIO(bytes(found["bytes"])))
    assert (found["type"], found["name"]) == ("image/jpeg", "现场.HEIC.jpg")
    assert small.size == (found["width"], found["height"]) == (1200, 1600)
    assert not small.getexif()
    assert {"takenAt", "lon"}.isdisjoint(found)
    assert len(found["bytes"]) < len(content)


def test_a_small_photo_keeps_its_size_and_what_is_transparent_becomes_white(page: Page) -> None:
    glass = io.BytesIO()
    Image.new("RGBA", (64, 48), (200, 0, 0, 0)).save(glass, "PNG")
    small = Image.open(io.BytesIO(bytes(_shrunken(page, glass.getvalue(), "image/png")["bytes"])))
    assert small.size == (64, 48)
    assert min(small.convert("L").tobytes()) > 250
    assert _shrunken(page, png(2, size=(90, 60)), "image/png", withCapture=True)["takenAt"] == ""


def test_when_and_where_a_proof_was_taken_is_told_beside_it_and_is_no_longer_in_it(page: Page) -> None:
    taken = datetime(2026, 3, 2, 1, 30, 5, tzinfo=UTC)
    content = shot(5, at=taken, lon=121.405, lat=31.01)
    found = _shrunken(page, content, withCapture=True)
    assert datetime.fromisoformat(found["takenAt"]) == taken
    assert (round(found["lon"], 4), round(found["lat"], 4)) == (121.405, 31.01)
    kept = bytes(found["bytes"])
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert b"Zhao" in content
    assert b"Zhao" not in kept


@pytest.mark.parametrize("cut", [12, 30, 60, 90, 120])
def test_a_broken_exif_says_nothing_and_a_file_that_is_no_photo_is_refused_by_name(page: Page, cut: int) -> None:
    content = shot(5, at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC), lon=121.405, lat=31.01)
    spoiled = content[:cut] + bytes(40) + content[cut + 40 :]
    found = _shrunken(page, spoiled, withCapture=True)
    assert found.get("refused") == "NotAPhoto" or found["takenAt"] in ("", "2026-03-02T01:30:00+00:00")
    assert _shrunken(page, b"MZ not a photo", withCapture=True) == {"refused": "NotAPhoto"}
