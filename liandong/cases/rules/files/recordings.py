"""Sound and film: the outer structure of each container, walked to its last byte without reading what it carries."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from liandong.cases.rules.files.formats import SOMETHING, BrokenFile, TwoFilesInOne

_MOST_BOXES: Final = 20_000
_MOST_PAGES: Final = 2_000_000
_EBML, _SEGMENT, _VOID = 0x1A45DFA3, 0x18538067, 0xEC
_TRACKS_SEEN_IN: Final = 262_144
_MP3_RATES: Final = ((44100, 48000, 32000), (22050, 24000, 16000), (11025, 12000, 8000))
_MP3_KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def inspect_wav(stream: BinaryIO, size: int) -> str:
    """RIFF: the size it states is the size it has."""
    head = _read(stream, 0, 12)
    if len(head) < 12 or head[:4] != b"RIFF":
        raise BrokenFile
    stated = struct.unpack("<I", head[4:8])[0] + 8
    if stated > size:
        raise BrokenFile
    if size - stated > 1:
        raise TwoFilesInOne(other=SOMETHING)
    names, position = set(), 12
    while position + 8 <= size:
        name, length = struct.unpack("<4sI", _read(stream, position, 8))
        names.add(name)
        position += 8 + length + (length & 1)
    if not {b"fmt ", b"data"} <= names or position > size + 1:
        raise BrokenFile
    return "wav"


def inspect_mp4(stream: BinaryIO, size: int) -> str:
    """ISO/IEC 14496-12: boxes from end to end, among them one that describes and one that holds.

    :raises BrokenFile, TwoFilesInOne: a box leads beyond the end, or what follows the last is no box
    """
    names: list[bytes] = []
    position, moov = 0, (0, 0)
    while position < size:
        length, name = _box(stream, position, size)
        if len(names) > _MOST_BOXES:
            raise BrokenFile
        names.append(name)
        if name == b"moov":
            moov = (position, length)
        position += length
    if b"moov" not in names or not {b"mdat", b"moof"} & set(names):
        raise BrokenFile
    brand = _read(stream, 8, 4)
    if brand in (b"M4A ", b"M4B "):
        return "m4a"
    has_picture = b"vide" in _read(stream, moov[0], min(moov[1], 8_000_000))
    if not has_picture:
        return "m4a"
    return "mov" if brand == b"qt  " else "3gp" if brand.startswith(b"3g") else "mp4"


def inspect_ogg(stream: BinaryIO, size: int) -> str:
    """RFC 3533: pages from end to end; a picture stream among the first makes it a film."""
    position, pages, first = 0, 0, b""
    while position < size:
        head = _read(stream, position, 27)
        if head[:4] != b"OggS" and pages:
            raise TwoFilesInOne(other=SOMETHING)
        if len(head) < 27 or pages > _MOST_PAGES:
            raise BrokenFile
        lengths = _read(stream, position + 27, head[26])
        following = position + 27 + head[26] + sum(lengths)
        if len(lengths) < head[26] or following > size:
            raise BrokenFile
        if pages < 8:
            first += _read(stream, position + 27 + head[26], min(sum(lengths), 64))
        position, pages = following, pages + 1
    if b"theora" in first:
        return "ogv"
    if not any(codec in first for codec in (b"OpusHead", b"\x01vorbis", b"Speex", b"FLAC")):
        raise BrokenFile
    return "oga"


def inspect_webm(stream: BinaryIO, size: int) -> str:
    """RFC 8794, WebM: one header, one segment to the last byte, and a track of picture or sound."""
    name, length, start = _element(stream, 0)
    if name != _EBML or length in (None, 0) or length is None or length > 4096:
        raise BrokenFile
    if b"webm" not in _read(stream, start, length) and b"matroska" not in _read(stream, start, length):
        raise BrokenFile
    segment, length, start = _element(stream, start + length)
    if segment != _SEGMENT:
        raise BrokenFile
    if length is not None:
        if start + length > size:
            raise BrokenFile
        _refuse_rest(stream, start + length, size)
    beginning = _read(stream, start, _TRACKS_SEEN_IN)
    if b"V_VP" in beginning or b"V_AV1" in beginning or b"V_MPEG" in beginning:
        return "webm"
    if b"A_OPUS" in beginning or b"A_VORBIS" in beginning:
        return "weba"
    raise BrokenFile


def inspect_mp3(stream: BinaryIO, size: int) -> str:
    """ISO/IEC 11172-3: after a tag that may stand first, two frames that follow one another."""
    position = 0
    head = _read(stream, 0, 10)
    if head[:3] == b"ID3":
        if len(head) < 10:
            raise BrokenFile
        position = 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        while position < size and _read(stream, position, 1) == b"\0":
            position += 1
    for _frame in range(2):
        length = _mp3_frame(_read(stream, position, 4))
        if not length or position + length > size + 4:
            raise BrokenFile
        position += length
        if position >= size:
            break
    return "mp3"


def inspect_amr(stream: BinaryIO, size: int) -> str:
    """RFC 4867 §5: the magic line, then frames of the sizes their types state, to the last byte."""
    head = _read(stream, 0, 9)
    is_wide = head.startswith(b"#!AMR-WB\n")
    if not is_wide and not head.startswith(b"#!AMR\n"):
        raise BrokenFile
    sizes = _AMR_WIDE if is_wide else _AMR
    position, frames = 9 if is_wide else 6, 0
    stream.seek(position)
    content = stream.read()
    position = 0
    while position < len(content):
        kind = content[position] >> 3 & 0x0F
        if content[position] & 0x83 or kind not in sizes:
            raise TwoFilesInOne(other=SOMETHING)
        position += 1 + sizes[kind]
        frames += 1
    if not frames or position > len(content):
        raise BrokenFile
    return "amr"


_AMR: Final = dict(enumerate((12, 13, 15, 17, 19, 20, 26, 31, 5))) | {15: 0}
_AMR_WIDE: Final = dict(enumerate((17, 23, 32, 36, 40, 46, 50, 58, 60, 5))) | {14: 0, 15: 0}


def _mp3_frame(head: bytes) -> int:
    """The length in bytes of the layer III frame that starts so; 0 where none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    kbits_at, rate_at, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != 1 or kbits_at in (0, 15) or rate_at == 3:
        return 0
    is_first = version == 3
    kbits = (_MP3_KBITS_1 if is_first else _MP3_KBITS_2)[kbits_at]
    rate = _MP3_RATES[{3: 0, 2: 1, 0: 2}[version]][rate_at]
    return (144 if is_first else 72) * kbits * 1000 // rate + padding


