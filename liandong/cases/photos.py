"""Photos opened: the copy that others may see, what a photo says of its own capture, and its print.

Structure and size in pixels were checked before (`rules.files.pictures`): nothing is decoded that fills the memory.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from liandong.cases.rules.evidence import Capture
from liandong.cases.rules.files.formats import BrokenFile, UnfitFile
from liandong.cases.rules.prints import SIDE, print_of
from liandong.kernel.refusal import marked

COPY_TYPE: Final = "image/jpeg"
COPY_SIDE: Final = 2048
COPY_QUALITY: Final = 82
_FORMATS: Final = ("JPEG", "PNG")
_UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, TypeError, EOFError, MemoryError)


class NotAPhoto(UnfitFile):
    """A file of another kind where only a photo will do."""

    says = marked("文件不是可用的 JPEG 或 PNG 照片。")
    remedy = marked("请用相机或相册中的照片。")


@dataclass(frozen=True, slots=True)
class Seen:
    """What opening a photo gave: the copy to show, its print, and what it says of its capture."""

    copy: bytes
    print: int | None
    capture: Capture


def look_at(content: bytes, *, zone: ZoneInfo) -> Seen:
    """Open a photo. `zone` is where its camera's clock is read, when the photo names none.

    :raises BrokenFile: it cannot be decoded to its end
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            capture = _capture_of(image, zone=zone)
            upright = _upright(image)
        grey = upright.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
        return Seen(_encoded(upright), print_of(list(grey.tobytes())), capture)
    except _UNREADABLE as error:
        raise BrokenFile from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BrokenFile from error


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it is meant to be seen, on white, no larger than the copy."""
    image.draft("RGB", (COPY_SIDE, COPY_SIDE))
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        layered = turned.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return turned.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    """Nothing but pixels: a fresh picture takes no EXIF, XMP, colour profile or comment along."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=COPY_QUALITY, optimize=True)
    return file.getvalue()


def _capture_of(image: Image.Image, *, zone: ZoneInfo) -> Capture:
    """What the camera wrote; whatever cannot be read is not there."""
    try:
        exif = image.getexif()
        detail, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (*_UNREADABLE, ArithmeticError):
        return Capture()
    lon = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, most=180)
    lat = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, most=90)
    if lon is None or lat is None or (lon, lat) == (0, 0):
        lon = lat = None
    return Capture(_taken_at(detail, zone=zone), lon, lat)


def _taken_at(detail: Any, *, zone: ZoneInfo) -> datetime | None:
    try:
        text = str(detail[ExifTags.Base.DateTimeOriginal]).strip("\0 ")
        taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        offset = str(detail.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
        if offset:
            taken = datetime.fromisoformat(f"{taken:%Y-%m-%dT%H:%M:%S}{offset}")
    except (KeyError, ValueError, TypeError):
        return None
    return taken if 1990 < taken.year < 2200 else None


def _degrees(place: Any, value: int, side: int, *, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[value])
        found = degrees + minutes / 60 + seconds / 3600
        sign = -1 if str(place.get(side, "")).strip("\0 ").upper() in ("W", "S") else 1
    except (KeyError, ValueError, TypeError, ArithmeticError):
        return None
    return sign * found if 0 <= found <= most else None
