"""Large answers that are the same for many readers: made and compressed once, and not sent again while unchanged."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified


@dataclass(frozen=True, slots=True)
class KeptBody:
    """A GeoJSON body as sent, plain and compressed, and its entity tag."""

    plain: bytes
    packed: bytes
    tag: str


def kept_body(plain: bytes) -> KeptBody:
    """The body with what every answer of it needs. It holds nothing secret, so compressing it tells nobody anything."""
    return KeptBody(plain, gzip.compress(plain, 6, mtime=0), f'W/"{hashlib.sha256(plain).hexdigest()[:24]}"')


def answer_kept(request: HttpRequest, body: KeptBody, *, cache: str) -> HttpResponse:
    """The body, or that the browser's copy is still right; `cache` is the Cache-Control of both."""
    if request.headers.get("If-None-Match") == body.tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(body.packed if is_packed else body.plain, content_type="application/geo+json")
        if is_packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = body.tag
    response["Cache-Control"] = cache
    response["Vary"] = "Cookie, Accept-Language, Accept-Encoding"
    return response
