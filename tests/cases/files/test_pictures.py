"""Photos: the copy that others see, metadata cut out without decoding, capture read, prints that stay the same."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from liandong.cases.photos import COPY_SIDE, look_at
from liandong.cases.rules.files import inspect
from liandong.cases.rules.files.formats import BrokenFile
from liandong.cases.rules.files.pictures import without_metadata
from liandong.cases.rules.prints import FARTHEST_FOUND, NEAR, bands, bands_near, distance, print_of
from liandong.demo.pictures import draw_pictures
from tests.cases.files import made

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)
SECRETS = (b"Phone of Zhao", b"whose camera", b"taken by Zhao", b"Exif", b"GPS", b"xmpmeta")


def seen_print(content: bytes) -> int:
    found = look_at(content, zone=SHANGHAI).print
    assert found is not None
    return found


def saved(image: Image.Image, quality: int = 60) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def test_the_copy_holds_pixels_and_nothing_else() -> None:
    original = made.shot(1, at=NOON, lon=121.4, lat=31.0)
    assert all(secret in original for secret in SECRETS[:4])
    copy = look_at(original, zone=SHANGHAI).copy
    assert not [secret for secret in SECRETS if secret in copy]
    with Image.open(io.BytesIO(copy)) as image:
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_copy_stands_upright_and_is_not_too_large() -> None:
    for turn, size in ((6, (200, 300)), (1, (300, 200))):
        with Image.open(io.BytesIO(look_at(made.jpeg(size=(300, 200), turn=turn), zone=SHANGHAI).copy)) as image:
            assert image.size == size
    with Image.open(io.BytesIO(look_at(made.jpeg(size=(5000, 1000)), zone=SHANGHAI).copy)) as image:
        assert max(image.size) == COPY_SIDE


def test_a_see_through_picture_is_shown_on_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(io.BytesIO(look_at(file.getvalue(), zone=SHANGHAI).copy)) as image:
        assert image.getpixel((30, 30)) == (255, 255, 255)


def test_time_and_place_of_capture_are_read() -> None:
    capture = look_at(made.shot(1, at=NOON, lon=121.405, lat=31.01), zone=SHANGHAI).capture
    assert capture.at == NOON
    assert (capture.lon, capture.lat) == (pytest.approx(121.405, abs=1e-5), pytest.approx(31.01, abs=1e-5))
    bare = look_at(made.jpeg(), zone=SHANGHAI).capture
    assert (bare.at, bare.lon, bare.lat) == (None, None, None)


def test_a_time_without_a_zone_is_of_the_place() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = "2026:03:02 12:00:00"
    file = io.BytesIO()
    made.scene(1).save(file, "JPEG", exif=exif)
    assert look_at(file.getvalue(), zone=SHANGHAI).capture.at == datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "yesterday", "2026:13:45 99:99:99", "\x00"])
def test_a_time_that_is_none_is_not_there(text: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = text
    file = io.BytesIO()
    made.scene(1).save(file, "JPEG", exif=exif)
    assert look_at(file.getvalue(), zone=SHANGHAI).capture.at is None


def test_metadata_is_cut_out_and_the_pixels_stay() -> None:
    original = made.shot(3, at=NOON, lon=121.4, lat=31.0)
    bare = without_metadata(original)
    assert not [secret for secret in SECRETS if secret in bare]
    with Image.open(io.BytesIO(original)) as before, Image.open(io.BytesIO(bare)) as after:
        assert before.tobytes() == after.tobytes()
    png = made.png(4, text="taken by Zhao")
    assert b"taken by Zhao" not in without_metadata(png)
    with Image.open(io.BytesIO(png)) as before, Image.open(io.BytesIO(without_metadata(png))) as after:
        assert before.tobytes() == after.tobytes()


def test_a_bare_photo_still_knows_how_it_is_turned_and_loses_what_stands_behind_it() -> None:
    turned = without_metadata(made.jpeg(turn=6) + bytes(300))
    with Image.open(io.BytesIO(turned)) as image:
        assert image.getexif()[0x0112] == 6
    assert turned.endswith(b"\xff\xd9")
    assert without_metadata(made.jpeg()) == made.jpeg(), "nothing to cut: not a byte changes"
    assert without_metadata(turned) == turned


def test_a_picture_that_changed_on_its_way_is_refused() -> None:
    png = bytearray(made.png())
    png[100] ^= 0xFF
    with pytest.raises(BrokenFile):
        inspect(io.BytesIO(png), len(png))


def test_a_picture_that_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(BrokenFile):
        look_at(made.png_of_size(4000, 4000), zone=SHANGHAI)


@pytest.mark.parametrize("seed", range(12))
def test_a_print_survives_packing_scaling_light_and_a_small_crop(seed: int) -> None:
    image = made.scene(seed, (640, 480))
    known = seen_print(saved(image, 95))
    changed = {
        "packed": saved(image, 35),
        "scaled": saved(image.resize((233, 177))),
        "lighter": saved(ImageEnhance.Brightness(image).enhance(1.12)),
        "grey": saved(image.convert("L").convert("RGB")),
    }
    assert {name: distance(known, seen_print(one)) <= NEAR for name, one in changed.items()} == dict.fromkeys(
        changed, True
    )


def test_different_scenes_are_far_apart() -> None:
    prints = [seen_print(made.jpeg(seed)) for seed in range(60)]
    apart = [distance(one, other) for place, one in enumerate(prints) for other in prints[:place]]
    assert min(apart) > FARTHEST_FOUND
    assert 28 < sum(apart) / len(apart) < 36


def test_a_street_before_and_after_is_not_the_same_shot() -> None:
    before, after = draw_pictures(6, seed=3)
    apart = [
        distance(seen_print(one.content), seen_print(other.content)) for one, other in zip(before, after, strict=True)
    ]
    assert min(apart) > 2, apart


@pytest.mark.parametrize("colour", ["black", "white", "#778899"])
def test_a_plain_picture_has_no_print(colour: str) -> None:
    assert look_at(saved(Image.new("RGB", (200, 200), colour)), zone=SHANGHAI).print is None
    with pytest.raises(ValueError, match="1024"):
        print_of([0] * 10)


PRINTS = st.integers(-(2**63), 2**63 - 1)


@given(PRINTS, st.sets(st.integers(0, 63), max_size=FARTHEST_FOUND))
def test_whatever_differs_in_few_bits_shares_a_band_that_is_asked_for(value: int, flipped: set[int]) -> None:
    other = value
    for bit in flipped:
        other ^= 1 << bit
    other = (other & (2**64 - 1)) - (2**64 if other >> 63 & 1 else 0)
    assert distance(value, other) == len(flipped)
    assert set(bands_near(value)) & set(bands(other))


@given(PRINTS, PRINTS, PRINTS)
def test_the_distance_of_prints_is_a_distance(one: int, other: int, third: int) -> None:
    assert distance(one, one) == 0
    assert distance(one, other) == distance(other, one) <= 64
    assert distance(one, third) <= distance(one, other) + distance(other, third)


@settings(max_examples=40)
@given(st.binary(min_size=1024, max_size=1024).map(list))
def test_every_picture_has_a_print_that_a_column_holds_or_none(grey: list[int]) -> None:
    found = print_of(grey)
    assert found is None or -(2**63) <= found < 2**63