def _box(stream: BinaryIO, position: int, size: int) -> tuple[int, bytes]:
    head = _read(stream, position, 16)
    if len(head) < 8:
        raise TwoFilesInOne(other=SOMETHING) if position else BrokenFile
    length, name = struct.unpack(">I4s", head[:8])
    if not all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in name):
        raise TwoFilesInOne(other=SOMETHING)
    if length == 1 and len(head) == 16:
        length = struct.unpack(">Q", head[8:16])[0]
    elif length == 0:
        length = size - position
    if length < 8 or position + length > size:
        raise BrokenFile
    return length, name


def _element(stream: BinaryIO, position: int) -> tuple[int, int | None, int]:
    """An EBML element: its id, its length (None where it is not known), where its content starts."""
    head = _read(stream, position, 12)
    if not head or not head[0]:
        raise BrokenFile
    id_length = 9 - head[0].bit_length()
    if id_length > 4 or len(head) <= id_length or not head[id_length]:
        raise BrokenFile
    name = int.from_bytes(head[:id_length])
    first = head[id_length]
    size_length = 9 - first.bit_length()
    raw = head[id_length : id_length + size_length]
    if len(raw) < size_length:
        raise BrokenFile
    length = int.from_bytes(raw) & ((1 << (7 * size_length)) - 1)
    is_unknown = length == (1 << (7 * size_length)) - 1
    return name, None if is_unknown else length, position + id_length + size_length


def _refuse_rest(stream: BinaryIO, position: int, size: int) -> None:
    while position < size:
        name, length, start = _element(stream, position)
        if name != _VOID or length is None:
            raise TwoFilesInOne(other=SOMETHING)
        position = start + length


def _read(stream: BinaryIO, position: int, count: int) -> bytes:
    stream.seek(position)
    return stream.read(count)
