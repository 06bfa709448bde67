"""Handing out a file that somebody uploaded: by ranges, never run by a browser, never a whole one in memory.

RFC 9110 §14 for ranges. The caller has asked for permission; here nobody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

CHUNK_BYTES: Final = 65_536
INLINE: Final = ("image/jpeg", "audio/", "video/")
"""What a browser shows or plays and never runs. Everything else is saved, whatever was asked."""
ISOLATED: Final = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file ready to go: where it lies, what it is, what it is called, and the hash that tells versions apart."""

    place: Path
    media_type: str
    name: str
    etag: str
    is_inline: bool = False


def send_file(request: HttpRequest, file: FileToSend) -> HttpResponseBase:
    """Answer GET and HEAD with the file, or with the range asked for."""
    size = file.place.stat().st_size
    etag = f'"{file.etag}"'
    if request.headers.get("If-None-Match") == etag:
        return _with_headers(HttpResponse(status=304), file, etag)
    found = _range_in(request, size, etag)
    if found == ():
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return _with_headers(refused, file, etag)
    start, end = found if found else (0, size)
    body = () if request.method == "HEAD" else _bytes_of(file.place, start, end)
    response = StreamingHttpResponse(body, status=206 if found else 200, content_type=file.media_type)
    response["Content-Length"] = str(end - start)
    if found:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _with_headers(response, file, etag)


def _with_headers(response: HttpResponseBase, file: FileToSend, etag: str) -> HttpResponseBase:
    for name, value in ISOLATED.items():
        response[name] = value
    is_inline = file.is_inline and file.media_type.startswith(INLINE)
    response["Content-Disposition"] = content_disposition_header(not is_inline, file.name) or "attachment"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    # Only this browser keeps it, and it asks again each time: a right that ended is gone with the next request.
    response["Cache-Control"] = "private, no-cache"
    return response


def _range_in(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | tuple[()] | None:
    """The one range asked for, as start and end; None for the whole; empty where there is no such part."""
    asked = request.headers.get("Range", "")
    match = _RANGE.fullmatch(asked.replace(" ", ""))
    if not match or match.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else ()
    start, end = int(first), min(int(last) + 1 if last else size, size)
    if last and int(last) < start:
        return None
    return (start, end) if start < size else ()


def _bytes_of(place: Path, start: int, end: int) -> Iterator[bytes]:
    with place.open("rb") as stream:
        stream.seek(start)
        while start < end and (chunk := stream.read(min(CHUNK_BYTES, end - start))):
            start += len(chunk)
            yield chunk
