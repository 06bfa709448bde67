"""Which format a file is: signatures at its beginning, then one check of the whole for each format.

A file is taken when it is exactly one thing from its first byte to its last. What readers of other formats would find
at its beginning or end (`FOREIGN`) makes it two things, and it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, Final

from liandong.cases.rules.files import documents, pictures, recordings
from liandong.cases.rules.files.formats import (
    FORMATS,
    BrokenFile,
    EmptyFile,
    FileFormat,
    FormatNotTaken,
    LegacyOffice,
    TwoFilesInOne,
    UnknownFile,
)
from liandong.kernel.refusal import marked

HEAD_BYTES: Final = 4096
"""So much of a beginning decides what a file claims to be."""
TAIL_BYTES: Final = 66_000
"""Readers of zip look for the directory in the last 65,557 bytes."""

_OLE = "ole"
_ZIP = "zip"
_EBML = "ebml"
_OGG = "ogg"
_FTYP = "ftyp"

SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"%PDF-", "pdf"),
    (0, b"PK\x03\x04", _ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (4, b"ftyp", _FTYP),
    (8, b"WAVE", "wav"),
    (0, b"OggS", _OGG),
    (0, b"\x1a\x45\xdf\xa3", _EBML),
    (0, b"#!AMR", "amr"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xfb", "mp3"),
    (0, b"\xff\xfa", "mp3"),
    (0, b"\xff\xf3", "mp3"),
    (0, b"\xff\xf2", "mp3"),
)
"""Offset, bytes, what it then is: the first that fits decides."""

_AS_JPEG = marked("请另存或截图为 JPEG、PNG 后上传。")
_AS_MP4 = marked("请转换为 MP4 视频或 MP3 录音后上传。")
_UNPACKED = marked("请解压后逐个上传其中的文件。")
_AS_PDF = marked("请打印或导出为 PDF 后上传。")
_NEVER = marked("程序和脚本不能作为附件。")
_PHONE_JPEG = marked("请在手机相机设置中选“兼容性最佳（JPEG）”，或截图后上传。")

NOT_TAKEN: Final[tuple[tuple[int, bytes, str, str], ...]] = (
    (0, b"GIF8", "GIF", _AS_JPEG),
    (8, b"WEBP", "WebP", _AS_JPEG),
    (0, b"BM", "BMP", _AS_JPEG),
    (0, b"II*\x00", "TIFF", _AS_JPEG),
    (0, b"MM\x00*", "TIFF", _AS_JPEG),
    (8, b"AVI ", "AVI", _AS_MP4),
    (0, b"FLV\x01", "FLV", _AS_MP4),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV / WMA", _AS_MP4),
    (0, b"fLaC", "FLAC", _AS_MP4),
    (0, b"Rar!", "RAR", _UNPACKED),
    (0, b"7z\xbc\xaf\x27\x1c", "7z", _UNPACKED),
    (0, b"\x1f\x8b", "gzip", _UNPACKED),
    (0, b"{\\rtf", "RTF", _AS_PDF),
    (0, b"MZ", marked("Windows 程序"), _NEVER),
    (0, b"\x7fELF", marked("Linux 程序"), _NEVER),
    (0, b"#!/", marked("脚本"), _NEVER),
)
_HTML = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE)
_HEIC: Final = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"})
_BRANDS: Final = {b"M4A ": "m4a", b"M4B ": "m4a", b"qt  ": "mov"}

_INSPECT: Final[dict[str, Callable[[BinaryIO, int], str]]] = {
    "jpeg": pictures.inspect_jpeg,
    "png": pictures.inspect_png,
    "wav": recordings.inspect_wav,
    "mp3": recordings.inspect_mp3,
    "amr": recordings.inspect_amr,
    _FTYP: recordings.inspect_mp4,
    _OGG: recordings.inspect_ogg,
    _EBML: recordings.inspect_webm,
    "pdf": documents.inspect_pdf,
    _ZIP: documents.inspect_office,
}
"""Each checks a whole file and returns the code of its format."""

FOREIGN: Final[tuple[tuple[bytes, str], ...]] = ((b"PK\x05\x06", "zip"), (b"PK\x06\x06", "zip"))
"""What the last bytes of a file must not hold, and whose it is."""


def format_of_head(head: bytes) -> FileFormat | None:
    """The format a file claims by its first bytes; None where more must be seen to tell which of several.

    :raises UnfitFile: whatever follows, this is none that is taken
    """
    family = _family(head)
    if family == _FTYP:
        return FORMATS[_of_brand(head)]
    return FORMATS.get(family)


def inspect(stream: BinaryIO, size: int) -> FileFormat:
    """Look at a whole file and return its format.

    :raises UnfitFile: it is empty, unknown, refused by name, broken, or two things at once
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    family = _family(head)
    if family == _FTYP:
        _of_brand(head)
    if family != "pdf" and b"%PDF-" in head[:1024]:
        raise TwoFilesInOne(other="PDF")
    code = _INSPECT[family](stream, size)
    if family != _ZIP:
        _refuse_foreign_end(stream, size)
    return FORMATS[code]


def _family(head: bytes) -> str:
    if not head:
        raise EmptyFile
    for offset, signature, code in SIGNATURES:
        if head.startswith(signature, offset):
            if code == _OLE:
                raise LegacyOffice
            return code
    for offset, signature, name, instead in NOT_TAKEN:
        if head.startswith(signature, offset):
            raise FormatNotTaken(format=name, instead=instead)
    if _HTML.search(head[:1024]):
        raise FormatNotTaken(format=marked("网页（HTML、SVG、XML）"), instead=_AS_PDF)
    if b"%PDF-" in head[:1024]:
        raise TwoFilesInOne(other="PDF")
    raise UnknownFile


def _of_brand(head: bytes) -> str:
    brand = head[8:12]
    if brand in _HEIC:
        raise FormatNotTaken(format="HEIC", instead=_PHONE_JPEG)
    return _BRANDS.get(brand, "3gp" if brand.startswith(b"3g") else "mp4")


def _refuse_foreign_end(stream: BinaryIO, size: int) -> None:
    stream.seek(max(0, size - TAIL_BYTES))
    tail = stream.read(TAIL_BYTES)
    if len(tail) < min(size, TAIL_BYTES):
        raise BrokenFile
    for signature, name in FOREIGN:
        if signature in tail:
            raise TwoFilesInOne(other=name)
