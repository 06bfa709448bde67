"""JPEG and PNG without decoding them: their parts, their size in pixels, what follows their end, their metadata.

JPEG: ITU-T T.81 annex B. PNG: W3C PNG third edition §5. Photos are small enough to be read whole.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from liandong.cases.rules.files.formats import SOMETHING, BrokenFile, TooManyPixels, TwoFilesInOne

MOST_PIXELS: Final = 80_000_000
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_NEXT_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PLAIN_SEGMENTS: Final = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, colour profile and Adobe's colour transform: what a picture needs to look right and that tells nothing."""
_TELLING_CHUNKS: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_ACTIVE: Final = re.compile(rb"<(?:!doctype|html|script|svg|iframe|\?php)|%PDF-|PK\x03\x04", re.IGNORECASE)
_FOREIGN: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF-", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)
_LONGEST_PADDING: Final = 65_536


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a JPEG before its picture data: its marker, and where it starts and ends."""

    marker: int
    start: int
    end: int


def inspect_jpeg(stream: BinaryIO, size: int) -> str:
    """Check a JPEG to its last byte.

    :raises BrokenFile, TwoFilesInOne, TooManyPixels: it is cut off, holds something else, or is too large to open
    """
    data = _whole(stream, size)
    pixels = 0
    for segment in _segments(data, 0):
        content = data[segment.start + 4 : segment.end]
        if segment.marker in _SIZES and len(content) >= 5:
            pixels = max(pixels, struct.unpack(">H", content[1:3])[0] * struct.unpack(">H", content[3:5])[0])
        if segment.marker == 0xFE or 0xE0 <= segment.marker <= 0xEF:
            _refuse_active(content)
    _refuse_bomb(pixels)
    _refuse_trailer(data[end_of_jpeg(data) :])
    return "jpeg"


def inspect_png(stream: BinaryIO, size: int) -> str:
    """Check a PNG to its last byte.

    :raises BrokenFile, TwoFilesInOne, TooManyPixels: see `inspect_jpeg`
    """
    data = _whole(stream, size)
    end = 0
    for name, start, end in _chunks(data):
        content = data[start + 8 : end - 4]
        if zlib.crc32(data[start + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise BrokenFile
        if name == b"IHDR" and len(content) == 13:
            width, height = struct.unpack(">II", content[:8])
            _refuse_bomb(width * height)
        if name in _TELLING_CHUNKS:
            _refuse_active(content)
    _refuse_trailer(data[end:])
    return "png"


def end_of_jpeg(data: bytes, start: int = 0) -> int:
    """Where the picture that starts at `start` ends.

    :raises BrokenFile: it does not
    """
    position = start
    for segment in _segments(data, start):
        position = segment.end
        if segment.marker == _EOI:
            return position
    raise BrokenFile


def without_metadata(data: bytes) -> bytes:
    """The same picture, not decoded, without what tells where, when and by whom it was taken.

    A JPEG keeps how it must be turned; whatever stands behind its end goes as well.
    """
    return _bare_png(data) if data.startswith(b"\x89PNG") else _bare_jpeg(data)


def _bare_jpeg(data: bytes) -> bytes:
    kept, turn = [b"\xff\xd8"], 1
    found_telling = False
    for segment in _segments(data, 0):
        if segment.marker == _SOI:
            continue
        if segment.marker == _SOS:
            kept.append(data[segment.start : end_of_jpeg(data)])
            break
        is_told = (
            segment.marker == 0xFE
            or (0xE0 <= segment.marker <= 0xEF and segment.marker not in _PLAIN_SEGMENTS)
            or (segment.marker == 0xE2 and not data.startswith(b"ICC_PROFILE\0", segment.start + 4))
        )
        if segment.marker == 0xE1:
            turn = _orientation(data[segment.start + 4 : segment.end]) or turn
        found_telling |= is_told
        if not is_told:
            kept.append(data[segment.start : segment.end])
    if not found_telling and end_of_jpeg(data) == len(data):
        return data
    return b"".join([kept[0], *([_exif_of_turn(turn)] if turn != 1 else []), *kept[1:]])


def _bare_png(data: bytes) -> bytes:
    return data[:8] + b"".join(data[start:end] for name, start, end in _chunks(data) if name not in _TELLING_CHUNKS)


def _orientation(exif: bytes) -> int:
    """The EXIF tag 0x0112 of the first directory; 0 where there is none that can be read."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order or len(tiff) < 10:
        return 0
    first = struct.unpack(order + "I", tiff[4:8])[0]
    if first + 2 > len(tiff):
        return 0
    count = struct.unpack(order + "H", tiff[first : first + 2])[0]
    for number in range(min(count, 200)):
        entry = tiff[first + 2 + 12 * number : first + 14 + 12 * number]
        if len(entry) == 12 and struct.unpack(order + "H", entry[:2])[0] == 0x0112:
            turn = struct.unpack(order + "H", entry[8:10])[0]
            return turn if 1 <= turn <= 8 else 0
    return 0


def _exif_of_turn(turn: int) -> bytes:
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turn, 0, 0)
    content = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def _segments(data: bytes, start: int) -> Iterator[Segment]:
    """The parts of a JPEG; picture data belongs to the scan before it.

    :raises BrokenFile: a part leads beyond the end
    """
    if data[start : start + 2] != b"\xff\xd8":
        raise BrokenFile
    yield Segment(_SOI, start, start + 2)
    position = start + 2
    while True:
        if position + 2 > len(data) or data[position] != 0xFF:
            raise BrokenFile
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == _EOI or marker in _STANDALONE:
            yield Segment(marker, position, position + 2)
            position += 2
            if marker == _EOI:
                return
            continue
        if position + 4 > len(data):
            raise BrokenFile
        end = position + 2 + struct.unpack(">H", data[position + 2 : position + 4])[0]
        if marker == _SOS:
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise BrokenFile
            end = following.start()
        if end > len(data) or end < position + 4:
            raise BrokenFile
        yield Segment(marker, position, end)
        position = end


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a PNG up to IEND: name, start, end.

    :raises BrokenFile: one leads beyond the end, or IEND never comes
    """
    position = 8
    while True:
        if position + 12 > len(data):
            raise BrokenFile
        length, name = struct.unpack(">I4s", data[position : position + 8])
        end = position + 12 + length
        if end > len(data):
            raise BrokenFile
        yield name, position, end
        if name == b"IEND":
            return
        position = end


def _whole(stream: BinaryIO, size: int) -> bytes:
    stream.seek(0)
    return stream.read(size)


def _refuse_bomb(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise TooManyPixels(megapixels=round(pixels / 1e6), most=MOST_PIXELS // 1_000_000)
    if not pixels:
        raise BrokenFile


def _refuse_active(content: bytes) -> None:
    if found := _ACTIVE.search(content):
        raise TwoFilesInOne(other=found.group().decode("latin-1").strip("<!?\x03\x04"))


def _refuse_trailer(trailer: bytes) -> None:
    """Phones put further pictures, a short film or their own notes behind the end; anything else hides there."""
    if not trailer:
        return
    for signature, name in _FOREIGN:
        if signature in trailer:
            raise TwoFilesInOne(other=name)
    _refuse_active(trailer)
    is_padding = len(trailer) <= _LONGEST_PADDING and not trailer.strip(b"\0\r\n ")
    is_of_a_phone = (
        trailer.lstrip(b"\0").startswith(b"\xff\xd8\xff") or trailer[4:8] == b"ftyp" or trailer.endswith(b"SEFT")
    )
    if not (is_padding or is_of_a_phone):
        raise TwoFilesInOne(other=SOMETHING)
