"""Small real files of every kind a case takes, and how to spoil them."""

from __future__ import annotations

import io
import random
import struct
import wave
import zipfile
import zlib
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw, PngImagePlugin


def scene(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A drawn scene with shapes and shades: another one for every seed."""
    chance = random.Random(seed)  # noqa: S311 - scenery
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _shape in range(14):
        left, top = chance.randrange(-40, size[0]), chance.randrange(-40, size[1])
        box = (left, top, left + chance.randrange(20, size[0] // 2), top + chance.randrange(20, size[1] // 2))
        colour = tuple(chance.randrange(256) for _ in range(3))
        (draw.rectangle if chance.random() < 0.5 else draw.ellipse)(box, fill=colour)
    return image


def jpeg(seed: int = 1, *, quality: int = 85, size: tuple[int, int] = (320, 240), turn: int = 1) -> bytes:
    """A JPEG of a scene."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    scene(seed, size).save(file, "JPEG", quality=quality, **({"exif": exif} if turn != 1 else {}))
    return file.getvalue()


def shot(seed: int, *, at: datetime | None = None, lon: float | None = None, lat: float | None = None) -> bytes:
    """A JPEG as a phone takes it: with the time, the place, the maker, and a comment in XMP."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Phone of Zhao"
    if at is not None:
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        detail[ExifTags.Base.DateTimeOriginal] = at.strftime("%Y:%m:%d %H:%M:%S")
        detail[ExifTags.Base.OffsetTimeOriginal] = at.strftime("%z")[:3] + ":" + at.strftime("%z")[3:]
    if lon is not None and lat is not None:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", _dms(lon)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", _dms(lat)
    file = io.BytesIO()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>whose camera</x:xmpmeta>"
    scene(seed).save(file, "JPEG", quality=88, exif=exif, xmp=xmp, comment=b"taken by Zhao")
    return file.getvalue()


def _dms(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)


def png(seed: int = 1, *, text: str = "", size: tuple[int, int] = (320, 240)) -> bytes:
    """A PNG of a scene, with a text chunk where one is given."""
    info = PngImagePlugin.PngInfo()
    if text:
        info.add_text("Comment", text)
    file = io.BytesIO()
    scene(seed, size).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims that many pixels and holds hardly a byte for them."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def wav() -> bytes:
    """A tenth of a second of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return file.getvalue()


def mp3(frames: int = 4) -> bytes:
    """MPEG-1 layer III, 128 kbit/s at 44.1 kHz: frames of 417 bytes behind an ID3 tag."""
    tag = b"ID3\x04\0\0" + bytes([0, 0, 0, 10]) + bytes(10)
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def amr() -> bytes:
    """Two frames of 12.2 kbit/s."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 2


def box(name: bytes, content: bytes = b"") -> bytes:
    """A box of ISO media."""
    return struct.pack(">I", len(content) + 8) + name + content


def mp4(*, brand: bytes = b"isom", handler: bytes = b"vide", data: bytes = bytes(5000)) -> bytes:
    """The boxes of a film, or of a recording."""
    told = box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12)))
    moov = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", told))
    return box(b"ftyp", brand + bytes(4) + brand) + moov + box(b"mdat", data)


def ogg(codec: bytes = b"OpusHead") -> bytes:
    """Three pages of a stream."""
    pages = []
    for number, content in enumerate((codec + bytes(11), b"OpusTags" + bytes(20), bytes(200))):
        head = b"OggS\0" + bytes([2 if not number else 0]) + bytes(8) + struct.pack("<III", 1, number, 0)
        pages.append(head + bytes([1, len(content)]) + content)
    return b"".join(pages)


def webm(codec: bytes = b"V_VP8", *, size_known: bool = True) -> bytes:
    """One header, one segment with a track."""

    def element(name: bytes, content: bytes) -> bytes:
        return name + (0x4000 | len(content)).to_bytes(2) + content

    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
    track = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\x86", codec)))
    inner = track + element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0") + element(b"\xa3", bytes(300)))
    length = b"\x01" + (len(inner).to_bytes(7) if size_known else b"\xff" * 7)
    return head + b"\x18\x53\x80\x67" + length + inner


def pdf(inside: bytes = b"") -> bytes:
    """One empty page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R" + inside + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 1\n0000000000 65535 f \n"
        b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n90\n%%EOF\n"
    )


_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def office(kind: str = "docx", *, more: dict[str, bytes] | None = None, content: bytes = b"<x/>") -> bytes:
    """The smallest package of that kind, with whatever else is put into it."""
    part, main = _MAIN[kind]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'
    )
    return packed({"[Content_Types].xml": types.encode(), part: content, **(more or {})})


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


EVERY_FORMAT = {
    "jpeg": jpeg(),
    "png": png(),
    "wav": wav(),
    "mp3": mp3(),
    "m4a": mp4(brand=b"M4A ", handler=b"soun"),
    "oga": ogg(),
    "weba": webm(b"A_OPUS"),
    "amr": amr(),
    "mp4": mp4(),
    "3gp": mp4(brand=b"3gp4"),
    "mov": mp4(brand=b"qt  "),
    "webm": webm(),
    "ogv": ogg(b"\x80theora"),
    "pdf": pdf(),
    "docx": office("docx"),
    "xlsx": office("xlsx"),
    "pptx": office("pptx"),
}
"""One whole file of every format in the table."""
