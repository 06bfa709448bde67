"""PDF and the zipped formats of Office: their structure, and nothing in them that acts.

PDF: ISO 32000-1 §7.5. Office: ECMA-376 part 2, whose zip is looked into by its directory; only the list of content
types is unpacked.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

from liandong.cases.rules.files.formats import (
    SOMETHING,
    BrokenFile,
    FormatNotTaken,
    HoldsMacros,
    TwoFilesInOne,
    UnpacksTooLarge,
)
from liandong.kernel.refusal import marked

MOST_ENTRIES: Final = 10_000
MOST_UNPACKED: Final = 500_000_000
MOST_TIMES: Final = 200
"""How many times its packed size a document may unpack to, once it is larger than `FREE_UNPACKED`."""
FREE_UNPACKED: Final = 20_000_000
_MOST_TYPES: Final = 2_000_000
_CHUNK: Final = 1_000_000
_LONGEST_NAME: Final = 32
_ACTING: Final = re.compile(rb"/(?:JavaScript|Launch)(?![A-Za-z0-9])")
_END_OF_PDF: Final = re.compile(rb"%%EOF[\r\n\t \0]*\Z")
_MACROS: Final = re.compile(
    r"vbaproject|vbadata|macrosheets/|activex/|\.(?:exe|dll|js|vbs|scr|bat|cmd|lnk)\Z", re.IGNORECASE
)
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    EOFError,
    OSError,
)
_END_BYTES: Final = 22
"""The end of a directory without a comment."""
_MAIN: Final = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"presentationml.presentation.main+xml", "pptx"),
)


def inspect_pdf(stream: BinaryIO, size: int) -> str:
    """From `%PDF-` at the first byte to `%%EOF` at the last, with no script and no command to launch.

    :raises BrokenFile, TwoFilesInOne, HoldsMacros: it is cut off, goes on as something else, or acts
    """
    stream.seek(max(0, size - 1024))
    tail = stream.read()
    if b"%%EOF" not in tail:
        raise TwoFilesInOne(other=SOMETHING) if _has_end(stream, size) else BrokenFile
    if not _END_OF_PDF.search(tail):
        raise TwoFilesInOne(other=SOMETHING)
    stream.seek(0)
    before = b""
    while chunk := stream.read(_CHUNK):
        if _ACTING.search(before + chunk):
            raise HoldsMacros
        before = chunk[-_LONGEST_NAME:]
    return "pdf"


def inspect_office(stream: BinaryIO, size: int) -> str:
    """A zip from its first byte to its last that is a document, a workbook or a presentation without macros.

    :raises UnfitFile: it is broken, another zip, holds macros, or unpacks to too much
    """
    stream.seek(max(0, size - _END_BYTES))
    if not stream.read().startswith(b"PK\x05\x06"):
        raise TwoFilesInOne(other=SOMETHING) if _ends_somewhere(stream, size) else BrokenFile
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _refuse_bombs(entries, size, comment=archive.comment)
            types = _content_types(archive)
    except _UNREADABLE:
        raise BrokenFile from None
    if b"macroEnabled" in types or any(_MACROS.search(entry.filename) for entry in entries):
        raise HoldsMacros
    for main, code in _MAIN:
        if main in types:
            return code
    raise FormatNotTaken(format="zip", instead=marked("请解压后逐个上传其中的文件。"))


def _content_types(archive: zipfile.ZipFile) -> bytes:
    """The list of content types, unpacked no further than such a list is long."""
    try:
        info = archive.getinfo("[Content_Types].xml")
    except KeyError:
        return b""
    with archive.open(info) as packed:
        types = packed.read(_MOST_TYPES + 1)
    if len(types) > _MOST_TYPES:
        raise UnpacksTooLarge
    return types


def _refuse_bombs(entries: list[zipfile.ZipInfo], size: int, *, comment: bytes) -> None:
    """Refuse what unpacks to too much by its own account, and entries laid over one another to lie about it."""
    if not entries or comment:
        raise TwoFilesInOne(other=SOMETHING) if comment else BrokenFile
    if len(entries) > MOST_ENTRIES or any(entry.flag_bits & 0x1 for entry in entries):
        raise UnpacksTooLarge
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or unpacked > max(FREE_UNPACKED, size * MOST_TIMES):
        raise UnpacksTooLarge
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise UnpacksTooLarge
        if not end and entry.header_offset:
            raise TwoFilesInOne(other=SOMETHING)
        end = entry.header_offset + 30 + entry.compress_size
    if end > size:
        raise BrokenFile


def _ends_somewhere(stream: BinaryIO, size: int) -> bool:
    stream.seek(max(0, size - 66_000))
    return b"PK\x05\x06" in stream.read()


def _has_end(stream: BinaryIO, size: int) -> bool:
    stream.seek(max(0, size - 4 * _CHUNK))
    return b"%%EOF" in stream.read()
